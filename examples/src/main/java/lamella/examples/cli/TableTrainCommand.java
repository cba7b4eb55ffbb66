package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import lamella.core.Compute;
import lamella.core.io.FileFormatException;
import lamella.examples.page.TableReport;
import lamella.examples.page.TableRun;
import lamella.examples.table.EpochHistory;
import lamella.examples.table.SchemaText;
import lamella.examples.table.TableParts;
import lamella.examples.table.TableParts.Part;
import lamella.optim.Checkpoints;
import lamella.optim.Fit;
import lamella.optim.History;
import lamella.optim.TrainingListener;
import lamella.optim.tensorboard.TensorBoardListener;
import lamella.table.Table;
import lamella.table.TableEvaluation;
import lamella.table.TableModel;
import lamella.table.TableReader;
import lamella.table.TableTrainer;
import lamella.table.Task;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella table train}. */
@Command(
    name = "train",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Trains a model that predicts a column of a CSV file from the others.",
      "",
      "Columns are inputs if they are numbers or categories; how they are scaled and encoded is learned from the training"
          + " rows and is part of the model. Of all epochs that one is kept which predicts the validation rows best."
          + " Writes model.safetensors, history.csv (figures of every epoch) and index.html, a page about all of it. The"
          + " last line printed has the figures and the SHA-256 of the parameters: the same options on the same file give"
          + " the same parameters, bit for bit, on any machine.",
      "",
      "Ctrl-C stops after the step at hand and writes a checkpoint to resume from; the exit status is then 130, or"
          + " 143 where the system asked.",
      ""
    })
final class TableTrainCommand implements Callable<Integer> {
  static final String NAME = "lamella table train";

  /** The note in a checkpoint that has the command line, an argument after the other. */
  static final String ARGUMENTS = "arguments of table train";

  /** Between two arguments: no file or column has it in its name. */
  private static final String BETWEEN = "\0";

  /** The note that tells the rows from others. */
  private static final String DATA = "rows";

  /** What a model's file says of the rows it was trained on, and of the options. */
  private static final String DATA_KEY = "table.rows";

  private static final String OPTIONS_KEY = "table.options";

  /** The file, among the settings. */
  private static final String FILE = "FILE";

  /** Options that change nothing of what is trained. */
  private static final Set<String> NEUTRAL =
      Set.of(
          "--threads",
          "--out",
          "--replace",
          "--checkpoints",
          "--every",
          "--resume",
          "--quiet",
          "--no-page",
          "--tensorboard");

  /** Options that name files. */
  private static final Set<String> PATHS =
      Set.of("--out", "--split", "--checkpoints", "--resume", "--tensorboard");

  @Spec private @Nullable CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "A text file with a row a line.")
  private @Nullable Path file;

  @Mixin private TableTrainingOptions training = new TableTrainingOptions();

  @Mixin private TableSplitOptions split = new TableSplitOptions();

  @Mixin private TableFileOptions reading = new TableFileOptions();

  @Mixin private TableFileOptions.Kinds kinds = new TableFileOptions.Kinds();

  @Mixin private OutputOptions place = new OutputOptions();

  @Mixin private CheckpointOptions checkpointing = new CheckpointOptions();

  @Option(names = "--no-page", description = "Write no index.html.")
  private boolean noPage;

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description =
          "Write to this directory what TensorBoard shows: loss, figures and learning rate.")
  private @Nullable Path tensorBoard;

  @Mixin private ThreadsOption threads = new ThreadsOption();

  @Option(
      names = "--quiet",
      description = "Print the last line only; warnings go to standard error.")
  private boolean quiet;

  /** What the run to go on with wrote down; empty where one begins. */
  private Map<String, String> begun = Map.of();

  /** What was said, by option; the values of a run that is resumed are those it was begun with. */
  private Map<String, List<String>> settings = Map.of();

  TableTrainCommand() {}

  @Override
  public Integer call() throws IOException {
    checkpointing.check();
    threads.use();
    PrintWriter console = Output.of(spec);
    PrintWriter progress = quiet ? new PrintWriter(Writer.nullWriter()) : console;
    TableTrainCommand command = checkpointing.isResuming() ? resumed() : this;
    if (command == this) {
      settings = settings(Output.filled(spec));
    }
    return command.run(console, progress, Output.errors(spec));
  }

  // What was said.

  /** The options that were given, and the file. */
  private static Map<String, List<String>> settings(CommandSpec spec) {
    Map<String, List<String>> settings = new LinkedHashMap<>();
    CommandLine.ParseResult parsed = spec.commandLine().getParseResult();
    if (parsed.hasMatchedPositional(0)) {
      String path = parsed.matchedPositional(0).originalStringValues().getFirst();
      settings.put(FILE, List.of(absolute(path)));
    }
    for (OptionSpec option : parsed.matchedOptions()) {
      String name = option.longestName();
      List<String> values = new ArrayList<>();
      if (option.arity().max() > 0) {
        for (String value : option.originalStringValues()) {
          values.add(PATHS.contains(name) ? absolute(value) : value);
        }
      }
      settings.put(name, values);
    }
    return settings;
  }

  private static String absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize().toString();
  }

  private static List<String> arguments(Map<String, List<String>> settings, boolean neutral) {
    List<String> arguments = new ArrayList<>();
    settings.forEach((name, values) -> {
      if (NEUTRAL.contains(name) != neutral) {
        return;
      }
      if (name.equals(FILE)) {
        arguments.addAll(values);
      } else if (values.isEmpty()) {
        arguments.add(name);
      } else {
        values.forEach(value -> arguments.addAll(List.of(name, value)));
      }
    });
    return arguments;
  }

  /** The command that began the run to go on with, with what this one says of files. */
  private TableTrainCommand resumed() throws IOException {
    Path directory = checkpointing.found();
    Map<String, String> notes = CheckpointOptions.notes(directory);
    String text = notes.get(ARGUMENTS);
    if (text == null) {
      throw new FileFormatException(
          directory.toString(),
          "no checkpoints of '"
              + NAME
              + "'"
              + (notes.isEmpty() ? "" : "; 'lamella train --resume' goes on with those of images"));
    }
    List<String> arguments = new ArrayList<>(List.of(text.split(BETWEEN, -1)));
    Map<String, List<String>> first = settings(parsed(directory, arguments).filled());
    Map<String, List<String>> now = settings(Output.filled(spec));
    List<String> differences = new ArrayList<>();
    now.forEach((name, values) -> {
      if (!NEUTRAL.contains(name) && !values.equals(first.get(name))) {
        differences.add(difference(name, values, first.get(name)));
      }
    });
    if (!differences.isEmpty()) {
      throw new IOException(
          directory
              + ": a run goes on with the file and options it was begun with, got "
              + String.join(", ", differences)
              + "; leave that out, or begin another run without --resume");
    }
    arguments.addAll(arguments(now, true));
    TableTrainCommand command = parsed(directory, arguments);
    command.begun = notes;
    command.settings = settings(command.filled());
    return command;
  }

  private static String difference(
      String name, List<String> values, @Nullable List<String> before) {
    String option = name.equals(FILE) ? "" : name + " ";
    return (option + String.join(" ", values)).strip()
        + " (begun "
        + (before == null
            ? "without"
            : before.isEmpty() ? "with it" : "with: " + String.join(" ", before))
        + ")";
  }

  private CommandSpec filled() {
    return Output.filled(spec);
  }

  private static TableTrainCommand parsed(Path directory, List<String> arguments)
      throws IOException {
    TableTrainCommand command = new TableTrainCommand();
    try {
      new CommandLine(command)
          .setCommandName(NAME)
          .setOverwrittenOptionsAllowed(true)
          .parseArgs(arguments.toArray(String[]::new));
      return command;
    } catch (ParameterException e) {
      throw new FileFormatException(
          directory.toString(), "no checkpoints of '" + NAME + "': " + e.getMessage());
    }
  }

  // What is done.

  private int run(PrintWriter result, PrintWriter console, PrintWriter errors) throws IOException {
    training.check();
    split.check();
    Path source = file;
    if (source == null) {
      throw new ParameterException(
          filled().commandLine(), "missing required parameter: 'FILE', the rows to train with");
    }
    String name = String.valueOf(source.getFileName());
    TableReader reader = kinds.in(reading.reader());
    Table table = TableFault.of(source.toString(), () -> reader.read(source));
    training.requireColumns(table, source.toString());
    Task task = TableFault.of(source.toString(), () -> training.task(table));
    TableParts parts =
        TableFault.of(
            source.toString(),
            () ->
                split.parts(
                    table,
                    source.toString(),
                    task == Task.CLASSIFICATION ? training.target() : null));
    requireRows(parts, source);
    String data = table.fingerprint() + " " + parts.fingerprint();
    if (!begun.isEmpty()) {
      if (!data.equals(begun.get(DATA))) {
        throw new IOException(
            source + ": a run goes on with the rows it was begun with, but the file has changed");
      }
      TableModel finished = finished(data);
      if (finished != null) {
        result.println("this run ended before; its files are in " + place.named());
        return 0;
      }
    }
    return TableFault.of(
        source.toString(),
        () -> {
          TableTrainer trainer = training.trainer(parts.whole());
          console.println(source + ": " + SchemaText.size(table));
          console.println("rows: " + parts + ", " + split.origin());
          SchemaText.lines(trainer.schema(parts.rows(Part.TRAIN)), training.isTaskGuessed(table))
              .forEach(console::println);
          try (OutputDirectory output =
              begun.isEmpty()
                  ? place.open(NAME, errors)
                  : OutputDirectory.openAnyway(place.named())) {
            Checkpoints checkpoints =
                checkpointing
                    .checkpoints(output.path(), place.isReplacing(), errors)
                    .withNote(ARGUMENTS, String.join(BETWEEN, noted(output.path())))
                    .withNote(DATA, data);
            console.println("computing with " + Compute.description());
            return train(
                trainer.withLog(line -> errors.println(NAME + ": " + line)),
                parts,
                name,
                data,
                checkpoints,
                output,
                result,
                console);
          }
        });
  }

  private static void requireRows(TableParts parts, Path source) throws IOException {
    for (Part part : List.of(Part.TRAIN, Part.VALIDATION)) {
      if (parts.size(part) == 0) {
        throw new FileFormatException(
            source.toString(), "no row is for " + part + ", of " + parts.whole().rows() + " rows");
      }
    }
  }

  /** What a checkpoint notes, so that the run can be resumed from any directory. */
  private List<String> noted(Path out) {
    List<String> arguments = arguments(settings, false);
    arguments.addAll(List.of("--out", absolute(out.toString())));
    if (tensorBoard != null) {
      arguments.addAll(List.of("--tensorboard", absolute(tensorBoard.toString())));
    }
    if (noPage) {
      arguments.add("--no-page");
    }
    return arguments;
  }

  /** What trained the model, as it could be typed where the files are. */
  private String command(String source) {
    String options = options();
    return NAME + " " + Output.quoted(Path.of(source)) + (options.isEmpty() ? "" : " " + options);
  }

  /** All that says what is trained; of files their names, wherever they are. */
  private String options() {
    List<String> words = new ArrayList<>();
    settings.forEach((option, values) -> {
      if (NEUTRAL.contains(option) || option.equals(FILE)) {
        return;
      }
      if (values.isEmpty()) {
        words.add(option);
      }
      for (String value : values) {
        words.add(option);
        words.add(
            PATHS.contains(option)
                ? Output.quoted(Path.of(value).getFileName())
                : value.matches("[\\w./:@%+,~=-]+") ? value : "'" + value + "'");
      }
    });
    return String.join(" ", words);
  }

  /** The model that is in the directory, if it is the end of the run to go on with. */
  private @Nullable TableModel finished(String data) throws IOException {
    Path directory = place.named();
    Path model = directory.resolve(OutputDirectory.MODEL);
    String found = OutputDirectory.runIn(directory);
    try {
      TableModel there = Files.exists(model) ? TableModel.read(model) : null;
      boolean ours =
          there != null
              && data.equals(there.metadata().get(DATA_KEY))
              && options().equals(there.metadata().get(OPTIONS_KEY));
      if (ours) {
        boolean whole =
            Files.exists(directory.resolve(OutputDirectory.HISTORY))
                && (noPage || Files.exists(directory.resolve(OutputDirectory.PAGE)));
        return whole ? there : null;
      }
    } catch (FileFormatException e) {
      // Something else is there; it is refused below.
      found = OutputDirectory.MODEL;
    }
    if (found != null && !found.equals(OutputDirectory.CHECKPOINTS) && !place.isReplacing()) {
      throw new IOException(
          directory
              + " has files of another run, "
              + found
              + " for example; name another directory with --out, or --replace them");
    }
    return null;
  }

  private int train(
      TableTrainer trainer,
      TableParts parts,
      String name,
      String data,
      Checkpoints checkpoints,
      OutputDirectory output,
      PrintWriter result,
      PrintWriter console)
      throws IOException {
    try (Interruption interruption = Interruption.awaited()) {
      Table validationRows = parts.rows(Part.VALIDATION);
      long start = System.nanoTime();
      Extent extent = new Extent(console);
      TableModel fitted =
          trainer
              .withCheckpoints(checkpoints)
              .withListeners(
                  extent,
                  quiet ? new TrainingListener() {} : TableProgress.on(console, 1),
                  tensorBoard == null
                      ? new TrainingListener() {}
                      : new TensorBoardListener(tensorBoard),
                  interruption)
              .fit(parts.rows(Part.TRAIN), validationRows);
      double seconds = (System.nanoTime() - start) / 1e9;
      String stopped = stopReason(fitted.history());
      if (Interruption.REASON.equals(stopped)) {
        result.println("interrupted after " + extent.steps() + " of " + extent.all() + " steps");
        result.println(checkpointing.toGoOn(checkpoints));
        return Interruption.STATUS;
      }
      if (stopped != null) {
        console.println("stopped after " + extent.epochs() + " epochs: " + stopped);
      }
      Map<String, String> metadata = new LinkedHashMap<>(reading.metadata());
      metadata.put(DATA_KEY, data);
      metadata.put(OPTIONS_KEY, options());
      metadata.put("table.source", name);
      metadata.put("lamella_version", Lamella.versionOfLamella());
      TableModel model = fitted.withMetadata(metadata);
      Map<String, TableEvaluation> evaluations = new LinkedHashMap<>();
      evaluations.put(Part.VALIDATION.toString(), model.evaluate(validationRows));
      if (parts.size(Part.TEST) > 0) {
        evaluations.put(Part.TEST.toString(), model.evaluate(parts.rows(Part.TEST)));
      }
      console.println(
          String.format(
              Locale.ROOT, "trained %d epochs in %.1f s%s", extent.epochs(), seconds, best(model)));
      console.println();
      console.print(Figures.table(evaluations));
      console.println();
      write(model, parts, name, evaluations, output, console);
      if (checkpointing.isOnlyWhenStopped() && (place.isReplacing() || stopped != null)) {
        output.forgetCheckpoints();
      }
      StringBuilder line = new StringBuilder();
      evaluations.forEach((part, evaluation) ->
          line.append(part).append(' ').append(Figures.first(evaluation)).append(' '));
      result.println(line + "parameters sha256 " + model.fingerprint());
      return 0;
    } catch (UncheckedIOException e) {
      throw checkpointing.withWayOn(e, checkpoints);
    }
  }

  private static @Nullable String stopReason(@Nullable History history) {
    return history == null ? null : history.stopReason().orElse(null);
  }

  private static String best(TableModel model) {
    OptionalInt best = model.bestEpoch();
    return best.isPresent() ? ", the best was epoch " + best.getAsInt() : "";
  }

  private void write(
      TableModel model,
      TableParts parts,
      String name,
      Map<String, TableEvaluation> evaluations,
      OutputDirectory output,
      PrintWriter console)
      throws IOException {
    Rescue.write(
        output,
        Rescue.places(),
        place -> {
          place.stageFile(OutputDirectory.MODEL, model::write);
          History history = model.history();
          if (history != null) {
            place.stage(OutputDirectory.HISTORY, csv -> EpochHistory.write(history, csv));
          }
          place.publish();
        });
    if (!noPage) {
      output.stage(OutputDirectory.PAGE, TableReport.html(run(model, parts, name, evaluations)));
      output.publish();
    }
    console.println(
        "wrote "
            + OutputDirectory.MODEL
            + (noPage ? " and " : ", ")
            + OutputDirectory.HISTORY
            + (noPage ? "" : " and " + OutputDirectory.PAGE)
            + " to "
            + output.path());
  }

  private TableRun run(
      TableModel model, TableParts parts, String name, Map<String, TableEvaluation> evaluations) {
    List<TableRun.Part> rows = new ArrayList<>();
    for (Part part : Part.values()) {
      if (parts.size(part) > 0) {
        rows.add(
            new TableRun.Part(
                part.toString(),
                parts.rows(part),
                row -> parts.number(part, row),
                evaluations.get(part.toString())));
      }
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("rows", parts + ", " + split.origin());
    facts.put("network", model.network().toString());
    facts.put("fingerprint of the rows", parts.whole().fingerprint());
    facts.put("SHA-256 of the parameters", model.fingerprint());
    facts.put("version", "Lamella " + Lamella.versionOfLamella());
    return new TableRun(name, command(name), parts.whole(), rows, model, facts);
  }

  /** Says where a run goes on, and knows how far it has come. */
  private static final class Extent implements TrainingListener {
    private final PrintWriter console;
    private long steps;
    private long all;
    private long perEpoch = 1;

    private Extent(PrintWriter console) {
      this.console = console;
    }

    @Override
    public void started(Fit fit) {
      all = fit.steps();
      perEpoch = fit.stepsPerEpoch();
      if (fit.step() > 0) {
        console.println("going on after " + fit.step() / perEpoch + " epochs");
      }
    }

    @Override
    public void ended(Fit fit) {
      steps = fit.step();
    }

    long steps() {
      return steps;
    }

    long all() {
      return all;
    }

    long epochs() {
      return steps / perEpoch;
    }
  }
}

package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.core.Compute;
import lamella.core.io.FileFormatException;
import lamella.data.cifar.ImageShape;
import lamella.examples.DivergedException;
import lamella.examples.Experiment;
import lamella.examples.InitialWeights;
import lamella.examples.NetworkText;
import lamella.examples.RunOption;
import lamella.examples.Training;
import lamella.examples.page.WeightPicture;
import lamella.optim.Checkpoints;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import lamella.optim.tensorboard.TensorBoardListener;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamella train}. */
@Command(
    name = "train",
    abbreviateSynopsis = true,
    sortOptions = false,
    modelTransformer = TrainingOptions.All.class,
    description = {
      "Trains a network on images: the report's of two layers, or any other.",
      "",
      "Writes model.safetensors, which the other commands read, history.csv (loss of every iteration) and accuracy.csv"
          + " (once an epoch). The last line printed has the accuracies and the SHA-256 of the"
          + " parameters: the same options on the same data give the same parameters, bit for bit, on any machine.",
      "",
      "Ctrl-C stops after the iteration at hand and writes a checkpoint to resume from; the exit status is then 130, or"
          + " 143 where the system asked. A run that is resumed may be given more --iterations than before.",
      ""
    })
final class TrainCommand implements Callable<Integer> {
  private static final String NAME = "lamella train";

  /** The note in a checkpoint that has the command line, an argument a line. */
  private static final String ARGUMENTS = "arguments";

  /** The note that says where the images come from. */
  private static final String SOURCE = "source";

  /** The note that tells the images from others. */
  private static final String IMAGES = "images";

  /** The note that says how many images there are to train on. */
  private static final String TRAINING_IMAGES = "training-images";

  @Spec private @Nullable CommandSpec spec;

  @Mixin private RecipeOptions recipe = new RecipeOptions();

  @Mixin private DataOptions data = new DataOptions();

  @Mixin private ThreadsOption threads = new ThreadsOption();

  @Mixin private OutputOptions place = new OutputOptions();

  @Mixin private CheckpointOptions checkpointing = new CheckpointOptions();

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description =
          "Write to this directory what TensorBoard shows: loss, accuracy and learning rate, and once an epoch the"
              + " hidden layer's weights as images and how all parameters and gradients are distributed.")
  private @Nullable Path tensorBoard;

  @Option(
      names = "--quiet",
      description = "Print the last line only; warnings go to standard error.")
  private boolean quiet;

  /** What the run to go on with wrote down; empty where one begins. */
  private Map<String, String> begun = Map.of();

  TrainCommand() {}

  @Override
  public Integer call() throws IOException, DivergedException {
    checkpointing.check();
    threads.use();
    PrintWriter console = Output.of(spec);
    PrintWriter progress = quiet ? new PrintWriter(Writer.nullWriter()) : console;
    if (checkpointing.isResuming()) {
      recipe.requireNone();
      TrainCommand command = resumed();
      return command.run(command.experiment(), console, progress, Output.errors(spec));
    }
    PrintWriter told = recipe.isOnlyPrinted() ? Output.errors(spec) : progress;
    Experiment experiment = TrainingOptions.experiment(Output.filled(spec), recipe.options(told));
    if (recipe.isOnlyPrinted()) {
      console.println(command(experiment));
      return 0;
    }
    return run(experiment, console, progress, Output.errors(spec));
  }

  /** The command that trains so on these images, as it is typed. */
  private String command(Experiment experiment) {
    StringBuilder command = new StringBuilder(NAME).append(' ').append(experiment);
    for (String word : data.arguments()) {
      command.append(' ').append(word.startsWith("--") ? word : Output.quoted(Path.of(word)));
    }
    return command.toString();
  }

  private Experiment experiment() {
    return TrainingOptions.experiment(Output.filled(spec));
  }

  /** The command that began the run to go on with, with what this one says on top of it. */
  private TrainCommand resumed() throws IOException {
    Path directory = checkpointing.found();
    Map<String, String> notes = CheckpointOptions.notes(directory);
    if (notes.containsKey(TableTrainCommand.ARGUMENTS)) {
      throw new FileFormatException(
          directory.toString(),
          "checkpoints of a model of a table; go on with 'lamella table train --resume'");
    }
    List<String> arguments = new ArrayList<>();
    notes.getOrDefault(ARGUMENTS, "").lines().forEach(arguments::add);
    TrainCommand first = parsed(directory, arguments);
    for (OptionSpec option : Output.filled(spec).commandLine().getParseResult().matchedOptions()) {
      arguments.add(option.longestName());
      if (option.arity().max() > 0) {
        arguments.addAll(option.originalStringValues());
      }
    }
    TrainCommand command = parsed(directory, arguments);
    Experiment experiment = together(command);
    String differences = experiment.differences(first.experiment(), "begun with");
    if (!differences.isEmpty()) {
      throw new IOException(
          directory
              + ": a run goes on with the options it was begun with, got "
              + differences
              + "; leave that out, or begin another run without --resume");
    }
    long done = OutputDirectory.newestCheckpoint(directory);
    int iterations = on(notes, experiment).iterations();
    if (iterations < done) {
      throw new IOException(
          directory
              + ": this run has gone "
              + done
              + " iterations already, got "
              + (experiment.knowsIterations()
                  ? "--iterations " + iterations
                  : "--epochs " + experiment.get(RunOption.EPOCHS) + ", which are " + iterations));
    }
    command.begun = notes;
    return command;
  }

  /** The experiment on as many images as the run was begun with. */
  private Experiment on(Map<String, String> notes, Experiment experiment) {
    String images = notes.get(TRAINING_IMAGES);
    return images == null ? experiment : on(Integer.parseInt(images), experiment);
  }

  /**
   * The experiment of the options that a run was begun with and those given now.
   *
   * @throws ParameterException of this command, if they do not go together
   */
  private Experiment together(TrainCommand command) {
    try {
      return command.experiment();
    } catch (ParameterException e) {
      throw new ParameterException(Output.filled(spec).commandLine(), e.getMessage(), e);
    }
  }

  private static TrainCommand parsed(Path directory, List<String> arguments) throws IOException {
    TrainCommand command = new TrainCommand();
    try {
      if (arguments.isEmpty()) {
        throw new FileFormatException(directory.toString(), "no checkpoints of 'lamella train'");
      }
      new CommandLine(command)
          .setCommandName(NAME)
          .setOverwrittenOptionsAllowed(true)
          .parseArgs(arguments.toArray(String[]::new));
      return command;
    } catch (ParameterException e) {
      throw new FileFormatException(
          directory.toString(), "no checkpoints of 'lamella train': " + e.getMessage());
    }
  }

  private int run(Experiment wanted, PrintWriter result, PrintWriter console, PrintWriter errors)
      throws IOException, DivergedException {
    if (!begun.isEmpty()) {
      Experiment experiment = on(begun, wanted);
      FinishedRun finished = FinishedRun.in(place.named());
      if (finished.isEndOf(experiment, begun.get(SOURCE))) {
        result.println(
            "this run ended before, after "
                + Math.min(
                    experiment.iterations(),
                    OutputDirectory.newestCheckpoint(checkpointing.found()))
                + " iterations; its files are in "
                + place.named());
        return 0;
      }
      if (!place.isReplacing()) {
        finished.requireStageOf(experiment, begun.get(SOURCE));
      }
    }
    try (OutputDirectory output =
        begun.isEmpty() ? place.open(NAME, errors) : OutputDirectory.openAnyway(place.named())) {
      Checkpoints checkpoints =
          checkpointing.checkpoints(output.path(), place.isReplacing(), errors);
      Images images = data.open(wanted.validation(), console, quiet ? errors : console);
      requireSame(images, checkpoints.directory());
      Experiment experiment = on(images.train().size(), wanted);
      requireFits(experiment, images.source().shape());
      console.println("options: " + experiment);
      hint(experiment, console);
      console.println("computing with " + Compute.description());
      if (place.isReplacing() && begun.isEmpty()) {
        forgetMembers(experiment, checkpoints.directory());
      }
      return train(experiment, images, checkpoints, output, result, console, errors);
    }
  }

  /** What checkpoints of a run say of it. */
  private Checkpoints described(
      Checkpoints checkpoints, Experiment experiment, Images images, Path out) {
    return checkpoints
        .withConfiguration("options", experiment.withoutLength())
        .withConfiguration("data", images.description())
        .withNote(ARGUMENTS, arguments(experiment, out))
        .withNote(SOURCE, images.source().source())
        .withNote(IMAGES, images.description())
        .withNote(TRAINING_IMAGES, Integer.toString(images.train().size()));
  }

  /**
   * Deletes the checkpoints of an earlier run that would be taken for some of this one: where
   * either has several networks, not each of them is replaced when this one writes its first.
   */
  private static void forgetMembers(Experiment experiment, Path directory) throws IOException {
    if (experiment.members() > 1 || !OutputDirectory.members(directory).isEmpty()) {
      OutputDirectory.forgetCheckpoints(directory);
    }
  }

  /**
   * The experiment on so many training images.
   *
   * @throws ParameterException if it cannot be run on so many
   */
  private Experiment on(int images, Experiment experiment) {
    try {
      return experiment.on(images);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Output.filled(spec).commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Checks that images of this shape can be changed so, and go through the head and the network.
   */
  private void requireFits(Experiment experiment, ImageShape shape) {
    String option = "";
    try {
      experiment.get(RunOption.AUGMENT).requireFits(shape);
      int inputs = experiment.get(RunOption.PREPROCESS).outputs(shape);
      option = RunOption.NETWORK + ": ";
      NetworkText ignored = experiment.network().withInputs(inputs);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Output.filled(spec).commandLine(), option + e.getMessage(), e);
    }
  }

  /** Says where the report's initial weights are too small for the network. */
  private static void hint(Experiment experiment, PrintWriter console) {
    InitialWeights initial = experiment.get(RunOption.INIT_STD);
    if (initial.equals(InitialWeights.REPORT) && experiment.network().needsLargerWeights()) {
      console.println(
          "hint: a network of several layers without layer-norm hardly learns from initial weights of deviation "
              + initial
              + "; --init-std he begins with larger ones");
    }
  }

  /** Checks that a run goes on with the images it was begun with. */
  private void requireSame(Images images, Path checkpoints) throws IOException {
    String before = begun.get(IMAGES);
    if (before != null && !before.equals(images.description())) {
      throw new IOException(
          checkpoints
              + ": a run goes on with the images it was begun with, "
              + begun.get(SOURCE)
              + ", got "
              + images.source().source()
              + "; see --data and CIFAR10_HOME");
    }
  }

  private int train(
      Experiment experiment,
      Images images,
      Checkpoints checkpoints,
      OutputDirectory output,
      PrintWriter result,
      PrintWriter console,
      PrintWriter errors)
      throws IOException, DivergedException {
    boolean several = experiment.members() > 1;
    List<String> members = new ArrayList<>();
    try (Interruption interruption = Interruption.awaited()) {
      Run run;
      try (TrainingProgress progress = TrainingProgress.on(console, experiment)) {
        run =
            Run.of(
                experiment,
                images,
                index -> {
                  progress.member(index);
                  Checkpoints own =
                      several ? checkpointing.ofMember(checkpoints, index, errors) : checkpoints;
                  own = described(own, experiment, images, output.path());
                  return new Run.Setup(
                      several ? own.withConfiguration("member", Integer.toString(index)) : own,
                      List.of(
                          beginning(experiment, index, console),
                          quiet ? new TrainingListener() {} : progress,
                          tensorBoard(experiment, index, images.source().shape()),
                          interruption));
                },
                members::add);
      }
      int done = run.history().size();
      String of = several ? " of " + Run.name(experiment, run.last().index()) : "";
      if (run.isInterrupted()) {
        result.println(
            "interrupted after " + done + " of " + experiment.iterations() + " iterations" + of);
        result.println(checkpointing.toGoOn(checkpoints));
        return Interruption.STATUS;
      }
      for (Run.Member member : run.members()) {
        stopped(experiment, member, console);
      }
      run.write(output, Rescue.places());
      if (checkpointing.isOnlyWhenStopped()
          && (several || place.isReplacing() || run.stopReason() != null)) {
        output.forgetCheckpoints();
      }
      console.println("wrote " + run.files() + " to " + output.path());
      members.forEach(console::println);
      run.withoutViewsLine().ifPresent(console::println);
      run.averageLine().ifPresent(console::println);
      result.println(run.lastLine());
      return 0;
    } catch (UncheckedIOException e) {
      throw checkpointing.withWayOn(e, checkpoints);
    }
  }

  /** Says where early stopping ended a training. */
  private static void stopped(Experiment experiment, Run.Member member, PrintWriter console) {
    Training.Result training = member.result();
    if (training.stopReason() != null) {
      console.println(
          (experiment.members() > 1 ? Run.name(experiment, member.index()) + " " : "")
              + "stopped after "
              + training.history().size()
              + " of "
              + experiment.iterations()
              + " iterations: "
              + training.stopReason());
    }
  }

  /** Says where a run goes on. */
  private static TrainingListener beginning(Experiment experiment, int index, PrintWriter console) {
    return new TrainingListener() {
      @Override
      public void started(Fit fit) {
        if (fit.step() > 0) {
          console.println(
              (experiment.members() > 1 ? Run.name(experiment, index) + ": " : "")
                  + "going on after "
                  + fit.step()
                  + " iterations");
        }
      }
    };
  }

  private TrainingListener tensorBoard(Experiment experiment, int index, ImageShape shape) {
    if (tensorBoard == null) {
      return new TrainingListener() {};
    }
    TensorBoardListener listener =
        new TensorBoardListener(
                experiment.members() > 1 ? OutputDirectory.member(tensorBoard, index) : tensorBoard)
            .withText("configuration", "`lamella train " + experiment + "`");
    return experiment.network().beginsWithUnits()
            && !experiment.get(RunOption.PREPROCESS).hasLayers()
        ? listener.withImage(
            "weights", fit -> WeightPicture.png(fit.parameters().getFirst().value(), shape))
        : listener;
  }

  private String arguments(Experiment experiment, Path out) {
    List<String> arguments = new ArrayList<>(experiment.arguments());
    arguments.addAll(data.arguments());
    arguments.addAll(List.of("--out", out.toAbsolutePath().toString()));
    if (tensorBoard != null) {
      arguments.addAll(List.of("--tensorboard", tensorBoard.toAbsolutePath().toString()));
    }
    return String.join("\n", arguments);
  }
}

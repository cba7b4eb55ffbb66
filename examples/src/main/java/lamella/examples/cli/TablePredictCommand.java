package lamella.examples.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import lamella.core.io.AtomicFile;
import lamella.examples.table.Columns;
import lamella.examples.table.PredictionColumns;
import lamella.examples.table.Scoring;
import lamella.table.TableModel;
import lamella.table.TableReader;
import lamella.table.TableRows;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella table predict}. */
@Command(
    name = "predict",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Predicts the rows of a CSV file, however many: they go through memory a block at a time.",
      "",
      "Writes CSV with a line for each row, in their order: the prediction, and of classes the probability of each."
          + " Columns are found by their names; those that are no inputs of the model make no difference. A category that"
          + " training has not seen is treated as a missing one, and counted. A row that cannot be read is an error that"
          + " names its line and column, and no file is written.",
      ""
    })
final class TablePredictCommand implements Callable<Integer> {
  private static final String NAME = "lamella table predict";

  /** Standard input, or output. */
  private static final Path STANDARD = Path.of("-");

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "A text file with a row a line, or such a file in gzip; - is standard input.")
  private Path file = Path.of("");

  @Mixin private TableModelOption model = new TableModelOption();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "-",
      description =
          "The file to write; it is there when all rows are. Default: - which is standard output.")
  private Path out = STANDARD;

  @Option(
      names = "--keep",
      paramLabel = "A,B,...",
      description = "Write these columns of each row before its prediction.")
  private List<String> kept = new ArrayList<>();

  @Option(
      names = "--keep-all",
      description = "Write all columns of each row before its prediction.")
  private boolean keepAll;

  @Option(names = "--no-probabilities", description = "Of classes write the prediction alone.")
  private boolean noProbabilities;

  @Option(names = "--replace", description = "Replace the file that is there.")
  private boolean replace;

  @Mixin private TableFileOptions reading = new TableFileOptions();

  @Mixin private ThreadsOption threads = new ThreadsOption();

  TablePredictCommand() {}

  @Override
  public Integer call() throws IOException {
    threads.use();
    if (keepAll && !kept.isEmpty()) {
      throw new ParameterException(
          Output.filled(spec).commandLine(), "--keep-all keeps all columns; leave out --keep");
    }
    Path path = model.file();
    boolean printing = out.equals(STANDARD);
    if (!printing) {
      OutputFile.requireFree(out, replace, Map.of("the model", path, "the file of rows", file));
    }
    TableModel trained = TableModelOption.read(path);
    TableReader reader = reading.reader(trained.metadata());
    String source = file.equals(STANDARD) ? "standard input" : file.toString();
    long start = System.nanoTime();
    Scoring.Result result;
    try (CountedInput in = open();
        TableRows rows = TableFault.of(source, () -> reader.open(source, in));
        ReadingProgress progress = ReadingProgress.of(in, !printing)) {
      if (printing) {
        Writer console = Output.data(spec);
        result = score(trained, rows, source, console, progress);
        console.flush();
      } else {
        AtomicReference<Scoring.@Nullable Result> done = new AtomicReference<>();
        AtomicFile.write(
            out,
            bytes -> {
              Writer lines = new OutputStreamWriter(bytes, StandardCharsets.UTF_8);
              done.set(score(trained, rows, source, lines, progress));
              lines.flush();
            });
        result = Objects.requireNonNull(done.get());
      }
    }
    report(result, (System.nanoTime() - start) / 1e9, printing);
    return 0;
  }

  private CountedInput open() throws IOException {
    return file.equals(STANDARD)
        ? new CountedInput(System.in, -1)
        : new CountedInput(Files.newInputStream(file), Files.size(file));
  }

  private Scoring.Result score(
      TableModel trained, TableRows rows, String source, Writer lines, LongConsumer progress)
      throws IOException {
    PredictionColumns columns = PredictionColumns.of(trained.schema().target(), !noProbabilities);
    List<String> names = keepAll ? rows.names() : Columns.named(kept, rows.names());
    return TableFault.of(source, () -> Scoring.run(trained, columns, rows, names, lines, progress));
  }

  private void report(Scoring.Result result, double seconds, boolean printing) {
    PrintWriter errors = Output.errors(spec);
    result
        .unseen()
        .forEach((column, times) ->
            errors.println(
                NAME
                    + ": column "
                    + column
                    + ": "
                    + times
                    + (times == 1 ? " row has a category" : " rows have categories")
                    + " that training has not seen, treated as missing"));
    if (result.notFinite() > 0) {
      errors.println(
          NAME
              + ": "
              + result.notFinite()
              + " of "
              + result.rows()
              + " rows have a prediction that is no finite number");
    }
    if (!printing) {
      Output.of(spec)
          .println(
              String.format(
                  Locale.ROOT,
                  "wrote %s: %,d rows in %.1f s, %,.0f rows/s",
                  out,
                  result.rows(),
                  seconds,
                  result.rows() / seconds));
    }
  }
}

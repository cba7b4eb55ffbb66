package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.core.io.FileFormatException;
import lamella.examples.JsonText;
import lamella.examples.table.Columns;
import lamella.examples.table.TableParts;
import lamella.examples.table.TableParts.Part;
import lamella.table.Table;
import lamella.table.TableEvaluation;
import lamella.table.TableModel;
import lamella.table.TableReader;
import lamella.table.TableSchema;
import lamella.table.Task;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella table evaluate}. */
@Command(
    name = "evaluate",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Measures a model of a table on rows whose target is known.",
      "",
      "Classes: accuracy, log loss, balanced accuracy (the mean over classes of the share found), Brier score, calibration"
          + " error, area under the ROC curve of two classes, precision and recall of each class, confusion matrix."
          + " Numbers: root mean squared error, mean absolute error and R², in the target's own units.",
      ""
    })
final class TableEvaluateCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A text file with a row a line.")
  private Path file = Path.of("");

  @Mixin private TableModelOption model = new TableModelOption();

  @Option(
      names = "--split",
      paramLabel = "FILE",
      description =
          "A CSV file of one column that says for each row what it is for: train, validation or test.")
  private @Nullable Path split;

  @Option(names = "--split-column", paramLabel = "COLUMN", description = "The column that says so.")
  private @Nullable String column;

  @Option(
      names = "--part",
      paramLabel = "PART",
      description = "Of these the rows to measure with. Default: test.")
  private @Nullable String part;

  @Mixin private TableFileOptions reading = new TableFileOptions();

  @Option(names = "--json", description = "Print one JSON object, for programs.")
  private boolean json;

  @Mixin private ThreadsOption threads = new ThreadsOption();

  TableEvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    threads.use();
    Part wanted = wanted();
    Path path = model.file();
    TableModel trained = TableModelOption.read(path);
    String source = file.toString();
    TableReader reader = known(reading.reader(trained.metadata()), trained.schema());
    Table table = TableFault.of(source, () -> reader.read(file));
    String target = trained.schema().target().name();
    if (!table.has(target)) {
      throw new FileFormatException(
          source, Columns.unknown(table.names(), target, "the model's target"));
    }
    Table rows = rows(table, wanted);
    TableEvaluation evaluation = TableFault.of(source, () -> trained.evaluate(rows));
    PrintWriter console = Output.of(spec);
    if (json) {
      console.println(json(path, trained, rows, evaluation));
    } else {
      print(console, trained, rows, evaluation);
    }
    return 0;
  }

  /** A reader that need not guess what columns are that the model knows. */
  static TableReader known(TableReader reader, TableSchema schema) {
    TableReader told = reader;
    for (TableSchema.Input input : schema.inputs()) {
      told = told.withKind(input.name(), input.kind());
    }
    return told;
  }

  private @Nullable Part wanted() {
    if (split != null && column != null) {
      throw wrong("--split and --split-column both say which rows are for what; give one of them");
    }
    if (split == null && column == null) {
      if (part != null) {
        throw wrong("--part goes with --split or --split-column");
      }
      return null;
    }
    Part wanted = part == null ? Part.TEST : Part.of(part);
    if (wanted == null) {
      throw wrong("invalid value for option '--part': expected " + Part.names() + ", got " + part);
    }
    return wanted;
  }

  private Table rows(Table table, @Nullable Part wanted) throws IOException {
    if (wanted == null) {
      return table;
    }
    TableParts parts =
        split != null
            ? TableParts.byFile(table, file.toString(), split)
            : TableParts.byColumn(table, file.toString(), String.valueOf(column));
    if (parts.size(wanted) == 0) {
      throw new FileFormatException(file.toString(), "no row is for " + wanted);
    }
    return parts.rows(wanted);
  }

  private void print(
      PrintWriter console, TableModel trained, Table rows, TableEvaluation evaluation) {
    TableSchema.Target target = trained.schema().target();
    console.println(
        String.format(
            Locale.ROOT,
            "%s: %,d of %,d rows%s",
            file,
            evaluation.rows(),
            rows.rows(),
            part == null && split == null && column == null ? "" : " for " + wanted()));
    console.println();
    console.print(Figures.table(Map.of(target.name(), evaluation)));
    console.println();
    if (target.task() == Task.CLASSIFICATION) {
      Figures.printClasses(console, "rows of each class", target.classes(), evaluation.counts());
      console.println();
      Figures.printConfusions(console, "rows", target.classes(), evaluation.counts());
      console.println();
    }
    console.println(Figures.first(evaluation) + " parameters sha256 " + trained.fingerprint());
  }

  private String json(Path path, TableModel trained, Table rows, TableEvaluation evaluation) {
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("model", path.toString());
    parts.put("file", file.toString());
    parts.put("target", trained.schema().target().name());
    parts.put("rows", rows.rows());
    parts.put("measured", evaluation.rows());
    parts.put("figures", evaluation.figures());
    parts.put("parameters_sha256", trained.fingerprint());
    return JsonText.of(parts);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Output.filled(spec).commandLine(), message);
  }
}

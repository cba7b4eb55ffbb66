package lamella.examples.serve;

import static java.util.stream.Collectors.joining;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import lamella.examples.table.CsvText;
import lamella.examples.table.PredictionColumns;
import lamella.examples.table.TrainingFile;
import lamella.table.ColumnKind;
import lamella.table.TableModel;
import lamella.table.TableReader;
import lamella.table.TableSchema;
import lamella.table.Task;

/**
 * A model of a table's rows ({@link TableModel}), which is asked by the columns' names, and its
 * answers as JSON or CSV.
 *
 * <p>Any number of threads may ask it at once.
 */
public final class ServedTable implements Servable {
  private static final int BYTES_AROUND = 256;

  private final String name;
  private final TableModel model;
  private final TableSchema schema;
  private final TableReader reader;
  private final PredictionColumns columns;
  private final long memoryOfAnswer;

  ServedTable(String name, TableModel model) {
    this.name = Servable.requireName(name);
    this.model = model;
    this.schema = model.schema();
    this.reader = TrainingFile.reader(model.metadata());
    this.columns = PredictionColumns.of(schema.target(), true);
    long bytes = BYTES_AROUND;
    for (String label : schema.target().classes()) {
      // The likeliest one stands there twice.
      bytes += ServedModel.BYTES_OF_NUMBER + 2 * Byte.SIZE * (long) Json.string(label).length();
    }
    for (TableSchema.Input input : schema.inputs()) {
      if (input.kind() == ColumnKind.CATEGORY) {
        bytes += Byte.SIZE * (long) Json.string(input.name()).length();
      }
    }
    this.memoryOfAnswer = bytes;
  }

  @Override
  public String name() {
    return name;
  }

  TableSchema schema() {
    return schema;
  }

  /** What reads lines of CSV, written as those of the training file were. */
  TableReader reader() {
    return reader;
  }

  /** Bytes of memory that a row's answer takes at most, until it is sent. */
  long memoryOfAnswer() {
    return memoryOfAnswer;
  }

  /** The numbers that are said of a row: the probabilities of the classes, or one. */
  int outputs() {
    return columns.outputs();
  }

  // Answers.

  /**
   * What the model says of some rows of a request, row by row: the probabilities of the classes, or
   * the target in its own unit.
   *
   * @throws ArithmeticException if that is no finite number; begins with the row of a list
   */
  double[] predict(EncodedRows rows, int first, int end) {
    try {
      return predict(end - first, rows.numbers(first, end));
    } catch (ArithmeticException e) {
      throw ofOneRow(rows, first, end, e);
    }
  }

  private double[] predict(int count, float[] numbers) {
    double[] outputs = new double[count * outputs()];
    model.predictEncoded(count, numbers, outputs);
    for (int i = 0; i < outputs.length; i++) {
      if (!Double.isFinite(outputs[i])) {
        throw new ArithmeticException("the prediction is no finite number: " + outputs[i]);
      }
    }
    return outputs;
  }

  /** What is wrong with the first row that is wrong by itself. */
  private ArithmeticException ofOneRow(
      EncodedRows rows, int first, int end, ArithmeticException ofAll) {
    for (int row = first; row < end && rows.isList(); row++) {
      try {
        double[] ignored = predict(1, rows.numbers(row, row + 1));
      } catch (ArithmeticException e) {
        return new ArithmeticException("row " + row + ": " + e.getMessage());
      }
    }
    return ofAll;
  }

  /**
   * Appends what the model says of a row, as a JSON object: of classes {@code {"label": "yes",
   * "probabilities": {"no": 0.25, "yes": 0.75}}}, of numbers {@code {"value": 12.5}}. Columns whose
   * categories training has not seen, which count as missing, are named behind: {@code "unseen":
   * ["island"]}.
   *
   * @param outputs of {@link #predict}
   * @param offset of the row's first
   * @param unseen names of columns
   */
  void append(double[] outputs, int offset, List<String> unseen, StringBuilder json) {
    TableSchema.Target target = schema.target();
    if (target.task() == Task.REGRESSION) {
      CsvText.append(json.append("{\"value\": "), outputs[offset]);
    } else {
      List<String> classes = target.classes();
      json.append("{\"label\": ").append(Json.string(label(outputs, offset)));
      for (int k = 0; k < classes.size(); k++) {
        json.append(k == 0 ? ", \"probabilities\": {" : ", ")
            .append(Json.string(classes.get(k)))
            .append(": ");
        CsvText.append(json, outputs[offset + k]);
      }
      json.append('}');
    }
    if (!unseen.isEmpty()) {
      json.append(", \"unseen\": ").append(texts(unseen));
    }
    json.append('}');
  }

  /** The likeliest class. */
  String label(double[] outputs, int offset) {
    int best = 0;
    for (int k = 1; k < outputs(); k++) {
      best = outputs[offset + k] > outputs[offset + best] ? k : best;
    }
    return schema.target().classes().get(best);
  }

  /** Appends the names of an answer's columns as a line of CSV. */
  void appendNames(StringBuilder csv) {
    columns.appendNames(csv);
    csv.append('\n');
  }

  /** Appends the same of a row as a line of CSV. */
  void appendLine(double[] outputs, int offset, StringBuilder csv) {
    columns.append(outputs, offset, csv);
    csv.append('\n');
  }

  /** Whether all parameters are finite numbers; what is not finite is else the row's fault. */
  boolean isFinite() {
    return ServedModel.isFinite(model.network());
  }

  @Override
  public void warmUp(long nanos) {
    byte[] row = example(schema, Integer.MAX_VALUE).getBytes(StandardCharsets.UTF_8);
    Servable.repeat(
        nanos,
        () -> {
          EncodedRows rows = TableFormat.JSON.read(row, this, 1);
          append(predict(rows, 0, 1), 0, List.of(), new StringBuilder());
        });
  }

  // Descriptions.

  /** A row of these columns, the first of them, that can be sent. */
  static String example(TableSchema schema, int most) {
    return schema.inputs().stream()
            .limit(most)
            .map(input ->
                Json.string(input.name())
                    + ": "
                    + (input.kind() == ColumnKind.CATEGORY
                        ? input.categories().isEmpty()
                            ? "null"
                            : Json.string(input.categories().getFirst())
                        : number(input.offset())))
            .collect(joining(", ", "{", ""))
        + (schema.inputs().size() > most ? ", ...}" : "}");
  }

  private static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1L << 53
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  @Override
  public String description() {
    TableSchema.Target target = schema.target();
    return "{\"name\": "
        + Json.string(name)
        + ", \"task\": \""
        + target.task().name().toLowerCase(Locale.ROOT)
        + "\", \"target\": "
        + Json.string(target.name())
        + (target.classes().isEmpty() ? "" : ", \"classes\": " + texts(target.classes()))
        + ", \"columns\": "
        + schema.inputs().stream().map(ServedTable::column).collect(joining(", ", "[", "]"))
        + (schema.leftOut().isEmpty()
            ? ""
            : ", \"ignored\": " + texts(List.copyOf(schema.leftOut().keySet())))
        + ", \"example\": "
        + example(schema, Integer.MAX_VALUE)
        + ", \"network\": "
        + Json.string(model.network().toString())
        + ", \"lamella\": "
        + Json.string(ServedModel.version())
        + "}";
  }

  private static String column(TableSchema.Input input) {
    return "{\"name\": "
        + Json.string(input.name())
        + ", \"kind\": \""
        + input.kind().name().toLowerCase(Locale.ROOT)
        + "\""
        + (input.kind() == ColumnKind.CATEGORY
            ? ", \"categories\": " + texts(input.categories())
            : "")
        + "}";
  }

  private static String texts(List<String> texts) {
    return texts.stream().map(Json::string).collect(joining(", ", "[", "]"));
  }

  @Override
  public String metadata() {
    return TableProtocol.metadata(this);
  }

  /** What is predicted, and of how many columns. */
  @Override
  public String toString() {
    TableSchema.Target target = schema.target();
    return "a model of "
        + target.name()
        + (target.task() == Task.REGRESSION
            ? " (a number"
            : " (" + target.classes().size() + " classes")
        + ", of "
        + schema.inputs().size()
        + " columns)";
  }
}

package lamella.table;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.RandomAccess;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.optim.History;
import org.jspecify.annotations.Nullable;

/**
 * A network with what it takes to predict the rows of a table. Safe to use from many threads.
 *
 * <p>The same row gives the same bits however it is given: as a map, a record, a table's row, or
 * encoded, alone or among others.
 *
 * {@snippet file="SnippetsTest.java" region="table-model"}
 */
public final class TableModel {
  /** Rows that go through the network at once: what its layers make of them fits into caches. */
  private static final int ROWS_AT_ONCE = 1024;

  private final TableSchema schema;
  private final Network network;
  private final Predictor predictor;
  private final RecordReader records;
  private final Map<String, String> metadata;
  private final TableTraining.@Nullable Result training;

  TableModel(
      TableSchema schema,
      Network network,
      Map<String, String> metadata,
      TableTraining.@Nullable Result training) {
    this.schema = schema;
    this.network = network;
    this.predictor = Predictor.of(network);
    this.records = new RecordReader(schema);
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    this.training = training;
  }

  /**
   * {@return what trains a model of classes}
   *
   * @param target the column with the classes, of any kind
   */
  public static TableTrainer classifier(String target) {
    return new TableTrainer(new TableSettings(target, Task.CLASSIFICATION));
  }

  /**
   * {@return what trains a model of numbers}
   *
   * @param target the column with the numbers
   */
  public static TableTrainer regressor(String target) {
    return new TableTrainer(new TableSettings(target, Task.REGRESSION));
  }

  // Files.

  /**
   * {@return the model in a file}
   *
   * @param file as {@link #write} makes it
   * @throws FileFormatException if it is damaged, or holds a network of another kind
   * @throws IOException if it cannot be read
   */
  public static TableModel read(Path file) throws IOException {
    TableModel model = of(file.toString(), ModelFile.read(file));
    if (model == null) {
      throw new FileFormatException(
          file.toString(), "a table's model expected, found a network alone");
    }
    return model;
  }

  /**
   * {@return the model in what was read; null if it is a network of another kind}
   *
   * @param file with a table's model, or another
   * @throws FileFormatException if its description of the table's columns is damaged, or does not
   *     fit its network
   */
  public static @Nullable TableModel of(ModelFile file) throws FileFormatException {
    return of("model file", file);
  }

  private static @Nullable TableModel of(String name, ModelFile file) throws FileFormatException {
    Map<String, String> metadata = new LinkedHashMap<>(file.metadata());
    String json = metadata.remove(TableSchema.KEY);
    if (json == null) {
      return null;
    }
    TableSchema schema;
    try {
      schema = TableSchema.parse(json);
    } catch (IllegalArgumentException e) {
      throw FileFormatException.because(name, "description of the table", e);
    }
    Network network = file.network();
    Shape inputs = Shape.of(schema.inputs().size());
    Shape outputs = Shape.of(TablePrediction.width(schema.target()));
    Outputs meaning = meaning(schema.target());
    boolean meant = network.outputs() == meaning || network.outputs() == Outputs.UNSPECIFIED;
    if (!network.inputShape().equals(inputs) || !network.outputShape().equals(outputs) || !meant) {
      throw new FileFormatException(
          name,
          "description of the table: a network "
              + inputs
              + " -> "
              + outputs
              + " "
              + meaning
              + " expected, found "
              + network.inputShape()
              + " -> "
              + network.outputShape()
              + " "
              + network.outputs());
    }
    return new TableModel(schema, network, metadata, null);
  }

  static Outputs meaning(TableSchema.Target target) {
    return target.task() == Task.CLASSIFICATION ? Outputs.CLASSES : Outputs.NUMBERS;
  }

  /**
   * Writes all that predicting needs.
   *
   * @param file a {@link ModelFile}, which appears under its name only when it is complete
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    toModelFile().write(file);
  }

  /** {@return what {@link #write} writes: the network, with the schema among the metadata} */
  public ModelFile toModelFile() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(TableSchema.KEY, schema.toJson());
    all.putAll(metadata);
    return new ModelFile(network, Map.of(), all);
  }

  /**
   * {@return this model with other text that is written with it, in place of what there is}
   *
   * @param texts by name; none is {@code table} or begins with {@code lamella.}
   * @throws IllegalArgumentException if a name is one of those
   */
  public TableModel withMetadata(Map<String, String> texts) {
    for (String name : texts.keySet()) {
      if (name.equals(TableSchema.KEY) || name.startsWith("lamella.")) {
        throw new IllegalArgumentException(
            "TableModel: metadata \"" + name + "\" is the model's own; use another name");
      }
    }
    return new TableModel(schema, network, texts, training);
  }

  /** {@return the text that {@link #withMetadata} added} */
  public Map<String, String> metadata() {
    return metadata;
  }

  // What it is.

  /** {@return what goes in and what comes out} */
  public TableSchema schema() {
    return schema;
  }

  /**
   * {@return head layers and body in one, {@code [n, inputs] -> [n, outputs]}} It takes encoded
   * rows. Of classes it gives an output for each, whose softmax is the probabilities; of a number
   * the number, in the target's units, or its logarithm.
   */
  public Network network() {
    return network;
  }

  /** {@return the SHA-256 of the network's parameters: equal fingerprints mean equal bits} */
  public String fingerprint() {
    return lamella.core.Fingerprint.of(network.parameters());
  }

  /** {@return how the training went; null if the model was read from a file} */
  public @Nullable History history() {
    return training == null ? null : training.history();
  }

  /**
   * {@return the epoch, from 1 on, whose network this is; empty if the model was read from a file}
   */
  public OptionalInt bestEpoch() {
    return training == null ? OptionalInt.empty() : training.bestEpoch();
  }

  /**
   * {@return what is to be known of the training's data, in whole sentences: rows that were left
   * out, for example; none if the model was read from a file}
   */
  public List<String> notes() {
    return training == null ? List.of() : training.notes();
  }

  // Prediction.

  /**
   * {@return what it says of a row, by column names}
   *
   * @param row as {@link TableSchema#encode(Map, float[], int)} takes it
   * @throws IllegalArgumentException if a column is missing or unknown, or a value of a wrong type;
   *     names the column
   */
  public TablePrediction predict(Map<String, ?> row) {
    float[] encoded = new float[schema.inputs().size()];
    schema.encode(row, encoded, 0);
    return new TablePrediction(schema.target(), predictor.outputs(encoded), 0);
  }

  /**
   * {@return what it says of a row, by the names of a record's components}
   *
   * @param row of a public record in an exported package, or one whose package is open to this
   *     module
   * @throws IllegalArgumentException if a column is missing or unknown, or a value of a wrong type;
   *     names the column; if the record's components cannot be read
   */
  public TablePrediction predict(Record row) {
    float[] encoded = new float[schema.inputs().size()];
    schema.encode(records.values(row), encoded, 0);
    return new TablePrediction(schema.target(), predictor.outputs(encoded), 0);
  }

  /**
   * {@return what it says of every row of a table, in its order}
   *
   * @param table with a column for each input; may have others
   * @throws IllegalArgumentException if an input is not there, or something else than a number
   *     where one is expected; names row and column
   */
  public List<TablePrediction> predict(Table table) {
    return predictEncoded(table.rows(), schema.encode(table).array());
  }

  /**
   * {@return what it says of encoded rows, {@code [n, inputs]} one after the other} The predictions
   * are made when they are asked for, of outputs that are computed at once.
   *
   * @param n how many rows
   * @param rows may be longer than needed
   * @throws IllegalArgumentException if there are not so many
   */
  public List<TablePrediction> predictEncoded(int n, float[] rows) {
    return new Predictions(schema.target(), outputs(n, rows));
  }

  /**
   * Fills an array with what it says of encoded rows, without an object for each: of classes the
   * probability of each, in the schema's order, of a number the number in the target's units.
   *
   * @param n how many rows
   * @param rows {@code [n, inputs]} one after the other; may be longer than needed
   * @param to {@code [n, classes]} or {@code [n]}; may be longer than needed
   * @throws IllegalArgumentException if an array is too short
   * @throws ArithmeticException if an output is not finite, as after a training that diverged
   */
  public void predictEncoded(int n, float[] rows, double[] to) {
    int width = TablePrediction.width(schema.target());
    if (to.length < (long) n * width) {
      throw new IllegalArgumentException(
          "TableModel: expects room for "
              + n
              + " times "
              + width
              + " numbers, got an array of "
              + to.length);
    }
    predictions(n, outputs(n, rows), to);
  }

  /**
   * {@return the outputs of the network for encoded rows, {@code [n, outputs]}} Of classes the
   * numbers whose softmax is the probabilities; of a number the number in the target's units, or
   * its logarithm. {@link #predictions} makes of them what they say.
   *
   * @param n how many rows
   * @param rows {@code [n, inputs]} one after the other; may be longer than needed
   * @throws IllegalArgumentException if there are not so many
   */
  public float[] outputsEncoded(int n, float[] rows) {
    return outputs(n, rows);
  }

  /**
   * Makes of outputs what they say: of classes the probability of each, in the schema's order, of a
   * number the number in the target's units.
   *
   * @param n how many rows
   * @param outputs as {@link #outputsEncoded} gives them
   * @param to {@code [n, classes]} or {@code [n]}; may be longer than needed
   * @throws IllegalArgumentException if an array is too short
   * @throws ArithmeticException if an output is not finite, as after a training that diverged
   */
  public void predictions(int n, float[] outputs, double[] to) {
    int width = TablePrediction.width(schema.target());
    if (outputs.length < (long) n * width || to.length < (long) n * width) {
      throw new IllegalArgumentException(
          "TableModel: expects "
              + n
              + " times "
              + width
              + " outputs and room for as many numbers, got arrays of "
              + outputs.length
              + " and "
              + to.length);
    }
    for (int row = 0; row < n; row++) {
      TablePrediction.numbers(schema.target(), outputs, row * width, to, row * width);
    }
  }

  private float[] outputs(int n, float[] rows) {
    int inputs = schema.inputs().size();
    int width = TablePrediction.width(schema.target());
    if (n < 0 || rows.length < (long) n * inputs || (long) n * width > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "TableModel: expects "
              + n
              + " rows of "
              + inputs
              + " numbers, got an array of "
              + rows.length);
    }
    float[] outputs = new float[n * width];
    FloatBuffer from = FloatBuffer.wrap(rows);
    FloatBuffer to = FloatBuffer.wrap(outputs);
    for (int first = 0; first < n; first += ROWS_AT_ONCE) {
      from.limit(Math.min(n, first + ROWS_AT_ONCE) * inputs);
      predictor.outputs(from, to);
    }
    return outputs;
  }

  private static final class Predictions extends AbstractList<TablePrediction>
      implements RandomAccess {
    private final TableSchema.Target target;
    private final float[] outputs;

    Predictions(TableSchema.Target target, float[] outputs) {
      this.target = target;
      this.outputs = outputs;
    }

    @Override
    public TablePrediction get(int index) {
      Objects.checkIndex(index, size());
      return new TablePrediction(target, outputs, index * TablePrediction.width(target));
    }

    @Override
    public int size() {
      return outputs.length / TablePrediction.width(target);
    }
  }

  /**
   * {@return how good its predictions of a table's rows are} Rows without a target are left out, as
   * are those of a class that training has not seen: {@link TableEvaluation#leftOut} says how many.
   *
   * @param table with a column for each input and the target; may have others
   * @throws IllegalArgumentException if a column is not there, or something else than a number
   *     where one is expected; names row and column; if no row is left
   */
  public TableEvaluation evaluate(Table table) {
    return TableEvaluation.of(this, table);
  }

  /**
   * For example {@code TableModel(TableSchema(4 numbers, 2 categories -> species of 3 classes),
   * Network([6] -> ...))}.
   */
  @Override
  public String toString() {
    return "TableModel(" + schema + ", " + network + ")";
  }
}

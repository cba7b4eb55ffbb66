package lamella.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lamella.benchmarks.tables.GeneratedRows;
import lamella.core.FloatTensor;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import lamella.table.TableReader;
import lamella.table.TableRows;
import lamella.table.TableSchema;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rows of a table through a model with the default network, twenty inputs and three classes: what
 * each step of it costs, for a row and for a batch.
 *
 * <p>The trap: one row again and again, whose texts and branches are then all foreseen. There are
 * {@value #ROWS} rows, in turn.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class TableBenchmark {
  private static final int ROWS = 1024;

  /** Rows of one prediction. */
  @Param({"1", "16", "256"})
  public int batch = 1;

  private final byte[] csv;
  private final Table table;
  private final TableModel model;
  private final Map<?, ?>[] maps = new Map<?, ?>[ROWS];
  private final float[] encoded;
  private float[] rows = new float[0];
  private double[] outputs = new double[0];
  private Table part;
  private int next;

  /** Trains a model, briefly: its size is what counts. */
  public TableBenchmark() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      GeneratedRows.write(text, ROWS, 1);
      csv = text.toByteArray();
      table = TableReader.standard().read("generated rows", new ByteArrayInputStream(csv));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    model = TableModel.classifier(GeneratedRows.TARGET).withEpochs(1).fit(table);
    FloatTensor inputs = model.schema().encode(table);
    encoded = inputs.array();
    part = table;
    for (int i = 0; i < ROWS; i++) {
      maps[i] = map(i);
    }
  }

  private Map<String, @Nullable Object> map(int row) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (Column column : table.without(GeneratedRows.TARGET).columns()) {
      map.put(
          column.name(),
          column.isMissing(row)
              ? null
              : column.isNumeric() ? (Object) column.number(row) : column.text(row));
    }
    return map;
  }

  /** Makes room for a batch. */
  @Setup
  public void prepare() {
    int inputs = model.schema().inputs().size();
    rows = new float[batch * inputs];
    outputs = new double[batch * model.schema().target().classes().size()];
    int[] first = new int[batch];
    for (int i = 0; i < batch; i++) {
      first[i] = i;
    }
    part = table.rows(first);
  }

  /** The number of the first row of the next batch. */
  private int nextBatch() {
    next = next + 2 * batch <= ROWS ? next + batch : 0;
    return next;
  }

  /** Maps by column names into encoded rows. */
  @Benchmark
  @SuppressWarnings("unchecked")
  public float[] encodeMaps() {
    int first = nextBatch();
    int inputs = rows.length / batch;
    for (int i = 0; i < batch; i++) {
      model.schema().encode((Map<String, ?>) maps[first + i], rows, i * inputs);
    }
    return rows;
  }

  /** Encoded rows into probabilities. */
  @Benchmark
  public double[] predictEncoded() {
    System.arraycopy(encoded, nextBatch() * (rows.length / batch), rows, 0, rows.length);
    model.predictEncoded(batch, rows, outputs);
    return outputs;
  }

  /** Rows of a table into predictions. */
  @Benchmark
  public Object predictTable() {
    return model.predict(part);
  }

  /** A map by column names into a prediction; one row, whatever the batch. */
  @Benchmark
  @SuppressWarnings("unchecked")
  public TablePrediction predictMap() {
    return model.predict((Map<String, ?>) maps[nextBatch()]);
  }

  /** All rows of the CSV text into encoded rows. */
  @Benchmark
  public float[] encodeCsv() throws IOException {
    try (TableRows lines =
        TableReader.standard().open("generated rows", new ByteArrayInputStream(csv))) {
      TableSchema.RowEncoder encoder = model.schema().encoder(lines);
      while (lines.next()) {
        encoder.encode(rows, 0);
      }
    }
    return rows;
  }
}

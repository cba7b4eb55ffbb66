package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.examples.OpenModel;
import lamella.examples.TableModels;
import lamella.layers.Linear;
import lamella.onnx.OnnxImport;
import lamella.table.ColumnKind;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import lamella.table.TableSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamella export} of models of a table's rows: what other programs say of encoded rows. */
class TableExportTest {
  @TempDir Path directory;

  /** What the command prints. */
  private static String lamella(int status, Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int ended = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    assertEquals(status, ended, err.toString());
    return (status == 0 ? out : err).toString().strip();
  }

  /** The penguins, and rows of which each has another value missing or category unseen. */
  private static float[] encoded(TableSchema schema) {
    Table table = TableModels.PENGUINS;
    int width = schema.inputs().size();
    float[] rows = Arrays.copyOf(schema.encode(table).array(), (table.rows() + width) * width);
    for (int i = 0; i < width; i++) {
      int from = (table.rows() + i) * width;
      System.arraycopy(rows, 3 * width, rows, from, width);
      System.arraycopy(rows, 0, rows, from, width);
      rows[from + i] = schema.inputs().get(i).kind() == ColumnKind.NUMBER ? Float.NaN : 0;
    }
    return rows;
  }

  private static float[] run(Path onnx, float[] rows, int width, String output)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {rows.length / width, width};
    try (OrtSession session = environment.createSession(onnx.toString());
        OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(rows), shape);
        OrtSession.Result result = session.run(Map.of("rows", input))) {
      FloatBuffer buffer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
      float[] numbers = new float[buffer.remaining()];
      buffer.get(numbers);
      return numbers;
    }
  }

  private Path export(TableModel model, String expected) throws IOException {
    Path file = directory.resolve("model.safetensors");
    model.write(file);
    Path onnx = directory.resolve("model.onnx");
    assertEquals(
        "wrote " + onnx + ": " + expected,
        lamella(0, "export", "--model", file, "--onnx", onnx, "--replace"));
    return onnx;
  }

  @Test
  void onnxruntimeSaysTheSameProbabilities() throws IOException, OrtException {
    TableModel model = TableModels.SPECIES;
    Path onnx = export(model, "float32, rows [batch, 6] -> probabilities [batch, 3]");
    float[] rows = encoded(model.schema());
    int n = rows.length / 6;
    double[] ours = new double[3 * n];
    model.predictEncoded(n, rows, ours);
    float[] theirs = run(onnx, rows, 6, "probabilities");
    for (int i = 0; i < ours.length; i++) {
      assertEquals(ours[i], theirs[i], 1e-5, "row " + i / 3);
    }
  }

  @Test
  void onnxruntimeSaysTheSameNumbers() throws IOException, OrtException {
    TableModel model = TableModels.MASS;
    Path onnx = export(model, "float32, rows [batch, 6] -> logarithm [batch, 1]");
    float[] rows = encoded(model.schema());
    int n = rows.length / 6;
    double[] ours = new double[n];
    model.predictEncoded(n, rows, ours);
    float[] theirs = run(onnx, rows, 6, "logarithm");
    for (int i = 0; i < n; i++) {
      assertEquals(Math.log(ours[i]), theirs[i], 1e-5, "row " + i);
    }
  }

  /** The file says what its columns are, and its layers are ours again. */
  @Test
  void theFileIsATableModelAgain() throws IOException {
    for (TableModel model : new TableModel[] {TableModels.SPECIES, TableModels.odd()}) {
      Path file = directory.resolve("model.safetensors");
      model.write(file);
      Path onnx = directory.resolve("again.onnx");
      String ignored = lamella(0, "export", "--model", file, "--onnx", onnx, "--replace");
      assertTrue(OnnxImport.read(onnx).isTrainable());
      TableModel again = OpenModel.read(onnx).table();
      assertNotNull(again);
      assertEquals(model.schema().toJson(), again.schema().toJson());
      float[] row = new float[model.schema().inputs().size()];
      double[] expected = new double[model.schema().target().classes().size()];
      double[] got = expected.clone();
      for (int i = 0; i < 9; i++) {
        row[i % row.length] += 1;
        model.predictEncoded(1, row, expected);
        again.predictEncoded(1, row, got);
        assertArrayEquals(expected, got);
      }
    }
    Path file = directory.resolve("model.safetensors");
    TableModels.SPECIES.write(file);
    Path onnx = export(TableModels.SPECIES, "float32, rows [batch, 6] -> probabilities [batch, 3]");
    Map<String, Object> row = new LinkedHashMap<>();
    for (TableSchema.Input input : TableModels.SPECIES.schema().inputs()) {
      row.put(input.name(), input.kind() == ColumnKind.NUMBER ? 42 : input.categories().getFirst());
    }
    TableModel again = OpenModel.read(onnx).table();
    assertNotNull(again);
    TablePrediction expected = TableModels.SPECIES.predict(row);
    assertEquals(expected.probabilities(), again.predict(row).probabilities());
    assertEquals(expected.label(), again.predict(row).label());
  }

  @Test
  void aNetworkOfOtherInputsIsNoTableModel() throws IOException {
    Path file = directory.resolve("other.safetensors");
    Network network = Network.of(Shape.of(2), new Linear(2, 3, new NumPyRandom(1)));
    new ModelFile(network, Map.of(), Map.of("classes", "a,b,c")).write(file);
    assertNull(OpenModel.read(file).table());
    assertEquals(Shape.of(1, 3), network.forward(FloatTensor.zeros(Shape.of(1, 2))).shape());
  }

  @Test
  void aTableHasNoMeanImage() throws IOException {
    Path file = directory.resolve("model.safetensors");
    TableModels.SPECIES.write(file);
    String problem =
        lamella(2, "export", "--model", file, "--onnx", directory.resolve("x.onnx"), "--no-mean");
    assertTrue(
        problem.contains("--no-mean goes with a model of images; " + file + " is one of a table"),
        problem);
  }
}

package lamella.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.OnnxExport;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.Tanh;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxScoringTest {
  @TempDir private Path folder;

  private static Network network(int outputs) {
    NumPyRandom random = new NumPyRandom(1);
    return Network.of(
        Shape.of(6), new Linear(6, 8, random), new Tanh(), new Linear(8, outputs, random));
  }

  private static Dataset<Row> frame(List<double[]> rows) {
    List<Row> list = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      list.add(RowFactory.create(i, Vectors.dense(rows.get(i))));
    }
    return TestSpark.local()
        .createDataFrame(
            list,
            new StructType()
                .add("id", DataTypes.IntegerType)
                .add("features", SQLDataTypes.VectorType()));
  }

  private static List<double[]> numbers(int rows) {
    NumPyRandom random = new NumPyRandom(2);
    List<double[]> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add(random.doubles(6).map(x -> (float) x).toArray());
    }
    return all;
  }

  private List<Row> scored(String name, OnnxExport export, Dataset<Row> frame) throws IOException {
    Path file = folder.resolve(name);
    export.write(file);
    return new ModelTransformer()
        .setModelFile(file.toString())
        .transform(frame)
        .orderBy("id")
        .collectAsList();
  }

  @Test
  void exportedNetworksScoreAsTheyDidBefore() throws IOException {
    List<double[]> numbers = numbers(300);
    Dataset<Row> frame = frame(numbers).repartition(3);
    Network classes = network(4);
    Network number = network(1).withOutputs(Outputs.NUMBERS);
    List<Row> plain = scored("plain.onnx", OnnxExport.of(classes), frame);
    List<Row> softmax = scored("softmax.onnx", OnnxExport.of(classes).withSoftmax(), frame);
    List<Row> numeric = scored("number.onnx", OnnxExport.of(number), frame);
    List<Row> yes =
        scored(
            "yes.onnx", OnnxExport.of(network(1).withOutputs(Outputs.YES_NO)).withSigmoid(), frame);
    for (int i = 0; i < numbers.size(); i++) {
      float[] x = new float[6];
      for (int j = 0; j < 6; j++) {
        x[j] = (float) numbers.get(i)[j];
      }
      Predictor predictor = Predictor.of(classes);
      for (Row row : List.of(plain.get(i), softmax.get(i))) {
        assertArrayEquals(
            doubles(predictor.outputs(x)), row.<Vector>getAs("rawPrediction").toArray());
        assertArrayEquals(
            doubles(predictor.probabilities(x)), row.<Vector>getAs("probability").toArray());
        assertEquals((double) predictor.classOf(x), row.<Double>getAs("prediction"));
      }
      double z = Predictor.of(number).outputs(x)[0];
      assertEquals(z, numeric.get(i).<Double>getAs("prediction"));
      assertArrayEquals(new double[] {-z, z}, yes.get(i).<Vector>getAs("rawPrediction").toArray());
    }
  }

  private static double[] doubles(float[] floats) {
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  /** A softmax over another than the last axis is no layer's; NumPy says what it gives. */
  @Test
  void graphsThatAreNoNetworksAreRunAsTheyAre() throws IOException {
    Path file = folder.resolve("columns.onnx");
    List<double[]> inputs = new ArrayList<>();
    List<double[]> expected = new ArrayList<>();
    try (InputStream in = OnnxScoringTest.class.getResourceAsStream("columns.onnx");
        InputStream text = OnnxScoringTest.class.getResourceAsStream("columns.txt")) {
      Files.write(file, in.readAllBytes());
      for (Scanner lines = new Scanner(text, UTF_8); lines.hasNext(); ) {
        List<double[]> list = inputs.size() == expected.size() ? inputs : expected;
        double[] row = new double[6];
        for (int j = 0; j < row.length; j++) {
          row[j] = Double.parseDouble(lines.next());
        }
        list.add(row);
      }
    }
    List<Row> rows =
        new ModelTransformer()
            .setModelFile(file.toString())
            .setOutputCol("y")
            .transform(frame(inputs))
            .orderBy("id")
            .collectAsList();
    assertEquals(expected.size(), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      assertArrayEquals(expected.get(i), rows.get(i).<Vector>getAs("y").toArray(), 1e-6);
    }
  }

  @Test
  void filesThatAreNoModelsAreRefused() throws IOException {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "This is no model of anything.");
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class,
            () ->
                new ModelTransformer().setModelFile(text.toString()).transform(frame(numbers(1))));
    assertTrue(e.getMessage().startsWith(text.toString()), e.getMessage());
  }

  @Test
  void namesOfClassesComeFromTheFile() throws IOException {
    Path file = folder.resolve("named.onnx");
    OnnxExport.of(network(3)).withMetadata(Map.of("classes", "x,y,z")).write(file);
    Row row =
        new ModelTransformer()
            .setModelFile(file.toString())
            .setPredictedLabelCol("label")
            .transform(frame(numbers(1)))
            .first();
    assertEquals(
        List.of("x", "y", "z").get(row.<Double>getAs("prediction").intValue()), row.getAs("label"));
  }
}

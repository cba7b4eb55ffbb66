package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models as many programs write them are the layers that they mean, and give what ONNX Runtime
 * computes; see spelled.py.
 */
class SpelledTest {

  /** One of them. */
  record Model(
      String name,
      String network,
      OnnxImport.End end,
      List<Double> x,
      List<Double> y,
      String base64) {

    static Model parse(String line) {
      String[] parts = line.split(" \\| ", -1);
      return new Model(
          parts[0],
          parts[1],
          OnnxImport.End.valueOf(parts[2]),
          numbers(parts[4]),
          numbers(parts[5]),
          parts[6]);
    }

    private static List<Double> numbers(String text) {
      return Arrays.stream(text.split(" ")).map(Double::valueOf).toList();
    }

    byte[] file() {
      return Base64.getDecoder().decode(base64);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Model> models() throws IOException {
    try (InputStream in = SpelledTest.class.getResourceAsStream("spelled.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines().map(Model::parse).toList().stream();
    }
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** By its definition, in float64. */
  static double[] ended(double[] outputs, int columns, OnnxImport.End end) {
    double[] y = new double[end == OnnxImport.End.NO_AND_YES ? 2 * outputs.length : outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      int first = i - i % columns;
      double sum = 0;
      for (int j = first; j < first + columns; j++) {
        sum += Math.exp(outputs[j]);
      }
      double yes = 1 / (1 + Math.exp(-outputs[i]));
      switch (end) {
        case NONE -> y[i] = outputs[i];
        case SOFTMAX -> y[i] = Math.exp(outputs[i]) / sum;
        case LOG_SOFTMAX -> y[i] = outputs[i] - Math.log(sum);
        case SIGMOID -> y[i] = yes;
        case NO_AND_YES -> {
          y[2 * i] = 1 - yes;
          y[2 * i + 1] = yes;
        }
      }
    }
    return y;
  }

  static void requireNear(String name, double[] expected, double[] actual, double tolerance) {
    assertEquals(expected.length, actual.length, name);
    double largest = Math.max(1e-3, Arrays.stream(expected).map(Math::abs).max().orElse(0));
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance * largest, name + ", number " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void isTheLayersThatItMeans(Model model) throws IOException {
    OnnxImport read = OnnxImport.parse(model.name, model.file());
    Network network = read.network();
    assertEquals("Network(" + model.network + ")", network.toString());
    assertEquals(model.end, read.end());
    assertEquals(!model.network.contains("OperatorLayer"), read.isTrainable());
    int size = network.inputShape().size();
    Shape batch = network.inputShape().batch(model.x.size() / size);
    Tensor x = DoubleTensor.of(batch, array(model.x)).to(network.dtype());
    double[] y = network.forward(x).toDoubleArray();
    double tolerance =
        model.name.equals("float64") ? 1e-13 : model.name.startsWith("float16") ? 2e-3 : 2e-6;
    requireNear(
        model.name, array(model.y), ended(y, network.outputShape().size(), model.end), tolerance);
    // A row alone gives what it gives among others.
    Tensor row =
        DoubleTensor.of(network.inputShape().batch(1), Arrays.copyOf(array(model.x), size))
            .to(network.dtype());
    double[] first = network.forward(row).toDoubleArray();
    requireNear(model.name, Arrays.copyOf(y, first.length), first, 0);
  }

  /** What is imported and exported again gives onnxruntime the same outputs. */
  @ParameterizedTest
  @MethodSource("models")
  void exportedAgainItIsTheSameToOnnxRuntime(Model model) throws IOException, OrtException {
    OnnxImport read = OnnxImport.parse(model.name, model.file());
    Network network = read.network();
    if (!read.isTrainable() || network.dtype() == DType.FLOAT64) {
      return;
    }
    float[] x = new float[model.x.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = model.x.get(i).floatValue();
    }
    Shape batch = network.inputShape().batch(x.length / network.inputShape().size());
    long[] shape = new long[batch.rank()];
    Arrays.setAll(shape, batch::dimension);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(OnnxExport.of(network).toBytes());
        OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), shape);
        OrtSession.Result result = session.run(Map.of("input", input))) {
      FloatBuffer found = ((OnnxTensor) result.get(0)).getFloatBuffer();
      double[] y = new double[found.remaining()];
      for (int i = 0; i < y.length; i++) {
        y[i] = found.get();
      }
      double tolerance = model.name.startsWith("float16") ? 2e-3 : 3e-6;
      requireNear(
          model.name, array(model.y), ended(y, network.outputShape().size(), model.end), tolerance);
    }
  }

  @Test
  void thereAreMany() throws IOException {
    assertTrue(models().count() > 60);
  }
}

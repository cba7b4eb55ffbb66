package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every layer that {@link Formats} lists is tested by its contract, is kept by model files, goes to
 * ONNX, and, if it is an activation, has golden values.
 */
class BuiltInLayersTest {
  /** Versions of operators: the oldest, and those that brought operators of layers. */
  private static final int[] OPSETS = {13, 14, 17, 18, 20};

  static List<BuiltIn> all() {
    return BuiltIn.all();
  }

  static List<BuiltIn> activations() {
    return BuiltIn.activations();
  }

  /** Its network in a type of numbers. */
  private static Network in(DType dtype, BuiltIn builtIn) {
    Network network = builtIn.network();
    network.parameters().forEach(parameter -> parameter.convertTo(dtype));
    return network;
  }

  /** A network without parameters is float32 in ONNX: a layer before it says otherwise. */
  private static Network withParameters(Network network, DType dtype) {
    if (!network.parameters().isEmpty()) {
      return network;
    }
    int width = network.inputShape().last();
    SplittableRandom random = new SplittableRandom(3);
    return Network.of(
        network.inputShape(), new Linear(dtype, width, width, Initializer.he(), random), network);
  }

  @ParameterizedTest
  @MethodSource("all")
  void itsContractTestTestsIt(BuiltIn builtIn) {
    assertSame(builtIn.format().layerClass(), builtIn.network().layers().getFirst().getClass());
  }

  @ParameterizedTest
  @MethodSource("all")
  void aModelFileKeepsIt(BuiltIn builtIn) throws IOException {
    for (DType dtype : DType.values()) {
      Network before = in(dtype, builtIn);
      Tensor x = builtIn.input(3).to(dtype);
      Network after = ModelFile.parse("model", ModelFile.of(before).toBytes()).network();
      assertEquals(before.toString(), after.toString());
      assertEquals(Fingerprint.of(before.parameters()), Fingerprint.of(after.parameters()));
      assertArrayEquals(before.forward(x).toDoubleArray(), after.forward(x).toDoubleArray());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void onnxruntimeComputesIt(BuiltIn builtIn) throws OrtException {
    for (DType dtype : DType.values()) {
      if (dtype == DType.FLOAT64 && builtIn.layerClass() == GELU.class) {
        continue; // onnxruntime has the error function in float32 only
      }
      Network network = withParameters(in(dtype, builtIn), dtype);
      Tensor x = builtIn.input(200).to(dtype);
      for (int opset : OPSETS) {
        OnnxTest.assertNear(
            network.forward(x),
            OnnxTest.run(OnnxExport.of(network).withOpset(opset).toBytes(), x),
            dtype == DType.FLOAT32 ? 1e-5 : 1e-13);
      }
    }
  }

  /** x, f(x) and f'(x), by golden.py. */
  private static List<double[]> golden(String name) throws IOException {
    try (InputStream in = BuiltInLayersTest.class.getResourceAsStream("golden.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" "))
          .filter(fields -> fields[0].equals(name))
          .map(fields ->
              new double[] {
                Double.parseDouble(fields[1]),
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3])
              })
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void itsValuesAndSlopesAreGolden(BuiltIn builtIn) throws IOException {
    List<double[]> golden = golden(builtIn.name());
    assertFalse(
        golden.isEmpty(),
        builtIn.name()
            + ": has no golden values; add its formula to layers/src/test/resources/lamella/layers/golden.py"
            + " and run that");
    Layer layer = builtIn.usual();
    double[] inputs = golden.stream().mapToDouble(row -> row[0]).toArray();
    for (DType dtype : DType.values()) {
      Tensor x = DoubleTensor.of(Shape.of(1, inputs.length), inputs).to(dtype);
      Tensor ones = Tensor.zeros(dtype, x.shape());
      ones.fill(1);
      Pass pass = Pass.forGradients();
      Tensor y = layer.forward(x, pass);
      Tensor dx = layer.backward(ones, pass);
      for (int i = 0; i < inputs.length; i++) {
        String where = builtIn.name() + " at " + inputs[i] + " in " + dtype;
        assertNear(golden.get(i)[1], y.get(i), dtype, inputs[i], where);
        assertNear(golden.get(i)[2], dx.get(i), dtype, inputs[i], where + ": slope");
      }
    }
  }

  /**
   * To four units in the last place, and one of the largest number that the result may be made of,
   * which cancels: a slope like s + y (1 - s) holds the rounding of y times s, until s is 1.
   */
  private static void assertNear(
      double expected, double actual, DType dtype, double x, String where) {
    double unit = dtype == DType.FLOAT64 ? 0x1p-52 : 0x1p-23;
    double tolerance = unit * (4 * Math.abs(expected) + Math.min(40, Math.abs(x)));
    assertEquals(expected, actual, tolerance, where);
  }
}

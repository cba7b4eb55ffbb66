package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.layers.SELU;
import lamella.layers.Swish;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Layers, loss and optimiser together, against NumPy (golden.py) and against the numbers of a
 * course that thousands have checked.
 */
class TwoLayerNetworkTest {
  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();

  private static Map<String, double[]> golden() throws IOException {
    Map<String, double[]> golden = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                TwoLayerNetworkTest.class.getResourceAsStream("golden.txt"),
                StandardCharsets.US_ASCII))) {
      for (String line : lines.lines().toList()) {
        // "w1 0.1 0.2 ..." or "relu 10 w1 0.1 0.2 ..."
        String[] words = line.split(" ", -1);
        int name = words[1].matches("1|10") ? 3 : 1;
        golden.put(
            String.join(" ", Arrays.copyOf(words, name)),
            Arrays.stream(words, name, words.length).mapToDouble(Double::parseDouble).toArray());
      }
    }
    return golden;
  }

  private static Linear linear(
      DType dtype, int inputs, int outputs, double[] weight, double[] bias) {
    Linear layer = new Linear(dtype, inputs, outputs, Initializer.zeros(), new SplittableRandom(0));
    layer.weight().value().copyFrom(DoubleTensor.of(Shape.of(inputs, outputs), weight));
    layer.bias().value().copyFrom(DoubleTensor.of(Shape.of(outputs), bias));
    return layer;
  }

  static Stream<Arguments> activations() {
    return Stream.of(
        Arguments.of("relu", new ReLU()),
        Arguments.of("leaky-relu", new LeakyReLU()),
        Arguments.of("swish", new Swish()),
        Arguments.of("selu", new SELU()));
  }

  /** D = 7, H = 5, C = 3, n = 4; L2 0.1, rate 0.3. */
  private void trainsAsNumPyDoes(String name, Layer activation, DType dtype, double tolerance)
      throws IOException {
    Map<String, double[]> golden = golden();
    assertEquals(6 + 4 * 2 * 5, golden.size());
    Linear first = linear(dtype, 7, 5, golden.get("w1"), golden.get("b1"));
    Linear last = linear(dtype, 5, 3, golden.get("w2"), golden.get("b2"));
    Network network = Network.of(Shape.of(7), first, activation, last);
    Tensor x = DoubleTensor.of(Shape.of(4, 7), golden.get("x")).to(dtype);
    int[] labels = Arrays.stream(golden.get("labels")).mapToInt(label -> (int) label).toArray();

    Pass pass = Pass.forTraining();
    Sgd sgd = Sgd.of(0.3).withL2(0.1);
    for (int step = 1; step <= 10; step++) {
      double penalty = sgd.penalty(network.parameters());
      Tensor logits = network.forward(x, pass);
      Tensor gradient = pass.outputGradient(logits);
      double dataLoss = loss.valueAndGradient(logits, labels, gradient);
      network.backward(gradient, pass);
      sgd.step(pass.gradients());
      if (step == 1 || step == 10) {
        String at = name + " " + step + " ";
        assertArrayEquals(golden.get(at + "loss"), new double[] {dataLoss, penalty}, tolerance);
        assertArrayEquals(golden.get(at + "w1"), first.weight().value().toDoubleArray(), tolerance);
        assertArrayEquals(golden.get(at + "b1"), first.bias().value().toDoubleArray(), tolerance);
        assertArrayEquals(golden.get(at + "w2"), last.weight().value().toDoubleArray(), tolerance);
        assertArrayEquals(golden.get(at + "b2"), last.bias().value().toDoubleArray(), tolerance);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void trainsAsNumPyDoesInFloat64(String name, Layer activation) throws IOException {
    trainsAsNumPyDoes(name, activation, DType.FLOAT64, 1e-12);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void trainsAsNumPyDoesInFloat32UpToItsRounding(String name, Layer activation) throws IOException {
    trainsAsNumPyDoes(name, activation, DType.FLOAT32, 5e-6);
  }

  /** Stanford's CS231n, assignment 2: its initial loss check. */
  @Test
  void theLossesAreThoseOfCs231n() {
    int n = 3;
    int d = 5;
    int h = 50;
    int c = 7;
    Network network =
        Network.of(
            Shape.of(d),
            linear(DType.FLOAT64, d, h, linspace(-0.7, 0.3, d * h), linspace(-0.1, 0.9, h)),
            new ReLU(),
            linear(DType.FLOAT64, h, c, linspace(-0.3, 0.4, h * c), linspace(-0.9, 0.1, c)));
    double[] transposed = linspace(-5.5, 4.5, n * d);
    DoubleTensor x = DoubleTensor.zeros(Shape.of(n, d));
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < d; column++) {
        x.set(row * d + column, transposed[column * n + row]);
      }
    }
    int[] labels = {0, 5, 1};
    double dataLoss = loss.value(network.forward(x), labels);
    double penalty = Sgd.of(0.1).withL2(1).penalty(network.parameters());
    assertEquals(3.4702243556, dataLoss, 1e-10);
    assertEquals(26.5948426952, dataLoss + penalty, 1e-10);
  }

  private static double[] linspace(double from, double to, int count) {
    double[] result = new double[count];
    for (int i = 0; i < count; i++) {
      result[i] = from + (to - from) * i / (count - 1);
    }
    return result;
  }

  // The texts that the built-in layers' users meet.

  @Test
  void aChainThatDoesNotFitNamesTheLayer() {
    SplittableRandom random = new SplittableRandom(1);
    List<Linear> layers = List.of(new Linear(512, 512, random), new Linear(500, 10, random));
    assertEquals(
        "layer 2 Linear(500 -> 10): expects [n, 500], got [n, 512]",
        Assertions.assertThrows(
                ShapeException.class,
                () -> Network.of(Shape.of(512), layers.get(0), new ReLU(), layers.get(1)))
            .getMessage());
  }
}

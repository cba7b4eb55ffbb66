package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** onnxruntime computes from our files what we compute. */
class OnnxTest {
  private static final int INPUTS = 24;
  private static final int EXAMPLES = 1000;

  /** The largest difference allowed, relative to the largest output of the example. */
  private static final double FLOAT32 = 1e-5;

  private static final double FLOAT64 = 1e-13;

  private static Linear linear(int inputs, int outputs) {
    SplittableRandom random = new SplittableRandom(31L * inputs + outputs);
    Linear linear = new Linear(inputs, outputs, random);
    for (int j = 0; j < outputs; j++) {
      linear.bias().value().set(j, random.nextDouble(-1, 1));
    }
    return linear;
  }

  private static Network network(Layer... layers) {
    return Network.of(Shape.of(INPUTS), layers);
  }

  /**
   * Examples of sizes from a tenth to fifty, so that activations are seen where they bend and where
   * they are flat.
   */
  private static FloatTensor examples(int n) {
    double[] sizes = {0.1, 1, 5, 50};
    SplittableRandom random = new SplittableRandom(7);
    FloatTensor x = FloatTensor.zeros(Shape.of(n, INPUTS));
    for (int i = 0; i < x.size(); i++) {
      double size = sizes[i / INPUTS % sizes.length];
      x.set(i, i % INPUTS == 3 ? 0 : random.nextDouble(-size, size));
    }
    return x;
  }

  /** Ours, onnxruntime's answer to it, and how far they may be apart in float32. */
  static Stream<Arguments> networks() {
    Linear shared = linear(INPUTS, INPUTS);
    return Stream.of(
        // A comparison, and a product at most: to the bit.
        Arguments.of(network(new ReLU()), 0),
        Arguments.of(network(new LeakyReLU()), 0),
        Arguments.of(network(new LeakyReLU(-0.3)), 0),
        Arguments.of(network(new LeakyReLU(2.7)), 0),
        Arguments.of(network(new Swish()), FLOAT32),
        Arguments.of(network(new SELU()), FLOAT32),
        Arguments.of(network(linear(INPUTS, 7)), FLOAT32),
        Arguments.of(
            network(
                new ContrastNorm(0.5),
                Whitening.of(linear(INPUTS, 9).weight().value(), linear(INPUTS, 9).bias().value()),
                linear(9, 5)),
            FLOAT32),
        Arguments.of(
            network(
                linear(INPUTS, 40),
                new ReLU(),
                linear(40, 30),
                new LeakyReLU(0.1),
                linear(30, 20),
                new Swish(),
                linear(20, 30),
                new SELU(),
                linear(30, 10)),
            FLOAT32),
        Arguments.of(
            network(
                shared,
                Network.of(
                    Shape.of(INPUTS),
                    new LeakyReLU(-0.3),
                    shared,
                    Network.of(Shape.of(INPUTS), new SELU(), new Swish())),
                shared,
                new LeakyReLU(2.7),
                linear(INPUTS, 5)),
            FLOAT32));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void onnxruntimeGivesOurOutputs(Network network, double tolerance) throws OrtException {
    FloatTensor x = examples(EXAMPLES);
    byte[] file = OnnxExport.of(network).toBytes();
    assertNear(network.forward(x), run(file, x), tolerance);
    Tensor one = FloatTensor.of(Shape.of(1, INPUTS), Arrays.copyOf(x.array(), INPUTS));
    assertNear(network.forward(one), run(file, one), tolerance);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void inFloat64AsWell(Network network, double ignored) throws OrtException {
    Network behind = network(linear(INPUTS, INPUTS), network);
    behind.parameters().forEach(parameter -> parameter.convertTo(DType.FLOAT64));
    Tensor x = examples(EXAMPLES).to(DType.FLOAT64);
    assertNear(behind.forward(x), run(OnnxExport.of(behind).toBytes(), x), FLOAT64);
  }

  @Test
  void theGraphTakesRawExamplesAndWithSoftmaxItGivesProbabilities() throws OrtException {
    FloatTensor mean = FloatTensor.zeros(Shape.of(INPUTS));
    FloatTensor deviation = FloatTensor.zeros(Shape.of(INPUTS));
    for (int j = 0; j < INPUTS; j++) {
      mean.set(j, Math.cos(j));
      deviation.set(j, 1 + 0.1 * j);
    }
    Network network =
        network(
            InputNorm.standardising(mean, deviation),
            linear(INPUTS, 40),
            new Swish(),
            linear(40, 10));
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      network.parameters().forEach(parameter -> parameter.convertTo(dtype));
      Tensor raw = examples(EXAMPLES).to(dtype);
      Tensor logits = network.forward(raw);
      double tolerance = dtype == DType.FLOAT32 ? FLOAT32 : FLOAT64;
      OnnxExport export = OnnxExport.of(network);
      assertNear(logits, run(export.toBytes(), raw), tolerance);
      Tensor probabilities = run(export.withSoftmax().toBytes(), raw);
      assertNear(softmax(logits), probabilities, tolerance);
    }
  }

  /** By its definition, in float64. */
  private static Tensor softmax(Tensor logits) {
    DoubleTensor result = DoubleTensor.zeros(logits.shape());
    int columns = logits.shape().last();
    for (int row = 0; row < logits.shape().dimension(0); row++) {
      double largest = logits.get(row, logits.argMax(row));
      double sum = 0;
      for (int j = 0; j < columns; j++) {
        sum += Math.exp(logits.get(row, j) - largest);
      }
      for (int j = 0; j < columns; j++) {
        result.set(row * columns + j, Math.exp(logits.get(row, j) - largest) / sum);
      }
    }
    return result;
  }

  @Test
  void parametersThatAreNotFiniteAreKept() throws OrtException {
    Linear linear = linear(INPUTS, 3);
    Parameter bias = linear.bias();
    bias.setValue(FloatTensor.of(Shape.of(3), Float.NaN, Float.NEGATIVE_INFINITY, 1));
    FloatTensor x = examples(1);
    Tensor y = run(OnnxExport.of(network(linear)).toBytes(), x);
    assertTrue(Double.isNaN(y.get(0)));
    assertEquals(Double.NEGATIVE_INFINITY, y.get(1));
    assertEquals(linear.forward(x).get(2), y.get(2), 1e-6);
  }

  static Tensor run(byte[] file, Tensor x) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {x.shape().dimension(0), x.shape().last()};
    try (OrtSession session = environment.createSession(file);
        OnnxTensor input =
            switch (x) {
              case FloatTensor f ->
                  OnnxTensor.createTensor(environment, FloatBuffer.wrap(f.array()), shape);
              case DoubleTensor d ->
                  OnnxTensor.createTensor(environment, DoubleBuffer.wrap(d.array()), shape);
            };
        OrtSession.Result result = session.run(Map.of("input", input))) {
      OnnxTensor output = (OnnxTensor) result.get("output").orElseThrow();
      long[] size = output.getInfo().getShape();
      Tensor y = Tensor.zeros(x.dtype(), Shape.of((int) size[0], (int) size[1]));
      switch (y) {
        case FloatTensor f -> output.getFloatBuffer().get(f.array());
        case DoubleTensor d -> output.getDoubleBuffer().get(d.array());
      }
      return y;
    }
  }

  static void assertNear(Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape());
    int columns = expected.shape().last();
    double worst = 0;
    for (int row = 0; row < expected.shape().dimension(0); row++) {
      double largest = 0;
      double difference = 0;
      for (int j = 0; j < columns; j++) {
        double e = expected.get(row, j);
        largest = Math.max(largest, Math.abs(e));
        difference = Math.max(difference, Math.abs(e - actual.get(row, j)));
      }
      worst = Math.max(worst, difference == 0 ? 0 : difference / largest);
    }
    assertTrue(worst <= tolerance, worst + " from onnxruntime's, at most " + tolerance);
  }
}

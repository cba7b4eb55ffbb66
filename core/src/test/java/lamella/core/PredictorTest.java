package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import lamella.core.contract.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PredictorTest {
  private static Network network(DType dtype) {
    Network network =
        Network.of(Shape.of(5), new Dense(5, 4), new Square(), new Dense(4, 3), new Square());
    network.parameters().forEach(parameter -> parameter.convertTo(dtype));
    return network;
  }

  private static Tensor inputs(DType dtype, int n) {
    return Numbers.uniform(dtype, Shape.of(n, 5), n);
  }

  private static float[] row(Tensor tensor, int row) {
    float[] values = new float[tensor.shape().last()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) tensor.get(row, i);
    }
    return values;
  }

  /** A network that gives its input, so that its answers can be computed by hand. */
  private static Predictor ofLogits(DType dtype) {
    Dense same = new Dense(3, 3);
    same.weight.value().fill(0);
    same.bias.value().fill(0);
    for (int i = 0; i < 3; i++) {
      same.weight.value().set(4 * i, 1);
    }
    same.parameters().forEach(parameter -> parameter.convertTo(dtype));
    return Predictor.of(Network.of(Shape.of(3), same));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void outputsAreTheBitsOfForward(DType dtype) {
    Network network = network(dtype);
    Predictor predictor = Predictor.of(network);
    assertSame(network, predictor.network());
    for (int n : new int[] {1, 7, 1, 3}) {
      Tensor inputs = inputs(dtype, n);
      Tensor expected = network.forward(inputs);
      assertArrayEquals(expected.toDoubleArray(), predictor.outputs(inputs).toDoubleArray());
      assertEquals(dtype, predictor.outputs(inputs).dtype());
      Tensor filled = Tensor.zeros(dtype, Shape.of(n, 3));
      predictor.outputs(inputs, filled);
      assertArrayEquals(expected.toDoubleArray(), filled.toDoubleArray());
      for (int i = 0; i < n; i++) {
        float[] example = row(inputs, i);
        Tensor one = FloatTensor.of(Shape.of(1, 5), example).to(dtype);
        assertArrayEquals(row(network.forward(one), 0), predictor.outputs(example));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void theClassIsTheLargestOutputsAndTheFirstOfEquals(DType dtype) {
    Predictor predictor = ofLogits(dtype);
    assertEquals(1, predictor.classOf(new float[] {-3, 2, 1}));
    assertEquals(0, predictor.classOf(new float[] {2, 2, 2}));
    Tensor many = DoubleTensor.of(Shape.of(3, 3), 1, 2, 3, 3, 2, 1, 0, 4, 4).to(dtype);
    assertArrayEquals(new int[] {2, 0, 1}, predictor.classes(many));
    int[] classes = new int[3];
    predictor.classes(many, classes);
    assertArrayEquals(new int[] {2, 0, 1}, classes);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void probabilitiesAreTheSoftmaxOfTheOutputs(DType dtype) {
    // exp(0), exp(ln 3), exp(ln 4): 1, 3 and 4 of 8; then the same far out, and far apart.
    double ln3 = 1.0986122886681098;
    double ln4 = 1.3862943611198906;
    double[] logits = {0, ln3, ln4, 1000, 1000 + ln3, 1000 + ln4, -800, 0, 800};
    double[] expected = {0.125, 0.375, 0.5, 0.125, 0.375, 0.5, 0, 0, 1};
    double tolerance = dtype == DType.FLOAT32 ? 1e-4 : 1e-12;
    Predictor predictor = ofLogits(dtype);
    Tensor inputs = DoubleTensor.of(Shape.of(3, 3), logits).to(dtype);
    assertArrayEquals(expected, predictor.probabilities(inputs).toDoubleArray(), tolerance);
    Tensor filled = DoubleTensor.zeros(Shape.of(3, 3));
    predictor.probabilities(inputs, filled);
    assertArrayEquals(expected, filled.toDoubleArray(), tolerance);
    assertArrayEquals(
        new float[] {0.125f, 0.375f, 0.5f},
        predictor.probabilities(new float[] {0, (float) ln3, (float) ln4}),
        1e-6f);
    for (float p : predictor.probabilities(new float[] {0, Float.NaN, 1})) {
      assertTrue(Float.isNaN(p));
    }
  }

  @Test
  void whatItReturnsIsTheCallersOwn() {
    Predictor predictor = Predictor.of(network(DType.FLOAT32));
    Tensor inputs = inputs(DType.FLOAT32, 4);
    double[] before = inputs.toDoubleArray();
    Tensor first = predictor.outputs(inputs);
    double[] kept = first.toDoubleArray();
    assertNotSame(first, predictor.outputs(inputs(DType.FLOAT32, 4)));
    predictor.probabilities(inputs);
    assertArrayEquals(kept, first.toDoubleArray());
    assertArrayEquals(before, inputs.toDoubleArray());
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(RuntimeException.class, call).getMessage());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Predictor predictor = Predictor.of(network(DType.FLOAT32));
    Tensor inputs = inputs(DType.FLOAT32, 2);
    String who = predictor.network().toString();
    refuses(
        "Predictor: expects an example of 5 numbers [5], got 4",
        () -> predictor.outputs(new float[4]));
    refuses(
        "Predictor: expects outputs of 3 numbers [3], got 2",
        () -> predictor.outputs(new float[5], new float[2]));
    refuses(
        "Predictor: expects probabilities of 3 numbers [3], got 4",
        () -> predictor.probabilities(new float[5], new float[4]));
    refuses(
        "Predictor: expects an array for 2 classes, got one of length 3",
        () -> predictor.classes(inputs, new int[3]));
    refuses(
        "FloatTensor.copyFrom: expects [1, 3], got [2, 3]",
        () -> predictor.outputs(inputs, FloatTensor.zeros(Shape.of(1, 3))));
    refuses(
        who + ": expects [n, 5], got [2, 4]",
        () -> predictor.classes(FloatTensor.zeros(Shape.of(2, 4))));
    refuses(
        "Dense(5 -> 4): expects input (as its parameters) of type float32, got float64",
        () -> predictor.outputs(inputs(DType.FLOAT64, 2)));
    // And it goes on.
    assertEquals(2, predictor.classes(inputs).length);
  }

  @Test
  void outputsThatAreNoClassesHaveNone() {
    Predictor predictor = Predictor.of(Network.of(Shape.of(2, 3), new Square()));
    assertArrayEquals(
        new float[] {0, 1, 4, 9, 16, 25}, predictor.outputs(new float[] {0, 1, 2, 3, 4, 5}));
    String message = "Predictor: expects outputs [classes], the network's are [2, 3]";
    refuses(message, () -> predictor.classOf(new float[6]));
    refuses(message, () -> predictor.probabilities(new float[6]));
    refuses(message, () -> predictor.classes(FloatTensor.zeros(Shape.of(1, 2, 3))));
    refuses(message, () -> predictor.probabilities(FloatTensor.zeros(Shape.of(1, 2, 3))));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void fillingTheCallersMemoryAllocatesNothing(DType dtype) {
    Predictor predictor = Predictor.of(network(dtype));
    float[] example = {1, 2, 3, 4, 5};
    float[] answer = new float[3];
    Tensor inputs = inputs(dtype, 3);
    Tensor answers = Tensor.zeros(dtype, Shape.of(3, 3));
    int[] classes = new int[3];
    assertEquals(
        0,
        Allocation.perStep(() -> {
          predictor.outputs(example, answer);
          predictor.probabilities(example, answer);
          classes[0] = predictor.classOf(example);
          predictor.outputs(inputs, answers);
          predictor.probabilities(inputs, answers);
          predictor.classes(inputs, classes);
        }));
  }

  /** More callers at once than it keeps passes for. */
  @Test
  void moreThreadsThanPassesAreServed() throws InterruptedException {
    Network network = network(DType.FLOAT32);
    Predictor predictor = Predictor.of(network);
    Tensor inputs = inputs(DType.FLOAT32, 200);
    double[] expected = network.forward(inputs).toDoubleArray();
    boolean[] right = new boolean[200];
    Thread[] threads =
        IntStream.range(0, right.length)
            .mapToObj(i ->
                Thread.ofPlatform()
                    .start(() -> {
                      float[] outputs = predictor.outputs(row(inputs, i));
                      right[i] =
                          outputs[0] == (float) expected[3 * i]
                              && outputs[2] == (float) expected[3 * i + 2];
                    }))
            .toArray(Thread[]::new);
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < right.length; i++) {
      assertTrue(right[i], "thread " + i);
    }
  }
}

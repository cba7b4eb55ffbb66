package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
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
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void outputsBecomeTheirProbabilities(DType dtype) {
    for (Outputs meaning : new Outputs[] {Outputs.CLASSES, Outputs.YES_NO, Outputs.PROBABILITIES}) {
      Predictor predictor = Predictor.of(network(dtype).withOutputs(meaning));
      Tensor inputs = inputs(dtype, 7);
      Tensor made = predictor.outputs(inputs);
      predictor.toProbabilities(made);
      assertArrayEquals(predictor.probabilities(inputs).toDoubleArray(), made.toDoubleArray());
    }
  }

  @Test
  void outputsThatHaveNoProbabilitiesStayAsTheyAre() {
    Predictor predictor = ofLogits(DType.FLOAT32);
    FloatTensor bad = FloatTensor.of(Shape.of(2, 3), 1, 2, 3, 4, Float.NaN, 6);
    assertEquals(
        "Predictor: row 1: expects outputs that are finite numbers, got NaN",
        assertThrows(ArithmeticException.class, () -> predictor.toProbabilities(bad)).getMessage());
    assertArrayEquals(new double[] {1, 2, 3, 4, Double.NaN, 6}, bad.toDoubleArray());
    assertThrows(
        ShapeException.class, () -> predictor.toProbabilities(FloatTensor.zeros(Shape.of(2, 4))));
    Predictor numbers = Predictor.of(network(DType.FLOAT32).withOutputs(Outputs.NUMBERS));
    assertThrows(
        IllegalStateException.class,
        () -> numbers.toProbabilities(FloatTensor.zeros(Shape.of(1, 3))));
  }

  // What outputs mean.

  /** The network of {@link #ofLogits} with as many outputs, which mean this. */
  private static Predictor of(DType dtype, int outputs, Outputs meaning) {
    Dense same = new Dense(outputs, outputs);
    same.weight.value().fill(0);
    same.bias.value().fill(0);
    for (int i = 0; i < outputs; i++) {
      same.weight.value().set((outputs + 1) * i, 1);
    }
    same.parameters().forEach(parameter -> parameter.convertTo(dtype));
    return Predictor.of(Network.of(Shape.of(outputs), same).withOutputs(meaning));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void yesOrNoHasAProbabilityForEachOutput(DType dtype) {
    double ln3 = 1.0986122886681098;
    Predictor three = of(dtype, 3, Outputs.YES_NO);
    float[] probabilities = three.probabilities(new float[] {0, (float) ln3, (float) -ln3});
    assertArrayEquals(new float[] {0.5f, 0.75f, 0.25f}, probabilities, 1e-6f);
    Tensor inputs = DoubleTensor.of(Shape.of(2, 3), 0, ln3, -ln3, 800, -800, 40).to(dtype);
    double[] expected = {0.5, 0.75, 0.25, 1, 0, 1};
    double tolerance = dtype == DType.FLOAT32 ? 1e-6 : 1e-12;
    assertArrayEquals(expected, three.probabilities(inputs).toDoubleArray(), tolerance);
    Tensor filled = DoubleTensor.zeros(Shape.of(2, 3));
    three.probabilities(inputs, filled);
    assertArrayEquals(expected, filled.toDoubleArray(), tolerance);
    String message =
        "Predictor: the network's outputs [3] answer a question of yes or no each, and are no one"
            + " class; use their probabilities";
    refuses(message, () -> three.classOf(new float[3]));
    refuses(message, () -> three.classes(inputs));

    Predictor one = of(dtype, 1, Outputs.YES_NO);
    assertEquals(1, one.classOf(new float[] {0.1f}));
    assertEquals(0, one.classOf(new float[] {0}));
    assertEquals(0, one.classOf(new float[] {-0.1f}));
    assertEquals(0.75f, one.probabilities(new float[] {(float) ln3})[0], 1e-6f);
    Tensor many = DoubleTensor.of(Shape.of(3, 1), -2, 3, 0).to(dtype);
    assertArrayEquals(new int[] {0, 1, 0}, one.classes(many));
  }

  @Test
  void numbersHaveNeitherClassNorProbability() {
    for (int outputs : new int[] {1, 3}) {
      Predictor predictor = of(DType.FLOAT32, outputs, Outputs.NUMBERS);
      assertEquals(7, predictor.outputs(Arrays.copyOf(new float[] {7, 8, 9}, outputs))[0]);
      String message =
          "Predictor: the network's outputs are numbers, which have no classes; use the outputs"
              + " themselves, or say by Network.withOutputs what else they are";
      Tensor inputs = FloatTensor.zeros(Shape.of(2, outputs));
      refusesAll(message, predictor, new float[outputs], inputs);
    }
  }

  @Test
  void oneOutputOfWhichNobodySaidAnythingHasNeither() {
    Predictor predictor = of(DType.FLOAT32, 1, Outputs.UNSPECIFIED);
    refusesAll(
        "Predictor: the network has one output, and nobody said what it means; say"
            + " Network.withOutputs(Outputs.YES_NO) if it answers yes or no, Outputs.NUMBERS if it"
            + " is a number",
        predictor,
        new float[1],
        FloatTensor.zeros(Shape.of(2, 1)));
  }

  /** And nothing is filled. */
  private static void refusesAll(
      String message, Predictor predictor, float[] example, Tensor inputs) {
    int outputs = predictor.network().outputShape().size();
    float[] filled = new float[outputs];
    Tensor many = FloatTensor.zeros(Shape.of(2, outputs));
    int[] classes = {9, 9};
    refuses(message, () -> predictor.classOf(example));
    refuses(message, () -> predictor.probabilities(example));
    refuses(message, () -> predictor.probabilities(example, filled));
    refuses(message, () -> predictor.classes(inputs));
    refuses(message, () -> predictor.classes(inputs, classes));
    refuses(message, () -> predictor.probabilities(inputs));
    refuses(message, () -> predictor.probabilities(inputs, many));
    assertArrayEquals(new float[outputs], filled);
    assertArrayEquals(new double[2 * outputs], many.toDoubleArray());
    assertArrayEquals(new int[] {9, 9}, classes);
  }

  // Not-a-number.

  @ParameterizedTest
  @EnumSource(DType.class)
  void whatIsNotFiniteHasNoClassAndTheRowAndTheCauseAreNamed(DType dtype) {
    for (Outputs meaning : new Outputs[] {Outputs.UNSPECIFIED, Outputs.CLASSES}) {
      Predictor predictor = of(dtype, 3, meaning);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] example = {0, bad, 0};
        Tensor inputs = DoubleTensor.of(Shape.of(2, 3), 0, 1, 2, 0, bad, 2).to(dtype);
        String cause = "outputs are not finite numbers; its input 1 is " + bad;
        refuses("Predictor: " + cause, () -> predictor.classOf(example));
        refuses("Predictor: " + cause, () -> predictor.probabilities(example));
        refuses("Predictor: row 1: " + cause, () -> predictor.classes(inputs));
        refuses("Predictor: row 1: " + cause, () -> predictor.probabilities(inputs));
        int[] classes = {9, 9};
        Tensor filled = Tensor.zeros(dtype, Shape.of(2, 3));
        refuses("Predictor: row 1: " + cause, () -> predictor.classes(inputs, classes));
        refuses("Predictor: row 1: " + cause, () -> predictor.probabilities(inputs, filled));
        assertArrayEquals(new int[] {9, 9}, classes);
        assertArrayEquals(new double[6], filled.toDoubleArray());
        assertTrue(Double.isNaN(predictor.outputs(inputs).get(1, 1)) || Float.isInfinite(bad));
      }
      // And it goes on.
      assertEquals(2, predictor.classOf(new float[] {0, 1, 2}));
    }
  }

  @Test
  void overflowAndAParameterThatIsNotFiniteAreTold() {
    Predictor yesNo = of(DType.FLOAT32, 1, Outputs.YES_NO);
    Parameter weight = yesNo.network().parameters().getFirst();
    weight.value().fill(100);
    String overflow =
        "Predictor: outputs are not finite numbers; its inputs are too large for these weights in"
            + " float32";
    refuses(overflow, () -> yesNo.classOf(new float[] {3e38f}));
    refuses(overflow, () -> yesNo.probabilities(new float[] {-3e38f}));
    weight.value().fill(Double.NaN);
    refuses(
        "Predictor: row 0: outputs are not finite numbers; the network has NaN in layer 0 Dense(1"
            + " -> 1): weight, as after a training that diverged",
        () -> yesNo.classes(FloatTensor.zeros(Shape.of(2, 1))));
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

  /** Passes its input on, and can tell whether what it gave is still there. */
  private static final class Watched implements Layer {
    private final Queue<WeakReference<Tensor>> outputs = new ConcurrentLinkedQueue<>();

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      Tensor output = pass.output(this, input);
      output.copyFrom(input);
      outputs.add(new WeakReference<>(output));
      return output;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      throw new AssertionError("a prediction has no gradients");
    }

    /** After garbage collections, until they are as few. */
    private long kept(long few) throws InterruptedException {
      long kept = Long.MAX_VALUE;
      for (int i = 0; i < 200 && kept > few; i++) {
        System.gc();
        Thread.sleep(10);
        kept = outputs.stream().map(WeakReference::get).filter(Objects::nonNull).count();
      }
      return kept;
    }
  }

  @Test
  void noLargeBatchIsKeptOnceItIsIdle() throws InterruptedException {
    Watched watched = new Watched();
    Predictor predictor = Predictor.of(Network.of(Shape.of(3), watched));
    Thread[] threads =
        IntStream.range(0, 8)
            .mapToObj(i ->
                Thread.ofPlatform()
                    .start(() -> {
                      for (int j = 1; j <= 4; j++) {
                        int[] ignored = predictor.classes(FloatTensor.zeros(Shape.of(100 * j, 3)));
                      }
                    }))
            .toArray(Thread[]::new);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(32, watched.outputs.size());
    assertEquals(0, watched.kept(0));
    // And it goes on: a single example's memory is kept.
    assertEquals(1, predictor.classes(inputs3(2))[1]);
    assertEquals(2, predictor.classOf(new float[] {0, 1, 2}));
    assertEquals(1, watched.kept(1));
    assertEquals(2, predictor.classOf(new float[] {0, 1, 2}));
  }

  private static Tensor inputs3(int n) {
    Tensor inputs = FloatTensor.zeros(Shape.of(n, 3));
    for (int row = 0; row < n; row++) {
      inputs.set(3 * row + 1, 1);
    }
    return inputs;
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

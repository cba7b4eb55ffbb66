package lamella.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.Weighted;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Numbers by NumPy: known.py. */
class BinaryCrossEntropyTest {
  private static final BinaryCrossEntropy LOSS = new BinaryCrossEntropy();
  private static final Tensor OUTPUT = matrix(3, 2, -1, 0.5, 0, 3, -4);
  private static final Tensor TARGET = matrix(3, 1, 0, 0.25, 1, 0.5, 0);

  private static Tensor matrix(int columns, double... elements) {
    return DoubleTensor.of(Shape.of(elements.length / columns, columns), elements);
  }

  /** Value and gradient, in both types. */
  private static <T> void is(
      double value, Loss<T> loss, Tensor output, T target, double... gradient) {
    for (DType dtype : DType.values()) {
      Tensor x = output.to(dtype);
      Tensor dx = Tensor.zeros(dtype, x.shape());
      double allowed = dtype == DType.FLOAT32 ? 2e-7 : 1e-15;
      assertEquals(value, loss.valueAndGradient(x, target, dx), allowed * Math.max(1, value));
      assertArrayEquals(gradient, dx.toDoubleArray(), allowed);
    }
  }

  @Test
  void neitherOverflowsNorLosesWhatIsSmall() {
    is(100, LOSS, matrix(1, 100), new int[] {0}, 1);
    is(100, LOSS, matrix(1, -100), new int[] {1}, -1);
    is(0.6931471805599453, LOSS, matrix(1, 0), new int[] {1}, -0.5);
    double small = LOSS.value(matrix(1, 100), new int[] {1});
    assertEquals(3.720075976020836e-44, small, 1e-57);
    assertEquals(small, LOSS.value(matrix(1, -100), new int[] {0}), 1e-57);
    assertEquals(1e30f, LOSS.value(matrix(1, 1e30).to(DType.FLOAT32), new int[] {0}));
    assertEquals(0, LOSS.value(matrix(1, 1e30), new int[] {1}));
  }

  @Test
  void targetsMayBeProbabilitiesOfManyOutputs() {
    is(
        1.5269280110429726,
        LOSS.withProbabilities(),
        matrix(1, 2),
        matrix(1, 0.3),
        0.5807970779778823);
    is(
        0.5915251904654666,
        LOSS.withProbabilities(),
        OUTPUT,
        TARGET,
        -0.019867153670352924,
        0.04482357022833252,
        0.0620765552003091,
        -0.08333333333333333,
        0.07542902113707221,
        0.0029977016603485924);
  }

  @Test
  void whatShouldBeYesCountsByItsWeight() {
    is(
        1.7648820266212308,
        LOSS.withPositiveWeight(3),
        matrix(1, 2, -1, 0.5),
        new int[] {1, 1, 0},
        -0.11920292202211753,
        -0.7310585786300049,
        0.20748644373395153);
    is(
        0.8729906328356957,
        LOSS.withPositiveWeight(2, 0.5, 3).withProbabilities().withExampleWeights(),
        OUTPUT,
        new Weighted<>(TARGET, new double[] {1, 3}),
        -0.019867153670352924,
        0.02241178511416626,
        0.015307416400231824,
        -0.25,
        0.11610764877920625,
        0.004496552490522889);
  }

  /** The softmax of 0 and x is the sigmoid of x. */
  @Property(tries = 50)
  void isTheSoftmaxCrossEntropyOfTwoClasses(
      @ForAll DType dtype,
      @ForAll @DoubleRange(min = -80, max = 80) double x,
      @ForAll @IntRange(max = 1) int label) {
    Tensor one = matrix(1, x).to(dtype);
    Tensor two = matrix(2, 0, x).to(dtype);
    Tensor ofOne = Tensor.zeros(dtype, one.shape());
    Tensor ofTwo = Tensor.zeros(dtype, two.shape());
    double expected = new SoftmaxCrossEntropy().valueAndGradient(two, new int[] {label}, ofTwo);
    double allowed = dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
    assertEquals(
        expected,
        LOSS.valueAndGradient(one, new int[] {label}, ofOne),
        allowed * Math.max(1, expected));
    assertEquals(ofTwo.get(1), ofOne.get(0), allowed);
  }

  @Property(tries = 50)
  void labelsAreTheProbabilitiesZeroAndOne(
      @ForAll DType dtype,
      @ForAll @DoubleRange(min = -20, max = 20) double x,
      @ForAll @DoubleRange(min = 0.1, max = 10) double positive,
      @ForAll @IntRange(max = 1) int label) {
    BinaryCrossEntropy loss = LOSS.withPositiveWeight(positive);
    Tensor output = matrix(1, x).to(dtype);
    Tensor byLabel = Tensor.zeros(dtype, output.shape());
    Tensor byTarget = Tensor.zeros(dtype, output.shape());
    assertEquals(
        loss.valueAndGradient(output, new int[] {label}, byLabel),
        loss.withProbabilities().valueAndGradient(output, matrix(1, label), byTarget));
    assertEquals(byLabel.get(0), byTarget.get(0));
    assertTrue(label == 1 ? byLabel.get(0) <= 0 : byLabel.get(0) >= 0);
  }

  /** What is mixed costs what its parts do. */
  @Property(tries = 50)
  void isLinearInItsTargets(
      @ForAll @DoubleRange(min = -20, max = 20) double x,
      @ForAll @DoubleRange(min = 0, max = 1) double part) {
    Tensor output = matrix(1, x);
    MeanLoss<Tensor> loss = LOSS.withProbabilities();
    double expected =
        part * loss.value(output, matrix(1, 1)) + (1 - part) * loss.value(output, matrix(1, 0));
    assertEquals(expected, loss.value(output, matrix(1, part)), 1e-12);
  }

  @Test
  void isForAnswersOfYesOrNo() {
    assertEquals(Outputs.YES_NO, LOSS.outputs());
    assertEquals(Outputs.YES_NO, LOSS.withProbabilities().outputs());
    assertEquals("BinaryCrossEntropy", LOSS.toString());
    assertEquals("BinaryCrossEntropy(positive weight 3.0)", LOSS.withPositiveWeight(3).toString());
    assertEquals(
        "BinaryCrossEntropy of probabilities(positive weights [1.0, 2.0])",
        LOSS.withPositiveWeight(1, 2).withProbabilities().toString());
  }

  // Errors.

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void wrongTargetsAreNamedWithTheirRow() {
    refuses(
        "BinaryCrossEntropy: label 2 at row 1 must be 0 for no or 1 for yes",
        () -> LOSS.value(matrix(1, 1, 2), new int[] {0, 2}));
    refuses(
        "BinaryCrossEntropy of probabilities: target 1.5 at row 1, output 2, must lie in [0, 1]",
        () -> LOSS.withProbabilities().value(OUTPUT, matrix(3, 0, 1, 0, 0, 1, 1.5)));
    refuses(
        "BinaryCrossEntropy of probabilities: target NaN at row 0, output 1, must lie in [0, 1]",
        () -> LOSS.withProbabilities().value(OUTPUT, matrix(3, 0, Double.NaN, 0, 0, 1, 1)));
    assertEquals(
        "BinaryCrossEntropy of probabilities targets: expects [2, 3], got [2, 1]",
        assertThrows(
                ShapeException.class, () -> LOSS.withProbabilities().value(OUTPUT, matrix(1, 0, 1)))
            .getMessage());
  }

  @Test
  void labelsAreForOneOutput() {
    refuses(
        "BinaryCrossEntropy: expects outputs [n, 1] for labels, got [2, 3]; for several questions"
            + " at once use withProbabilities(), for one class of several SoftmaxCrossEntropy",
        () -> LOSS.value(OUTPUT, new int[2]));
    refuses(
        "BinaryCrossEntropy: expects 2 labels, one per row, got 3",
        () -> LOSS.value(matrix(1, 1, 2), new int[3]));
    refuses(
        "BinaryCrossEntropy of probabilities: expects outputs [n, ...], got []",
        () -> LOSS.withProbabilities().value(FloatTensor.zeros(Shape.of()), matrix(1, 0)));
  }

  @Test
  void weightsAreChecked() {
    refuses(
        "BinaryCrossEntropy: the positive weight must be finite and above 0, got 0.0",
        () -> LOSS.withPositiveWeight(0));
    refuses(
        "BinaryCrossEntropy: the positive weight of output 1 must be finite and above 0, got"
            + " Infinity",
        () -> LOSS.withPositiveWeight(1, Double.POSITIVE_INFINITY));
    refuses(
        "BinaryCrossEntropy: expects a positive weight for all outputs, or one for each, got none",
        LOSS::withPositiveWeight);
    refuses(
        "BinaryCrossEntropy(positive weights [1.0, 2.0]): has positive weights of 2 outputs, got"
            + " outputs float64[1, 1]",
        () -> LOSS.withPositiveWeight(1, 2).value(matrix(1, 4), new int[1]));
  }
}

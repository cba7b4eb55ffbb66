package lamella.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SoftmaxCrossEntropyTest {
  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();

  private static Tensor matrix(DType dtype, int rows, int columns, double... elements) {
    return DoubleTensor.of(Shape.of(rows, columns), elements).to(dtype);
  }

  private double[] gradient(Tensor logits, int... labels) {
    Tensor gradient = Tensor.zeros(logits.dtype(), logits.shape());
    gradient.fill(Double.NaN); // is overwritten
    loss.valueAndGradient(logits, labels, gradient);
    return gradient.toDoubleArray();
  }

  // Values.

  @Test
  void isNumPysNumber() throws IOException {
    List<String> lines;
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                SoftmaxCrossEntropyTest.class.getResourceAsStream("golden.txt"),
                StandardCharsets.US_ASCII))) {
      lines = in.lines().toList();
    }
    assertEquals(12, lines.size());
    DoubleTensor logits = DoubleTensor.of(Shape.of(5, 4), numbers(lines.subList(0, 5)));
    int[] labels = Arrays.stream(numbers(lines.subList(5, 6))).mapToInt(x -> (int) x).toArray();
    double expected = numbers(lines.subList(6, 7))[0];
    double[] expectedGradient = numbers(lines.subList(7, 12));

    assertEquals(expected, loss.value(logits, labels), 1e-14 * expected);
    assertArrayEquals(expectedGradient, gradient(logits, labels), 1e-16);
    Tensor narrow = logits.to(DType.FLOAT32);
    assertEquals(expected, loss.value(narrow, labels), 1e-6 * expected);
    assertArrayEquals(expectedGradient, gradient(narrow, labels), 1e-7);
  }

  private static double[] numbers(List<String> lines) {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(" ", -1)))
        .mapToDouble(Double::parseDouble)
        .toArray();
  }

  @Test
  void ofEqualLogitsIsTheLogarithmOfTheNumberOfClasses() {
    for (DType dtype : DType.values()) {
      Tensor logits = matrix(dtype, 2, 4, 3, 3, 3, 3, -8, -8, -8, -8);
      assertEquals(StrictMath.log(4), loss.value(logits, new int[] {1, 3}), 1e-15);
      assertArrayEquals(
          new double[] {0.125, -0.375, 0.125, 0.125, 0.125, 0.125, 0.125, -0.375},
          gradient(logits, 1, 3));
    }
  }

  @Test
  void ofOneClassIsRefused() {
    for (DType dtype : DType.values()) {
      Tensor logits = matrix(dtype, 2, 1, 5, -7);
      String message =
          "SoftmaxCrossEntropy: expects logits [n, classes] of at least 2 classes, got [2, 1]; the"
              + " softmax of one output is always 1. Give the network an output for each class";
      assertEquals(
          message,
          assertThrows(IllegalArgumentException.class, () -> loss.value(logits, new int[2]))
              .getMessage());
      assertEquals(
          message,
          assertThrows(IllegalArgumentException.class, () -> gradient(logits, 0, 0)).getMessage());
    }
  }

  @Test
  void hugeLogitsNeitherOverflowNorVanish() {
    for (DType dtype : DType.values()) {
      Tensor logits = matrix(dtype, 1, 3, 1e30, 0, -1e30);
      assertEquals(0, loss.value(logits, new int[] {0}));
      assertEquals(logits.get(0), loss.value(logits, new int[] {1}));
      assertEquals(2 * logits.get(0), loss.value(logits, new int[] {2}));
      assertArrayEquals(new double[] {0, 0, 0}, gradient(logits, 0));
      assertArrayEquals(new double[] {1, -1, 0}, gradient(logits, 1));
    }
    double largest = Float.MAX_VALUE;
    Tensor logits = matrix(DType.FLOAT32, 1, 2, largest, -largest);
    assertEquals(2 * largest, loss.value(logits, new int[] {1}));
  }

  @Test
  void notANumberInNotANumberOutButOnlyInItsRow() {
    for (DType dtype : DType.values()) {
      Tensor logits = matrix(dtype, 2, 2, 1, Double.NaN, 0, 0);
      assertTrue(Double.isNaN(loss.value(logits, new int[] {0, 1})));
      assertArrayEquals(new double[] {Double.NaN, Double.NaN, 0.25, -0.25}, gradient(logits, 0, 1));
    }
  }

  @Property
  void everyRowsGradientSumsToZeroAndLeansToTheLabel(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 6) int n,
      @ForAll @IntRange(min = 2, max = 12) int classes,
      @ForAll @DoubleRange(min = 0.01, max = 200) double scale,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor logits = Tensor.zeros(dtype, Shape.of(n, classes));
    for (int i = 0; i < logits.size(); i++) {
      logits.set(i, random.nextDouble(-scale, scale));
    }
    int[] labels = random.ints(n, 0, classes).toArray();
    double[] before = logits.toDoubleArray();
    Tensor gradient = Tensor.zeros(dtype, logits.shape());
    double value = loss.valueAndGradient(logits, labels, gradient);
    assertEquals(loss.value(logits, labels), value); // the same bits
    assertTrue(value >= 0);
    assertArrayEquals(before, logits.toDoubleArray());
    double rounding = dtype == DType.FLOAT32 ? 1e-6 : 1e-15;
    for (int row = 0; row < n; row++) {
      double sum = 0;
      for (int column = 0; column < classes; column++) {
        double g = gradient.get(row, column);
        sum += g;
        assertTrue(column == labels[row] ? g <= 0 : g >= 0);
      }
      assertEquals(0, sum, rounding);
    }
  }

  @Property(tries = 50)
  void gradientsAreThoseOfDifferences(
      @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll @IntRange(min = 2, max = 7) int classes,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    DoubleTensor logits = DoubleTensor.zeros(Shape.of(n, classes));
    for (int i = 0; i < logits.size(); i++) {
      logits.set(i, random.nextDouble(-2, 2));
    }
    int[] labels = random.ints(n, 0, classes).toArray();
    double[] gradient = gradient(logits, labels);
    for (int i = 0; i < logits.size(); i++) {
      double at = logits.get(i);
      double step = 1e-5;
      logits.set(i, at + step);
      double right = loss.value(logits, labels);
      logits.set(i, at - step);
      double left = loss.value(logits, labels);
      logits.set(i, at);
      double expected = (right - left) / (2 * step);
      assertEquals(expected, gradient[i], 1e-6 * Math.abs(expected) + 1e-10);
    }
  }

  // Errors.

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void aLabelThatIsNoClassIsNamedWithItsRow() {
    Tensor logits = FloatTensor.zeros(Shape.of(4, 10));
    refuses(
        "SoftmaxCrossEntropy: label 10 at row 3 is outside [0, 10)",
        () -> loss.value(logits, new int[] {0, 9, 1, 10}));
    refuses(
        "SoftmaxCrossEntropy: label -1 at row 0 is outside [0, 10)",
        () -> loss.valueAndGradient(logits, new int[] {-1, 9, 1, 10}, logits.copy()));
  }

  @Test
  void thereIsOneLabelForEveryRow() {
    Tensor logits = FloatTensor.zeros(Shape.of(4, 10));
    refuses(
        "SoftmaxCrossEntropy: expects 4 labels, one per row, got 3",
        () -> loss.value(logits, new int[3]));
    refuses(
        "SoftmaxCrossEntropy: expects 4 labels, one per row, got 5",
        () -> loss.value(logits, new int[5]));
  }

  @Test
  void logitsAreAMatrixAndTheGradientIsLikeThem() {
    refuses(
        "SoftmaxCrossEntropy: expects logits [n, classes], got [10]",
        () -> loss.value(FloatTensor.zeros(Shape.of(10)), new int[1]));
    Tensor logits = FloatTensor.zeros(Shape.of(4, 10));
    assertEquals(
        "SoftmaxCrossEntropy gradient: expects [4, 10], got [10, 4]",
        assertThrows(
                ShapeException.class,
                () -> loss.valueAndGradient(logits, new int[4], FloatTensor.zeros(Shape.of(10, 4))))
            .getMessage());
    refuses(
        "SoftmaxCrossEntropy: expects a gradient of type float32, got float64",
        () -> loss.valueAndGradient(logits, new int[4], DoubleTensor.zeros(Shape.of(4, 10))));
  }

  @Test
  void nothingIsWrittenBeforeTheLabelsAreChecked() {
    Tensor logits = FloatTensor.zeros(Shape.of(2, 3));
    Tensor gradient = FloatTensor.zeros(Shape.of(2, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> loss.valueAndGradient(logits, new int[] {0, 3}, gradient));
    assertArrayEquals(new double[6], gradient.toDoubleArray());
  }

  @Test
  void aGradientWrittenOverItsLogitsIsRefused() {
    for (int n : new int[] {1, 7, 1000}) {
      for (DType dtype : DType.values()) {
        Tensor logits = Tensor.zeros(dtype, Shape.of(n, 10));
        for (int i = 0; i < logits.size(); i++) {
          logits.set(i, i % 7);
        }
        double[] before = logits.toDoubleArray();
        assertEquals(
            "SoftmaxCrossEntropy: the gradient must be another tensor than the output, which would"
                + " be overwritten; use pass.outputGradient(output)",
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new SoftmaxCrossEntropy().valueAndGradient(logits, new int[n], logits))
                .getMessage());
        assertArrayEquals(before, logits.toDoubleArray());
      }
    }
  }

  @Test
  void whatIsTooSmallToMatterIsSoInABatchOfAnySize() {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    // e^-671 is about the size at or below which a gradient is 0 in float64.
    for (double gap = 660; gap < 680; gap += 0.125) {
      Tensor one = DoubleTensor.of(Shape.of(1, 2), gap, 0);
      Tensor three = DoubleTensor.of(Shape.of(3, 2), gap, 0, 1, 2, 3, 4);
      Tensor ofOne = DoubleTensor.zeros(Shape.of(1, 2));
      Tensor ofThree = DoubleTensor.zeros(Shape.of(3, 2));
      loss.valueAndGradient(one, new int[] {0}, ofOne);
      loss.valueAndGradient(three, new int[] {0, 0, 1}, ofThree);
      assertEquals(ofOne.get(1) * (1.0 / 3), ofThree.get(1), "gap " + gap);
    }
  }
}

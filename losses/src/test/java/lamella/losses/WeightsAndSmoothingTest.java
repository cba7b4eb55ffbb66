package lamella.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.Weighted;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Weights of classes and examples, smoothing, probabilities; numbers by NumPy in float64. */
class WeightsAndSmoothingTest {
  private static final SoftmaxCrossEntropy PLAIN = new SoftmaxCrossEntropy();
  private static final int[] LABELS = {0, 2};
  private static final double[] CLASS_WEIGHTS = {1, 2, 3};
  private static final double[] WEIGHTS = {0.5, 2};
  private static final double[] PROBABILITIES = {0.7, 0.2, 0.1, 0, 0.25, 0.75};

  private static Tensor matrix(DType dtype, int columns, double... elements) {
    return DoubleTensor.of(Shape.of(elements.length / columns, columns), elements).to(dtype);
  }

  private static Tensor logits(DType dtype) {
    return matrix(dtype, 3, 2, 1, 0.1, 0, 0, 1);
  }

  /** Value and gradient, in both types. */
  private static <T> void is(
      double value, double[] gradient, Loss<T> loss, T targets, int firstRows) {
    for (DType dtype : DType.values()) {
      Tensor z = logits(dtype).rows(0, firstRows);
      Tensor dz = Tensor.zeros(dtype, z.shape());
      double allowed = dtype == DType.FLOAT32 ? 1e-7 : 1e-15;
      assertEquals(value, loss.valueAndGradient(z, targets, dz), allowed, loss + " " + dtype);
      assertArrayEquals(gradient, dz.toDoubleArray(), allowed, loss + " " + dtype);
      assertEquals(
          Double.doubleToLongBits(loss.valueAndGradient(z, targets, dz)),
          Double.doubleToLongBits(loss.value(z, targets)));
    }
  }

  @Test
  void smoothingGivesEveryClassAnEqualPart() {
    is(
        0.41703001627783354,
        new double[] {-0.3409988611140321, 0.2424329707047139, 0.0985658904093182},
        PLAIN,
        new int[] {0},
        1);
    is(
        0.5136966829445002,
        new double[] {-0.27433219444736545, 0.20909963737138057, 0.06523255707598485},
        PLAIN.withSmoothing(0.1),
        new int[] {0},
        1);
  }

  @Test
  void classWeightsStandInTheDivisorToo() {
    is(
        0.5178410395184967,
        new double[] {
          -0.08524971527850803, 0.060608242676178474, 0.02464147260232955,
          0.15895616821281408, 0.15895616821281408, -0.31791233642562816
        },
        PLAIN.withClassWeights(CLASS_WEIGHTS),
        LABELS,
        2);
  }

  @Test
  void aSmoothedRowCountsByItsLabel() {
    is(
        0.5920077061851634,
        new double[] {
          -0.06858304861184136, 0.05227490934284514, 0.016308139268996213,
          0.1339561682128141, 0.1339561682128141, -0.2679123364256282
        },
        PLAIN.withClassWeights(CLASS_WEIGHTS).withSmoothing(0.1),
        LABELS,
        2);
  }

  @Test
  void examplesHaveWeights() {
    is(
        0.5245617744012077,
        new double[] {
          -0.06819977222280642, 0.04848659414094278, 0.01971317808186364,
          0.16955324609366837, 0.16955324609366837, -0.33910649218733674
        },
        PLAIN.withExampleWeights(),
        new Weighted<>(LABELS, WEIGHTS),
        2);
    is(
        0.6100794807791625,
        new double[] {
          -0.02110247649595119, 0.0160845874901062, 0.005017889005844989,
          0.16486913010807888, 0.16486913010807888, -0.32973826021615776
        },
        PLAIN.withSmoothing(0.1).withClassWeights(CLASS_WEIGHTS).withExampleWeights(),
        new Weighted<>(LABELS, WEIGHTS),
        2);
  }

  @Test
  void targetsMayBeProbabilities() {
    for (DType dtype : DType.values()) {
      Tensor q = matrix(dtype, 3, PROBABILITIES);
      if (dtype == DType.FLOAT64) {
        is(
            0.8042373651049424,
            new double[] {
              -0.02049943055701603, 0.021216485352356942, -0.0007170547953409059,
              0.10597077880854272, -0.01902922119145728, -0.08694155761708544
            },
            PLAIN.withProbabilities(),
            q,
            2);
        is(
            0.853904031771609,
            new double[] {
              -0.002166097223682717, 0.014549818685690274, -0.012383721462007578,
              0.08930411214187606, -0.02319588785812396, -0.06610822428375213
            },
            PLAIN.withSmoothing(0.1).withProbabilities(),
            q,
            2);
        is(
            0.8025617744012076,
            new double[] {
              -0.008199772222806411, 0.008486594140942777, -0.0002868219181363624,
              0.16955324609366837, -0.03044675390633165, -0.1391064921873367
            },
            PLAIN.withProbabilities().withExampleWeights(),
            new Weighted<>(q, WEIGHTS),
            2);
      } else {
        assertEquals(0.8042373651049424, PLAIN.withProbabilities().value(logits(dtype), q), 1e-7);
      }
    }
  }

  /** Mixed targets: -Σ q log p = λ CE(a) + (1 - λ) CE(b). */
  @Property(tries = 50)
  void mixedTargetsAreMixedLosses(
      @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll @IntRange(min = 2, max = 7) int classes,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor z = DoubleTensor.zeros(Shape.of(n, classes));
    for (int i = 0; i < z.size(); i++) {
      z.set(i, random.nextDouble(-3, 3));
    }
    int[] a = random.ints(n, 0, classes).toArray();
    int[] b = random.ints(n, 0, classes).toArray();
    double part = random.nextDouble();
    Tensor q = DoubleTensor.zeros(z.shape());
    for (int row = 0; row < n; row++) {
      q.set(row, a[row], part);
      q.set(row, b[row], q.get(row, b[row]) + 1 - part);
    }
    double expected = part * PLAIN.value(z, a) + (1 - part) * PLAIN.value(z, b);
    assertEquals(expected, PLAIN.withProbabilities().value(z, q), 1e-12 * (1 + expected));
  }

  @Test
  void aCertainTargetIsALabel() {
    for (DType dtype : DType.values()) {
      Tensor z = logits(dtype);
      Tensor q = matrix(DType.FLOAT64, 3, 1, 0, 0, 0, 0, 1);
      Tensor dz = Tensor.zeros(dtype, z.shape());
      Tensor expected = Tensor.zeros(dtype, z.shape());
      assertEquals(
          PLAIN.valueAndGradient(z, LABELS, expected),
          PLAIN.withProbabilities().valueAndGradient(z, q, dz),
          1e-15);
      assertArrayEquals(expected.toDoubleArray(), dz.toDoubleArray(), 1e-7);
    }
    // A class that cannot be and is not asked for.
    Tensor impossible = matrix(DType.FLOAT64, 2, 0, Double.NEGATIVE_INFINITY);
    assertEquals(0, PLAIN.withProbabilities().value(impossible, matrix(DType.FLOAT64, 2, 1, 0)));
  }

  @Test
  void whereNothingCountsTheLossIsNothing() {
    for (DType dtype : DType.values()) {
      Tensor z = logits(dtype);
      Tensor dz = Tensor.zeros(dtype, z.shape());
      dz.fill(7);
      Weighted<int[]> targets = new Weighted<>(LABELS, new double[2]);
      assertEquals(0, PLAIN.withExampleWeights().valueAndGradient(z, targets, dz));
      assertEquals(0, Arrays.stream(dz.toDoubleArray()).map(Math::abs).sum());
      assertEquals(0, PLAIN.withExampleWeights().weight(z, targets));
      assertEquals(0, PLAIN.withClassWeights(0, 1, 0).value(z, LABELS));
    }
  }

  @Test
  void theWeightOfABatchIsTheSumOfItsRows() {
    Tensor z = logits(DType.FLOAT32);
    assertEquals(2, PLAIN.weight(z, LABELS));
    assertEquals(4, PLAIN.withClassWeights(CLASS_WEIGHTS).weight(z, LABELS));
    assertEquals(
        6.5,
        PLAIN
            .withClassWeights(CLASS_WEIGHTS)
            .withExampleWeights()
            .weight(z, new Weighted<>(LABELS, WEIGHTS)));
  }

  /** What micro-batches contribute has the bits of the whole batch. */
  @Test
  void partsOfABatchHaveItsBits() {
    SplittableRandom random = new SplittableRandom(4);
    SoftmaxCrossEntropy loss = PLAIN.withClassWeights(CLASS_WEIGHTS).withSmoothing(0.2);
    for (DType dtype : DType.values()) {
      Tensor z = Tensor.zeros(dtype, Shape.of(7, 3));
      for (int i = 0; i < z.size(); i++) {
        z.set(i, random.nextGaussian());
      }
      int[] labels = random.ints(7, 0, 3).toArray();
      Tensor whole = Tensor.zeros(dtype, z.shape());
      double value = loss.valueAndGradient(z, labels, whole);
      double weight = loss.weight(z, labels);
      double sum = 0;
      for (int from = 0; from < 7; from += 3) {
        int to = Math.min(7, from + 3);
        Tensor part = Tensor.zeros(dtype, Shape.of(to - from, 3));
        sum +=
            loss.valueAndGradient(
                z.rows(from, to), Arrays.copyOfRange(labels, from, to), part, weight);
        assertArrayEquals(whole.rows(from, to).toDoubleArray(), part.toDoubleArray());
      }
      assertEquals(value, sum, 1e-15);
    }
  }

  @Test
  void aDatasetCarriesTheWeights() {
    Tensor inputs = matrix(DType.FLOAT64, 2, 1, 2, 3, 4, 5, 6);
    Dataset<Weighted<int[]>> data = Dataset.of(inputs, new int[] {4, 5, 6}).withWeights(0.5, 0, 2);
    var batch = data.newBatch(2, DType.FLOAT32);
    data.read(new int[] {2, 0}, batch);
    assertArrayEquals(new double[] {5, 6, 1, 2}, batch.inputs().toDoubleArray());
    assertArrayEquals(new int[] {6, 4}, batch.targets().targets());
    assertArrayEquals(new double[] {2, 0.5}, batch.targets().weights());
  }

  // Errors.

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void weightsAndSmoothingAreChecked() {
    refuses(
        "SoftmaxCrossEntropy: smoothing must lie in [0, 1), got 1.0", () -> PLAIN.withSmoothing(1));
    refuses(
        "SoftmaxCrossEntropy: smoothing must lie in [0, 1), got NaN",
        () -> PLAIN.withSmoothing(Double.NaN));
    refuses(
        "SoftmaxCrossEntropy: the weight of class 1 must be finite and not negative, got -2.0",
        () -> PLAIN.withClassWeights(1, -2));
    refuses(
        "SoftmaxCrossEntropy: no class has a weight above 0", () -> PLAIN.withClassWeights(0, 0));
    Tensor z = logits(DType.FLOAT32);
    refuses(
        "SoftmaxCrossEntropy(class weights [1.0, 2.0]): has weights of 2 classes, got logits"
            + " float32[2, 3]",
        () -> PLAIN.withClassWeights(1, 2).value(z, LABELS));
    Loss<Weighted<int[]>> weighted = PLAIN.withExampleWeights();
    refuses(
        "SoftmaxCrossEntropy: expects 2 weights, one per row, got 3",
        () -> weighted.value(z, new Weighted<>(LABELS, new double[3])));
    refuses(
        "SoftmaxCrossEntropy: weight NaN at row 1 must be finite and not negative",
        () -> weighted.value(z, new Weighted<>(LABELS, new double[] {1, Double.NaN})));
    refuses(
        "SoftmaxCrossEntropy: label 3 at row 1 is outside [0, 3)",
        () -> weighted.value(z, new Weighted<>(new int[] {0, 3}, WEIGHTS)));
    refuses(
        "Dataset: 2 examples need as many weights, got 3",
        () -> Dataset.of(z, LABELS).withWeights(1, 2, 3));
    refuses(
        "Dataset: weight -1.0 of example 1 must be finite and not negative",
        () -> Dataset.of(z, LABELS).withWeights(1, -1));
  }

  @Test
  void probabilitiesAreChecked() {
    MeanLoss<Tensor> loss = PLAIN.withProbabilities();
    Tensor z = logits(DType.FLOAT32);
    refuses(
        "SoftmaxCrossEntropy of probabilities: the targets of row 1 must be probabilities that sum"
            + " to 1, got a sum of 0.9 with a smallest of 0.0",
        () -> loss.value(z, matrix(DType.FLOAT32, 3, 1, 0, 0, 0.5, 0.4, 0)));
    refuses(
        "SoftmaxCrossEntropy of probabilities: the targets of row 0 must be probabilities that sum"
            + " to 1, got a sum of 1.0 with a smallest of -0.5",
        () -> loss.value(z, matrix(DType.FLOAT32, 3, 1.5, -0.5, 0, 1, 0, 0)));
    assertEquals(
        "SoftmaxCrossEntropy of probabilities targets: expects [2, 3], got [1, 3]",
        assertThrows(ShapeException.class, () -> loss.value(z, matrix(DType.FLOAT32, 3, 1, 0, 0)))
            .getMessage());
    assertEquals(
        "SoftmaxCrossEntropy(class weights [1.0, 2.0]): class weights are for labels; give"
            + " probabilities weights of examples",
        assertThrows(
                IllegalStateException.class, () -> PLAIN.withClassWeights(1, 2).withProbabilities())
            .getMessage());
  }

  @Test
  void aLossSaysItsNumbers() {
    assertEquals("SoftmaxCrossEntropy", PLAIN.toString());
    assertEquals(
        "SoftmaxCrossEntropy(smoothing 0.1, class weights [1.0, 2.0])",
        PLAIN.withClassWeights(1, 2).withSmoothing(0.1).toString());
    assertEquals(
        "SoftmaxCrossEntropy of probabilities(smoothing 0.1)",
        PLAIN.withSmoothing(0.1).withProbabilities().withExampleWeights().toString());
  }
}

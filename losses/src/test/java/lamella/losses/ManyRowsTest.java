package lamella.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** So many numbers that all threads take part: each row has the bits that it has alone. */
class ManyRowsTest {
  private static final int ROWS = 67;
  private static final int COLUMNS = 600;

  private static Tensor normal(DType dtype, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor tensor = Tensor.zeros(dtype, Shape.of(ROWS, COLUMNS));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, 3 * random.nextGaussian());
    }
    return tensor;
  }

  /** A batch's targets, or one row's. */
  private interface Part<T> {
    T of(int from, int to);
  }

  private static <T> void rowsAreAlike(MeanLoss<T> loss, DType dtype, Part<T> targets) {
    Tensor output = normal(dtype, 1);
    Tensor gradient = Tensor.zeros(dtype, output.shape());
    T all = targets.of(0, ROWS);
    double weight = loss.weight(output, all);
    double value = loss.valueAndGradient(output, all, gradient);
    assertEquals(value, loss.value(output, all));
    double sum = 0;
    for (int row = 0; row < ROWS; row++) {
      Tensor one = Tensor.zeros(dtype, Shape.of(1, COLUMNS));
      T target = targets.of(row, row + 1);
      sum += loss.valueAndGradient(output.rows(row, row + 1), target, one, weight);
      assertArrayEquals(
          one.toDoubleArray(),
          gradient.rows(row, row + 1).toDoubleArray(),
          loss + " " + dtype + " row " + row);
    }
    assertEquals(value, sum, 1e-14 * value);
    // Again, with what is kept from the call before.
    Tensor again = Tensor.zeros(dtype, output.shape());
    assertEquals(value, loss.valueAndGradient(output, all, again));
    assertArrayEquals(gradient.toDoubleArray(), again.toDoubleArray());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void ofLabels(DType dtype) {
    int[] labels = new SplittableRandom(2).ints(ROWS, 0, COLUMNS).toArray();
    double[] weights = new SplittableRandom(3).doubles(COLUMNS).toArray();
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    Part<int[]> part = (from, to) -> Arrays.copyOfRange(labels, from, to);
    rowsAreAlike(loss, dtype, part);
    rowsAreAlike(loss.withSmoothing(0.1).withClassWeights(weights), dtype, part);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void ofProbabilities(DType dtype) {
    SplittableRandom random = new SplittableRandom(4);
    Tensor probabilities = Tensor.zeros(DType.FLOAT64, Shape.of(ROWS, COLUMNS));
    for (int row = 0; row < ROWS; row++) {
      double part = random.nextDouble();
      probabilities.set(row, random.nextInt(COLUMNS / 2), part);
      probabilities.set(row, COLUMNS / 2 + random.nextInt(COLUMNS / 2), 1 - part);
    }
    rowsAreAlike(
        new SoftmaxCrossEntropy().withSmoothing(0.1).withProbabilities(),
        dtype,
        probabilities::rows);
    double[] positive = random.doubles(COLUMNS, 0.5, 2).toArray();
    rowsAreAlike(
        new BinaryCrossEntropy().withPositiveWeight(positive).withProbabilities(),
        dtype,
        probabilities::rows);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void ofNumbers(DType dtype) {
    Tensor targets = normal(dtype, 5);
    rowsAreAlike(new SquaredError(), dtype, targets::rows);
    rowsAreAlike(new Huber(0.5), dtype, targets::rows);
    rowsAreAlike(new AbsoluteError(), dtype, targets::rows);
    rowsAreAlike(new QuantileLoss(0.9), dtype, targets::rows);
  }

  /** A row of an example is not one of its last dimension. */
  @Test
  void ofMoreDimensions() {
    Tensor flat = normal(DType.FLOAT32, 1);
    Tensor target = normal(DType.FLOAT32, 5);
    Tensor gradient = Tensor.zeros(DType.FLOAT32, flat.shape());
    double expected = new SquaredError().valueAndGradient(flat, target, gradient);
    Shape shape = Shape.of(ROWS, COLUMNS / 3, 3);
    Tensor deep = Tensor.zeros(DType.FLOAT32, shape);
    Tensor deepTarget = Tensor.zeros(DType.FLOAT32, shape);
    Tensor deepGradient = Tensor.zeros(DType.FLOAT32, shape);
    for (int i = 0; i < flat.size(); i++) {
      deep.set(i, flat.get(i));
      deepTarget.set(i, target.get(i));
    }
    assertEquals(expected, new SquaredError().valueAndGradient(deep, deepTarget, deepGradient));
    assertArrayEquals(gradient.toDoubleArray(), deepGradient.toDoubleArray());
  }
}

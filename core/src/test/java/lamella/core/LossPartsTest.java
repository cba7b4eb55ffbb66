package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What a loss says of parts of a batch where it does nothing about them by itself. */
class LossPartsTest {
  /** The mean of w (y - t)² by weight; targets {@code [n, 2]} are pairs of t and w. */
  private static class Squares implements Loss<Tensor> {
    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor gradient) {
      double weights = weight(output, target);
      double sum = 0;
      for (int row = 0; row < output.size(); row++) {
        double error = output.get(row) - target.get(row, 0);
        sum += target.get(row, 1) * error * error;
        gradient.set(row, 2 * target.get(row, 1) * error / weights);
      }
      return sum / weights;
    }

    @Override
    public double value(Tensor output, Tensor target) {
      return valueAndGradient(output, target, output.copy());
    }
  }

  private static final class Weighted extends Squares {
    @Override
    public double weight(Tensor output, Tensor target) {
      double sum = 0;
      for (int row = 0; row < output.size(); row++) {
        sum += target.get(row, 1);
      }
      return sum;
    }
  }

  private static Tensor column(double... numbers) {
    return DoubleTensor.of(Shape.of(numbers.length, 1), numbers);
  }

  @Test
  void aBatchCountsItsRows() {
    assertEquals(3, new Squares().weight(column(1, 2, 3), column(0, 0, 0)));
  }

  /** Two parts by hand: (1·1 + 3·4) / 8 and 4·9 / 8, together the mean 49 / 8 by weight. */
  @Test
  void partsAddUpToTheMeanOfAll() {
    Weighted loss = new Weighted();
    Tensor gradient = column(0, 0);
    double first =
        loss.valueAndGradient(
            column(1, 2), DoubleTensor.of(Shape.of(2, 2), 0, 1, 0, 3), gradient, 8);
    assertEquals(13.0 / 8, first);
    assertArrayEquals(new double[] {2.0 / 8, 12.0 / 8}, gradient.toDoubleArray());
    Tensor last = column(0);
    double second =
        loss.valueAndGradient(column(3), DoubleTensor.of(Shape.of(1, 2), 0, 4), last, 8);
    assertEquals(36.0 / 8, second);
    assertEquals(24.0 / 8, last.get(0));
    Tensor all = column(0, 0, 0);
    assertEquals(
        first + second,
        loss.valueAndGradient(
            column(1, 2, 3), DoubleTensor.of(Shape.of(3, 2), 0, 1, 0, 3, 0, 4), all));
    assertArrayEquals(new double[] {2.0 / 8, 12.0 / 8, 24.0 / 8}, all.toDoubleArray());
  }

  @Test
  void theWholeBatchIsTheMeanBitForBit() {
    Squares loss = new Squares();
    Tensor y = FloatTensor.of(Shape.of(3, 1), 0.1f, 0.7f, -0.3f);
    Tensor t = DoubleTensor.of(Shape.of(3, 2), 1, 1, 2, 1, 3, 1);
    Tensor plain = y.copy();
    Tensor part = y.copy();
    assertEquals(loss.valueAndGradient(y, t, plain), loss.valueAndGradient(y, t, part, 3));
    assertArrayEquals(plain.toDoubleArray(), part.toDoubleArray());
  }
}

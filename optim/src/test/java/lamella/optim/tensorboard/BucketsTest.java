package lamella.optim.tensorboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import lamella.core.DoubleTensor;
import lamella.core.Shape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What EventFileTest does not compare with TensorBoard's own. */
class BucketsTest {
  private static double[] of(double... values) {
    return Buckets.of(DoubleTensor.of(Shape.of(values.length), values));
  }

  @Property(tries = 200)
  void everyFiniteNumberIsCountedOnceBetweenItsEdges(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[random.nextInt(2, 300)];
    double[] scales = {1, 1e-310, 1e300, Double.MAX_VALUE, Double.MIN_VALUE};
    double scale = scales[random.nextInt(scales.length)];
    int finite = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble(-1, 1) * scale;
      if (random.nextInt(10) == 0) {
        values[i] = Double.NEGATIVE_INFINITY;
      } else {
        finite++;
        min = Math.min(min, values[i]);
        max = Math.max(max, values[i]);
      }
    }
    double[] rows = of(values);
    double counted = 0;
    for (int i = 0; i < rows.length; i += 3) {
      assertTrue(rows[i] <= rows[i + 1], () -> "edges of " + seed);
      assertTrue(i == 0 || rows[i] == rows[i - 2]);
      counted += rows[i + 2];
    }
    assertEquals(finite, counted);
    if (finite > 0) {
      assertTrue(min == rows[0] && max == rows[88], "ends");
      // Away from the edges there is no doubt where a number belongs.
      double width = max / 30 - min / 30;
      for (int i = 0; i < 30; i++) {
        double left = rows[3 * i] + 1e-9 * width;
        double right = rows[3 * i + 1] - 1e-9 * width;
        int inside = 0;
        int near = 0;
        for (double value : values) {
          inside += value > left && value < right ? 1 : 0;
          near += value >= left - 2e-9 * width && value <= right + 2e-9 * width ? 1 : 0;
        }
        if (width > 1e-300) {
          assertTrue(inside <= rows[3 * i + 2] && rows[3 * i + 2] <= near, "bucket " + i);
        }
      }
    }
  }

  @Test
  void theLargestNumberIsInTheLastBucket() {
    double[] rows = of(0, 30, 29.5, 1);
    assertArrayEquals(new double[] {0, 1, 1}, new double[] {rows[0], rows[1], rows[2]});
    assertEquals(1, rows[5]);
    assertEquals(2, rows[89]);
  }

  @Test
  void withoutFiniteNumbersEverythingIsZero() {
    assertArrayEquals(new double[90], of(Double.NaN, Double.POSITIVE_INFINITY));
  }

  @Test
  void theWholeRangeOfDoubleIsNoOverflow() {
    double[] rows = of(-Double.MAX_VALUE, Double.MAX_VALUE / 4, Double.MAX_VALUE);
    assertEquals(1, rows[2]);
    assertEquals(1, rows[3 * 18 + 2]); // 5/8 of 30 is 18.75
    assertEquals(1, rows[89]);
    assertEquals(Double.MAX_VALUE / 5, rows[3 * 18], 1e-9 * Double.MAX_VALUE);
  }
}

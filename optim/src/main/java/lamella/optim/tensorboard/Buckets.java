package lamella.optim.tensorboard;

import java.util.Arrays;
import lamella.core.Tensor;

/**
 * How TensorBoard counts for a histogram: 30 buckets of equal width from the smallest to the
 * largest number, the last with its right edge; if all numbers are equal, one bucket of width 1
 * around them; if there are none, none.
 */
final class Buckets {
  private static final int COUNT = 30;

  private Buckets() {}

  /** The finite numbers of a tensor: left edge, right edge and count of each bucket in turn. */
  static double[] of(Tensor values) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int finite = 0;
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      if (Double.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        finite++;
      }
    }
    if (finite == 0) {
      return new double[0];
    }
    return min == max
        ? new double[] {min - 0.5, min + 0.5, finite}
        : count(values, min, max);
  }

  private static double[] count(Tensor values, double min, double max) {
    // From -1e308 to 1e308 it is further than a double reaches.
    double scale = Double.isInfinite(max - min) ? 0.25 : 1;
    double width = (max * scale - min * scale) / COUNT;
    long[] counts = new long[COUNT];
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      if (Double.isFinite(value)) {
        int bucket = (int) ((value * scale - min * scale) / width);
        counts[Math.min(bucket, COUNT - 1)]++;
      }
    }
    double[] rows = new double[3 * COUNT];
    double[] edges = new double[COUNT + 1];
    Arrays.setAll(edges, i -> i == COUNT ? max : min + i * width / scale);
    for (int i = 0; i < COUNT; i++) {
      rows[3 * i] = edges[i];
      rows[3 * i + 1] = edges[i + 1];
      rows[3 * i + 2] = counts[i];
    }
    return rows;
  }
}

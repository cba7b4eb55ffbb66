package lamella.optim.tensorboard;

import lamella.core.Tensor;

/**
 * How TensorBoard counts for a histogram: 30 buckets of equal width from the smallest to the
 * largest number, the last with its right edge. If all numbers are equal, so are all edges, and the
 * last bucket has them all; if there are none, everything is 0.
 */
final class Buckets {
  private static final int COUNT = 30;

  private Buckets() {}

  /** The finite numbers of a tensor, as {@code [30, 3]}: left edge, right edge, count. */
  static double[] of(Tensor values) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      if (Double.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    return min <= max ? of(values, min, max) : new double[3 * COUNT];
  }

  private static double[] of(Tensor values, double min, double max) {
    // From -1e308 to 1e308 it is further than a double reaches.
    double scale = Double.isInfinite(max - min) ? 0.5 : 1;
    double start = min * scale;
    double width = (max * scale - start) / COUNT;
    double[] rows = new double[3 * COUNT];
    for (int bucket = 0; bucket < COUNT; bucket++) {
      boolean last = bucket == COUNT - 1;
      rows[3 * bucket] = Math.min((start + bucket * width) / scale, max);
      rows[3 * bucket + 1] = last ? max : Math.min((start + (bucket + 1) * width) / scale, max);
    }
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      if (Double.isFinite(value)) {
        int bucket = width > 0 ? (int) ((value * scale - start) / width) : COUNT - 1;
        rows[3 * Math.min(bucket, COUNT - 1) + 2]++;
      }
    }
    return rows;
  }
}

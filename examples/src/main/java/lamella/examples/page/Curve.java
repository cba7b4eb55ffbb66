package lamella.examples.page;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Points of a curve, x rising.
 *
 * @param x a position for each point
 * @param y a value for each point
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, only drawn
record Curve(double[] x, double[] y) {
  /** More points than this are thinned: a chart is at most so many pixels wide. */
  static final int MOST = 2000;

  /** The smoothing window has a twentieth of all points, half of it on either side. */
  private static final int WINDOWS = 40;

  /** A point for each element. */
  static <T> Curve of(List<T> elements, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
    return new Curve(
        elements.stream().mapToDouble(x).toArray(), elements.stream().mapToDouble(y).toArray());
  }

  int size() {
    return x.length;
  }

  /** How many points {@link #smoothed} averages at most. */
  static int window(int size) {
    return 2 * (size / WINDOWS) + 1;
  }

  /**
   * Every value replaced by the mean of the {@link #window} around it, or of what there is of that
   * near an end.
   */
  Curve smoothed() {
    int n = size();
    double[] sums = new double[n + 1];
    for (int i = 0; i < n; i++) {
      sums[i + 1] = sums[i] + y[i];
    }
    int radius = window(n) / 2;
    double[] means = new double[n];
    for (int i = 0; i < n; i++) {
      int from = Math.max(0, i - radius);
      int to = Math.min(n, i + radius + 1);
      means[i] = radius == 0 ? y[i] : (sums[to] - sums[from]) / (to - from);
    }
    return new Curve(x, means);
  }

  /**
   * At most {@link #MOST} points that look the same: of each of equally many neighbours the
   * smallest and the largest, in their order.
   */
  Curve thinned() {
    int n = size();
    if (n <= MOST) {
      return this;
    }
    int buckets = MOST / 2;
    int[] kept = new int[2 * buckets];
    for (int b = 0; b < buckets; b++) {
      int from = (int) ((long) n * b / buckets);
      int to = (int) ((long) n * (b + 1) / buckets);
      int low = from;
      int high = from;
      for (int i = from; i < to; i++) {
        low = y[i] < y[low] ? i : low;
        high = y[i] >= y[high] ? i : high;
      }
      kept[2 * b] = Math.min(low, high);
      kept[2 * b + 1] = Math.max(low, high);
    }
    return new Curve(
        Arrays.stream(kept).mapToDouble(i -> x[i]).toArray(),
        Arrays.stream(kept).mapToDouble(i -> y[i]).toArray());
  }

  double last() {
    return y[size() - 1];
  }
}

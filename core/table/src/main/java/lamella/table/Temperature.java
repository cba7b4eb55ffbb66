package lamella.table;

import java.util.Arrays;
import java.util.List;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.optim.Metrics;

/**
 * The temperature T by which the outputs of a classifier are divided, so that its probabilities
 * become as sure as they should be: T &gt; 1 makes them less sure.
 *
 * <p>It is the T &gt; 0 with the smallest mean of -ln p, with p = softmax(outputs / T) of the
 * label, plus 8 (ln T)² / rows, which keeps T near 1 where few rows speak for another. Both
 * together are the calibrated log loss: what is wrong with a classifier beside its being too sure
 * or not sure enough.
 *
 * <p>Source: C. Guo et al., "On calibration of modern neural networks" (2017); E. Berta, D.
 * Holzmüller et al., "Rethinking early stopping: refine, then calibrate" (2025).
 */
final class Temperature implements Metrics<int[]> {
  /** The name of the calibrated log loss. */
  static final String NAME = "calibrated log-loss";

  private static final double PRIOR = 8;

  /** ln(1 / T) is sought in this distance of 0. */
  private static final double FARTHEST = 4;

  private static final int MOST_STEPS = 30;
  private static final double EXACT = 1e-9;

  private float[] outputs = {};
  private int[] labels = {};
  private int rows;
  private int classes;

  /** Of the last {@link #measure}. */
  private double loss;

  private double slope;
  private double curvature;

  @Override
  public List<String> names() {
    return List.of(NAME);
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    rows = 0;
    classes = output.last();
  }

  @Override
  public void add(Tensor logits, int[] ofRows) {
    int n = ofRows.length;
    if (labels.length < rows + n) {
      int capacity = Math.max(rows + n, 2 * rows);
      labels = Arrays.copyOf(labels, capacity);
      outputs = Arrays.copyOf(outputs, Math.multiplyExact(capacity, classes));
    }
    System.arraycopy(ofRows, 0, labels, rows, n);
    for (int i = 0; i < n * classes; i++) {
      outputs[rows * classes + i] = (float) logits.get(i);
    }
    rows += n;
  }

  /** {@return the calibrated log loss} */
  @Override
  public double[] values() {
    value();
    return new double[] {loss};
  }

  /** {@return T; 1 where there are no rows, or an output is not finite} */
  double value() {
    // Newton's method for s = ln(1 / T), within bounds that close around the smallest loss.
    double low = -FARTHEST;
    double high = FARTHEST;
    double s = 0;
    for (int i = 0; i < MOST_STEPS; i++) {
      measure(s);
      if (!Double.isFinite(loss)) {
        return 1;
      }
      double step = slope / curvature;
      if (curvature > 0 && Math.abs(step) <= EXACT) {
        break;
      }
      if (slope > 0) {
        high = s;
      } else {
        low = s;
      }
      double next = s - step;
      if (!(curvature > 0 && next > low && next < high)) {
        next = (low + high) / 2;
      }
      s = next;
    }
    return StrictMath.exp(-s);
  }

  /** The loss at ln(1 / T) = s, and its first and second derivative by s. */
  private void measure(double s) {
    double factor = StrictMath.exp(s);
    double sum = 0;
    double first = 0;
    double second = 0;
    for (int row = 0; row < rows; row++) {
      int from = row * classes;
      double largest = outputs[from];
      for (int k = from + 1; k < from + classes; k++) {
        largest = Math.max(largest, outputs[k]);
      }
      double weights = 0;
      double mean = 0;
      double square = 0;
      for (int k = from; k < from + classes; k++) {
        double z = factor * (outputs[k] - largest);
        double weight = StrictMath.exp(z);
        weights += weight;
        mean += weight * z;
        square += weight * z * z;
      }
      mean /= weights;
      double ofLabel = factor * (outputs[from + labels[row]] - largest);
      sum += StrictMath.log(weights) - ofLabel;
      first += mean - ofLabel;
      second += mean - ofLabel + square / weights - mean * mean;
    }
    loss = (sum + PRIOR * s * s) / rows;
    slope = (first + 2 * PRIOR * s) / rows;
    curvature = (second + 2 * PRIOR) / rows;
  }

  @Override
  public String toString() {
    return NAME;
  }
}

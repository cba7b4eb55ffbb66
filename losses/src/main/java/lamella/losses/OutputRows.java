package lamella.losses;

import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Tensor;
import lamella.core.Tiny;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a loss that is a mean over outputs, too: of each the mean, and its gradient by weight
 * and width.
 */
final class OutputRows {
  private final Kept<Means> means = new Kept<>();
  private final Kept<Scales> scales = new Kept<>();

  /** Σ w_i mean_i of a tensor of one's own. */
  <T> double sum(MeanLoss<T> loss, Tensor of, T target, double @Nullable [] exampleWeights) {
    Means kept = means.take();
    Means job = kept == null ? new Means() : kept;
    job.of = of;
    job.reserve(of.shape().dimension(0));
    job.overRows(of);
    double sum = 0;
    for (int row = 0; row < of.shape().dimension(0); row++) {
      sum += loss.weight(target, exampleWeights, row) * job.number(row);
    }
    job.of = RowJob.NONE;
    means.giveBack(job);
    return sum;
  }

  private static final class Means extends RowJob {
    private Tensor of = NONE;

    @Override
    void row(int row) {
      setNumber(row, mean(of, row));
    }
  }

  /** Multiplies each row of slopes by w_i / divisor / width. */
  <T> void scale(
      MeanLoss<T> loss,
      Tensor gradient,
      T target,
      double @Nullable [] exampleWeights,
      double divisor) {
    Scales kept = scales.take();
    Scales job = kept == null ? new Scales() : kept;
    job.of = gradient;
    job.reserve(gradient.shape().dimension(0));
    for (int row = 0; row < gradient.shape().dimension(0); row++) {
      job.setNumber(row, loss.weight(target, exampleWeights, row) / divisor);
    }
    job.overRows(gradient);
    job.of = RowJob.NONE;
    scales.giveBack(job);
  }

  private static final class Scales extends RowJob {
    private Tensor of = NONE;

    @Override
    void row(int row) {
      scale(of, row, number(row));
    }
  }

  /** How many numbers a row has. */
  static int width(Tensor tensor) {
    return tensor.size() / tensor.shape().dimension(0);
  }

  /** The mean of a row; its sum is taken in float64, from the first number to the last. */
  private static double mean(Tensor tensor, int row) {
    int width = width(tensor);
    double sum =
        tensor instanceof FloatTensor floats
            ? sum(floats.array(), row * width, (row + 1) * width)
            : sum(((DoubleTensor) tensor).array(), row * width, (row + 1) * width);
    return sum / width;
  }

  private static double sum(float[] a, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += a[i];
    }
    return sum;
  }

  private static double sum(double[] a, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += a[i];
    }
    return sum;
  }

  /**
   * Multiplies a row by a factor divided by its width. What is too small is so before it is scaled,
   * and so in a batch of any size.
   */
  private static void scale(Tensor tensor, int row, double factor) {
    int width = width(tensor);
    double scale = factor / width;
    if (tensor instanceof FloatTensor floats) {
      scale(floats.array(), row * width, (row + 1) * width, (float) scale);
    } else {
      scale(((DoubleTensor) tensor).array(), row * width, (row + 1) * width, scale);
    }
  }

  private static void scale(float[] a, int from, int to, float scale) {
    for (int i = from; i < to; i++) {
      a[i] = scale * Tiny.orZero(a[i]);
    }
  }

  private static void scale(double[] a, int from, int to, double scale) {
    for (int i = from; i < to; i++) {
      a[i] = scale * Tiny.orZero(a[i]);
    }
  }
}

package lamella.losses;

import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Tensor;
import lamella.core.Tiny;

/** The rows of a tensor {@code [n, ...]}, each of the numbers for one example. */
final class Rows {
  private Rows() {}

  /** How many numbers a row has. */
  static int width(Tensor tensor) {
    return tensor.size() / tensor.shape().dimension(0);
  }

  /** The mean of a row; its sum is taken in float64, from the first number to the last. */
  static double mean(Tensor tensor, int row) {
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
  static void scale(Tensor tensor, int row, double factor) {
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

package lamella.losses;

import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.formula.Formula;

/**
 * What softmax and cross-entropy in one are computed from: e = exp(z - max z) of every row, and of
 * a row then log Σ e and e / Σ e.
 *
 * <p>Sums are taken in float64, from the first column to the last.
 */
final class Softmax {
  private static final Formula EXP = Formula.of(x -> x.exp());

  private static final RowLoop SHIFT =
      new RowLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to, double[] lanes) {
          subtractMaximum(arrays[1], arrays[0], from, to);
        }

        @Override
        protected void run(double[][] arrays, int from, int to, double[] lanes) {
          subtractMaximum(arrays[1], arrays[0], from, to);
        }
      };

  private Softmax() {}

  /** The number of classes; refuses what is no matrix of logits. */
  static int requireClasses(MeanLoss<?> loss, Tensor logits) {
    Shape shape = logits.shape();
    if (shape.rank() != 2) {
      throw new IllegalArgumentException(loss + ": expects logits [n, classes], got " + shape);
    }
    if (shape.last() < 2) {
      throw new IllegalArgumentException(
          loss
              + ": expects logits [n, classes] of at least 2 classes, got "
              + shape
              + "; the softmax of one output is always 1. Give the network an output for each class");
    }
    return shape.last();
  }

  /** e = exp(z - max z), row by row. */
  static void exponentials(Tensor logits, Tensor e) {
    int classes = logits.shape().last();
    if (e.size() >= RowJob.MANY) {
      SHIFT.over(e, logits);
    } else if (logits instanceof FloatTensor z && e instanceof FloatTensor out) {
      for (int row = 0; row < e.size(); row += classes) {
        subtractMaximum(z.array(), out.array(), row, row + classes);
      }
    } else {
      for (int row = 0; row < e.size(); row += classes) {
        subtractMaximum(
            ((DoubleTensor) logits).array(), ((DoubleTensor) e).array(), row, row + classes);
      }
    }
    EXP.values(e, e);
  }

  private static void subtractMaximum(float[] z, float[] out, int from, int to) {
    float max = max(z, from, to - from);
    for (int j = from; j < to; j++) {
      out[j] = z[j] - max;
    }
  }

  private static void subtractMaximum(double[] z, double[] out, int from, int to) {
    double max = max(z, from, to - from);
    for (int j = from; j < to; j++) {
      out[j] = z[j] - max;
    }
  }

  /** The largest of a row; NaN if one is. */
  static double max(Tensor logits, int row) {
    int classes = logits.shape().last();
    return logits instanceof FloatTensor z
        ? max(z.array(), row * classes, classes)
        : max(((DoubleTensor) logits).array(), row * classes, classes);
  }

  private static float max(float[] a, int row, int n) {
    float max = a[row];
    for (int j = row + 1; j < row + n; j++) {
      max = Math.max(max, a[j]);
    }
    return max;
  }

  private static double max(double[] a, int row, int n) {
    double max = a[row];
    for (int j = row + 1; j < row + n; j++) {
      max = Math.max(max, a[j]);
    }
    return max;
  }

  /** The sum of a row of exponentials. */
  static double sum(Tensor e, int row) {
    int classes = e.shape().last();
    int to = (row + 1) * classes;
    double sum = 0;
    if (e instanceof FloatTensor floats) {
      float[] a = floats.array();
      for (int j = row * classes; j < to; j++) {
        sum += a[j];
      }
    } else {
      double[] a = ((DoubleTensor) e).array();
      for (int j = row * classes; j < to; j++) {
        sum += a[j];
      }
    }
    return sum;
  }
}

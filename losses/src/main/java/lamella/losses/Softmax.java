package lamella.losses;

import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.formula.Formula;

/**
 * What softmax and cross-entropy in one are computed from: e = exp(z - max z) of every row, and of
 * a row then log Σ e and e / Σ e.
 *
 * <p>An object keeps the maxima of one batch. Sums are taken in float64, from the first column to
 * the last.
 */
final class Softmax extends RowJob {
  private static final Formula EXP = Formula.of(x -> x.exp());

  private Tensor logits = NONE;
  private Tensor e = NONE;

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

  /** e = exp(z - max z), row by row; max z is kept for {@link #max}. */
  void exponentials(Tensor of, Tensor to) {
    int rows = to.shape().dimension(0);
    reserve(rows);
    logits = of;
    e = to;
    if (to.size() >= MANY) {
      over(to, to);
    } else {
      for (int row = 0; row < rows; row++) {
        row(row);
      }
    }
    EXP.values(to, to);
    logits = NONE;
    e = NONE;
  }

  @Override
  void row(int row) {
    int classes = e.shape().last();
    int from = row * classes;
    if (logits instanceof FloatTensor z && e instanceof FloatTensor out) {
      setNumber(row, subtractMaximum(z.array(), out.array(), from, from + classes));
    } else {
      double[] z = ((DoubleTensor) logits).array();
      setNumber(row, subtractMaximum(z, ((DoubleTensor) e).array(), from, from + classes));
    }
  }

  /** The largest logit of a row; NaN if one is. */
  double max(int row) {
    return number(row);
  }

  private static float subtractMaximum(float[] z, float[] out, int from, int to) {
    float max = z[from];
    for (int j = from + 1; j < to; j++) {
      max = Math.max(max, z[j]);
    }
    for (int j = from; j < to; j++) {
      out[j] = z[j] - max;
    }
    return max;
  }

  private static double subtractMaximum(double[] z, double[] out, int from, int to) {
    double max = z[from];
    for (int j = from + 1; j < to; j++) {
      max = Math.max(max, z[j]);
    }
    for (int j = from; j < to; j++) {
      out[j] = z[j] - max;
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

package lamella.core.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Plain loops: what runs where the Vector API is absent, and the oracle of all other kernels. */
class ScalarKernels implements Kernels {
  /** Virtual lanes of a sum over a whole tensor, whatever the hardware has. */
  static final int LANES = 64;

  final Team team;
  private final Pool<ScalarFloatProduct> floatProducts = new Pool<>(ScalarFloatProduct::new);
  final Pool<Team.Scratch> scratch = new Pool<>(Team.Scratch::new);
  private final Pool<ScalarDoubleProduct> doubleProducts = new Pool<>(ScalarDoubleProduct::new);

  ScalarKernels(Team team) {
    this.team = team;
  }

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public void multiply(
      int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    ScalarFloatProduct product = floatProducts.borrow();
    product.multiply(team, m, k, n, x, w, bias, y);
    floatProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    ScalarFloatProduct product = floatProducts.borrow();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    floatProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx) {
    ScalarFloatProduct product = floatProducts.borrow();
    product.multiplyTransposedRight(team, m, k, n, dy, w, dx);
    floatProducts.giveBack(product);
  }

  @Override
  public void sumRows(int m, int n, float[] a, float[] sums, boolean add) {
    if (!add) {
      Arrays.fill(sums, 0, n, 0);
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[j] += a[i * n + j];
      }
    }
  }

  @Override
  public double softmaxCrossEntropy(
      int n, int classes, float[] logits, int[] labels, float @Nullable [] gradient, float scale) {
    double loss = 0;
    for (int i = 0; i < n; i++) {
      int row = i * classes;
      float max = max(logits, row, classes);
      double sum = 0;
      for (int j = row; j < row + classes; j++) {
        float e = Exponential.exp(logits[j] - max);
        sum += e;
        if (gradient != null) {
          gradient[j] = e;
        }
      }
      loss += rowLoss(sum, logits[row + labels[i]], max);
      if (gradient != null) {
        finishGradient(gradient, row, classes, (float) sum, row + labels[i], scale);
      }
    }
    return loss;
  }

  /**
   * -log softmax = log sum exp(z - max) - (z_label - max): no overflow, and no log of a rounded 0.
   */
  static double rowLoss(double sum, double labelLogit, double max) {
    return StrictMath.log(sum) - (labelLogit - max);
  }

  /** The largest of a row; NaN if one is. */
  static float max(float[] a, int row, int n) {
    float max = a[row];
    for (int j = row + 1; j < row + n; j++) {
      max = Math.max(max, a[j]);
    }
    return max;
  }

  /**
   * e[j] becomes scale (e[j] / sum - (j == label)). What is too small is so before it is scaled,
   * and so in a batch of any size.
   */
  static void finishGradient(float[] e, int row, int n, float sum, int label, float scale) {
    for (int j = row; j < row + n; j++) {
      float softmax = e[j] / sum;
      e[j] = scale * Tiny.orZero(j == label ? softmax - 1 : softmax);
    }
  }

  @Override
  public double sumOfSquares(float[] a) {
    Team.Scratch memory = scratch.borrow();
    double[] lanes = memory.doubles(LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    int i = 0;
    for (; i <= a.length - LANES; i += LANES) {
      for (int l = 0; l < LANES; l++) {
        lanes[l] = Math.fma((double) a[i + l], a[i + l], lanes[l]);
      }
    }
    for (int l = 0; i + l < a.length; l++) {
      lanes[l] = Math.fma((double) a[i + l], a[i + l], lanes[l]);
    }
    double sum = halve(lanes);
    scratch.giveBack(memory);
    return sum;
  }

  /** 0 x is 0 where x is finite, NaN otherwise; C2 vectorises the sums. */
  @Override
  public boolean isFinite(float[] a) {
    Team.Scratch memory = scratch.borrow();
    float[] lanes = memory.floats(LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    for (int i = 0; i < a.length; i += LANES) {
      int count = Math.min(LANES, a.length - i);
      for (int l = 0; l < count; l++) {
        lanes[l] += 0 * a[i + l];
      }
    }
    boolean finite = true;
    for (int l = 0; l < LANES; l++) {
      finite &= lanes[l] == 0;
    }
    scratch.giveBack(memory);
    return finite;
  }

  @Override
  public void gatherBytes(byte[] bytes, int origin, int[] rows, float[] mean, float[] y) {
    int width = mean.length;
    for (int i = 0; i < rows.length; i++) {
      int from = origin + rows[i] * width;
      int to = i * width;
      for (int j = 0; j < width; j++) {
        y[to + j] = (bytes[from + j] & 0xff) - mean[j];
      }
    }
  }

  /** Adds the upper half of the lanes to the lower half until one is left. */
  private static double halve(double[] lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }

  // float64.

  @Override
  public void multiply(
      int m, int k, int n, double[] x, double[] w, double @Nullable [] bias, double[] y) {
    ScalarDoubleProduct product = doubleProducts.borrow();
    product.multiply(team, m, k, n, x, w, bias, y);
    doubleProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, double[] x, double[] dy, double[] dw, boolean add) {
    ScalarDoubleProduct product = doubleProducts.borrow();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    doubleProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, double[] dy, double[] w, double[] dx) {
    ScalarDoubleProduct product = doubleProducts.borrow();
    product.multiplyTransposedRight(team, m, k, n, dy, w, dx);
    doubleProducts.giveBack(product);
  }

  @Override
  public void sumRows(int m, int n, double[] a, double[] sums, boolean add) {
    if (!add) {
      Arrays.fill(sums, 0, n, 0);
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[j] += a[i * n + j];
      }
    }
  }

  @Override
  public double softmaxCrossEntropy(
      int n,
      int classes,
      double[] logits,
      int[] labels,
      double @Nullable [] gradient,
      double scale) {
    double loss = 0;
    for (int i = 0; i < n; i++) {
      int row = i * classes;
      double max = max(logits, row, classes);
      double sum = 0;
      for (int j = row; j < row + classes; j++) {
        double e = StrictMath.exp(logits[j] - max);
        sum += e;
        if (gradient != null) {
          gradient[j] = e;
        }
      }
      loss += rowLoss(sum, logits[row + labels[i]], max);
      if (gradient != null) {
        finishGradient(gradient, row, classes, sum, row + labels[i], scale);
      }
    }
    return loss;
  }

  /** The largest of a row; NaN if one is. */
  static double max(double[] a, int row, int n) {
    double max = a[row];
    for (int j = row + 1; j < row + n; j++) {
      max = Math.max(max, a[j]);
    }
    return max;
  }

  /** e[j] becomes scale (e[j] / sum - (j == label)). */
  static void finishGradient(double[] e, int row, int n, double sum, int label, double scale) {
    for (int j = row; j < row + n; j++) {
      double softmax = e[j] / sum;
      e[j] = scale * Tiny.orZero(j == label ? softmax - 1 : softmax);
    }
  }

  @Override
  public double sumOfSquares(double[] a) {
    Team.Scratch memory = scratch.borrow();
    double[] lanes = memory.doubles(LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    int i = 0;
    for (; i <= a.length - LANES; i += LANES) {
      for (int l = 0; l < LANES; l++) {
        lanes[l] = Math.fma(a[i + l], a[i + l], lanes[l]);
      }
    }
    for (int l = 0; i + l < a.length; l++) {
      lanes[l] = Math.fma(a[i + l], a[i + l], lanes[l]);
    }
    double sum = halve(lanes);
    scratch.giveBack(memory);
    return sum;
  }

  @Override
  public boolean isFinite(double[] a) {
    Team.Scratch memory = scratch.borrow();
    double[] lanes = memory.doubles(LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    for (int i = 0; i < a.length; i += LANES) {
      int count = Math.min(LANES, a.length - i);
      for (int l = 0; l < count; l++) {
        lanes[l] += 0 * a[i + l];
      }
    }
    boolean finite = true;
    for (int l = 0; l < LANES; l++) {
      finite &= lanes[l] == 0;
    }
    scratch.giveBack(memory);
    return finite;
  }

  @Override
  public void gatherBytes(byte[] bytes, int origin, int[] rows, double[] mean, double[] y) {
    int width = mean.length;
    for (int i = 0; i < rows.length; i++) {
      int from = origin + rows[i] * width;
      int to = i * width;
      for (int j = 0; j < width; j++) {
        y[to + j] = (bytes[from + j] & 0xff) - mean[j];
      }
    }
  }
}

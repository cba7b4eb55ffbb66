package lamella.core.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Plain loops: what runs where the Vector API is absent, and the oracle of all other kernels. */
final class ScalarKernels implements Kernels {
  /** Virtual lanes of a sum over a whole tensor, whatever the hardware has. */
  private static final int LANES = 16;

  /** Sums are made at every step, and a step allocates nothing. */
  private final ThreadLocal<double[]> lanes = ThreadLocal.withInitial(() -> new double[LANES]);

  private double[] zeroLanes() {
    double[] zeros = lanes.get();
    Arrays.fill(zeros, 0);
    return zeros;
  }

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void multiply(
      int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    for (int i = 0; i < m; i++) {
      int row = i * n;
      Arrays.fill(y, row, row + n, 0);
      for (int p = 0; p < k; p++) {
        addScaledRow(x[i * k + p], w, p * n, y, row, n);
      }
      if (bias != null) {
        for (int j = 0; j < n; j++) {
          y[row + j] += bias[j];
        }
      }
    }
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    if (!add) {
      Arrays.fill(dw, 0, k * n, 0);
    }
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        addScaledRow(x[i * k + p], dy, i * n, dw, p * n, n);
      }
    }
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx) {
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        float sum = 0;
        for (int j = 0; j < n; j++) {
          sum = Math.fma(dy[i * n + j], w[p * n + j], sum);
        }
        dx[i * k + p] = sum;
      }
    }
  }

  /** to[j] += scale from[j] for a row of n. */
  private static void addScaledRow(float scale, float[] from, int f, float[] to, int t, int n) {
    for (int j = 0; j < n; j++) {
      to[t + j] = Math.fma(scale, from[f + j], to[t + j]);
    }
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
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < classes; j++) {
        max = Math.max(max, logits[row + j]);
      }
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += Exponential.exp(logits[row + j] - max);
      }
      // -log softmax = log sum exp(z - max) - (z_label - max): no overflow, and no log of a rounded
      // 0.
      loss += StrictMath.log(sum) - ((double) logits[row + labels[i]] - max);
      if (gradient != null) {
        for (int j = 0; j < classes; j++) {
          float softmax = Exponential.exp(logits[row + j] - max) / (float) sum;
          gradient[row + j] = scale * (j == labels[i] ? softmax - 1 : softmax);
        }
      }
    }
    return loss;
  }

  @Override
  public void sgd(float[] w, float[] g, float rate, float l2) {
    for (int i = 0; i < w.length; i++) {
      w[i] -= rate * (l2 == 0 ? g[i] : g[i] + l2 * w[i]);
    }
  }

  @Override
  public void sgdMomentum(float[] w, float[] g, float[] v, float rate, float l2, float momentum) {
    for (int i = 0; i < w.length; i++) {
      v[i] = momentum * v[i] + (l2 == 0 ? g[i] : g[i] + l2 * w[i]);
      w[i] -= rate * v[i];
    }
  }

  @Override
  public double sumOfSquares(float[] a) {
    double[] sums = zeroLanes();
    for (int i = 0; i < a.length; i++) {
      sums[i % LANES] = Math.fma((double) a[i], a[i], sums[i % LANES]);
    }
    return Reductions.halve(sums);
  }

  @Override
  public void centre(byte[] bytes, int from, int length, float[] mean, float[] y, int to) {
    for (int i = 0; i < length; i++) {
      y[to + i] = (bytes[from + i] & 0xff) - mean[i];
    }
  }

  @Override
  public void relu(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] <= 0 ? 0 : x[i];
    }
  }

  @Override
  public void reluGradient(float[] x, float[] dy, float[] dx) {
    for (int i = 0; i < x.length; i++) {
      dx[i] = x[i] <= 0 ? 0 : dy[i];
    }
  }

  @Override
  public void leakyRelu(float slope, float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] > 0 ? x[i] : slope * x[i];
    }
  }

  @Override
  public void leakyReluGradient(float slope, float[] x, float[] dy, float[] dx) {
    for (int i = 0; i < x.length; i++) {
      dx[i] = x[i] > 0 ? dy[i] : slope * dy[i];
    }
  }

  @Override
  public void swish(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] * Exponential.sigmoid(x[i]);
    }
  }

  @Override
  public void swishGradient(float[] x, float[] y, float[] dy, float[] dx) {
    for (int i = 0; i < x.length; i++) {
      float s = Exponential.sigmoid(x[i]);
      dx[i] = dy[i] * Math.fma(y[i], 1 - s, s);
    }
  }

  @Override
  public void selu(float lambda, float lambdaAlpha, float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] > 0 ? lambda * x[i] : lambdaAlpha * Exponential.expm1(x[i]);
    }
  }

  @Override
  public void seluGradient(float lambda, float lambdaAlpha, float[] x, float[] dy, float[] dx) {
    for (int i = 0; i < x.length; i++) {
      dx[i] = dy[i] * (x[i] > 0 ? lambda : lambdaAlpha * Exponential.exp(x[i]));
    }
  }

  // float64.

  @Override
  public void multiply(
      int m, int k, int n, double[] x, double[] w, double @Nullable [] bias, double[] y) {
    for (int i = 0; i < m; i++) {
      int row = i * n;
      Arrays.fill(y, row, row + n, 0);
      for (int p = 0; p < k; p++) {
        addScaledRow(x[i * k + p], w, p * n, y, row, n);
      }
      if (bias != null) {
        for (int j = 0; j < n; j++) {
          y[row + j] += bias[j];
        }
      }
    }
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, double[] x, double[] dy, double[] dw, boolean add) {
    if (!add) {
      Arrays.fill(dw, 0, k * n, 0);
    }
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        addScaledRow(x[i * k + p], dy, i * n, dw, p * n, n);
      }
    }
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, double[] dy, double[] w, double[] dx) {
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        double sum = 0;
        for (int j = 0; j < n; j++) {
          sum = Math.fma(dy[i * n + j], w[p * n + j], sum);
        }
        dx[i * k + p] = sum;
      }
    }
  }

  /** to[j] += scale from[j] for a row of n. */
  private static void addScaledRow(double scale, double[] from, int f, double[] to, int t, int n) {
    for (int j = 0; j < n; j++) {
      to[t + j] = Math.fma(scale, from[f + j], to[t + j]);
    }
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
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < classes; j++) {
        max = Math.max(max, logits[row + j]);
      }
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += StrictMath.exp(logits[row + j] - max);
      }
      // -log softmax = log sum exp(z - max) - (z_label - max): no overflow, and no log of a rounded
      // 0.
      loss += StrictMath.log(sum) - (logits[row + labels[i]] - max);
      if (gradient != null) {
        for (int j = 0; j < classes; j++) {
          double softmax = StrictMath.exp(logits[row + j] - max) / sum;
          gradient[row + j] = scale * (j == labels[i] ? softmax - 1 : softmax);
        }
      }
    }
    return loss;
  }

  @Override
  public void sgd(double[] w, double[] g, double rate, double l2) {
    for (int i = 0; i < w.length; i++) {
      w[i] -= rate * (l2 == 0 ? g[i] : g[i] + l2 * w[i]);
    }
  }

  @Override
  public void sgdMomentum(
      double[] w, double[] g, double[] v, double rate, double l2, double momentum) {
    for (int i = 0; i < w.length; i++) {
      v[i] = momentum * v[i] + (l2 == 0 ? g[i] : g[i] + l2 * w[i]);
      w[i] -= rate * v[i];
    }
  }

  @Override
  public double sumOfSquares(double[] a) {
    double[] sums = zeroLanes();
    for (int i = 0; i < a.length; i++) {
      sums[i % LANES] = Math.fma(a[i], a[i], sums[i % LANES]);
    }
    return Reductions.halve(sums);
  }

  @Override
  public void centre(byte[] bytes, int from, int length, double[] mean, double[] y, int to) {
    for (int i = 0; i < length; i++) {
      y[to + i] = (bytes[from + i] & 0xff) - mean[i];
    }
  }
}

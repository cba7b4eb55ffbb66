package lamella.core.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The products of a dense layer in plain loops, in a form that C2 turns into vector code by itself.
 * An object is a job's description and its memory.
 *
 * <p>For that, every array of the innermost loop must have the same index: where offsets differ, C2
 * (JDK 25) cannot know that a store to one array leaves the other alone, and compiles scalar code,
 * five times slower. So each row of b is copied to an array of its own, and a row of c is summed in
 * one.
 */
final class ScalarDoubleProduct implements Team.Job {
  /** Multiply-adds below which a second thread costs more than it brings. */
  private static final long ALONE = 1 << 18;

  /** Parts for each thread, so that one that is held up does not hold up the others. */
  private static final int PARTS = 4;

  /** Fewest multiply-adds of a part: some 7 µs. */
  private static final int SMALLEST = 1 << 16;

  /** Rows of b that stay in a cache while all rows of a part run over them. */
  private static final int DEPTH = 64;

  private static final double[] EMPTY = {};

  private final Team.Scratch scratch = new Team.Scratch();
  private int m;
  private int k;
  private int n;
  private double[] a = EMPTY;
  private boolean aByColumns;
  private double @Nullable [] bias;
  private double[] c = EMPTY;
  private boolean add;
  private int partRows;
  private double[][] rows = {};

  /** y[m, n] = x[m, k] w[k, n] (+ bias[n]). */
  void multiply(
      Team team,
      int m,
      int k,
      int n,
      double[] x,
      double[] w,
      double @Nullable [] bias,
      double[] y) {
    this.bias = bias;
    run(team, m, k, n, x, false, w, false, y, false);
  }

  /** dw[k, n] (+)= x[m, k]ᵀ dy[m, n]. */
  void multiplyTransposedLeft(
      Team team, int m, int k, int n, double[] x, double[] dy, double[] dw, boolean add) {
    run(team, k, m, n, x, true, dy, false, dw, add);
  }

  /** dx[m, k] = dy[m, n] w[k, n]ᵀ. */
  void multiplyTransposedRight(
      Team team, int m, int k, int n, double[] dy, double[] w, double[] dx) {
    run(team, m, n, k, dy, false, w, true, dx, false);
  }

  private void run(
      Team team,
      int rows,
      int depth,
      int columns,
      double[] a,
      boolean aByColumns,
      double[] b,
      boolean bTransposed,
      double[] c,
      boolean add) {
    this.m = rows;
    this.k = depth;
    this.n = columns;
    this.a = a;
    this.aByColumns = aByColumns;
    this.c = c;
    this.add = add;
    copyRows(b, bTransposed);
    boolean together = (long) rows * depth * columns >= ALONE && team.acquire();
    try {
      int parts =
          together ? Math.min(rows, team.parts(PARTS, (long) rows * depth * columns, SMALLEST)) : 1;
      partRows = (rows + parts - 1) / parts;
      parts = (rows + partRows - 1) / partRows;
      if (together) {
        team.run(this, parts, scratch);
      } else {
        run(0, scratch);
      }
    } finally {
      if (together) {
        team.release();
      }
      this.a = EMPTY;
      this.c = EMPTY;
      this.bias = null;
    }
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    int from = part * partRows;
    int to = Math.min(m, from + partRows);
    double[] sum = threadScratch.doubles(n);
    // Element (i, p) of a lies at i rowStep + p depthStep.
    int rowStep = aByColumns ? 1 : k;
    int depthStep = aByColumns ? m : 1;
    for (int p0 = 0; p0 < k; p0 += DEPTH) {
      int p1 = Math.min(k, p0 + DEPTH);
      for (int i = from; i < to; i++) {
        if (add || p0 > 0) {
          System.arraycopy(c, i * n, sum, 0, n);
        } else {
          Arrays.fill(sum, 0, n, 0);
        }
        int p = p0;
        for (; p <= p1 - 8; p += 8) {
          addEight(i * rowStep + p * depthStep, depthStep, p, sum);
        }
        for (; p < p1; p++) {
          addOne(a[i * rowStep + p * depthStep], rows[p], sum, n);
        }
        System.arraycopy(sum, 0, c, i * n, n);
      }
    }
    if (bias != null) {
      for (int i = from; i < to; i++) {
        for (int j = 0; j < n; j++) {
          c[i * n + j] += bias[j];
        }
      }
    }
  }

  /**
   * sum[j] += a0 b0[j] + ... + a7 b7[j], one after the other: eight rows of b for one load and
   * store of sum.
   */
  private void addEight(int at, int step, int p, double[] sum) {
    double a0 = a[at];
    double a1 = a[at + step];
    double a2 = a[at + 2 * step];
    double a3 = a[at + 3 * step];
    double a4 = a[at + 4 * step];
    double a5 = a[at + 5 * step];
    double a6 = a[at + 6 * step];
    double a7 = a[at + 7 * step];
    double[] b0 = rows[p];
    double[] b1 = rows[p + 1];
    double[] b2 = rows[p + 2];
    double[] b3 = rows[p + 3];
    double[] b4 = rows[p + 4];
    double[] b5 = rows[p + 5];
    double[] b6 = rows[p + 6];
    double[] b7 = rows[p + 7];
    int columns = n;
    for (int j = 0; j < columns; j++) {
      double s = Math.fma(a0, b0[j], sum[j]);
      s = Math.fma(a1, b1[j], s);
      s = Math.fma(a2, b2[j], s);
      s = Math.fma(a3, b3[j], s);
      s = Math.fma(a4, b4[j], s);
      s = Math.fma(a5, b5[j], s);
      s = Math.fma(a6, b6[j], s);
      sum[j] = Math.fma(a7, b7[j], s);
    }
  }

  private static void addOne(double scale, double[] b, double[] sum, int n) {
    for (int j = 0; j < n; j++) {
      sum[j] = Math.fma(scale, b[j], sum[j]);
    }
  }

  /** Copies b[k, n], or the transpose of b[n, k], to an array a row. */
  private void copyRows(double[] b, boolean transposed) {
    if (rows.length < k) {
      rows = Arrays.copyOf(rows, k);
    }
    for (int p = 0; p < k; p++) {
      if (rows[p] == null || rows[p].length < n) {
        rows[p] = new double[n];
      }
      if (transposed) {
        for (int j = 0; j < n; j++) {
          rows[p][j] = b[j * k + p];
        }
      } else {
        System.arraycopy(b, p * n, rows[p], 0, n);
      }
    }
  }
}

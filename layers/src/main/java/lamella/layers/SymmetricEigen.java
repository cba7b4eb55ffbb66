package lamella.layers;

import java.util.Arrays;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix in float64: Householder's reduction to
 * three diagonals, then QL steps with implicit shifts.
 *
 * <p>Loops run along rows, which the JVM makes vectors of, and no sum's order depends on them: the
 * same bits on every machine. 320 rows take 0.1 s, 1,000 rows 2 s.
 *
 * <p>Source: J. H. Wilkinson, C. Reinsch, "Handbook for automatic computation II: linear algebra"
 * (1971), tred2 and tql2.
 */
final class SymmetricEigen {
  /** QL steps for one eigenvalue; two or three are usual. */
  private static final int MOST_STEPS = 100;

  private static final double ROUNDING = Math.ulp(1.0);

  private final int n;
  private final double[] diagonal;

  /** Entry i stands beside the diagonal's i and i + 1. */
  private final double[] beside;

  /** Row i becomes the eigenvector of the diagonal's i. */
  private double[][] rows;

  private SymmetricEigen(double[][] matrix) {
    this.n = matrix.length;
    this.diagonal = new double[n];
    this.beside = new double[n];
    this.rows = matrix;
  }

  /**
   * The eigenvalues and eigenvectors.
   *
   * @param matrix finite numbers, the same in both halves; overwritten
   */
  static SymmetricEigen of(double[][] matrix) {
    SymmetricEigen eigen = new SymmetricEigen(matrix);
    eigen.reduce();
    eigen.iterate();
    eigen.sort();
    return eigen;
  }

  /** The eigenvalues from the largest down. */
  double[] values() {
    return diagonal;
  }

  /** Row i is the eigenvector of value i, of length 1. */
  double[][] vectors() {
    return rows;
  }

  private void sort() {
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    double[] values = diagonal.clone();
    Arrays.sort(order, (i, j) -> Double.compare(values[j], values[i]));
    double[][] vectors = rows.clone();
    for (int i = 0; i < n; i++) {
      diagonal[i] = values[order[i]];
      rows[i] = vectors[order[i]];
    }
  }

  // A = Z T Zᵀ, Z a product of reflections 1 - u uᵀ / h, one for each row.

  private void reduce() {
    double[] h = new double[n];
    double[] p = new double[n];
    for (int k = 0; k < n; k++) {
      double[] u = rows[k]; // from k + 1 on
      diagonal[k] = u[k];
      if (k == n - 1) {
        break;
      }
      h[k] = reflection(u, k);
      if (h[k] != 0) {
        reflect(u, k + 1, h[k], p);
      }
    }
    rows = transposedReflections(h);
  }

  /** Makes u of a row's numbers after the diagonal; returns uᵀu / 2, or 0 where none is needed. */
  private double reflection(double[] u, int k) {
    double largest = 0;
    for (int i = k + 2; i < n; i++) {
      largest = Math.max(largest, Math.abs(u[i]));
    }
    double first = u[k + 1];
    beside[k] = first;
    if (largest == 0) {
      return 0;
    }
    // Scaled, so that squares neither vanish nor overflow; u's length does not matter.
    double scale = 1 / Math.max(largest, Math.abs(first));
    if (scale == Double.POSITIVE_INFINITY) {
      return 0;
    }
    double squares = 0;
    for (int i = k + 1; i < n; i++) {
      u[i] *= scale;
      squares += u[i] * u[i];
    }
    double norm = u[k + 1] > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    beside[k] = norm / scale;
    double half = squares - u[k + 1] * norm;
    u[k + 1] -= norm;
    return half;
  }

  /** A = H A H for the rows and columns from a first one on. */
  private void reflect(double[] u, int from, double h, double[] p) {
    Arrays.fill(p, from, n, 0);
    for (int i = from; i < n; i++) {
      add(u[i] / h, rows[i], p, from);
    }
    double product = 0;
    for (int i = from; i < n; i++) {
      product += u[i] * p[i];
    }
    add(-product / (2 * h), u, p, from);
    for (int i = from; i < n; i++) {
      double[] row = rows[i];
      double ui = u[i];
      double pi = p[i];
      for (int j = from; j < n; j++) {
        row[j] -= ui * p[j] + pi * u[j];
      }
    }
  }

  /** b += factor a, from an index on. */
  private static void add(double factor, double[] a, double[] b, int from) {
    for (int j = from; j < b.length; j++) {
      b[j] += factor * a[j];
    }
  }

  /** Zᵀ. */
  private double[][] transposedReflections(double[] h) {
    double[][] z = new double[n][n];
    double[] w = new double[n];
    for (int k = n - 1; k >= 0; k--) {
      z[k][k] = 1;
      if (h[k] == 0) {
        continue;
      }
      double[] u = rows[k];
      int from = k + 1;
      Arrays.fill(w, from, n, 0);
      for (int i = from; i < n; i++) {
        add(u[i] / h[k], z[i], w, from);
      }
      for (int i = from; i < n; i++) {
        add(-u[i], w, z[i], from);
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double swapped = z[i][j];
        z[i][j] = z[j][i];
        z[j][i] = swapped;
      }
    }
    return z;
  }

  /** QL steps until nothing is left beside the diagonal. */
  private void iterate() {
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.abs(diagonal[i]) + Math.abs(beside[i]));
    }
    double nothing = largest * ROUNDING * ROUNDING;
    for (int first = 0; first < n; first++) {
      int steps = 0;
      for (int last = end(first, nothing); last > first; last = end(first, nothing)) {
        if (++steps > MOST_STEPS) {
          throw new IllegalStateException(
              "SymmetricEigen: no eigenvalue after " + MOST_STEPS + " steps");
        }
        step(first, last);
      }
    }
  }

  /** The end of the block that begins here: what stands beside its last is rounding. */
  private int end(int first, double nothing) {
    int last = first;
    while (last < n - 1) {
      double both = Math.abs(diagonal[last]) + Math.abs(diagonal[last + 1]);
      if (Math.abs(beside[last]) <= ROUNDING * both + nothing) {
        return last;
      }
      last++;
    }
    return last;
  }

  private void step(int first, int last) {
    double g = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
    double r = StrictMath.hypot(g, 1);
    g = diagonal[last] - diagonal[first] + beside[first] / (g + (g < 0 ? -r : r));
    double s = 1;
    double c = 1;
    double p = 0;
    for (int i = last - 1; i >= first; i--) {
      double f = s * beside[i];
      double b = c * beside[i];
      r = StrictMath.hypot(f, g);
      beside[i + 1] = r;
      if (r == 0) { // the block falls apart here
        diagonal[i + 1] -= p;
        beside[last] = 0;
        return;
      }
      s = f / r;
      c = g / r;
      g = diagonal[i + 1] - p;
      r = (diagonal[i] - g) * s + 2 * c * b;
      p = s * r;
      diagonal[i + 1] = g + p;
      g = c * r - b;
      rotate(rows[i], rows[i + 1], c, s);
    }
    diagonal[first] -= p;
    beside[first] = g;
    beside[last] = 0;
  }

  private static void rotate(double[] a, double[] b, double c, double s) {
    for (int k = 0; k < a.length; k++) {
      double ak = a[k];
      double bk = b[k];
      b[k] = s * ak + c * bk;
      a[k] = c * ak - s * bk;
    }
  }
}

package lamella.core.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sum of the rows of a matrix, or of the products of two, element by element: each column from
 * the first row to the last, the columns divided over the team where there is much to add.
 */
class ColumnSums implements Team.Job {
  /** Columns that a part's are a multiple of: no two threads write to one cache line. */
  private static final int UNIT = 16;

  private static final float[] NO_FLOATS = {};
  private static final double[] NO_DOUBLES = {};

  private final Team.Scratch scratch = new Team.Scratch();
  private float[] floats = NO_FLOATS;
  private float @Nullable [] floatFactors;
  private float[] floatSums = NO_FLOATS;
  private double[] doubles = NO_DOUBLES;
  private double @Nullable [] doubleFactors;
  private double[] doubleSums = NO_DOUBLES;
  private int rows;
  private int columns;
  private int partLength;

  /** sums[n] = Σ a[i, n] b[i, n], by fma; or Σ a[i, n] where there is no b. */
  void run(Team team, int m, int n, float[] a, float @Nullable [] b, float[] sums, boolean add) {
    if (!add) {
      Arrays.fill(sums, 0, n, 0);
    }
    floats = a;
    floatFactors = b;
    floatSums = sums;
    run(team, m, n);
  }

  /** The same of float64. */
  void run(Team team, int m, int n, double[] a, double @Nullable [] b, double[] sums, boolean add) {
    if (!add) {
      Arrays.fill(sums, 0, n, 0);
    }
    doubles = a;
    doubleFactors = b;
    doubleSums = sums;
    run(team, m, n);
  }

  private void run(Team team, int m, int n) {
    rows = m;
    columns = n;
    partLength = n;
    boolean together = (long) m * n >= LoopJob.ALONE && team.acquire();
    try {
      if (together) {
        int parts = team.parts(LoopJob.PARTS, (long) m * n, LoopJob.SMALLEST);
        partLength = Math.max(1, (n / UNIT + parts - 1) / parts) * UNIT;
        team.run(this, (n + partLength - 1) / partLength, scratch);
      } else {
        run(0, scratch);
      }
    } finally {
      if (together) {
        team.release();
      }
      floats = NO_FLOATS;
      floatFactors = null;
      floatSums = NO_FLOATS;
      doubles = NO_DOUBLES;
      doubleFactors = null;
      doubleSums = NO_DOUBLES;
    }
  }

  @Override
  public final void run(int part, Team.Scratch threadScratch) {
    int from = part * partLength;
    int to = Math.min(columns, from + partLength);
    if (floatSums.length > 0) {
      addFloats(rows, columns, floats, floatFactors, floatSums, from, to);
    } else {
      addDoubles(from, to);
    }
  }

  /** Adds rows of so many columns, of which those in [from, to) are this part's, of a or of a b. */
  void addFloats(int m, int n, float[] a, float @Nullable [] b, float[] sums, int from, int to) {
    for (int row = 0; row < m; row++) {
      if (b == null) {
        add(a, row * n, sums, from, to);
      } else {
        add(a, b, row * n, sums, from, to);
      }
    }
  }

  private void addDoubles(int from, int to) {
    double[] b = doubleFactors;
    for (int row = 0; row < rows; row++) {
      if (b == null) {
        add(doubles, row * columns, doubleSums, from, to);
      } else {
        add(doubles, b, row * columns, doubleSums, from, to);
      }
    }
  }

  private static void add(float[] a, int start, float[] sums, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] += a[start + j];
    }
  }

  private static void add(float[] a, float[] b, int start, float[] sums, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] = Math.fma(a[start + j], b[start + j], sums[j]);
    }
  }

  private static void add(double[] a, int start, double[] sums, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] += a[start + j];
    }
  }

  private static void add(double[] a, double[] b, int start, double[] sums, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] = Math.fma(a[start + j], b[start + j], sums[j]);
    }
  }
}

package lamella.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * One product c[m, n] (+)= a[m, k] b[k, n] on register tiles, after K. Goto and R. van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008), without the packing of a.
 *
 * <p>b is copied into panels as wide as a tile, unless it is one already; a is read where it lies. The rows of c are divided into
 * parts, and the parts over the team; each part goes through the panels and, within one, through blocks of {@link #DEPTH} of the
 * inner dimension, whose piece of the panel stays in the first-level cache while all tiles of the part run over it. A tile that
 * continues an earlier block loads c and goes on: the chain of multiply-adds is the same as without blocks.
 *
 * <p>An object is a job's description and its memory; {@link VectorKernels} keeps a few to use again.
 */
final class MatrixProduct implements Team.Job {
  private static final int L = Tiles.L;
  private static final float[] EMPTY = {};

  /** Columns of a panel. */
  private static final int WIDTH = VectorSupport.WIDE_TILES ? Tiles.WIDE : Tiles.NARROW;

  /** Rows of a panel's piece that stays in the first-level cache: 128 x 64 floats are 32 of its 48 KiB. */
  private static final int DEPTH = Integer.getInteger("lamella.depth", 128);

  /** Multiply-adds below which a second thread costs more than it brings. */
  private static final long ALONE = 1 << 19;

  /** Floats of a that a part goes over once per panel: 1 MiB, half of a second-level cache. */
  private static final int PART_SIZE = 1 << 18;

  final Team.Scratch scratch = new Team.Scratch();

  private int m;
  private int k;
  private int n;
  private float[] a = EMPTY;
  private boolean aByColumns;
  private int lda;
  private float[] b = EMPTY;
  private boolean bTransposed;
  private float @Nullable [] bias;
  private float[] c = EMPTY;
  private boolean add;

  private float[] panels = EMPTY;
  private float[] ownPanels = EMPTY;
  private float[] paddedA = EMPTY;
  private boolean packing;
  private int partRows;
  private int partDepth;

  /** y[m, n] = x[m, k] w[k, n] (+ bias[n]). */
  void multiply(
      Team team, int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    if (m < Tiles.ROWS) {
      multiplyRows(m, k, n, x, w, bias, y);
      return;
    }
    set(m, k, n, w, y);
    a = x;
    aByColumns = false;
    lda = k;
    this.bias = bias;
    run(team);
  }

  /** dw[k, n] (+)= x[m, k]ᵀ dy[m, n]. */
  void multiplyTransposedLeft(
      Team team, int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    set(k, m, n, dy, dw);
    a = x;
    aByColumns = true;
    lda = k;
    this.add = add;
    run(team);
  }

  /** dx[m, k] = dy[m, n] w[k, n]ᵀ. */
  void multiplyTransposedRight(Team team, int m, int k, int n, float[] dy, float[] w, float[] dx) {
    set(m, n, k, w, dx);
    a = dy;
    aByColumns = false;
    lda = n;
    bTransposed = true;
    run(team);
  }

  private void set(int m, int k, int n, float[] b, float[] c) {
    this.m = m;
    this.k = k;
    this.n = n;
    this.b = b;
    this.c = c;
    bTransposed = false;
    bias = null;
    add = false;
  }

  private void run(Team team) {
    boolean together = (long) m * k * n >= ALONE && team.acquire();
    try {
      prepareA();
      int threads = together ? team.threads() : 1;
      preparePanels(together ? team : null);
      int tiles = (m + Tiles.ROWS - 1) / Tiles.ROWS;
      int parts = Math.max(1, (int) Math.min(tiles, (long) m * k / PART_SIZE));
      if (threads > 1) {
        parts = Math.min(tiles, (parts + 4 * threads - 1) / (4 * threads) * 4 * threads);
      }
      partRows = (tiles + parts - 1) / parts * Tiles.ROWS;
      runParts(together ? team : null, (m + partRows - 1) / partRows);
    } finally {
      if (together) {
        team.release();
      }
      // Nothing of the caller's is kept alive from here.
      a = EMPTY;
      b = EMPTY;
      c = EMPTY;
      panels = EMPTY;
      bias = null;
    }
  }

  private void runParts(@Nullable Team team, int parts) {
    if (team != null) {
      team.run(this, parts, scratch);
    } else {
      for (int part = 0; part < parts; part++) {
        run(part, scratch);
      }
    }
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    if (packing) {
      pack(part);
    } else {
      int from = part * partRows;
      multiplyPart(from, Math.min(m, from + partRows), threadScratch.floats(Tiles.ROWS * Tiles.WIDE));
    }
  }

  /** Fewer rows than a tile has: a goes into a tile's height of columns, the rest 0, so that no tile reads outside. */
  private void prepareA() {
    if (m >= Tiles.ROWS) {
      return;
    }
    if (paddedA.length < k * Tiles.ROWS) {
      paddedA = new float[k * Tiles.ROWS];
    }
    for (int p = 0; p < k; p++) {
      for (int r = 0; r < Tiles.ROWS; r++) {
        paddedA[p * Tiles.ROWS + r] = r >= m ? 0 : aByColumns ? a[p * lda + r] : a[r * lda + p];
      }
    }
    a = paddedA;
    aByColumns = true;
    lda = Tiles.ROWS;
  }

  private void preparePanels(@Nullable Team team) {
    if (n == WIDTH && !bTransposed) {
      panels = b;
      return;
    }
    int needed = Math.multiplyExact(k, panelStart(n));
    if (ownPanels.length < needed) {
      ownPanels = new float[needed];
    }
    panels = ownPanels;
    int count = (n + WIDTH - 1) / WIDTH;
    // About 16 Ki floats to a piece.
    int pieces = Math.max(1, Math.min(k, (k * WIDTH) >> 14));
    partDepth = (k + pieces - 1) / pieces;
    packing = true;
    runParts(team, count * ((k + partDepth - 1) / partDepth));
    packing = false;
  }

  /** Where the panel with column j begins, divided by k; for j = n where the last one ends. */
  private int panelStart(int j) {
    if (j < n) {
      return j;
    }
    int last = (n - 1) / WIDTH * WIDTH;
    return last + width(last);
  }

  /** Columns of the panel that begins with column j: the last may be a narrow one. */
  private int width(int j) {
    return n - j <= Tiles.NARROW ? Tiles.NARROW : WIDTH;
  }

  private void pack(int part) {
    int pieces = (k + partDepth - 1) / partDepth;
    int j = part / pieces * WIDTH;
    int from = part % pieces * partDepth;
    int to = Math.min(k, from + partDepth);
    int width = width(j);
    int columns = Math.min(width, n - j);
    int target = k * j;
    if (bTransposed) {
      packTransposed(j, columns, from, to, target, width);
    } else {
      for (int p = from; p < to; p++) {
        System.arraycopy(b, p * n + j, panels, target + p * width, columns);
        Arrays.fill(panels, target + p * width + columns, target + (p + 1) * width, 0);
      }
    }
  }

  /** Side of the square blocks in which a transposed b is copied: a block's lines stay in the first-level cache. */
  private static final int BLOCK = 16;

  private void packTransposed(int j, int columns, int from, int to, int target, int width) {
    for (int p0 = from; p0 < to; p0 += BLOCK) {
      int p1 = Math.min(to, p0 + BLOCK);
      for (int q = 0; q < width; q++) {
        if (q < columns) {
          int source = (j + q) * k;
          for (int p = p0; p < p1; p++) {
            panels[target + p * width + q] = b[source + p];
          }
        } else {
          for (int p = p0; p < p1; p++) {
            panels[target + p * width + q] = 0;
          }
        }
      }
    }
  }

  private void multiplyPart(int fromRow, int toRow, float[] edge) {
    for (int j = 0; j < n; j += WIDTH) {
      int width = width(j);
      int columns = Math.min(width, n - j);
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        int panel = k * j + p * width;
        boolean onto = add || p > 0;
        for (int i = fromRow; i < toRow; i += Tiles.ROWS) {
          int rows = Math.min(Tiles.ROWS, toRow - i);
          if (rows == Tiles.ROWS && columns == width) {
            tile(i, p, depth, panel, width, c, i * n + j, n, onto);
          } else {
            edgeTile(i, rows, j, columns, p, depth, panel, width, edge, onto);
          }
        }
      }
    }
    if (bias != null) {
      for (int i = fromRow; i < toRow; i++) {
        addBias(bias, c, i * n, n);
      }
    }
  }

  /** A tile of which only some rows and columns count: computed beside c, as a whole. */
  private void edgeTile(
      int i, int rows, int j, int columns, int p, int depth, int panel, int width, float[] edge, boolean onto) {
    // Upwards, so that six rows of a exist; those above are computed twice and thrown away.
    int first = m < Tiles.ROWS ? 0 : Math.min(i, m - Tiles.ROWS);
    int skipped = i - first;
    if (onto) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(c, (i + r) * n + j, edge, (skipped + r) * width, columns);
      }
    }
    tile(first, p, depth, panel, width, edge, 0, width, onto);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(edge, (skipped + r) * width, c, (i + r) * n + j, columns);
    }
  }

  private void tile(
      int i, int p, int depth, int panel, int width, float[] to, int offset, int ldc, boolean onto) {
    if (aByColumns) {
      int start = p * lda + i;
      if (width == Tiles.WIDE) {
        Tiles.columns6x4(depth, a, start, lda, panels, panel, to, offset, ldc, onto);
      } else {
        Tiles.columns6x2(depth, a, start, lda, panels, panel, to, offset, ldc, onto);
      }
    } else {
      int start = i * lda + p;
      if (width == Tiles.WIDE) {
        Tiles.rows6x4(depth, a, start, lda, panels, panel, to, offset, ldc, onto);
      } else {
        Tiles.rows6x2(depth, a, start, lda, panels, panel, to, offset, ldc, onto);
      }
    }
  }

  /** Fewer rows than a tile: row by row on w as it lies, for a copy of w would cost more than the product. */
  private static void multiplyRows(
      int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    int whole = n / Tiles.WIDE * Tiles.WIDE;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < whole; j += Tiles.WIDE) {
        Tiles.row1x4(k, x, i * k, w, j, n, y, i * n + j, false);
      }
      if (whole < n) {
        ScalarFloatProduct.multiplyRow(k, x, i * k, w, n, whole, y, i * n);
      }
      if (bias != null) {
        addBias(bias, y, i * n, n);
      }
    }
  }

  private static void addBias(float[] bias, float[] y, int row, int n) {
    int j = 0;
    for (; j <= n - L; j += L) {
      FloatVector.fromArray(Tiles.S, y, row + j)
          .add(FloatVector.fromArray(Tiles.S, bias, j))
          .intoArray(y, row + j);
    }
    for (; j < n; j++) {
      y[row + j] += bias[j];
    }
  }
}

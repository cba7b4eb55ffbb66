package lamella.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * One product c[m, n] (+)= a[m, k] b[k, n] on register tiles, after K. Goto and R. van de Geijn,
 * "Anatomy of high-performance matrix multiplication" (2008).
 *
 * <p>c is divided into parts, some rows of some panels (as many columns as a tile is wide), and the
 * parts over the team. A part goes through the inner dimension in blocks of up to {@link #DEPTH},
 * and within a block from panel to panel: the block of a, all rows of the part, stays in the
 * second-level cache, and the panel's piece of b, copied to the thread's own memory in the order in
 * which tiles read it, in the first-level cache while the tiles of all rows run over it.
 *
 * <p>Where b is exactly one panel wide it is not copied. A block of a is copied, as it lies, only
 * where its rows, far apart in memory, are gone over several times: they often fall into one set of
 * a cache.
 *
 * <p>A tile that continues an earlier block loads c and goes on: the chain of multiply-adds is the
 * same as without blocks.
 *
 * <p>An object is a job's description and its memory; {@link VectorKernels} keeps a few to use
 * again.
 */
final class MatrixProduct implements Team.Job {
  private static final int L = Tiles.L;
  private static final float[] EMPTY = {};

  /** Columns of a panel. */
  private static final int WIDTH = VectorSupport.WIDE_TILES ? Tiles.WIDE : Tiles.NARROW;

  /**
   * Most inner indices of a block: 112 x 64 floats of b are 28 KiB of the 48 of the first-level
   * cache. With b's piece there (measured at 128) a tile ran at 0.95 of the multiply-add units'
   * limit, with it in the second-level cache (256) at 0.84.
   */
  private static final int DEPTH = 112;

  /** Most rows of a part: 1026 x 112 floats of a are a quarter of a second-level cache. */
  private static final int MOST_ROWS = 1026;

  /** Parts for each thread, so that one that is held up does not hold up the others. */
  private static final int PARTS = 2;

  /** Panels from which on it pays to copy a piece of a by rows, which is read once for each. */
  private static final int COPIED_FROM = 4;

  /** Between the rows of a copied piece of a, so that they do not fall into one set of a cache. */
  private static final int GAP = 16;

  /**
   * Multiply-adds below which a second thread costs more than it brings: some 10 µs of one core.
   */
  private static final long ALONE = 1 << 19;

  private final Team.Scratch scratch = new Team.Scratch();

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

  private int partRows;
  private int rowParts;
  private int partColumns;
  private boolean aCopied;
  private float[] paddedA = EMPTY;

  /** Where the first elements of L neighbouring rows of a transposed b lie. */
  private final int[] rowOffsets = new int[L];

  /** y[m, n] = x[m, k] w[k, n] (+ bias[n]). */
  void multiply(
      Team team, int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    if (m < Tiles.ROWS) {
      multiplyRows(m, k, n, x, w, bias, y);
      return;
    }
    set(m, k, n, x, w, y);
    this.bias = bias;
    run(team);
  }

  /** dw[k, n] (+)= x[m, k]ᵀ dy[m, n]. */
  void multiplyTransposedLeft(
      Team team, int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    set(k, m, n, x, dy, dw);
    aByColumns = true;
    lda = k;
    this.add = add;
    run(team);
  }

  /** dx[m, k] = dy[m, n] w[k, n]ᵀ. */
  void multiplyTransposedRight(Team team, int m, int k, int n, float[] dy, float[] w, float[] dx) {
    set(m, n, k, dy, w, dx);
    bTransposed = true;
    for (int row = 0; row < L; row++) {
      rowOffsets[row] = row * n;
    }
    run(team);
  }

  private void set(int rows, int depth, int columns, float[] a, float[] b, float[] c) {
    m = rows;
    k = depth;
    n = columns;
    this.a = a;
    aByColumns = false;
    lda = depth;
    this.b = b;
    bTransposed = false;
    bias = null;
    this.c = c;
    add = false;
  }

  private void run(Team team) {
    padFewRows();
    boolean together = (long) m * k * n >= ALONE && team.acquire();
    try {
      divide(together ? team.threads() : 1);
      int parts = rowParts * ((n + partColumns - 1) / partColumns);
      if (together) {
        team.run(this, parts, scratch);
      } else {
        for (int part = 0; part < parts; part++) {
          run(part, scratch);
        }
      }
    } finally {
      if (together) {
        team.release();
      }
      // Nothing of the caller's is kept alive from here.
      a = EMPTY;
      b = EMPTY;
      c = EMPTY;
      bias = null;
    }
  }

  /**
   * Some parts for each thread: by columns where there are panels enough, for then each panel of b
   * is copied once, or, where it is a that is copied, by rows; and so that no part has too many
   * rows.
   */
  private void divide(int threads) {
    int panels = (n + WIDTH - 1) / WIDTH;
    int tiles = (m + Tiles.ROWS - 1) / Tiles.ROWS;
    int wanted = threads == 1 ? 1 : PARTS * threads;
    aCopied = (aByColumns || panels >= COPIED_FROM) && !bTransposed && m >= Tiles.ROWS;
    int panelsOfPart = aCopied ? panels : Math.max(1, panels / wanted);
    partColumns = panelsOfPart * WIDTH;
    int columnParts = (panels + panelsOfPart - 1) / panelsOfPart;
    rowParts = Math.max((wanted + columnParts - 1) / columnParts, (m + MOST_ROWS - 1) / MOST_ROWS);
    if (rowParts > wanted) {
      rowParts = (rowParts + wanted - 1) / wanted * wanted;
    }
    partRows = (tiles + rowParts - 1) / rowParts * Tiles.ROWS;
    rowParts = (m + partRows - 1) / partRows;
  }

  /**
   * Fewer rows than a tile has: a goes into a tile's height of columns, the rest 0, so that no tile
   * reads outside.
   */
  private void padFewRows() {
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

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    int fromRow = part % rowParts * partRows;
    int toRow = Math.min(m, fromRow + partRows);
    int fromColumn = part / rowParts * partColumns;
    int toColumn = Math.min(n, fromColumn + partColumns);
    int piece = (DEPTH + Tiles.ROWS) * WIDTH;
    // A piece of a by columns is depth rows of the part's, by rows the part's rows of depth; six
    // rows at least, for edge tiles.
    int first = Math.max(0, Math.min(fromRow, m - Tiles.ROWS));
    int stride = (aByColumns ? toRow - first : DEPTH) + GAP;
    int size = aCopied ? stride * (aByColumns ? DEPTH : toRow - first) : 0;
    float[] memory = threadScratch.floats(piece + size);
    boolean bCopied = n != WIDTH || bTransposed;
    int blocks = (k + DEPTH - 1) / DEPTH;
    int blockDepth = (k + blocks - 1) / blocks;
    for (int p = 0; p < k; p += blockDepth) {
      int depth = Math.min(blockDepth, k - p);
      boolean onto = add || p > 0;
      if (aCopied) {
        copyA(first, toRow, p, depth, memory, piece, stride);
      }
      float[] from = aCopied ? memory : a;
      int ld = aCopied ? stride : lda;
      for (int j = fromColumn; j < toColumn; j += WIDTH) {
        int columns = Math.min(WIDTH, n - j);
        int width = columns <= Tiles.NARROW ? Tiles.NARROW : WIDTH;
        if (bCopied) {
          copyPanel(p, depth, j, columns, width, memory);
        }
        float[] panel = bCopied ? memory : b;
        int start = bCopied ? 0 : p * WIDTH;
        for (int i = fromRow; i < toRow; i += Tiles.ROWS) {
          int rows = Math.min(Tiles.ROWS, toRow - i);
          // At the end upwards, so that six rows of a exist; those above are computed twice and
          // thrown away.
          int top = m < Tiles.ROWS ? 0 : Math.min(i, m - Tiles.ROWS);
          int at;
          if (aCopied) {
            at = piece + (aByColumns ? top - first : (top - first) * stride);
          } else {
            at = aByColumns ? p * lda + top : top * lda + p;
          }
          if (rows == Tiles.ROWS && columns == width) {
            tile(from, at, ld, depth, panel, start, width, c, i * n + j, n, onto);
          } else {
            int skipped = beside(width) + (i - top) * width;
            if (onto) {
              copyRows(rows, columns, c, i * n + j, n, memory, skipped, width);
            }
            tile(from, at, ld, depth, panel, start, width, memory, beside(width), width, onto);
            copyRows(rows, columns, memory, skipped, width, c, i * n + j, n);
          }
        }
      }
    }
    if (bias != null) {
      for (int i = fromRow; i < toRow; i++) {
        addBias(bias, c, i * n, fromColumn, toColumn);
      }
    }
  }

  /**
   * Where an edge tile, of which only some rows and columns count, is computed as a whole: behind
   * the panel.
   */
  private static int beside(int width) {
    return DEPTH * width;
  }

  private static void copyRows(
      int rows, int columns, float[] from, int f, int fromStride, float[] to, int t, int toStride) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from, f + r * fromStride, to, t + r * toStride, columns);
    }
  }

  private void copyA(int fromRow, int toRow, int p, int depth, float[] to, int start, int stride) {
    if (aByColumns) {
      copyRows(depth, toRow - fromRow, a, p * lda + fromRow, lda, to, start, stride);
    } else {
      copyRows(toRow - fromRow, depth, a, fromRow * lda + p, lda, to, start, stride);
    }
  }

  /**
   * The piece [p, p + depth) x [j, j + columns) of b, by rows of the panel's width, what is missing
   * 0.
   *
   * <p>A transposed b is gathered L rows at a time, 0.35 ns an element where a plain loop takes 0.8
   * to 1.2 (AVX-512).
   */
  private void copyPanel(int p, int depth, int j, int columns, int width, float[] panel) {
    if (columns < width) {
      Arrays.fill(panel, 0, depth * width, 0);
    }
    if (!bTransposed) {
      copyRows(depth, columns, b, p * n + j, n, panel, 0, width);
      return;
    }
    int gathered = VectorSupport.GATHERS ? columns / L * L : 0;
    for (int column = 0; column < gathered; column += L) {
      int source = (j + column) * k + p;
      for (int q = 0; q < depth; q++) {
        FloatVector.fromArray(Tiles.S, b, source + q, rowOffsets, 0)
            .intoArray(panel, q * width + column);
      }
    }
    for (int column = gathered; column < columns; column++) {
      int source = (j + column) * k + p;
      for (int q = 0; q < depth; q++) {
        panel[q * width + column] = b[source + q];
      }
    }
  }

  private void tile(
      float[] from,
      int at,
      int ld,
      int depth,
      float[] panel,
      int start,
      int width,
      float[] to,
      int offset,
      int ldc,
      boolean onto) {
    if (aByColumns) {
      if (width == Tiles.WIDE) {
        Tiles.columns6x4(depth, from, at, ld, panel, start, to, offset, ldc, onto);
      } else {
        Tiles.columns6x2(depth, from, at, ld, panel, start, to, offset, ldc, onto);
      }
    } else if (width == Tiles.WIDE) {
      Tiles.rows6x4(depth, from, at, ld, panel, start, to, offset, ldc, onto);
    } else {
      Tiles.rows6x2(depth, from, at, ld, panel, start, to, offset, ldc, onto);
    }
  }

  /**
   * Fewer rows than a tile: row by row on w as it lies, for a copy of w would cost more than the
   * product.
   */
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
        addBias(bias, y, i * n, 0, n);
      }
    }
  }

  /** y[row + j] += bias[j] for j in [from, to). */
  private static void addBias(float[] bias, float[] y, int row, int from, int to) {
    int j = from;
    for (; j <= to - L; j += L) {
      FloatVector.fromArray(Tiles.S, y, row + j)
          .add(FloatVector.fromArray(Tiles.S, bias, j))
          .intoArray(y, row + j);
    }
    for (; j < to; j++) {
      y[row + j] += bias[j];
    }
  }
}

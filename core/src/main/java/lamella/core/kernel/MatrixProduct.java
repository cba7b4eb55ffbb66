package lamella.core.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * One product c[m, n] (+)= a[m, k] b[k, n] on register tiles, after K. Goto and R. van de Geijn,
 * "Anatomy of high-performance matrix multiplication" (2008).
 *
 * <p>b is taken in blocks of up to {@link #DEPTH} rows, and a block in panels as wide as a tile. A
 * part of the work is some rows of c and some panels: for six rows after the other it computes the
 * tiles of all its panels, each over the whole depth of the block. Those rows of a stay in the
 * first-level cache while the panels come from the second.
 *
 * <p>Each thread copies the panels of its parts for itself, in the order in which tiles read them.
 * What it copies is in its own cache at once, and nobody waits for anybody's copy: products of 200
 * x 3072 x 64 take 0.85 of the time that they took when two threads first shared the copying. Where
 * a and b both lie by rows the first tile of a panel copies it on the way, behind its multiplying.
 *
 * <p>The panels lie outside of the Java heap, in memory aligned to cache lines, which no Java array
 * promises to be. That alone is a third of the speed: a tile reads its panel from the second-level
 * cache at 0.95 of the multiply-add units' limit where the panel is aligned, and at 0.73 to 0.83
 * where every vector straddles two lines (measured, AVX-512, depths 112 to 3072).
 *
 * <p>a is read where it lies if it is by rows, and copied, some columns at a time, if it is by
 * columns: its lines, far apart in memory, are gone over several times and often fall into one set
 * of a cache. An a that is made of bytes is always copied, six rows at a time if it is by rows, and
 * becomes floats on the way.
 *
 * <p>Few rows of a are multiplied with b where it lies, for a copy costs more than it brings.
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
   * Most rows of a block of b: a panel of 256 KiB. Blocks of 384 and 512 rows take 1.0 to 1.2 of
   * the time in whole products, those of 3072 as much, with 2 MiB of second-level cache.
   */
  static final int DEPTH = 1024;

  /**
   * Rows of c below which b is not worth a copy: with 8 rows products of 3072 x 64 take 0.65 to 0.9
   * of the time where b lies, with 12 rows those of 1024 x 1024 and 1024 x 256 0.8 to 0.9; with 16
   * it is 0.9 to 1.1, with 32 and 1024 x 1024 1.2.
   */
  private static final int FEW_ROWS = 3 * Tiles.ROWS;

  /**
   * Rows of a block of b where it lies. They are so far apart that 512 of 1024 columns fall into
   * too few sets of a second-level cache to stay there for the next tile.
   */
  private static final int FEW_ROWS_DEPTH = 256;

  /** Most elements of a copied piece of a: a quarter of a second-level cache of 1 MiB. */
  private static final int PIECE = 1 << 16;

  /** Most rows of a copied piece of a, tiles of which fit between its columns. */
  private static final int PIECE_ROWS = Tiles.PIECE_STRIDE / Tiles.ROWS * Tiles.ROWS;

  /** Between converted rows of a, so that they do not fall into one set of a cache. */
  private static final int GAP = 16;

  /**
   * Multiply-adds below which a second thread costs more than it brings: some 10 µs of one core.
   */
  private static final long ALONE = 1 << 19;

  /**
   * Elements of a thread's memory in which an edge tile, of which only some rows and columns count,
   * is computed as a whole.
   */
  private static final int EDGE = Tiles.ROWS * WIDTH;

  // Kinds of vector code, one bit each: the tiles of these names, and the loops beside them.

  private static final int ROWS_6X4 = 1;
  private static final int ROWS_6X2 = 1 << 1;
  private static final int COLUMNS_6X4 = 1 << 2;
  private static final int COLUMNS_6X2 = 1 << 3;
  private static final int DIRECT_6X4 = 1 << 4;
  private static final int COPYING_6X4 = 1 << 5;
  private static final int ROW_1X4 = 1 << 6;
  private static final int COPY_WIDE = 1 << 7;
  private static final int COPY_NARROW = 1 << 8;
  private static final int CLEAR = 1 << 9;
  private static final int ADD_BIAS = 1 << 10;
  private static final int TRANSPOSE = 1 << 11;

  static final VectorKinds KINDS = new Kinds();

  /** What the parts of a job do. */
  private enum Work {
    TILES,
    FEW_TILES,
    ROWS
  }

  private final Team.Scratch scratch = new Team.Scratch();

  private int m;
  private int k;
  private int n;
  private float[] a = EMPTY;

  /** What a is made of, if it is not stored. */
  private @Nullable ByteMatrix bytes;

  private boolean aByColumns;
  private int lda;
  private float[] b = EMPTY;
  private boolean bTransposed;
  private float @Nullable [] bias;
  private float[] c = EMPTY;
  private boolean add;
  private float[] paddedA = EMPTY;

  /** Those that this product may need. */
  private int kinds;

  // Where c is not the product but descends by it.

  private boolean descending;
  private float shrink;
  private float rate;
  private float l2;

  // The block of b: its rows, and a number that no other block of this object has had.

  private int firstRow;
  private int depth;
  private long block;

  // How the work on a block is divided.

  private final Division division = new Division();
  private Work work = Work.TILES;
  private int tilesOfPart;
  private int rowParts;
  private int panelsOfPart;

  /** y[m, n] = x[m, k] w[k, n] (+ bias[n]). */
  void multiply(
      Team team, int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
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

  /** Whether a product of so many rows converts bytes while it copies them: one of many rows. */
  static boolean readsBytes(int rows) {
    return VectorSupport.CONVERTS_BYTES && rows >= FEW_ROWS;
  }

  /** y[m, n] = x[m, k] w[k, n] (+ bias[n]), where it {@link #readsBytes}. */
  void multiply(
      Team team, int m, int k, int n, ByteMatrix x, float[] w, float @Nullable [] bias, float[] y) {
    set(m, k, n, EMPTY, w, y);
    bytes = x;
    this.bias = bias;
    run(team);
  }

  /** dw[k, n] (+)= x[m, k]ᵀ dy[m, n], where it {@link #readsBytes}. */
  void multiplyTransposedLeft(
      Team team, int m, int k, int n, ByteMatrix x, float[] dy, float[] dw, boolean add) {
    set(k, m, n, EMPTY, dy, dw);
    bytes = x;
    aByColumns = true;
    lda = k;
    this.add = add;
    run(team);
  }

  /** Whether one block of depth and one part's panels make whole rows of dw[., n] at once. */
  static boolean descends(int m, int n) {
    return m <= DEPTH && m * ((n + WIDTH - 1L) / WIDTH * WIDTH) <= Division.GROUP;
  }

  /** w[k, n] = shrink w - rate (x[m, k]ᵀ dy[m, n] + l2 w), where it {@link #descends}. */
  void descend(
      Team team,
      int m,
      int k,
      int n,
      float[] x,
      float[] dy,
      float[] w,
      float shrink,
      float rate,
      float l2) {
    descending = true;
    this.shrink = shrink;
    this.rate = rate;
    this.l2 = l2;
    try {
      multiplyTransposedLeft(team, m, k, n, x, dy, w, false);
    } finally {
      descending = false;
    }
  }

  /** dx[m, k] = dy[m, n] w[k, n]ᵀ. */
  void multiplyTransposedRight(Team team, int m, int k, int n, float[] dy, float[] w, float[] dx) {
    set(m, n, k, dy, w, dx);
    bTransposed = true;
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
    bytes = null;
    bias = null;
    this.c = c;
    add = false;
  }

  /** The kinds that a product c[m, n] = a b may need, whatever its depth and its bias. */
  static int kinds(int m, int n, boolean aByColumns, boolean bTransposed) {
    boolean asTheyLie = !aByColumns && !bTransposed;
    if (asTheyLie && isOfFewTiles(m, n)) {
      return DIRECT_6X4 | ADD_BIAS;
    }
    if (asTheyLie && isOfRows(m, n)) {
      return ADD_BIAS | (n >= Tiles.WIDE ? ROW_1X4 : 0);
    }
    boolean columns = aByColumns && m >= Tiles.ROWS;
    int rest = n % WIDTH;
    boolean wide = WIDTH == Tiles.WIDE && (n >= WIDTH || rest > Tiles.NARROW);
    boolean narrow = WIDTH == Tiles.NARROW || (rest > 0 && rest <= Tiles.NARROW);
    int kinds = 0;
    kinds |= wide ? columns ? COLUMNS_6X4 : ROWS_6X4 : 0;
    kinds |= narrow ? columns ? COLUMNS_6X2 : ROWS_6X2 : 0;
    kinds |= rest > 0 ? CLEAR : 0;
    if (bTransposed) {
      kinds |= Tiles.L >= Transposition.SQUARE && n >= L ? TRANSPOSE : 0;
    } else {
      kinds |= WIDTH == Tiles.WIDE && n >= WIDTH ? columns ? COPY_WIDE : COPYING_6X4 : 0;
      kinds |= narrow && n >= Tiles.NARROW ? COPY_NARROW : 0;
    }
    return kinds | (asTheyLie ? ADD_BIAS : 0);
  }

  /** Whether x W has few rows, and is done by tiles with W where it lies. */
  private static boolean isOfFewTiles(int m, int n) {
    return n % Tiles.WIDE == 0 && m > 1 && m < FEW_ROWS && VectorSupport.WIDE_TILES;
  }

  /** Whether x W is done row by row. */
  private static boolean isOfRows(int m, int n) {
    return m == 1 || (n % Tiles.WIDE == 0 && m < Tiles.ROWS);
  }

  private void run(Team team) {
    boolean together = (long) m * k * n >= ALONE && team.acquire();
    try {
      Team helpers = together ? team : null;
      boolean asTheyLie = !aByColumns && !bTransposed;
      kinds = kinds(m, n, aByColumns, bTransposed);
      if (asTheyLie && isOfFewTiles(m, n)) {
        multiplyFewRows(helpers);
      } else if (asTheyLie && isOfRows(m, n)) {
        multiplyRows(helpers);
      } else {
        multiplyBlocks(helpers);
      }
    } finally {
      if (together) {
        team.release();
      }
      // Nothing of the caller's is kept alive from here.
      a = EMPTY;
      bytes = null;
      b = EMPTY;
      c = EMPTY;
      bias = null;
    }
  }

  private void multiplyBlocks(@Nullable Team team) {
    padFewRows();
    int blocks = (k + DEPTH - 1) / DEPTH;
    int blockDepth = (k + blocks - 1) / blocks;
    for (firstRow = 0; firstRow < k; firstRow += blockDepth) {
      depth = Math.min(blockDepth, k - firstRow);
      block++;
      multiplyBlock(team);
    }
  }

  private void multiplyBlock(@Nullable Team team) {
    work = Work.TILES;
    division.divide(m, depth, n, aByColumns, WIDTH, team == null ? 1 : team.threads());
    tilesOfPart = division.tilesOfPart();
    rowParts = division.rowParts();
    panelsOfPart = division.panelsOfPart();
    runParts(team, division.parts());
  }

  private int panels() {
    return (n + WIDTH - 1) / WIDTH;
  }

  private void runParts(@Nullable Team team, int parts) {
    if (team != null && parts > 1) {
      team.run(this, parts, scratch);
    } else {
      for (int part = 0; part < parts; part++) {
        run(part, scratch);
      }
    }
  }

  /** Fewer rows than a tile has: rows of 0 are added below, so that no tile reads outside. */
  private void padFewRows() {
    if (m >= Tiles.ROWS) {
      return;
    }
    int elements = Tiles.ROWS * k;
    if (paddedA.length < elements) {
      paddedA = new float[elements];
    }
    if (aByColumns) {
      for (int r = 0; r < m; r++) {
        for (int p = 0; p < k; p++) {
          paddedA[r * k + p] = a[p * lda + r];
        }
      }
    } else {
      System.arraycopy(a, 0, paddedA, 0, m * k);
    }
    Arrays.fill(paddedA, m * k, elements, 0);
    a = paddedA;
    aByColumns = false;
    lda = k;
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    switch (work) {
      case TILES -> multiplyPart(part % rowParts, part / rowParts, threadScratch);
      case FEW_TILES -> multiplyFewTiles(part % rowParts, part / rowParts, threadScratch);
      case ROWS -> multiplyRow(part % m, part / m * Tiles.WIDE);
    }
  }

  // Multiplying.

  private void multiplyPart(int rowPart, int panelPart, Team.Scratch threadScratch) {
    int fromRow = rowPart * tilesOfPart * Tiles.ROWS;
    int toRow = Math.min(m, fromRow + tilesOfPart * Tiles.ROWS);
    int fromPanel = panelPart * panelsOfPart;
    int toPanel = Math.min(panels(), fromPanel + panelsOfPart);
    int pieceRows = Math.clamp(PIECE / depth, Tiles.ROWS, PIECE_ROWS) / Tiles.ROWS * Tiles.ROWS;
    ByteMatrix rowsOfBytes = aByColumns ? null : bytes;
    int rowStride = depth + GAP;
    int pieceSize =
        aByColumns ? depth * Tiles.PIECE_STRIDE : rowsOfBytes != null ? Tiles.ROWS * rowStride : 0;
    int gradient = EDGE + pieceSize;
    float[] memory = threadScratch.floats(gradient + (descending ? Tiles.ROWS * n : 0));
    float[] result = descending ? memory : c;
    boolean copiesA = pieceSize > 0;
    float[] aRows = copiesA ? memory : a;
    int aStride = rowsOfBytes != null ? rowStride : lda;
    MemorySegment panels = threadScratch.aligned((long) panelsOfPart * depth * WIDTH * Float.BYTES);
    boolean copied = threadScratch.holds(this, block, panelPart);
    int pieceFrom = 0;
    int pieceTo = 0;
    for (int i = fromRow; i < toRow; i += Tiles.ROWS) {
      int rows = Math.min(Tiles.ROWS, toRow - i);
      // At the end upwards, so that six rows of a exist; those above are computed twice and thrown
      // away.
      int top = Math.max(0, Math.min(i, m - Tiles.ROWS));
      if (aByColumns && i >= pieceTo) {
        pieceFrom = top;
        pieceTo = Math.min(toRow, top + pieceRows);
        copyColumns(top, pieceTo - top, memory);
      }
      if (rowsOfBytes != null) {
        VectorLoops.convertSix(rowsOfBytes, top, firstRow, depth, memory, EDGE, rowStride);
      }
      int at = copiesA ? EDGE + top - (aByColumns ? pieceFrom : top) : top * lda + firstRow;
      int into = descending ? gradient : i * n;
      for (int panel = fromPanel; panel < toPanel; panel++) {
        int j = panel * WIDTH;
        int start = (panel - fromPanel) * depth * WIDTH * Float.BYTES;
        int count = Math.min(WIDTH, n - j);
        int width = count <= Tiles.NARROW ? Tiles.NARROW : WIDTH;
        boolean copies = !copied && !aByColumns && !bTransposed && count == Tiles.WIDE;
        if (!copied && !copies) {
          copyPanel(panels, start, j, count, width);
        }
        boolean onto = add || firstRow > 0;
        if (rows == Tiles.ROWS && count == width) {
          tile(aRows, at, aStride, panels, start, j, width, copies, result, into + j, n, onto);
        } else {
          int skipped = (i - top) * width;
          if (onto) {
            copyRows(rows, count, result, into + j, n, memory, skipped, width);
          }
          tile(aRows, at, aStride, panels, start, j, width, copies, memory, 0, width, onto);
          copyRows(rows, count, memory, skipped, width, result, into + j, n);
        }
      }
      copied = true;
      if (descending) {
        VectorLoops.descend(memory, gradient, c, i * n, rows * n, shrink, rate, l2);
      }
    }
    threadScratch.hold(this, block, panelPart);
    if (bias != null && firstRow + depth == k) {
      int from = fromPanel * WIDTH;
      int to = Math.min(n, toPanel * WIDTH);
      for (int i = fromRow; i < toRow; i++) {
        assert needs(ADD_BIAS);
        addBias(bias, c, i * n, from, to);
      }
    }
  }

  /** Columns of a transposed a, in the rows of the block. */
  private void copyColumns(int from, int columns, float[] memory) {
    ByteMatrix made = bytes;
    if (made == null) {
      int at = firstRow * lda + from;
      copyRows(depth, columns, a, at, lda, memory, EDGE, Tiles.PIECE_STRIDE);
      return;
    }
    // Whole vectors, of which the last may have columns that nobody asks for.
    int whole = Math.min((columns + L - 1) / L * L, lda - from);
    for (int p = 0; p < depth; p++) {
      VectorLoops.convert(made, firstRow + p, from, whole, memory, EDGE + p * Tiles.PIECE_STRIDE);
    }
  }

  /** Columns [j, j + count) of the block; those that are missing are 0. */
  private void copyPanel(MemorySegment panels, int start, int j, int count, int width) {
    if (count < width) {
      assert needs(CLEAR);
      clear(panels, start, depth * width * Float.BYTES);
    }
    if (bTransposed) {
      assert needs(TRANSPOSE) || count < L || L < Transposition.SQUARE;
      Transposition.copy(b, j * k + firstRow, k, count, depth, panels, start, width * Float.BYTES);
    } else {
      int at = firstRow * n + j;
      if (count == Tiles.WIDE) {
        assert needs(COPY_WIDE);
        copyWide(depth, b, at, n, panels, start);
      } else if (count == Tiles.NARROW) {
        assert needs(COPY_NARROW);
        copyNarrow(depth, b, at, n, panels, start);
      } else {
        for (int p = 0; p < depth; p++) {
          MemorySegment.copy(
              b,
              at + p * n,
              panels,
              ValueLayout.JAVA_FLOAT,
              start + (long) p * width * Float.BYTES,
              count);
        }
      }
    }
  }

  /** Rows of four vectors: 45 µs for 786 KB, where copies row by row take 60. */
  private static void copyWide(
      int depth, float[] b, int from, int ldb, MemorySegment panels, int to) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * ldb;
      long at = to + Integer.toUnsignedLong(p * (4 * Tiles.BYTES));
      FloatVector b0 = FloatVector.fromArray(Tiles.S, b, row);
      FloatVector b1 = FloatVector.fromArray(Tiles.S, b, row + L);
      FloatVector b2 = FloatVector.fromArray(Tiles.S, b, row + 2 * L);
      FloatVector b3 = FloatVector.fromArray(Tiles.S, b, row + 3 * L);
      b0.intoMemorySegment(panels, at, Tiles.ORDER);
      b1.intoMemorySegment(panels, at + Tiles.BYTES, Tiles.ORDER);
      b2.intoMemorySegment(panels, at + 2L * Tiles.BYTES, Tiles.ORDER);
      b3.intoMemorySegment(panels, at + 3L * Tiles.BYTES, Tiles.ORDER);
    }
  }

  /** The same with two: a tenth of the time of copies row by row, which move 64 bytes with AVX2. */
  private static void copyNarrow(
      int depth, float[] b, int from, int ldb, MemorySegment panels, int to) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * ldb;
      long at = to + Integer.toUnsignedLong(p * (2 * Tiles.BYTES));
      FloatVector b0 = FloatVector.fromArray(Tiles.S, b, row);
      FloatVector b1 = FloatVector.fromArray(Tiles.S, b, row + L);
      b0.intoMemorySegment(panels, at, Tiles.ORDER);
      b1.intoMemorySegment(panels, at + Tiles.BYTES, Tiles.ORDER);
    }
  }

  private static void clear(MemorySegment panels, int start, int bytes) {
    for (int at = 0; at < bytes; at += Tiles.BYTES) {
      FloatVector.zero(Tiles.S)
          .intoMemorySegment(panels, start + Integer.toUnsignedLong(at), Tiles.ORDER);
    }
  }

  private static void copyRows(
      int rows, int columns, float[] from, int f, int fromStride, float[] to, int t, int toStride) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from, f + r * fromStride, to, t + r * toStride, columns);
    }
  }

  private void tile(
      float[] aRows,
      int at,
      int aStride,
      MemorySegment panels,
      int start,
      int column,
      int width,
      boolean copies,
      float[] to,
      int offset,
      int ldc,
      boolean onto) {
    if (copies) {
      int bAt = firstRow * n + column;
      assert needs(COPYING_6X4);
      Tiles.copying6x4(depth, aRows, at, aStride, b, bAt, n, panels, start, to, offset, ldc, onto);
    } else if (aByColumns) {
      if (width == Tiles.WIDE) {
        assert needs(COLUMNS_6X4);
        Tiles.columns6x4(depth, aRows, at, 1, panels, start, to, offset, ldc, onto);
      } else {
        assert needs(COLUMNS_6X2);
        Tiles.columns6x2(depth, aRows, at, 1, panels, start, to, offset, ldc, onto);
      }
    } else if (width == Tiles.WIDE) {
      assert needs(ROWS_6X4);
      Tiles.rows6x4(depth, aRows, at, aStride, panels, start, to, offset, ldc, onto);
    } else {
      assert needs(ROWS_6X2);
      Tiles.rows6x2(depth, aRows, at, aStride, panels, start, to, offset, ldc, onto);
    }
  }

  // Few rows.

  private void multiplyFewRows(@Nullable Team team) {
    work = Work.FEW_TILES;
    int tiles = (m + Tiles.ROWS - 1) / Tiles.ROWS;
    padFewRows();
    // One part for each panel, whose piece of b its tiles then find in the second-level cache; or,
    // if those are few, for each tile.
    boolean manyPanels = team == null || n / WIDTH >= 2 * team.threads();
    tilesOfPart = manyPanels ? tiles : 1;
    rowParts = manyPanels ? 1 : tiles;
    runParts(team, rowParts * (n / WIDTH));
  }

  private void multiplyFewTiles(int rowPart, int panel, Team.Scratch threadScratch) {
    float[] memory = threadScratch.floats(EDGE);
    int fromRow = rowPart * tilesOfPart * Tiles.ROWS;
    int toRow = Math.min(m, fromRow + tilesOfPart * Tiles.ROWS);
    int j = panel * WIDTH;
    for (int p = 0; p < k; p += FEW_ROWS_DEPTH) {
      int rowsOfB = Math.min(FEW_ROWS_DEPTH, k - p);
      for (int i = fromRow; i < toRow; i += Tiles.ROWS) {
        int rows = Math.min(Tiles.ROWS, toRow - i);
        int top = Math.max(0, Math.min(i, m - Tiles.ROWS));
        int at = top * k + p;
        int piece = p * n + j;
        if (rows == Tiles.ROWS) {
          assert needs(DIRECT_6X4);
          Tiles.direct6x4(rowsOfB, a, at, k, b, piece, n, c, i * n + j, n, p > 0);
        } else {
          int skipped = (i - top) * WIDTH;
          if (p > 0) {
            copyRows(rows, WIDTH, c, i * n + j, n, memory, skipped, WIDTH);
          }
          assert needs(DIRECT_6X4);
          Tiles.direct6x4(rowsOfB, a, at, k, b, piece, n, memory, 0, WIDTH, p > 0);
          copyRows(rows, WIDTH, memory, skipped, WIDTH, c, i * n + j, n);
        }
      }
    }
    if (bias != null) {
      for (int i = fromRow; i < toRow; i++) {
        assert needs(ADD_BIAS);
        addBias(bias, c, i * n, j, j + WIDTH);
      }
    }
  }

  /** One by one: a single row, or fewer than a tile has where tiles are narrow. */
  private void multiplyRows(@Nullable Team team) {
    work = Work.ROWS;
    runParts(team, m * ((n + Tiles.WIDE - 1) / Tiles.WIDE));
  }

  private void multiplyRow(int i, int from) {
    int to = Math.min(n, from + Tiles.WIDE);
    if (to - from == Tiles.WIDE) {
      assert needs(ROW_1X4);
      Tiles.row1x4(k, a, i * k, b, from, n, c, i * n + from);
    } else {
      ScalarFloatProduct.multiplyRow(k, a, i * k, b, n, from, c, i * n);
    }
    if (bias != null) {
      assert needs(ADD_BIAS);
      addBias(bias, c, i * n, from, to);
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

  private boolean needs(int kind) {
    return (kinds & kind) != 0;
  }

  private static final class Kinds extends VectorKinds {
    /** Columns of b where it lies by columns. */
    private static final int LONG = DEPTH * Transposition.SQUARE;

    private final float[] a = new float[Tiles.PIECE_STRIDE * DEPTH];
    private final float[] b = new float[Math.max(Tiles.WIDE * DEPTH, L * LONG)];
    private final float[] c = new float[Tiles.ROWS * Tiles.WIDE];
    private final MemorySegment panel =
        Arena.ofAuto().allocate((long) LONG * Tiles.WIDE * Float.BYTES, Tiles.BYTES);

    @Override
    void call(int kind, int k, boolean add) {
      int w = Tiles.WIDE;
      switch (kind) {
        case ROWS_6X4 -> Tiles.rows6x4(k, a, 0, DEPTH, panel, 0, c, 0, w, add);
        case ROWS_6X2 -> Tiles.rows6x2(k, a, 0, DEPTH, panel, 0, c, 0, w, add);
        case COLUMNS_6X4 -> Tiles.columns6x4(k, a, 0, 1, panel, 0, c, 0, w, add);
        case COLUMNS_6X2 -> Tiles.columns6x2(k, a, 0, 1, panel, 0, c, 0, w, add);
        case DIRECT_6X4 -> Tiles.direct6x4(k, a, 0, DEPTH, b, 0, w, c, 0, w, add);
        case COPYING_6X4 -> Tiles.copying6x4(k, a, 0, DEPTH, b, 0, w, panel, 0, c, 0, w, add);
        case ROW_1X4 -> Tiles.row1x4(k, a, 0, b, 0, w, c, 0);
        case COPY_WIDE -> copyWide(k, b, 0, w, panel, 0);
        case COPY_NARROW -> copyNarrow(k, b, 0, w, panel, 0);
        case TRANSPOSE ->
            Transposition.copySquares(
                k * Transposition.SQUARE, b, 0, LONG, panel, 0, Tiles.NARROW * Float.BYTES);
        case CLEAR -> clear(panel, 0, k * 4 * Tiles.BYTES);
        case ADD_BIAS -> addBias(b, c, 0, 0, k * 2 * L + (add ? 1 : 0));
        default -> throw new AssertionError("kind " + kind);
      }
    }

    @Override
    int operations(int kind) {
      return switch (kind) {
        case ROWS_6X4, COLUMNS_6X4, DIRECT_6X4, COPYING_6X4 -> 6 * 4 * DEPTH;
        case ROWS_6X2, COLUMNS_6X2 -> 6 * 2 * DEPTH;
        case TRANSPOSE -> 8 * Transposition.SQUARE * DEPTH;
        default -> 4 * DEPTH;
      };
    }
  }
}

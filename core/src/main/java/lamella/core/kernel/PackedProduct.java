package lamella.core.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Products with {@link PackedWeights}: y[m, n] = x[m, k] w[k, n] + bias[n], on the tiles of {@link
 * PackedTiles}. Nothing is copied, so the weights are read from memory once: all rows of x run over
 * a piece of a panel before the next piece, which stays in the second-level cache meanwhile.
 *
 * <p>A single row is bound by how fast the weights come from memory, and takes four panels at a
 * time: the hardware reads ahead in each, which gave 1.15 times the bytes a second of one panel
 * with 12 MB of weights, and 1.3 times with 0.8 MB (AVX-512, one core).
 *
 * <p>Threads share the panels, or the rows where there are too few panels.
 *
 * <p>An object is a job's description and its memory, for one thread at a time.
 */
public final class PackedProduct implements Team.Job {
  /** Vectors of a whole panel. */
  static final int WIDTH = VectorSupport.WIDE_TILES ? 4 : 2;

  private static final int L = Tiles.L;
  private static final float[] EMPTY = {};

  /** Most rows of a piece of a panel: 256 KiB with the widest panels. */
  private static final int DEPTH = 1024;

  /** Panels that a single row takes at a time. */
  static final int TOGETHER = 4;

  /** Rows that are few beside the weights. */
  private static final int FEW_ROWS = 32;

  /** Most rows of a tile. */
  static final int TALLEST = 8;

  /**
   * Multiply-adds below which a second thread costs more than it brings: some 10 µs of one core.
   */
  private static final long ALONE = 3 << 19;

  /** Rows whose multiply-adds take as long as reading the weights from the third-level cache. */
  private static final int ROWS_OF_READING = 5;

  /** Parts for each thread, so that one that is held up does not hold up the others. */
  private static final int PARTS = 4;

  /** Fewest multiply-adds of a part: some 4 µs. */
  private static final int SMALLEST = 1 << 18;

  /** A bias that changes nothing, for chains that are not finished. */
  private static final float[] NONE = new float[4 * L];

  static {
    Arrays.fill(NONE, -0f);
  }

  private final Team.Scratch scratch = new Team.Scratch();
  private PackedWeights w;
  private int m;
  private float[] x = EMPTY;
  private float[] y = EMPTY;
  private int rowParts;
  private int panelsOfPart;

  /**
   * A job for products with these weights first.
   *
   * @param weights may be others in each product
   */
  public PackedProduct(PackedWeights weights) {
    w = weights;
  }

  /**
   * y[m, n] = x[m, k] w[k, n] + bias[n].
   *
   * @param weights w and bias
   * @param rows m
   * @param input x
   * @param output y; another array than x
   */
  public void multiply(PackedWeights weights, int rows, float[] input, float[] output) {
    w = weights;
    m = rows;
    x = input;
    y = output;
    Team team = weights.team;
    long work = (long) Math.max(rows, ROWS_OF_READING) * weights.k * weights.n;
    boolean together = work >= ALONE && team.acquire();
    try {
      if (together) {
        runParts(team, work);
      } else {
        multiply(0, rows, 0, weights.vectors.length, scratch);
      }
    } finally {
      if (together) {
        team.release();
      }
      // Nothing of the caller's is kept alive from here.
      x = EMPTY;
      y = EMPTY;
    }
  }

  /** A panel each, and some of the rows if there are not several panels for each thread. */
  private void runParts(Team team, long work) {
    int panels = w.vectors.length;
    int threads = team.threads();
    panelsOfPart = m == 1 ? Math.min(TOGETHER, (panels + threads - 1) / threads) : 1;
    int panelParts = (panels + panelsOfPart - 1) / panelsOfPart;
    // Few rows are not divided where each thread has its panels: all would read all of them.
    boolean even = panels % threads == 0 && m <= FEW_ROWS;
    rowParts =
        even
            ? 1
            : Math.max(1, Math.min(m / tileRows(), team.parts(PARTS, work, SMALLEST) / panelParts));
    int parts = rowParts * panelParts;
    if (parts > 1) {
      team.run(this, parts, scratch);
    } else {
      run(0, scratch);
    }
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    int rowPart = part % rowParts;
    int from = part / rowParts * panelsOfPart;
    int to = Math.min(w.vectors.length, from + panelsOfPart);
    multiply(firstRow(rowPart), firstRow(rowPart + 1), from, to, threadScratch);
  }

  /** Where a part of the rows begins: where a tile does. */
  private int firstRow(int rowPart) {
    int tiles = m / tileRows();
    return rowPart == rowParts ? m : (int) ((long) tiles * rowPart / rowParts) * tileRows();
  }

  private int tileRows() {
    return w.n <= L ? TALLEST : 6;
  }

  private void multiply(
      int fromRow, int toRow, int fromPanel, int toPanel, Team.Scratch threadScratch) {
    PackedWeights weights = w;
    int panel = fromPanel;
    if (toRow - fromRow == 1) {
      panel = multiplyRow(fromRow, fromPanel, toPanel);
    }
    for (; panel < toPanel; panel++) {
      int count = weights.columns[panel + 1] - weights.columns[panel];
      if (count == weights.vectors[panel] * L) {
        multiplyWhole(panel, fromRow, toRow);
      } else {
        multiplyPartial(panel, count, fromRow, toRow, threadScratch);
      }
    }
  }

  /** Whole panels, several at a time; the first that is left. */
  private int multiplyRow(int row, int fromPanel, int toPanel) {
    PackedWeights weights = w;
    int k = weights.k;
    int n = weights.n;
    int whole = Math.min(toPanel, n / (WIDTH * L));
    long step = (long) k * WIDTH * L * Float.BYTES;
    int panel = fromPanel;
    while (panel + 2 <= whole) {
      int several = panel + TOGETHER <= whole ? TOGETHER : 2;
      int column = weights.columns[panel];
      int to = row * n + column;
      long at = weights.starts[panel];
      panels(several, k, x, row * k, weights.panels, at, step, weights.bias, column, y, to);
      panel += several;
    }
    return panel;
  }

  private void multiplyWhole(int panel, int fromRow, int toRow) {
    PackedWeights weights = w;
    int k = weights.k;
    int n = weights.n;
    MemorySegment b = weights.panels;
    int width = weights.vectors[panel];
    int column = weights.columns[panel];
    int blocks = (k + DEPTH - 1) / DEPTH;
    int blockDepth = (k + blocks - 1) / blocks;
    for (int p = 0; p < k; p += blockDepth) {
      int depth = Math.min(blockDepth, k - p);
      long at = weights.starts[panel] + (long) p * width * L * Float.BYTES;
      boolean last = p + depth == k;
      float[] bias = last ? weights.bias : NONE;
      int biasAt = last ? column : 0;
      for (int i = fromRow; i < toRow; ) {
        int rows = height(toRow - i, width);
        tile(rows, width, depth, x, i * k + p, k, b, at, bias, biasAt, y, i * n + column, n, p > 0);
        i += rows;
      }
    }
  }

  /**
   * A panel of which only some columns count. A tile's columns beyond them may go into the rows
   * that follow if these are the part's own and come later; else the tile goes into memory of its
   * own first.
   */
  private void multiplyPartial(
      int panel, int count, int fromRow, int toRow, Team.Scratch threadScratch) {
    PackedWeights weights = w;
    int k = weights.k;
    int n = weights.n;
    MemorySegment b = weights.panels;
    int width = weights.vectors[panel];
    int column = weights.columns[panel];
    int stride = width * L;
    long at = weights.starts[panel];
    float[] bias = weights.bias;
    for (int i = fromRow; i < toRow; ) {
      int rows = height(toRow - i, width);
      if (column == 0 && (i + rows - 1) * n + stride <= toRow * n) {
        tile(rows, width, k, x, i * k, k, b, at, bias, 0, y, i * n, n, false);
      } else {
        float[] memory = threadScratch.floats(TALLEST * WIDTH * L);
        tile(rows, width, k, x, i * k, k, b, at, bias, column, memory, 0, stride, false);
        for (int r = 0; r < rows; r++) {
          System.arraycopy(memory, r * stride, y, (i + r) * n + column, count);
        }
      }
      i += rows;
    }
  }

  /** Rows of the tile for what is left of the rows. */
  private static int height(int left, int width) {
    if (width == 1) {
      return left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }
    return left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
  }

  // Kinds of tiles, one bit each: by width and height, and the two of several panels.

  private static final int TWO_PANELS = 1 << 30;
  private static final int FOUR_PANELS = 1 << 29;

  static final VectorKinds KINDS = new Kinds();

  private static int kind(int rows, int width) {
    int place = rows >= 6 ? 3 : rows == 4 ? 2 : rows - 1;
    return 1 << (4 * width + place);
  }

  /** The kinds that a product of these sizes may need. */
  static int kinds(int m, int n) {
    int whole = n / (WIDTH * L);
    int rest = (n - whole * WIDTH * L + L - 1) / L;
    int kinds = whole > 0 ? ofPanel(m, WIDTH) : 0;
    if (m == 1) {
      kinds |= (whole >= 2 ? TWO_PANELS : 0) | (whole >= TOGETHER ? FOUR_PANELS : 0);
    }
    return kinds | (rest == 3 ? ofPanel(m, 2) | ofPanel(m, 1) : rest > 0 ? ofPanel(m, rest) : 0);
  }

  private static int ofPanel(int m, int width) {
    int kinds = 0;
    for (int left = m; left > 0; ) {
      int rows = height(left, width);
      kinds |= kind(rows, width);
      // A part of the rows may have a number of its own, of which a narrow panel takes any.
      left = width == 1 ? rows - 1 : rows >= 6 ? left % rows : left - rows;
    }
    return kinds;
  }

  private static final class Kinds extends VectorKinds {
    private final float[] a = new float[TALLEST * DEPTH];
    private final float[] c = new float[TALLEST * WIDTH * L];
    private final float[] bias = new float[TOGETHER * WIDTH * L];
    private final MemorySegment b =
        Arena.ofAuto().allocate((long) bias.length * DEPTH * Float.BYTES, Tiles.BYTES);

    @Override
    void call(int kind, int depth, boolean add) {
      PackedProduct.call(kind, depth, a, b, bias, c, add);
    }

    @Override
    int operations(int kind) {
      return DEPTH * vectors(kind);
    }
  }

  /** Vectors that a kind of tile computes. */
  static int vectors(int kind) {
    if (kind >= FOUR_PANELS) {
      return WIDTH * (kind == TWO_PANELS ? 2 : TOGETHER);
    }
    int bit = Integer.numberOfTrailingZeros(kind);
    return bit / 4 * rows(bit);
  }

  private static int rows(int bit) {
    return switch (bit % 4) {
      case 3 -> bit / 4 == 1 ? 8 : 6;
      case 2 -> 4;
      case 1 -> 2;
      default -> 1;
    };
  }

  /** Calls one kind of tile, with a of so many columns; b, bias and c are large enough for each. */
  static void call(
      int kind, int depth, float[] a, MemorySegment b, float[] bias, float[] c, boolean add) {
    if (kind >= FOUR_PANELS) {
      long step = (long) depth * WIDTH * Tiles.BYTES;
      panels(kind == TWO_PANELS ? 2 : TOGETHER, depth, a, 0, b, 0, step, bias, 0, c, 0);
    } else {
      int bit = Integer.numberOfTrailingZeros(kind);
      int width = bit / 4;
      tile(rows(bit), width, depth, a, 0, depth, b, 0, bias, 0, c, 0, width * L, add);
    }
  }

  private static void panels(
      int several,
      int k,
      float[] a,
      int ao,
      MemorySegment b,
      long bo,
      long step,
      float[] bias,
      int biasAt,
      float[] c,
      int co) {
    if (WIDTH == 4 && several == TOGETHER) {
      PackedTiles.row4x4(k, a, ao, b, bo, step, bias, biasAt, c, co);
    } else if (WIDTH == 4) {
      PackedTiles.row2x4(k, a, ao, b, bo, step, bias, biasAt, c, co);
    } else if (several == TOGETHER) {
      PackedTiles.row4x2(k, a, ao, b, bo, step, bias, biasAt, c, co);
    } else {
      PackedTiles.row2x2(k, a, ao, b, bo, step, bias, biasAt, c, co);
    }
  }

  private static void tile(
      int rows,
      int width,
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int at,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    switch (width * 8 + rows) {
      case 4 * 8 + 6 -> PackedTiles.rows6x4(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 4 * 8 + 4 -> PackedTiles.rows4x4(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 4 * 8 + 2 -> PackedTiles.rows2x4(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 4 * 8 + 1 -> PackedTiles.rows1x4(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 2 * 8 + 6 -> PackedTiles.rows6x2(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 2 * 8 + 4 -> PackedTiles.rows4x2(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 2 * 8 + 2 -> PackedTiles.rows2x2(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 2 * 8 + 1 -> PackedTiles.rows1x2(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 8 + 8 -> PackedTiles.rows8x1(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 8 + 4 -> PackedTiles.rows4x1(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      case 8 + 2 -> PackedTiles.rows2x1(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
      default -> PackedTiles.rows1x1(k, a, ao, lda, b, bo, bias, at, c, co, ldc, add);
    }
  }
}

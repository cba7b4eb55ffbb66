package lamella.core.kernel;

/**
 * How a product c[m, n] with a block of b is divided into parts: each some tiles high and some
 * panels wide. Parts are numbered by rows first, so that a thread, whose parts are neighbours,
 * copies few panels.
 */
final class Division {
  /**
   * Most elements of b's panels that a part goes over for the same rows of a: half a MiB, which
   * stays in a second-level cache of 1 MiB. With 4 MiB products of 1024 x 1024 took half as long
   * again.
   */
  static final int GROUP = 1 << 17;

  /** Parts for each thread, so that one that is held up does not hold up the others. */
  private static final int PARTS = 16;

  /** Parts for each thread where each copies a piece of a. */
  private static final int COPYING_PARTS = 8;

  /** Fewest multiply-adds of a part: some 4 µs. */
  private static final int SMALLEST = 1 << 18;

  /**
   * Tiles from which on no thread copies a panel for one of them alone: the copy takes as long as
   * two. Of fewer tiles each may have a thread of its own.
   */
  private static final int MANY_TILES = 16;

  private int tilesOfPart;
  private int rowParts;
  private int panelsOfPart;
  private int panelParts;

  /**
   * Divides.
   *
   * @param m rows of c
   * @param depth rows of the block of b
   * @param n columns of c
   * @param aByColumns whether a is a transposed matrix, of which each part copies its rows
   * @param width columns of a panel
   * @param threads that share the work
   */
  void divide(int m, int depth, int n, boolean aByColumns, int width, int threads) {
    int panels = (n + width - 1) / width;
    int tiles = (m + Tiles.ROWS - 1) / Tiles.ROWS;
    // Panels of its own for each thread, unless that would have each copy all of a.
    int panelsOfThread = aByColumns ? panels : (panels + threads - 1) / threads;
    panelsOfPart = Math.min(panelsOfThread, Math.max(1, GROUP / (depth * width)));
    panelParts = (panels + panelsOfPart - 1) / panelsOfPart;
    int wanted = threads == 1 ? 1 : threads * (aByColumns ? COPYING_PARTS : PARTS) / panelParts;
    long tileSize = (long) Tiles.ROWS * depth * panelsOfPart * width;
    tilesOfPart = Math.max(tiles / Math.max(1, wanted), (int) (SMALLEST / tileSize));
    boolean manyThreads = tiles * panelParts >= MANY_TILES && tiles * panelParts < 2 * threads;
    tilesOfPart = Math.max(manyThreads ? 2 : 1, tilesOfPart);
    rowParts = (tiles + tilesOfPart - 1) / tilesOfPart;
  }

  /** {@return tiles, one below the other, of a part} */
  int tilesOfPart() {
    return tilesOfPart;
  }

  /** {@return parts, one below the other} */
  int rowParts() {
    return rowParts;
  }

  /** {@return neighbouring panels of a part} */
  int panelsOfPart() {
    return panelsOfPart;
  }

  /** {@return how many parts there are} */
  int parts() {
    return rowParts * panelParts;
  }
}

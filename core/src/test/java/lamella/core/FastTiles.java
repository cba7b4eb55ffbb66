package lamella.core;

import lamella.core.kernel.Kernels;

/** Waits until products by packed weights are faster than others, where they ever are. */
final class FastTiles {
  private static final int[] ROWS = {1, 2, 3, 4, 5, 6, 8, 40};
  private static final int[] COLUMNS = {1, 20, 40, 60, 64, 128, 256, 300};

  /** So many rows of a weight that a product with one row is reason to have its tiles compiled. */
  private static final int DEEP = 1 << 22;

  private static boolean waited;

  private FastTiles() {}

  /** {@return whether they are} */
  static synchronized boolean await() {
    long end = System.nanoTime() + (waited ? 0 : 60_000_000_000L);
    while (!areFast() && System.nanoTime() < end) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    waited = true;
    return areFast();
  }

  private static boolean areFast() {
    boolean fast = true;
    for (int rows : ROWS) {
      for (int columns : COLUMNS) {
        fast &= Kernels.instance().packs(rows, DEEP, columns);
      }
    }
    return fast;
  }
}

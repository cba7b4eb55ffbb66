package lamella.core.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Has the tiles of {@link PackedProduct} compiled on a thread of its own before anybody waits for
 * one. Until C2 has compiled a tile, each of its vectors is an object on the heap: a program would
 * take a quarter of a second longer for its first hundred answers. As long as a product needs a
 * tile that was not yet seen to be fast, it is computed as without a packed copy.
 *
 * <p>A tile is called with few rows of a panel, so that HotSpot compiles it for its many calls and
 * not for a loop in one of them, which would be compiled once more. Where none is ever fast (a JVM
 * without C2) nothing is packed.
 */
final class PackedWarmup implements Runnable {
  /** Rows of a panel in a call: enough for HotSpot to take the loop for one. */
  private static final int DEPTH = 32;

  /** Calls of a round; HotSpot wants some hundreds, after it has compiled the tile by C1. */
  private static final int CALLS_OF_ROUND = 40;

  /** Calls before HotSpot has compiled the tile at all are slow: a round ends after this time. */
  private static final long ROUND_NANOS = 1_000_000;

  private static final int TRIALS = 5;

  /** A compiled tile takes a quarter of this or less for a multiply-add of vectors. */
  private static final double FAST_NANOS = 1;

  /** What reading the clock may take besides. */
  private static final long CLOCK_NANOS = 200;

  private static final long PAUSE_MILLIS = 1;

  /** How long pauses are short. After that HotSpot is busy with other code, or has no C2. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private static final long LONG_PAUSE_MILLIS = 50;

  /** How long it takes until a tile is given up. */
  private static final long MOST_NANOS = 30_000_000_000L;

  /** The kinds of tiles that are fast, one bit each. */
  private static volatile int fast;

  /** Those that somebody has needed. */
  private static int wanted;

  private static boolean running;

  private final float[] a = new float[PackedProduct.TALLEST * DEPTH];
  private final float[] c = new float[PackedProduct.TALLEST * PackedProduct.WIDTH * Tiles.L];
  private final float[] bias = new float[PackedProduct.TOGETHER * PackedProduct.WIDTH * Tiles.L];
  private final MemorySegment b =
      Arena.ofAuto().allocate((long) bias.length * DEPTH * Float.BYTES, Tiles.BYTES);

  private PackedWarmup() {
    Arrays.fill(a, 0.5f);
  }

  /** Whether these kinds of tiles are fast; if not, they are made so before long. */
  static boolean areFast(int kinds) {
    return (fast & kinds) == kinds || request(kinds);
  }

  private static synchronized boolean request(int kinds) {
    wanted |= kinds;
    if (!running && (wanted & ~fast) != 0) {
      try {
        Daemons.of(new PackedWarmup(), "lamella-compiler").start();
        running = true;
      } catch (OutOfMemoryError e) {
        // As many threads as the system allows: the next request tries again.
      }
    }
    return (fast & kinds) == kinds;
  }

  private static synchronized int next() {
    int left = wanted & ~fast;
    running = left != 0;
    return Integer.lowestOneBit(left);
  }

  private static synchronized void done(int kind) {
    fast |= kind;
  }

  /** One kind after the other: HotSpot compiles them one by one, too. */
  @Override
  public void run() {
    for (int kind = next(); kind != 0; kind = next()) {
      long start = System.nanoTime();
      while (!isFast(kind)) {
        long waited = System.nanoTime() - start;
        if (waited > MOST_NANOS) {
          return; // and stays "running": nobody tries again
        }
        try {
          Thread.sleep(waited < PATIENCE_NANOS ? PAUSE_MILLIS : LONG_PAUSE_MILLIS);
        } catch (InterruptedException e) {
          // Nobody knows this thread, so nobody means it.
        }
      }
      done(kind);
    }
  }

  private boolean isFast(int kind) {
    long begin = System.nanoTime();
    for (int call = 0; call < CALLS_OF_ROUND; call++) {
      PackedProduct.call(kind, DEPTH, a, b, bias, c, call % 2 == 1);
      if (System.nanoTime() - begin > ROUND_NANOS) {
        break;
      }
    }
    long least = Long.MAX_VALUE;
    for (int trial = 0; trial < TRIALS; trial++) {
      long start = System.nanoTime();
      PackedProduct.call(kind, DEPTH, a, b, bias, c, false);
      least = Math.min(least, System.nanoTime() - start);
    }
    return least < CLOCK_NANOS + FAST_NANOS * DEPTH * PackedProduct.vectors(kind);
  }
}

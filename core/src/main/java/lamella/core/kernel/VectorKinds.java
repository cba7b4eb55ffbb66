package lamella.core.kernel;

/**
 * The kinds of vector code that some computations are made of, one bit each. A computation by
 * vectors begins when all the kinds that it needs are fast, and until then it is done by plain
 * loops; {@link Warmup} makes those fast for which much has been done so.
 */
abstract class VectorKinds {
  /**
   * Rows of b that a tile is called with: enough for HotSpot to take the loop for one. With 64 it
   * takes twice as long until a tile is fast, for HotSpot then compiles the loop within a running
   * call first, and the whole tile after that.
   */
  static final int DEPTH = 8;

  /**
   * Multiply-adds or elements that plain loops do before vectors are worth their start: some
   * milliseconds of one core.
   */
  static final long WORTHWHILE = 1 << 22;

  /**
   * One call in so many has something to do. HotSpot compiles what is called often, and empty calls
   * cost nothing. They also make for better code: a tile over 200 rows takes 590 ns, where it takes
   * 680 if all calls that HotSpot knew of were long (JDK 25).
   */
  private static final int RARE = 20;

  /** Calls of a round. */
  private static final int CALLS = 400;

  /** Calls before HotSpot has compiled the code at all are slow: a round ends after this time. */
  private static final long ROUND_NANOS = 500_000;

  private static final int TRIALS = 3;

  /** Compiled code takes a quarter of this or less for an operation on vectors. */
  private static final double FAST_NANOS = 1;

  /** What reading the clock, and the call, may take besides. */
  private static final long CALL_NANOS = 200;

  /** The kinds that are fast. */
  private volatile int fast;

  /** Those for which enough has been done by plain loops. */
  private volatile int wanted;

  /** What has been done for each; threads may overwrite each other's additions. */
  private final long[] done = new long[Integer.SIZE];

  /**
   * Calls a kind once, on few numbers of no meaning.
   *
   * @param depth {@link #DEPTH}, or 0 for nothing to do
   * @param add whether to go on from the result of the call before; to be both in turns
   */
  abstract void call(int kind, int depth, boolean add);

  /** Operations on vectors in such a call. */
  abstract int operations(int kind);

  /**
   * Whether these kinds are fast. If not, the caller will do that much work by plain loops.
   *
   * @param work multiply-adds, or elements
   */
  final boolean areFast(int kinds, long work) {
    int slow = kinds & ~fast;
    if (slow == 0) {
      return true;
    }
    for (int left = slow & ~wanted; left != 0; left &= left - 1) {
      int bit = Integer.numberOfTrailingZeros(left);
      done[bit] += work;
      if (done[bit] >= WORTHWHILE) {
        want(1 << bit);
      }
    }
    return false;
  }

  private synchronized void want(int kind) {
    if ((wanted & kind) == 0) {
      wanted |= kind;
      new Kind(kind).request();
    }
  }

  private synchronized void isFast(int kind) {
    fast |= kind;
  }

  /** One of them. */
  private final class Kind extends Warmup {
    private final int kind;

    private Kind(int kind) {
      this.kind = kind;
    }

    @Override
    protected Round round() {
      if (isFast()) {
        VectorKinds.this.isFast(kind);
        return Round.DONE;
      }
      long begin = System.nanoTime();
      for (int i = 0; i < CALLS && System.nanoTime() - begin < ROUND_NANOS; i++) {
        boolean rare = !isCalledEnough() && i % RARE == 0;
        call(kind, rare ? DEPTH : 0, i % (2 * RARE) == 0);
        called(1);
      }
      return slow();
    }

    private boolean isFast() {
      double fastest = CALL_NANOS + FAST_NANOS * operations(kind);
      long least = Long.MAX_VALUE;
      for (int trial = 0; trial < TRIALS && least > fastest; trial++) {
        long start = System.nanoTime();
        call(kind, DEPTH, trial % 2 == 1);
        least = Math.min(least, System.nanoTime() - start);
      }
      return least <= fastest;
    }
  }
}

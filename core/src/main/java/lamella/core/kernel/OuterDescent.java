package lamella.core.kernel;

/**
 * {@link Kernels#descend} by the gradient of a single example, xᵀ dy with one row each: no sums,
 * and w is read and written once. A tile would take longer to clear and store its accumulators than
 * to multiply once: with 3072 x 64 it takes 15 µs where this takes 6.6 (one thread, AVX-512), and
 * the product and the update one after the other 22.
 */
final class OuterDescent implements Team.Job {
  private static final int WIDE = Tiles.WIDE;

  /** Elements of w below which a second thread costs more than it brings. */
  private static final int ALONE = 1 << 19;

  /** Elements of w of a part, about. */
  private static final int PART = 1 << 17;

  private static final float[] EMPTY = {};

  private final Team.Scratch scratch = new Team.Scratch();
  private int k;
  private int n;
  private int partRows;
  private float[] x = EMPTY;
  private float[] dy = EMPTY;
  private float[] w = EMPTY;
  private float shrink;
  private float rate;
  private float l2;

  /** Whether dy is of whole vectors, four at a time. */
  static boolean fits(int m, int n) {
    return m == 1 && n % WIDE == 0;
  }

  void run(
      Team team,
      int k,
      int n,
      float[] x,
      float[] dy,
      float[] w,
      float shrink,
      float rate,
      float l2) {
    this.k = k;
    this.n = n;
    this.x = x;
    this.dy = dy;
    this.w = w;
    this.shrink = shrink;
    this.rate = rate;
    this.l2 = l2;
    partRows = k;
    boolean together = (long) k * n >= ALONE && team.acquire();
    try {
      if (together) {
        partRows = Math.max(1, PART / n);
        team.run(this, (k + partRows - 1) / partRows, scratch);
      } else {
        run(0, scratch);
      }
    } finally {
      if (together) {
        team.release();
      }
      this.x = EMPTY;
      this.dy = EMPTY;
      this.w = EMPTY;
    }
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    int from = part * partRows;
    int rows = Math.min(k - from, partRows);
    for (int j = 0; j < n; j += WIDE) {
      VectorLoops.descend(rows, x, from, dy, j, w, from * n + j, n, shrink, rate, l2);
    }
  }
}

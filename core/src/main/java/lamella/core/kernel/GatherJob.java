package lamella.core.kernel;

import org.jspecify.annotations.Nullable;

/** {@link Kernels#gather} by vectors, its rows divided over the team where there are many. */
final class GatherJob implements Team.Job {
  private static final float[] NO_FLOATS = {};

  /** Rows that are converted side by side. */
  private static final int ROWS = 6;

  /** Parts for each thread, so that one that is held up does not hold up the others. */
  private static final int PARTS = 4;

  private final Team.Scratch scratch = new Team.Scratch();
  private @Nullable ByteMatrix matrix;
  private float[] result = NO_FLOATS;
  private int partLength;

  void run(Team team, ByteMatrix x, float[] y) {
    matrix = x;
    result = y;
    int rows = x.rows();
    boolean together = (long) rows * x.width() >= LoopJob.ALONE && team.acquire();
    try {
      if (together) {
        int parts = team.parts(PARTS, (long) rows * x.width(), LoopJob.SMALLEST);
        partLength = (rows + parts * ROWS - 1) / (parts * ROWS) * ROWS;
        team.run(this, (rows + partLength - 1) / partLength, scratch);
      } else {
        partLength = rows;
        run(0, scratch);
      }
    } finally {
      if (together) {
        team.release();
      }
      matrix = null;
      result = NO_FLOATS;
    }
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    ByteMatrix x = matrix;
    if (x == null) {
      throw new AssertionError("a job that runs has a matrix");
    }
    int width = x.width();
    int to = Math.min(x.rows(), (part + 1) * partLength);
    int row = part * partLength;
    for (; VectorSupport.CONVERTS_BYTES && row + ROWS <= to; row += ROWS) {
      VectorLoops.convertSix(x, row, 0, width, result, row * width, width);
    }
    for (; row < to; row++) {
      VectorLoops.convert(x, row, 0, width, result, row * width);
    }
  }
}

package lamella.core.kernel;

/** {@link Kernels#gatherBytes} by vectors, its rows divided over the team where there are many. */
final class GatherJob implements Team.Job {
  private static final byte[] NO_BYTES = {};
  private static final int[] NO_ROWS = {};
  private static final float[] NO_FLOATS = {};

  private final Team.Scratch scratch = new Team.Scratch();
  private byte[] bytes = NO_BYTES;
  private int origin;
  private int[] rows = NO_ROWS;
  private float[] subtrahend = NO_FLOATS;
  private float[] result = NO_FLOATS;
  private int partLength;

  void run(Team team, byte[] from, int start, int[] indices, float[] minus, float[] to) {
    bytes = from;
    origin = start;
    rows = indices;
    subtrahend = minus;
    result = to;
    partLength = rows.length;
    boolean together = result.length >= LoopJob.ALONE && team.acquire();
    try {
      if (together) {
        partLength = Math.max(1, (rows.length + 2 * team.threads() - 1) / (2 * team.threads()));
        team.run(this, (rows.length + partLength - 1) / partLength, scratch);
      } else {
        run(0, scratch);
      }
    } finally {
      if (together) {
        team.release();
      }
      bytes = NO_BYTES;
      rows = NO_ROWS;
      subtrahend = NO_FLOATS;
      result = NO_FLOATS;
    }
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    int width = subtrahend.length;
    int to = Math.min(rows.length, (part + 1) * partLength);
    for (int i = part * partLength; i < to; i++) {
      int start = origin + rows[i] * width;
      VectorLoops.subtract(bytes, start, width, subtrahend, result, i * width);
    }
  }
}

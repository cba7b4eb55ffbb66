package lamella.core.kernel;

/** One elementwise loop, divided over the team where it is long. An object is a job's description, used again and again. */
final class ElementwiseJob implements Team.Job {
  /** What to do; the operands are those of the {@link Kernels} method of the same name. */
  enum Operation {
    RELU,
    RELU_GRADIENT,
    LEAKY_RELU,
    LEAKY_RELU_GRADIENT,
    SWISH,
    SWISH_GRADIENT,
    SELU,
    SELU_GRADIENT,
    SGD,
    CENTRE_ROWS
  }

  /** Elements below which a second thread costs more than it brings (128 KiB an array, some 5 µs). */
  private static final int ALONE = 1 << 15;

  /** A part's elements are a multiple of this, so that no two threads write to one cache line. */
  private static final int GRAIN = 1024;

  private static final float[] EMPTY = {};
  private static final byte[] NO_BYTES = {};
  private static final int[] NO_ROWS = {};

  private final Team.Scratch scratch = new Team.Scratch();
  private Operation operation = Operation.RELU;
  private float[] x = EMPTY;
  private float[] y = EMPTY;
  private float[] dy = EMPTY;
  private float[] out = EMPTY;
  private float first;
  private float second;
  private byte[] bytes = NO_BYTES;
  private int origin;
  private int[] rows = NO_ROWS;
  private int length;
  private int partLength;

  /** An elementwise function or its gradient; {@code y} and {@code dy} where the operation needs them. */
  void run(
      Team team, Operation what, float first, float second, float[] x, float[] y, float[] dy, float[] out) {
    this.operation = what;
    this.first = first;
    this.second = second;
    this.x = x;
    this.y = y;
    this.dy = dy;
    this.out = out;
    divide(team, x.length, x.length, GRAIN);
  }

  /** {@link Kernels#centreRows}. */
  void centreRows(Team team, byte[] pixels, int start, int[] indices, float[] mean, float[] to) {
    this.operation = Operation.CENTRE_ROWS;
    this.bytes = pixels;
    this.origin = start;
    this.rows = indices;
    this.x = mean;
    this.out = to;
    divide(team, indices.length, (long) indices.length * mean.length, 1);
  }

  private void divide(Team team, int items, long elements, int grain) {
    length = items;
    partLength = items;
    boolean together = elements >= ALONE && team.acquire();
    try {
      if (together) {
        int parts = 2 * team.threads();
        partLength = Math.max(1, (items / grain + parts - 1) / parts) * grain;
        team.run(this, (items + partLength - 1) / partLength, scratch);
      } else {
        run(0, scratch);
      }
    } finally {
      if (together) {
        team.release();
      }
      x = EMPTY;
      y = EMPTY;
      dy = EMPTY;
      out = EMPTY;
      bytes = NO_BYTES;
      rows = NO_ROWS;
    }
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    int from = part * partLength;
    int to = Math.min(length, from + partLength);
    switch (operation) {
      case RELU -> VectorLoops.relu(x, out, from, to);
      case RELU_GRADIENT -> VectorLoops.reluGradient(x, dy, out, from, to);
      case LEAKY_RELU -> VectorLoops.leakyRelu(first, x, out, from, to);
      case LEAKY_RELU_GRADIENT -> VectorLoops.leakyReluGradient(first, x, dy, out, from, to);
      case SWISH -> VectorLoops.swish(x, out, from, to);
      case SWISH_GRADIENT -> VectorLoops.swishGradient(x, y, dy, out, from, to);
      case SELU -> VectorLoops.selu(first, second, x, out, from, to);
      case SELU_GRADIENT -> VectorLoops.seluGradient(first, second, x, dy, out, from, to);
      case SGD -> VectorLoops.sgd(out, x, first, second, from, to);
      case CENTRE_ROWS -> {
        for (int i = from; i < to; i++) {
          VectorLoops.centre(
              bytes, origin + rows[i] * x.length, x.length, x, out, i * x.length);
        }
      }
    }
  }
}

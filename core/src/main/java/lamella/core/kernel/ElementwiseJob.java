package lamella.core.kernel;

/**
 * One elementwise loop, divided over the team where it is long. An object is a job's description,
 * used again and again.
 */
final class ElementwiseJob implements Team.Job {
  /**
   * What to do; the operands are those of the {@link Kernels} method of the same name.
   *
   * <p>A method of each constant, not one switch: C2 would inline all loops into the switch, run
   * out of nodes, and leave vectors of the later ones as objects on the heap. The virtual call
   * keeps each loop a unit of compilation of its own.
   */
  enum Operation {
    RELU {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.relu(job.x, job.out, from, to);
      }
    },
    RELU_GRADIENT {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.reluGradient(job.x, job.dy, job.out, from, to);
      }
    },
    LEAKY_RELU {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.leakyRelu(job.first, job.x, job.out, from, to);
      }
    },
    LEAKY_RELU_GRADIENT {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.leakyReluGradient(job.first, job.x, job.dy, job.out, from, to);
      }
    },
    SWISH {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.swish(job.x, job.out, from, to);
      }
    },
    SWISH_GRADIENT {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.swishGradient(job.x, job.y, job.dy, job.out, from, to);
      }
    },
    SELU {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.selu(job.first, job.second, job.x, job.out, from, to);
      }
    },
    SELU_GRADIENT {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.seluGradient(job.first, job.second, job.x, job.dy, job.out, from, to);
      }
    },
    EXP {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        VectorLoops.exp(job.out, from, to);
      }
    },
    IS_FINITE {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        if (!VectorLoops.isFinite(job.x, from, to)) {
          job.finite = false;
        }
      }
    },
    GATHER_BYTES {
      @Override
      void run(ElementwiseJob job, int from, int to) {
        int width = job.x.length;
        for (int i = from; i < to; i++) {
          int start = job.origin + job.rows[i] * width;
          VectorLoops.centre(job.bytes, start, width, job.x, job.out, i * width);
        }
      }
    };

    /** Does the elements (for rows: the rows) in [from, to). */
    abstract void run(ElementwiseJob job, int from, int to);
  }

  /**
   * Elements below which a second thread costs more than it brings (128 KiB an array, some 5 µs).
   */
  private static final int ALONE = 1 << 15;

  /**
   * Elements of one call of a loop; a part's are a multiple of it, so that no two threads write to
   * one cache line.
   *
   * <p>Few, for the JVM compiles a loop the sooner the more often it is called. With one call for
   * all, the ReLU of 200 x 64 stayed interpreted for 75 training steps and was compiled by C2 after
   * 125; so it is after 24.
   */
  private static final int GRAIN = 512;

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
  private int grain;

  /** Set to false by whichever part finds a number that is not; read when all have ended. */
  private boolean finite;

  /**
   * An elementwise function or its gradient; {@code y} and {@code dy} where the operation needs
   * them.
   */
  void run(
      Team team,
      Operation what,
      float first,
      float second,
      float[] x,
      float[] y,
      float[] dy,
      float[] out) {
    this.operation = what;
    this.first = first;
    this.second = second;
    this.x = x;
    this.y = y;
    this.dy = dy;
    this.out = out;
    divide(team, x.length, x.length, GRAIN);
  }

  /** a[i] = exp(a[i]) for the first so many. */
  void exp(Team team, float[] a, int count) {
    this.operation = Operation.EXP;
    this.out = a;
    divide(team, count, count, GRAIN);
  }

  /** {@link Kernels#isFinite}. */
  boolean isFinite(Team team, float[] a) {
    this.operation = Operation.IS_FINITE;
    this.x = a;
    finite = true;
    divide(team, a.length, a.length, GRAIN);
    return finite;
  }

  /** {@link Kernels#gatherBytes}. */
  void gatherBytes(Team team, byte[] pixels, int start, int[] indices, float[] mean, float[] to) {
    this.operation = Operation.GATHER_BYTES;
    this.bytes = pixels;
    this.origin = start;
    this.rows = indices;
    this.x = mean;
    this.out = to;
    divide(team, indices.length, (long) indices.length * mean.length, 1);
  }

  private void divide(Team team, int items, long elements, int itemsOfCall) {
    grain = itemsOfCall;
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
    int to = Math.min(length, (part + 1) * partLength);
    for (int from = part * partLength; from < to; from += grain) {
      operation.run(this, from, Math.min(to, from + grain));
    }
  }
}

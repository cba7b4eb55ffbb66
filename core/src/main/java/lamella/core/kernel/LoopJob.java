package lamella.core.kernel;

import java.util.Arrays;

/**
 * A loop over the elements of some arrays, in short ranges or in rows, divided over the team where
 * it is long. An object is a job's description, borrowed, filled, run and used again.
 */
public final class LoopJob implements Team.Job {
  /** What is done with the elements in [from, to) of all arrays. */
  public interface Body {
    /**
     * In float32.
     *
     * @param arrays the job's arrays, empty ones where there are fewer
     * @param from the first element
     * @param to the one after the last
     * @param lanes memory for {@link Lanes}, where the job goes by rows
     */
    void run(float[][] arrays, int from, int to, double[] lanes);

    /**
     * In float64.
     *
     * @param arrays the job's arrays, empty ones where there are fewer
     * @param from the first element
     * @param to the one after the last
     * @param lanes memory for {@link Lanes}, where the job goes by rows
     */
    void run(double[][] arrays, int from, int to, double[] lanes);

    /**
     * {@return how many elements at a time: {@link #GRAIN}, or {@link #LARGE_GRAIN} once compiled}
     */
    default int grain() {
      return GRAIN;
    }

    /** {@return how many times as long as a plain operation an element takes, about} */
    default int cost() {
      return 1;
    }
  }

  /** How many arrays a loop can have. */
  public static final int MAX_ARRAYS = 6;

  /**
   * Elements below which a second thread costs more than it brings (128 KiB an array, some 5 µs).
   */
  static final int ALONE = 1 << 15;

  /** Parts for each thread, so that one that is held up does not hold up the others. */
  static final int PARTS = 2;

  /** Fewest elements of a part: some 1 µs, which is what handing it over to a thread takes. */
  static final int SMALLEST = 1 << 13;

  /**
   * Elements of one call of a body that is not compiled yet; a part's are a multiple of it, so that
   * no two threads write to one cache line.
   *
   * <p>Few, for the JVM compiles a loop the sooner the more often it is called. With one call for
   * all, a loop over 200 x 64 was compiled by C2 after 125 training steps; with calls of 512
   * elements it is after 24.
   */
  public static final int GRAIN = 512;

  /** Later a call less is some nanoseconds less, a tenth of the shortest loops' time. */
  public static final int LARGE_GRAIN = 1 << 13;

  /** Rows that a part's are a multiple of, for the same reason, where they are short. */
  private static final int LINE = 16;

  private static final float[] NO_FLOATS = {};
  private static final double[] NO_DOUBLES = {};
  private static final Body NOTHING =
      new Body() {
        @Override
        public void run(float[][] arrays, int from, int to, double[] lanes) {}

        @Override
        public void run(double[][] arrays, int from, int to, double[] lanes) {}
      };
  private static final Pool<LoopJob> JOBS = new Pool<>();

  private final Team.Scratch scratch = new Team.Scratch();
  private final float[][] floats = new float[MAX_ARRAYS][];
  private final double[][] doubles = new double[MAX_ARRAYS][];
  private Body body = NOTHING;
  private boolean inDouble;
  private int length;
  private int partLength;
  private int grain;

  /** Elements of a row, where each is a call of its own; 0 where rows do not matter. */
  private int width;

  /** How many arrays there are. */
  private int used;

  private LoopJob() {
    Arrays.fill(floats, NO_FLOATS);
    Arrays.fill(doubles, NO_DOUBLES);
  }

  /** {@return a job without arrays, the caller's until it has run} */
  public static LoopJob borrow() {
    LoopJob job = JOBS.borrow();
    return job == null ? new LoopJob() : job;
  }

  /**
   * Adds an array.
   *
   * @param index its place among the arrays, from 0
   * @param array held until the job has run
   */
  public void set(int index, float[] array) {
    floats[index] = array;
    used = Math.max(used, index + 1);
  }

  /**
   * Adds an array.
   *
   * @param index its place among the arrays, from 0
   * @param array held until the job has run
   */
  public void set(int index, double[] array) {
    doubles[index] = array;
    used = Math.max(used, index + 1);
  }

  /**
   * Lets each call of the body do one row.
   *
   * @param elements of a row; the size that the body is run over is a multiple
   */
  public void setWidth(int elements) {
    width = elements;
  }

  /**
   * Runs the body over the first {@code size} elements of the float32 arrays and gives this job
   * back.
   *
   * @param loop the body
   * @param size no array is shorter
   */
  public void runFloats(Body loop, int size) {
    runFloats(Chosen.TEAM, loop, size);
  }

  /** The same by another team. */
  void runFloats(Team team, Body loop, int size) {
    run(team, loop, false, size);
    JOBS.giveBack(this);
  }

  /**
   * Runs the body over the first {@code size} elements of the float64 arrays and gives this job
   * back.
   *
   * @param loop the body
   * @param size no array is shorter
   */
  public void runDoubles(Body loop, int size) {
    run(Chosen.TEAM, loop, true, size);
    JOBS.giveBack(this);
  }

  private void run(Team team, Body loop, boolean isDouble, int size) {
    body = loop;
    grain = width == 0 ? loop.grain() : width;
    inDouble = isDouble;
    length = size;
    partLength = size;
    int work = (int) Math.min(Integer.MAX_VALUE, (long) size * loop.cost());
    boolean together = work >= ALONE && team.acquire();
    try {
      if (together) {
        int parts = team.parts(PARTS, work, SMALLEST);
        int unit = width == 0 ? GRAIN : width < LINE ? width * LINE : width;
        partLength = Math.max(1, (size / unit + parts - 1) / parts) * unit;
        team.run(this, (size + partLength - 1) / partLength, scratch);
      } else {
        run(0, scratch);
      }
    } finally {
      if (together) {
        team.release();
      }
      forget();
    }
  }

  private void forget() {
    body = NOTHING;
    for (int i = 0; i < used; i++) {
      if (inDouble) {
        doubles[i] = NO_DOUBLES;
      } else {
        floats[i] = NO_FLOATS;
      }
    }
    used = 0;
    width = 0;
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    double[] lanes = width == 0 ? NO_DOUBLES : threadScratch.doubles(Lanes.COUNT);
    int to = (int) Math.min(length, (part + 1L) * partLength);
    for (int from = part * partLength; from < to; from += grain) {
      int end = Math.min(to, from + grain);
      if (inDouble) {
        body.run(doubles, from, end, lanes);
      } else {
        body.run(floats, from, end, lanes);
      }
    }
  }
}

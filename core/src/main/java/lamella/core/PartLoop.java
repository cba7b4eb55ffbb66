package lamella.core;

import lamella.core.kernel.PartJob;

/**
 * A loop over things that are no elements of tensors, for example images to be changed, in a fixed
 * number of parts on all threads of {@link Compute#threads}: a part has memory of its own, which
 * its number finds.
 *
 * <p>Threads take the parts in any order; each part is done once, by one thread. So where what is
 * done with a thing does not depend on the others, results do not depend on the threads.
 *
 * <p>One thread at a time may run a loop; several loops may run at once.
 */
public abstract class PartLoop {
  /** Parts for each thread, so that one that is held up does not hold up the others. */
  private static final int OF_THREAD = 4;

  /** Some times what it takes to hand a part over. */
  private static final double SMALLEST_NANOSECONDS = 5000;

  private final PartJob job =
      new PartJob(
          new PartJob.Body() {
            @Override
            public void run(int part, int from, int to) {
              PartLoop.this.run(part, from, to);
            }
          });

  /** For subclasses. */
  protected PartLoop() {}

  /**
   * {@return into how many parts to divide some things: so many that threads are busy equally, but
   * none of less work than is worth handing over to a thread}
   *
   * @param count of the things, at least 1
   * @param nanoseconds that one takes, about
   */
  public static int parts(int count, double nanoseconds) {
    double worthwhile = count * nanoseconds / SMALLEST_NANOSECONDS;
    return (int) Math.clamp(worthwhile, 1, Math.min(count, (double) OF_THREAD * Compute.threads()));
  }

  /**
   * Does one part.
   *
   * @param part its number, from 0
   * @param from the first thing
   * @param to the one after the last
   */
  protected abstract void run(int part, int from, int to);

  /**
   * Does all things, and returns when that is done. What a part throws is thrown again.
   *
   * @param count of the things
   * @param parts at least 1
   * @throws IllegalArgumentException if there are no parts, or fewer things than none
   */
  public final void over(int count, int parts) {
    if (count < 0 || parts < 1) {
      throw new IllegalArgumentException(
          getClass().getName()
              + ".over: expects 0 or more things in at least 1 part, got "
              + count
              + " in "
              + parts);
    }
    job.run(count, parts);
  }
}

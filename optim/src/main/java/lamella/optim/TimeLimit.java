package lamella.optim;

import java.time.Duration;

/** Stops after the step in which a time is over. A training that is resumed has all of it again. */
public final class TimeLimit implements TrainingListener {
  private final Duration limit;
  private final long nanos;
  private long start;

  /**
   * A limit of so long from the first step on.
   *
   * @param limit not negative; one of more than 292 years is never over
   * @throws IllegalArgumentException if it is negative
   */
  public TimeLimit(Duration limit) {
    this.limit = limit;
    nanos = Durations.nanos("TimeLimit", limit);
  }

  @Override
  public void started(Fit fit) {
    start = System.nanoTime();
  }

  @Override
  public void afterStep(Fit fit) {
    if (System.nanoTime() - start >= nanos) {
      fit.stop("its time was over: " + limit.toMillis() / 1000.0 + " s");
    }
  }

  /** For example {@code TimeLimit(PT8H)}. */
  @Override
  public String toString() {
    return "TimeLimit(" + limit + ")";
  }
}

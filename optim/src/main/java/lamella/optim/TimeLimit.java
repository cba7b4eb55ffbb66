package lamella.optim;

import java.time.Duration;

/** Stops after the step in which a time is over. A training that is resumed has all of it again. */
public final class TimeLimit implements TrainingListener {
  private final Duration limit;
  private long start;

  /**
   * A limit of so long from the first step on.
   *
   * @param limit not negative
   * @throws IllegalArgumentException if it is negative
   */
  public TimeLimit(Duration limit) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("TimeLimit: must not be negative, got " + limit);
    }
    this.limit = limit;
  }

  @Override
  public void started(Fit fit) {
    start = System.nanoTime();
  }

  @Override
  public void afterStep(Fit fit) {
    if (System.nanoTime() - start >= limit.toNanos()) {
      fit.stop("its time was over: " + limit.toMillis() / 1000.0 + " s");
    }
  }
}

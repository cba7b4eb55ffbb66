package lamella.optim;

import java.time.Duration;

/** Stops after the step in which a time is over. A training that is resumed has all of it again. */
public final class TimeLimit implements TrainingListener {
  private final Duration limit;
  private long start;

  /** So long from the first step on. */
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

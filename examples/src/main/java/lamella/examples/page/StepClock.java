package lamella.examples.page;

import java.util.Arrays;
import java.util.function.Consumer;
import lamella.examples.Training;

/**
 * Times the steps of one run: a listener of {@link Training}.
 *
 * <p>The time of a step is that between two calls. Some hold more than a step, such as the
 * accuracies measured once an epoch; the median is not moved by those.
 */
public final class StepClock implements Consumer<Training.Step> {
  private final long[] calls;
  private final long start = System.nanoTime();
  private int count;

  /** A clock for so many steps, running from now on. */
  public StepClock(int steps) {
    calls = new long[steps];
  }

  /**
   * How long a run took.
   *
   * @param seconds from the clock's start, measuring of accuracies included
   * @param medianStep seconds of a step; NaN where there was only one
   */
  public record Timing(double seconds, double medianStep) {
    /** Images a second while training. */
    public double imagesPerSecond(int batchSize) {
      return batchSize / medianStep;
    }
  }

  @Override
  public void accept(Training.Step step) {
    if (count < calls.length) {
      calls[count++] = System.nanoTime();
    }
  }

  /** The times until now. */
  public Timing stop() {
    double seconds = (System.nanoTime() - start) / 1e9;
    long[] steps = new long[Math.max(0, count - 1)];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = calls[i + 1] - calls[i];
    }
    Arrays.sort(steps);
    return new Timing(seconds, steps.length == 0 ? Double.NaN : steps[steps.length / 2] / 1e9);
  }
}

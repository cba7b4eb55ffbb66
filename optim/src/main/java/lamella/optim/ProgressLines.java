package lamella.optim;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Says in a line, every so often, how a training is getting on: {@code step 200 of 1000: loss
 * 1.731567, validation accuracy 0.4500}, the loss of that step's batch and the last of each
 * measurement.
 */
public final class ProgressLines implements TrainingListener {
  private final Consumer<String> out;
  private final long steps;
  private final long nanos;
  private final boolean byTime;
  private final Map<String, Double> measurements = new LinkedHashMap<>();
  private long start;
  private long firstStep;
  private long last;

  private ProgressLines(long steps, long nanos, boolean byTime, Consumer<String> out) {
    this.steps = steps;
    this.nanos = nanos;
    this.byTime = byTime;
    this.out = out;
  }

  /**
   * {@return a listener that prints after the first step and then every so many: the same lines for
   * the same training}
   *
   * @param steps at least 1
   * @param out takes each line
   * @throws IllegalArgumentException if below 1
   */
  public static ProgressLines every(long steps, Consumer<String> out) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "ProgressLines: must be at least 1 step apart, got " + steps);
    }
    return new ProgressLines(steps, 0, false, out);
  }

  /**
   * {@return a listener that prints at most so often, with examples a second and the time left}
   *
   * @param time between two lines; one of more than 292 years is never over
   * @param out takes each line
   * @throws IllegalArgumentException if the time is negative
   */
  public static ProgressLines every(Duration time, Consumer<String> out) {
    return new ProgressLines(1, Durations.nanos("ProgressLines", time), true, out);
  }

  @Override
  public void started(Fit fit) {
    start = System.nanoTime();
    last = start;
    firstStep = fit.step();
    measurements.clear();
  }

  @Override
  public void measured(Fit fit, String name, double value) {
    measurements.put(name, value);
  }

  @Override
  public void afterStep(Fit fit) {
    if (!byTime) {
      if (fit.step() % steps < fit.roundSteps()) {
        out.accept(line(fit));
      }
      return;
    }
    long now = System.nanoTime();
    if (now - last >= nanos) {
      last = now;
      double seconds = (now - start) * 1e-9;
      long done = fit.step() + 1 - firstStep;
      String speed =
          String.format(Locale.ROOT, "; %.0f examples/s", done * fit.batchSize() / seconds);
      String left =
          isEndless(fit)
              ? ""
              : String.format(
                  Locale.ROOT, ", %.0f s left", seconds / done * (fit.steps() - 1 - fit.step()));
      out.accept(line(fit) + speed + left);
    }
  }

  /** Whether training goes on until something stops it. */
  private static boolean isEndless(Fit fit) {
    return fit.steps() == Long.MAX_VALUE;
  }

  private String line(Fit fit) {
    StringBuilder line = new StringBuilder();
    line.append("step ").append(fit.step());
    if (!isEndless(fit)) {
      line.append(" of ").append(fit.steps());
    }
    line.append(": loss ").append(Numbers.text(fit.loss(), 6));
    measurements.forEach(
        (name, value) -> line.append(", ").append(name).append(' ').append(Numbers.text(value)));
    return line.toString();
  }

  /** For example {@code ProgressLines(every 100 steps)}. */
  @Override
  public String toString() {
    return "ProgressLines(every " + (byTime ? Duration.ofNanos(nanos) : steps + " steps") + ")";
  }
}

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
  private final Map<String, Double> measurements = new LinkedHashMap<>();
  private long start;
  private long firstStep;
  private long last;

  private ProgressLines(long steps, Duration time, Consumer<String> out) {
    if (steps < 1 || time.isNegative()) {
      throw new IllegalArgumentException(
          "ProgressLines: must be at least 1 step or 0 seconds apart, got "
              + (steps < 1 ? steps : time));
    }
    this.steps = steps;
    this.nanos = time.toNanos();
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
    return new ProgressLines(steps, Duration.ZERO, out);
  }

  /**
   * {@return a listener that prints at most so often, with examples a second and the time left}
   *
   * @param time between two lines
   * @param out takes each line
   * @throws IllegalArgumentException if the time is negative
   */
  public static ProgressLines every(Duration time, Consumer<String> out) {
    return new ProgressLines(1, time, out);
  }

  @Override
  public void started(Fit fit) {
    start = System.nanoTime();
    last = start;
    firstStep = fit.step();
  }

  @Override
  public void measured(Fit fit, String name, double value) {
    measurements.put(name, value);
  }

  @Override
  public void afterStep(Fit fit) {
    if (nanos == 0) {
      if (fit.step() % steps == 0) {
        out.accept(line(fit));
      }
      return;
    }
    long now = System.nanoTime();
    if (now - last >= nanos) {
      last = now;
      double seconds = (now - start) * 1e-9;
      long done = fit.step() + 1 - firstStep;
      out.accept(
          String.format(
              Locale.ROOT,
              "%s; %.0f examples/s, %.0f s left",
              line(fit),
              done * fit.batchSize() / seconds,
              seconds / done * (fit.steps() - 1 - fit.step())));
    }
  }

  private String line(Fit fit) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT, "step %d of %d: loss %.6f", fit.step(), fit.steps(), fit.loss()));
    measurements.forEach(
        (name, value) -> line.append(String.format(Locale.ROOT, ", %s %.4f", name, value)));
    return line.toString();
  }
}

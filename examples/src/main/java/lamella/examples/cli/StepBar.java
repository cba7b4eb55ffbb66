package lamella.examples.cli;

import java.util.Locale;
import java.util.function.Supplier;
import lamella.optim.Fit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * The bar of a training, or of several one after another, on a terminal, with the time left,
 * examples a second, and figures.
 */
final class StepBar {
  /** Between two changes of what the bar says: more nobody can read. */
  private static final long NANOS = 100_000_000;

  private final String examples;
  private final Pace pace;
  private final ProgressBar bar;
  private volatile String numbers = "";
  private long before;
  private long last;

  /**
   * Of a training that begins now.
   *
   * @param task at the beginning of the line
   * @param unit of what is counted
   * @param size of one of these in steps
   * @param examples what a step takes, for example {@code images}
   */
  StepBar(Fit fit, String task, String unit, long size, String examples) {
    this(fit, 0, fit.steps(), task, unit, size, examples);
  }

  /**
   * Of trainings one of which begins now.
   *
   * @param before steps of those before it
   * @param total steps of all
   * @param task at the beginning of the line
   * @param unit of what is counted
   * @param size of one of these in steps
   * @param examples what a step takes, for example {@code images}
   */
  StepBar(Fit fit, long before, long total, String task, String unit, long size, String examples) {
    this.examples = examples;
    this.before = before;
    pace = new Pace(before + fit.step(), total);
    bar =
        new ProgressBarBuilder()
            .setInitialMax(total)
            .setUpdateIntervalMillis(200)
            .setRenderer((progress, width) -> pace.line(task, unit, size, numbers, width))
            .setConsumer(new ConsoleProgressBarConsumer(System.out))
            .build();
  }

  /** Another training goes on after so many steps of those before it. */
  void goOn(long steps) {
    before = steps;
  }

  /** A step is done. */
  void afterStep(Fit fit, Supplier<String> figures) {
    long now = System.nanoTime();
    if (now - last >= NANOS) {
      last = now;
      show(fit, fit.step() + 1, now, figures);
    }
  }

  private void show(Fit fit, long ofThis, long now, Supplier<String> figures) {
    long done = before + ofThis;
    pace.reached(done, now);
    double perSecond = pace.perSecond() * fit.batchSize();
    String speed =
        perSecond > 0 ? String.format(Locale.ROOT, ", %.0f %s/s", perSecond, examples) : "";
    numbers = speed + ", " + figures.get();
    bar.stepTo(done);
  }

  /** The training has ended. */
  void ended(Fit fit, Supplier<String> figures) {
    if (last != 0) {
      show(fit, fit.step(), System.nanoTime(), figures);
    }
  }

  /** All trainings have ended. */
  void close() {
    bar.close();
  }
}

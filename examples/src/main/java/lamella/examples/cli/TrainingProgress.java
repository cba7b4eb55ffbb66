package lamella.examples.cli;

import java.io.PrintWriter;
import java.util.Locale;
import lamella.examples.Experiment;
import lamella.examples.Training;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows how far a training is: a bar on a terminal, else a line every so many iterations. */
interface TrainingProgress extends TrainingListener {

  /** The bar if standard output is a terminal; lines to {@code console} if not. */
  static TrainingProgress on(PrintWriter console, Experiment experiment) {
    return Output.isTerminal() ? new Bar() : new Lines(console, Run.interval(experiment));
  }

  /** A bar of iterations, with the time left, images a second, loss and accuracy. */
  final class Bar implements TrainingProgress {
    /** Between two changes of what the bar says: more nobody can read. */
    private static final long NANOS = 100_000_000;

    private @Nullable ProgressBar bar;
    private Pace pace = new Pace(0, 0);
    private volatile String numbers = "";
    private String accuracy = "";
    private long last;

    private Bar() {}

    @Override
    public void started(Fit fit) {
      pace = new Pace(fit.step(), fit.steps());
      bar =
          new ProgressBarBuilder()
              .setInitialMax(fit.steps())
              .setUpdateIntervalMillis(200)
              .setRenderer(
                  (progress, width) -> pace.line("training", "iterations", 1, numbers, width))
              .setConsumer(new ConsoleProgressBarConsumer(System.out))
              .build();
    }

    @Override
    public void measured(Fit fit, String name, double value) {
      if (name.equals(Training.VALIDATION_ACCURACY)) {
        accuracy = String.format(Locale.ROOT, ", accuracy %.4f", value);
      }
    }

    @Override
    public void afterStep(Fit fit) {
      long now = System.nanoTime();
      if (now - last >= NANOS) {
        last = now;
        show(fit, fit.step() + 1, now);
      }
    }

    private void show(Fit fit, long done, long now) {
      pace.reached(done, now);
      double images = pace.perSecond() * fit.batchSize();
      String speed = images > 0 ? String.format(Locale.ROOT, ", %.0f images/s", images) : "";
      numbers = speed + String.format(Locale.ROOT, ", loss %.4f%s", fit.loss(), accuracy);
      if (bar != null) {
        bar.stepTo(done);
      }
    }

    @Override
    public void ended(Fit fit) {
      if (last != 0) {
        show(fit, fit.step(), System.nanoTime());
      }
      if (bar != null) {
        bar.close();
      }
    }
  }

  /** Lines for a log. */
  final class Lines implements TrainingProgress {
    private final PrintWriter console;
    private final int interval;

    Lines(PrintWriter console, int interval) {
      this.console = console;
      this.interval = interval;
    }

    @Override
    public void afterStep(Fit fit) {
      if (fit.step() % interval == 0) {
        console.println(
            String.format(
                Locale.ROOT,
                "iteration %d / %d: loss %.6f (data %.6f, penalty %.6f), learning rate %.3e",
                fit.step(),
                fit.steps(),
                fit.loss(),
                fit.dataLoss(),
                fit.penalty(),
                fit.learningRate()));
      }
    }
  }
}

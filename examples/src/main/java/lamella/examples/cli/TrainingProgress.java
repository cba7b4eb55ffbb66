package lamella.examples.cli;

import java.io.PrintWriter;
import java.util.Locale;
import lamella.examples.Experiment;
import lamella.examples.Training;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/** Shows how far a training is: a bar on a terminal, else a line every so many iterations. */
interface TrainingProgress extends TrainingListener {

  /** The bar if standard output is a terminal; lines to {@code console} if not. */
  static TrainingProgress on(PrintWriter console, Experiment experiment) {
    return Output.isTerminal() ? new Bar() : new Lines(console, Run.interval(experiment));
  }

  /** A bar of iterations, with the time left, images a second, loss and accuracy. */
  final class Bar implements TrainingProgress {
    private @Nullable StepBar bar;
    private String accuracy = "";

    private Bar() {}

    @Override
    public void started(Fit fit) {
      bar = new StepBar(fit, "training", "iterations", 1, "images");
    }

    @Override
    public void measured(Fit fit, String name, double value) {
      if (name.equals(Training.VALIDATION_ACCURACY)) {
        accuracy = String.format(Locale.ROOT, ", accuracy %.4f", value);
      }
    }

    private String figures(Fit fit) {
      return String.format(Locale.ROOT, "loss %.4f%s", fit.loss(), accuracy);
    }

    @Override
    public void afterStep(Fit fit) {
      if (bar != null) {
        bar.afterStep(fit, () -> figures(fit));
      }
    }

    @Override
    public void ended(Fit fit) {
      if (bar != null) {
        bar.ended(fit, () -> figures(fit));
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

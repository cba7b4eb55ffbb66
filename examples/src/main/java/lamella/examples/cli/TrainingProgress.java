package lamella.examples.cli;

import java.io.PrintWriter;
import java.util.Locale;
import lamella.examples.Experiment;
import lamella.examples.Training;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/** Shows how far a training is: a bar on a terminal, else a line every so many iterations. */
interface TrainingProgress extends TrainingListener, AutoCloseable {

  /** One of the networks begins that are trained one after another. */
  void member(int index);

  /** All have ended. */
  @Override
  void close();

  /** The bar if standard output is a terminal; lines to {@code console} if not. */
  static TrainingProgress on(PrintWriter console, Experiment experiment) {
    return Output.isTerminal() ? new Bar(experiment.members()) : new Lines(console, experiment);
  }

  /**
   * A bar of the iterations of all members, with the time left, images a second, loss, accuracy.
   */
  final class Bar implements TrainingProgress {
    private final int members;
    private int index;
    private @Nullable StepBar bar;
    private String accuracy = "";

    private Bar(int members) {
      this.members = members;
    }

    @Override
    public void member(int next) {
      index = next;
    }

    @Override
    public void started(Fit fit) {
      long before = index * fit.steps();
      if (bar != null) {
        bar.goOn(before);
      } else if (fit.step() < fit.steps()) { // or it was resumed at its end
        bar =
            new StepBar(fit, before, members * fit.steps(), "training", "iterations", 1, "images");
      }
    }

    @Override
    public void measured(Fit fit, String name, double value) {
      if (name.equals(Training.VALIDATION_ACCURACY)) {
        accuracy = String.format(Locale.ROOT, ", accuracy %.4f", value);
      }
    }

    private String figures(Fit fit) {
      String member = members > 1 ? "member " + (index + 1) + ", " : "";
      return String.format(Locale.ROOT, "%sloss %.4f%s", member, fit.loss(), accuracy);
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

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }

  /** Lines for a log. */
  final class Lines implements TrainingProgress {
    private final PrintWriter console;
    private final Experiment experiment;
    private final int interval;
    private String member = "";

    Lines(PrintWriter console, Experiment experiment) {
      this.console = console;
      this.experiment = experiment;
      this.interval = Run.interval(experiment);
    }

    @Override
    public void close() {}

    @Override
    public void member(int next) {
      member = experiment.members() > 1 ? Run.name(experiment, next) + ", " : "";
    }

    @Override
    public void afterStep(Fit fit) {
      if (fit.step() % interval == 0) {
        console.println(
            String.format(
                Locale.ROOT,
                "%siteration %d / %d: loss %.6f (data %.6f, penalty %.6f), learning rate %.3e",
                member,
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

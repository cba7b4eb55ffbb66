package lamella.examples.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far the training of a table is, and the figures of the validation rows: a bar on a
 * terminal, else lines, one after every tenth of the epochs.
 */
abstract class TableProgress implements TrainingListener {
  private static final int LINES = 10;
  private static final String VALIDATION = "validation ";

  /** Of all that is measured; the rest is in the history. */
  private static final Set<String> SHOWN =
      Set.of(
          VALIDATION + "log-loss",
          VALIDATION + "accuracy",
          VALIDATION + "rmse",
          VALIDATION + "loss");

  private final Map<String, Double> measured = new LinkedHashMap<>();
  private final int trainings;
  private int training;

  private TableProgress(int trainings) {
    this.trainings = trainings;
  }

  /**
   * The bar if standard output is a terminal; lines to {@code console} if not.
   *
   * @param trainings how many there are to be, one after the other
   */
  static TableProgress on(PrintWriter console, int trainings) {
    return Output.isTerminal() ? new Bar(trainings) : new Lines(console, trainings);
  }

  @Override
  public void started(Fit fit) {
    training++;
    measured.clear();
  }

  @Override
  public void measured(Fit fit, String name, double value) {
    measured.put(name, value);
  }

  /** What is done, for example {@code training}, or {@code fold 2 of 5}. */
  String task() {
    return isOnly() ? "training" : "fold " + training + " of " + trainings;
  }

  /** Whether there is one training. */
  boolean isOnly() {
    return trainings == 1;
  }

  /** For example {@code loss 0.1234, validation log-loss 0.2345, accuracy 0.9123}. */
  String figures(Fit fit) {
    List<String> figures = new ArrayList<>();
    figures.add(String.format(Locale.ROOT, "loss %.4f", fit.loss()));
    boolean first = true;
    for (Map.Entry<String, Double> figure : measured.entrySet()) {
      String name = figure.getKey();
      if (SHOWN.contains(name)) {
        // Of several figures of the validation rows, the first one says so.
        figures.add(
            (first ? name : name.substring(VALIDATION.length())) + " " + number(figure.getValue()));
        first = false;
      }
    }
    return String.join(", ", figures);
  }

  /** Four digits behind the point, or four in all where numbers are large. */
  static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.4f" : "%.6g", value);
  }

  /** A bar of epochs, with the time left, rows a second, loss and validation figures. */
  private static final class Bar extends TableProgress {
    private @Nullable StepBar bar;

    private Bar(int trainings) {
      super(trainings);
    }

    @Override
    public void started(Fit fit) {
      super.started(fit);
      bar = new StepBar(fit, task(), "epochs", fit.stepsPerEpoch(), "rows");
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
        bar.close();
      }
    }
  }

  /** Lines for a log. */
  private static final class Lines extends TableProgress {
    private final PrintWriter console;

    private Lines(PrintWriter console, int trainings) {
      super(trainings);
      this.console = console;
    }

    @Override
    public void afterStep(Fit fit) {
      long done = fit.step() + 1;
      long perEpoch = fit.stepsPerEpoch();
      long epochs = fit.steps() / perEpoch;
      long epoch = done / perEpoch;
      boolean due = epoch % Math.max(1, epochs / LINES) == 0 || epoch == 1 || epoch == epochs;
      if (done % perEpoch == 0 && due) {
        console.println(
            (isOnly() ? "" : task() + ", ")
                + "epoch "
                + epoch
                + " / "
                + epochs
                + ": "
                + figures(fit));
      }
    }
  }
}

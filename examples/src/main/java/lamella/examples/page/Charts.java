package lamella.examples.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import lamella.examples.Training;
import lamella.examples.page.LineChart.Line;
import lamella.examples.page.LineChart.Look;

/**
 * The report's curves: loss and accuracy of all activations in one chart each, and each activation
 * apart. All charts of one quantity have the same axes, so that they can be compared.
 */
final class Charts {
  private final List<TrainedRun> runs;
  private final Axis iterations;
  private final Axis loss;
  private final Axis accuracy;

  private Charts(List<TrainedRun> runs, Axis iterations, Axis loss, Axis accuracy) {
    this.runs = runs;
    this.iterations = iterations;
    this.loss = loss;
    this.accuracy = accuracy;
  }

  /** The charts of these runs, of equally many iterations. */
  static Charts of(List<TrainedRun> runs) {
    int length = runs.getFirst().history().size();
    double[] losses =
        runs.stream()
            .flatMap(run -> run.history().stream())
            .mapToDouble(Training.Step::loss)
            .toArray();
    double[] accuracies =
        runs.stream()
            .flatMap(run -> run.accuracies().stream())
            .flatMap(at -> List.of(at.train(), at.validation()).stream())
            .mapToDouble(Double::doubleValue)
            .toArray();
    return new Charts(
        runs,
        Axis.over("iteration", 0, length, 5, 1),
        covering("loss", losses),
        covering("accuracy", accuracies));
  }

  private static Axis covering(String label, double[] values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return Axis.over(label, low, high, 6, 0);
  }

  /** The losses of all activations, smoothed over what they were. */
  LineChart loss() {
    List<Line> lines = new ArrayList<>();
    for (TrainedRun run : runs) {
      lines.add(new Line("", run.colour(), Look.FAINT, losses(run).thinned()));
    }
    StringJoiner ends = new StringJoiner(", ");
    for (TrainedRun run : runs) {
      Curve smoothed = losses(run).smoothed();
      lines.add(new Line(title(run), run.colour(), Look.SOLID, smoothed.thinned()));
      ends.add(title(run) + number(" %.3f", smoothed.last()));
    }
    return new LineChart(
        "loss",
        "Loss of the four activations",
        "Loss over the iterations, one line for each activation. At the end: " + ends + ".",
        iterations,
        loss,
        lines);
  }

  /** The accuracies of all activations. */
  LineChart accuracy() {
    List<Line> lines = new ArrayList<>();
    for (TrainedRun run : runs) {
      lines.add(new Line("", run.colour(), Look.DASHED, training(run)));
    }
    StringJoiner ends = new StringJoiner(", ");
    for (TrainedRun run : runs) {
      Curve validation = validation(run);
      lines.add(new Line(title(run), run.colour(), Look.SOLID, validation));
      ends.add(title(run) + number(" %.3f", validation.last()));
    }
    return new LineChart(
        "accuracy",
        "Accuracy of the four activations",
        "Accuracy over the iterations, two lines for each activation: validation images solid, training images dashed."
            + " Last measured on validation images: "
            + ends
            + ".",
        iterations,
        accuracy,
        lines);
  }

  /** The loss of one activation. */
  LineChart loss(TrainedRun run) {
    Curve raw = losses(run);
    Curve smoothed = raw.smoothed();
    return new LineChart(
        "loss-" + run.activation(),
        title(run),
        "Loss with "
            + title(run)
            + " over the iterations, from "
            + number("%.3f", raw.y()[0])
            + " to "
            + number("%.3f", smoothed.last())
            + ".",
        iterations,
        loss,
        List.of(
            new Line("", run.colour(), Look.FAINT, raw.thinned()),
            new Line("", run.colour(), Look.SOLID, smoothed.thinned())));
  }

  /** The accuracy of one activation. */
  LineChart accuracy(TrainedRun run) {
    Curve training = training(run);
    Curve validation = validation(run);
    return new LineChart(
        "accuracy-" + run.activation(),
        title(run),
        "Accuracy with "
            + title(run)
            + " over the iterations. Last measured: validation "
            + number("%.3f", validation.last())
            + ", training "
            + number("%.3f", training.last())
            + ".",
        iterations,
        accuracy,
        List.of(
            new Line("", run.colour(), Look.DASHED, training),
            new Line("", run.colour(), Look.SOLID, validation)));
  }

  /** All charts, in the page's order. */
  List<LineChart> all() {
    List<LineChart> charts = new ArrayList<>();
    charts.add(loss());
    runs.forEach(run -> charts.add(loss(run)));
    charts.add(accuracy());
    runs.forEach(run -> charts.add(accuracy(run)));
    return charts;
  }

  private static Curve losses(TrainedRun run) {
    return Curve.of(run.history(), Training.Step::iteration, Training.Step::loss);
  }

  private static Curve training(TrainedRun run) {
    return Curve.of(run.accuracies(), Training.Accuracy::iteration, Training.Accuracy::train)
        .thinned();
  }

  private static Curve validation(TrainedRun run) {
    return Curve.of(run.accuracies(), Training.Accuracy::iteration, Training.Accuracy::validation)
        .thinned();
  }

  private static String title(TrainedRun run) {
    return run.activation().title();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

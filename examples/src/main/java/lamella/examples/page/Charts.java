package lamella.examples.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import lamella.examples.Training;
import lamella.examples.page.LineChart.Line;
import lamella.examples.page.LineChart.Look;
import lamella.optim.History.Measurement;

/**
 * The report's curves: loss, accuracy and whatever else was measured of all activations in one
 * chart each, and each activation apart. All charts of one quantity have the same axes, so that
 * they can be compared.
 */
final class Charts {
  /** The set whose curve is the matter. */
  private static final String MAIN = "validation";

  private final List<TrainedRun> runs;
  private final Axis iterations;
  private final Axis loss;

  /** The axes of what was measured, by its name. */
  private final Map<String, Axis> measured;

  private Charts(List<TrainedRun> runs, Axis iterations, Axis loss, Map<String, Axis> measured) {
    this.runs = runs;
    this.iterations = iterations;
    this.loss = loss;
    this.measured = measured;
  }

  /** The charts of these runs, of equally many iterations. */
  static Charts of(List<TrainedRun> runs) {
    int length = runs.stream().mapToInt(run -> run.history().size()).max().orElse(0);
    double[] losses =
        runs.stream()
            .flatMap(run -> run.history().stream())
            .mapToDouble(Training.Step::loss)
            .toArray();
    SortedMap<String, List<Double>> values = new TreeMap<>();
    for (TrainedRun run : runs) {
      for (Measurement measurement : run.measurements()) {
        if (Double.isFinite(measurement.value())) {
          values
              .computeIfAbsent(quantity(measurement), name -> new ArrayList<>())
              .add(measurement.value());
        }
      }
    }
    Map<String, Axis> measured = new LinkedHashMap<>();
    values.forEach((name, of) ->
        measured.put(name, covering(name, of.stream().mapToDouble(Double::doubleValue).toArray())));
    return new Charts(
        runs, Axis.over("iteration", 0, length, 5, 1), covering("loss", losses), measured);
  }

  /** What was measured: {@code accuracy} of {@code validation accuracy}. */
  private static String quantity(Measurement measurement) {
    return measurement.name().substring(measurement.name().lastIndexOf(' ') + 1);
  }

  /** Of what it was measured: {@code validation} of {@code validation accuracy}. */
  private static String set(Measurement measurement) {
    int end = measurement.name().lastIndexOf(' ');
    return end < 0 ? "" : measurement.name().substring(0, end);
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

  /** What was measured, in the order of the alphabet: {@code accuracy}, {@code loss}. */
  List<String> quantities() {
    return List.copyOf(measured.keySet());
  }

  /** What was measured of all activations. */
  LineChart measured(String quantity) {
    List<Line> lines = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    for (TrainedRun run : runs) {
      curves(run, quantity)
          .forEach((set, curve) -> {
            if (!set.equals(MAIN)) {
              lines.add(new Line("", run.colour(), look(set), curve));
            }
          });
    }
    for (TrainedRun run : runs) {
      Curve main = curves(run, quantity).get(MAIN);
      if (main != null) {
        lines.add(new Line(title(run), run.colour(), Look.SOLID, main));
        ends.add(title(run) + " " + text(main.last()));
      }
    }
    return new LineChart(
        file(quantity),
        capitalised(quantity) + " of the four activations",
        capitalised(quantity)
            + " over the iterations, lines of each activation's colour: validation images solid, training images"
            + " dashed."
            + (ends.isEmpty()
                ? ""
                : " Last measured on validation images: " + String.join(", ", ends) + "."),
        iterations,
        axis(quantity),
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

  /** What was measured of one activation. */
  LineChart measured(String quantity, TrainedRun run) {
    List<Line> lines = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    curves(run, quantity)
        .forEach((set, curve) -> {
          // The matter is drawn last, over the others.
          lines.add(
              set.equals(MAIN) ? lines.size() : 0, new Line("", run.colour(), look(set), curve));
          ends.add(set + " " + text(curve.last()));
        });
    return new LineChart(
        file(quantity) + "-" + run.activation(),
        title(run),
        capitalised(quantity)
            + " with "
            + title(run)
            + " over the iterations. Last measured: "
            + String.join(", ", ends)
            + ".",
        iterations,
        axis(quantity),
        lines);
  }

  /** All charts, in the page's order. */
  List<LineChart> all() {
    List<LineChart> charts = new ArrayList<>();
    charts.add(loss());
    runs.forEach(run -> charts.add(loss(run)));
    for (String quantity : quantities()) {
      charts.add(measured(quantity));
      runs.forEach(run -> charts.add(measured(quantity, run)));
    }
    return charts;
  }

  /** A curve for each set that it was measured on, where it was a number. */
  private static Map<String, Curve> curves(TrainedRun run, String quantity) {
    Map<String, List<Measurement>> sets = new LinkedHashMap<>();
    for (Measurement measurement : run.measurements()) {
      if (quantity(measurement).equals(quantity) && Double.isFinite(measurement.value())) {
        sets.computeIfAbsent(set(measurement), name -> new ArrayList<>()).add(measurement);
      }
    }
    Map<String, Curve> curves = new LinkedHashMap<>();
    sets.forEach((set, measurements) ->
        curves.put(set, Curve.of(measurements, Measurement::step, Measurement::value).thinned()));
    return curves;
  }

  private static Look look(String set) {
    return switch (set) {
      case MAIN -> Look.SOLID;
      case "train" -> Look.DASHED;
      default -> Look.FAINT;
    };
  }

  private Axis axis(String quantity) {
    return Objects.requireNonNull(measured.get(quantity));
  }

  /** The chart's name; {@code loss} is that of the batches. */
  private static String file(String quantity) {
    return quantity.equals("accuracy")
        ? quantity
        : "measured-" + quantity.replaceAll("[^A-Za-z0-9-]", "_");
  }

  /** In a title; {@code loss} is that of the batches. */
  private static String capitalised(String quantity) {
    return quantity.equals("loss")
        ? "Measured loss"
        : quantity.substring(0, 1).toUpperCase(Locale.ROOT) + quantity.substring(1);
  }

  private static Curve losses(TrainedRun run) {
    return Curve.of(run.history(), Training.Step::iteration, Training.Step::loss);
  }

  private static String title(TrainedRun run) {
    return run.activation().title();
  }

  /** With three digits after the point, or if it is small three that count. */
  private static String text(double value) {
    return Math.abs(value) >= 0.1 || value == 0
        ? number("%.3f", value)
        : new BigDecimal(value).round(new MathContext(3)).toPlainString();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

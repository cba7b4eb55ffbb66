package lamella.examples.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import lamella.examples.page.LineChart.Line;
import lamella.examples.page.LineChart.Look;
import lamella.optim.History;
import lamella.optim.History.Measurement;
import org.jspecify.annotations.Nullable;

/** How a training went: the loss of its batches, and what was measured once an epoch. */
final class TableCurvesSection {
  private static final int MATTER = 0;
  private static final int CHOICE = 1;

  /** Before the names of what was measured with the average of the weights. */
  private static final String AVERAGE = "EMA ";

  private final Markup html;
  private final History history;
  private final OptionalInt best;
  private final double stepsOfEpoch;
  private final Axis epochs;

  private TableCurvesSection(Markup html, History history, OptionalInt best) {
    this.html = html;
    this.history = history;
    this.best = best;
    this.stepsOfEpoch = stepsOfEpoch(history);
    double last = history.steps().isEmpty() ? 1 : epoch(history.steps().getLast().number());
    this.epochs = Axis.over("epoch", 0, last, 5, 0);
  }

  /**
   * Writes the section.
   *
   * @param best the epoch whose weights were kept, from 1
   */
  static void write(Markup html, History history, OptionalInt best) {
    TableCurvesSection section = new TableCurvesSection(html, history, best);
    html.open("section", "id", "curves").element("h2", "Training");
    html.element("p", section.text());
    html.open("div", "class", "pair");
    section.losses();
    section.measured();
    html.close("div").close("section");
  }

  /** Measurements stand an epoch apart. */
  static double stepsOfEpoch(History history) {
    List<Measurement> measured = history.measurements();
    if (measured.isEmpty()) {
      return Math.max(1, history.steps().size());
    }
    String name = measured.getFirst().name();
    List<Measurement> ofOne = history.measurements(name);
    return ofOne.size() == 1
        ? ofOne.getFirst().step() + 1
        : (double) (ofOne.getLast().step() - ofOne.getFirst().step()) / (ofOne.size() - 1);
  }

  /** How many epochs have passed after a step. */
  private double epoch(long step) {
    return (step + 1) / stepsOfEpoch;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    int window = Curve.window(history.steps().size());
    text.append(
        window == 1
            ? "The loss of every batch"
            : "The loss of a single batch is noisy: faint is that of every batch, the line on it the mean of "
                + window
                + " batches around it");
    text.append(history.measurements().isEmpty() ? "." : "; and what was measured once an epoch.");
    if (history.measurements().stream().anyMatch(m -> m.name().startsWith(AVERAGE))) {
      text.append(
          " Faint there: of the weights as they were; the line: of their running average, which is kept.");
    }
    best.ifPresent(epoch ->
        text.append(" The weights kept are those after epoch ")
            .append(epoch)
            .append(", where the dashed line is."));
    history
        .stopReason()
        .ifPresent(reason -> text.append(" Training stopped early: ").append(reason).append('.'));
    return text.toString();
  }

  private void losses() {
    if (history.steps().isEmpty()) {
      return;
    }
    Curve raw = Curve.of(history.steps(), step -> epoch(step.number()), History.Step::loss);
    Curve smoothed = raw.smoothed();
    chart(
        "loss",
        "Training loss",
        "Loss of the batches over the epochs, from "
            + PageParts.figure(raw.y()[0])
            + " to "
            + PageParts.figure(smoothed.last())
            + ".",
        List.of(
            new Line("", MATTER, Look.FAINT, raw.thinned()),
            new Line("", MATTER, Look.SOLID, smoothed.thinned())));
  }

  private void measured() {
    Map<String, Map<Boolean, List<Measurement>>> byName = new LinkedHashMap<>();
    for (Measurement measurement : history.measurements()) {
      if (Double.isFinite(measurement.value())) {
        boolean average = measurement.name().startsWith(AVERAGE);
        String name = average ? measurement.name().substring(AVERAGE.length()) : measurement.name();
        byName
            .computeIfAbsent(name, key -> new TreeMap<>())
            .computeIfAbsent(average, key -> new ArrayList<>())
            .add(measurement);
      }
    }
    byName.forEach((name, measurements) -> {
      List<Mark> marks = new ArrayList<>();
      if (measurements.size() == 2) {
        marks.add(new Line("", MATTER, Look.FAINT, curve(measurements.get(false)).thinned()));
      }
      Curve curve = curve(measurements.getOrDefault(true, measurements.get(false)));
      marks.add(new Line("", MATTER, Look.SOLID, curve.thinned()));
      String title = capitalised(name);
      chart(
          "measured-" + name.replaceAll("[^A-Za-z0-9-]", "_"),
          title,
          title
              + " over the epochs, from "
              + PageParts.figure(curve.y()[0])
              + " to "
              + PageParts.figure(curve.last())
              + chosen(curve, marks)
              + ".",
          marks);
    });
  }

  private Curve curve(@Nullable List<Measurement> measurements) {
    return Curve.of(Objects.requireNonNull(measurements), m -> epoch(m.step()), Measurement::value);
  }

  /** Marks the point of the epoch kept, and says its value. */
  private String chosen(Curve curve, List<Mark> marks) {
    for (int i = 0; i < curve.size() && best.isPresent(); i++) {
      if (Math.round(curve.x()[i]) == best.getAsInt()) {
        Curve point = new Curve(new double[] {curve.x()[i]}, new double[] {curve.y()[i]});
        marks.add(new Mark.Points(CHOICE, true, point));
        return ", " + PageParts.figure(curve.y()[i]) + " after the epoch kept";
      }
    }
    return "";
  }

  private static String capitalised(String name) {
    String words = name.replace("log-loss", "log loss").replace("rmse", "RMSE");
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private void chart(String name, String title, String description, List<? extends Mark> marks) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Mark mark : marks) {
      if (mark instanceof Line line) {
        for (double value : line.curve().y()) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    Axis y = Axis.over("", low, high, 5, 0);
    List<Mark> all = new ArrayList<>();
    best.ifPresent(epoch ->
        all.add(
            new Line(
                "",
                CHOICE,
                Look.DASHED,
                new Curve(new double[] {epoch, epoch}, new double[] {y.from(), y.to()}))));
    all.addAll(marks);
    ChartFigure.write(html, new Chart(name, title, description, epochs, y, all), "small");
  }
}

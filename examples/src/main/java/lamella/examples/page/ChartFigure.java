package lamella.examples.page;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import lamella.examples.page.LineChart.Line;
import lamella.examples.page.LineChart.Look;

/**
 * Draws a chart into the page. The lines are SVG that stretches with the figure, its strokes kept
 * as they are; ticks and labels are text of the page, placed by percent. So type and strokes have
 * the same size on a telephone and on paper, and colours follow light and dark.
 */
final class ChartFigure {
  /** The lines' coordinates run from 0 to this, either way. */
  private static final int UNITS = 1000;

  /** Distance of two labels at the lines' ends, in hundredths of the chart's smallest height. */
  private static final double LABEL_DISTANCE = 7;

  private ChartFigure() {}

  /** Writes the figure, its caption first. */
  static void write(Markup html, LineChart chart, String kind) {
    html.open("figure", "class", "chart " + kind);
    html.element("figcaption", chart.title());
    html.open("div", "class", "plot");
    html.element("span", chart.y().label(), "class", "y-name", "aria-hidden", "true");
    html.open("div", "class", "y-ticks", "aria-hidden", "true");
    for (BigDecimal tick : chart.y().ticks()) {
      String bottom = percent(chart.y().share(tick.doubleValue()));
      html.element("span", Axis.text(tick), "style", "bottom:" + bottom);
    }
    html.close("div");
    html.open("div", "class", "area");
    svg(html, chart);
    labels(html, chart);
    html.close("div");
    html.open("div", "class", "x-ticks", "aria-hidden", "true");
    for (BigDecimal tick : chart.x().ticks()) {
      String left = percent(chart.x().share(tick.doubleValue()));
      html.element("span", Axis.text(tick), "style", "left:" + left);
    }
    html.close("div");
    html.element("span", chart.x().label(), "class", "x-name", "aria-hidden", "true");
    html.close("div");
    html.close("figure");
  }

  private static void svg(Markup html, LineChart chart) {
    String title = chart.name() + "-title";
    String description = chart.name() + "-description";
    html.open(
        "svg",
        "role",
        "img",
        "aria-labelledby",
        title + " " + description,
        "viewBox",
        "0 0 " + UNITS + " " + UNITS,
        "preserveAspectRatio",
        "none");
    html.element("title", chart.y().label() + ": " + chart.title(), "id", title);
    html.element("desc", chart.description(), "id", description);
    html.open("path", "class", "grid", "d", grid(chart)).close("path");
    for (Line line : chart.lines()) {
      html.open(
              "polyline",
              "class",
              "line c" + line.colour() + style(line.look()),
              "points",
              points(chart, line.curve()))
          .close("polyline");
    }
    html.close("svg");
  }

  private static String style(Look look) {
    return switch (look) {
      case SOLID -> "";
      case DASHED -> " dashed";
      case FAINT -> " faint";
    };
  }

  private static String grid(LineChart chart) {
    StringBuilder path = new StringBuilder();
    for (BigDecimal tick : chart.y().ticks()) {
      path.append("M0 ").append(down(chart.y(), tick.doubleValue())).append('H').append(UNITS);
    }
    return path.toString();
  }

  /** The curve's points as SVG has them: y points downwards. */
  static String points(LineChart chart, Curve curve) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < curve.size(); i++) {
      points
          .append(i == 0 ? "" : " ")
          .append(tenths(UNITS * chart.x().share(curve.x()[i])))
          .append(',')
          .append(down(chart.y(), curve.y()[i]));
    }
    return points.toString();
  }

  private static String down(Axis axis, double value) {
    return tenths(UNITS * (1 - axis.share(value)));
  }

  /** Rounded to a tenth of a unit, which is less than a pixel, and written shortest. */
  private static String tenths(double value) {
    long tenths = Math.round(10 * value);
    return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
  }

  private static void labels(Markup html, LineChart chart) {
    List<Line> labelled =
        chart.lines().stream()
            .filter(line -> !line.label().isEmpty())
            .sorted(Comparator.comparingDouble((Line line) -> -line.curve().last()))
            .toList();
    List<Double> places =
        spread(
            labelled.stream()
                .map(line -> 100 * (1 - chart.y().share(line.curve().last())))
                .toList());
    for (int i = 0; i < labelled.size(); i++) {
      Line line = labelled.get(i);
      html.element(
          "span",
          line.label(),
          "class",
          "end c" + line.colour(),
          "aria-hidden",
          "true",
          "style",
          "top:" + tenths(places.get(i)) + "%");
    }
  }

  /**
   * Moves labels apart: each keeps the distance from the one above it, and groups that had to move
   * are centred on where they belong.
   *
   * @param wanted rising, in percent of the height
   */
  static List<Double> spread(List<Double> wanted) {
    record Group(double centre, int size) {
      double top() {
        return centre - LABEL_DISTANCE * (size - 1) / 2;
      }

      double bottom() {
        return centre + LABEL_DISTANCE * (size - 1) / 2;
      }

      Group with(Group next) {
        int both = size + next.size;
        return new Group((centre * size + next.centre * next.size) / both, both);
      }
    }
    List<Group> groups = new ArrayList<>();
    for (double place : wanted) {
      Group group = new Group(place, 1);
      while (!groups.isEmpty() && groups.getLast().bottom() + LABEL_DISTANCE > group.top()) {
        group = groups.removeLast().with(group);
      }
      groups.add(group);
    }
    List<Double> places = new ArrayList<>();
    for (Group group : groups) {
      for (int i = 0; i < group.size(); i++) {
        places.add(group.top() + LABEL_DISTANCE * i);
      }
    }
    return places;
  }

  private static String percent(double share) {
    return tenths(100 * share) + "%";
  }
}

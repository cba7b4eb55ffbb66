package lamella.examples.page;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import lamella.examples.page.LineChart.Line;
import lamella.examples.page.LineChart.Look;
import lamella.examples.page.Mark.Bars;
import lamella.examples.page.Mark.Points;

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

  /** So many characters of a tick fit beside any chart. */
  private static final int SHORT = 4;

  private static final int LAYERS = 8;

  private ChartFigure() {}

  /** Writes the figure, its caption first. */
  static void write(Markup html, Chart chart, String kind) {
    html.open("figure", "class", "chart " + kind);
    html.element("figcaption", chart.title());
    html.open("div", plot(chart.y()));
    html.element("span", chart.y().label(), "class", "y-name", "aria-hidden", "true");
    html.open("div", "class", "y-ticks", "aria-hidden", "true");
    for (BigDecimal tick : chart.y().ticks()) {
      String bottom = percent(chart.y().share(tick.doubleValue()));
      html.element("span", label(tick), "style", "bottom:" + bottom);
    }
    html.close("div");
    html.open("div", "class", "area");
    svg(html, chart);
    labels(html, chart);
    html.close("div");
    html.open("div", "class", "x-ticks", "aria-hidden", "true");
    for (BigDecimal tick : chart.x().ticks()) {
      String left = percent(chart.x().share(tick.doubleValue()));
      html.element("span", label(tick), "style", "left:" + left);
    }
    html.close("div");
    html.element("span", chart.x().label(), "class", "x-name", "aria-hidden", "true");
    html.close("div");
    html.close("figure");
  }

  /** With a minus sign as long as the plus sign is. */
  private static String label(BigDecimal tick) {
    return Axis.text(tick).replace('-', '−');
  }

  /** Long numbers beside the chart need more room than the style leaves. */
  private static String[] plot(Axis y) {
    int longest = y.ticks().stream().mapToInt(tick -> Axis.text(tick).length()).max().orElse(0);
    return longest <= SHORT
        ? new String[] {"class", "plot"}
        : new String[] {
          "class", "plot", "style", "--ticks:" + tenths(0.8 + 0.45 * longest) + "rem"
        };
  }

  private static void svg(Markup html, Chart chart) {
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
    for (Mark mark : chart.marks()) {
      switch (mark) {
        case Line line ->
            html.open(
                    "polyline",
                    "class",
                    "line c" + line.colour() + style(line.look()),
                    "points",
                    points(chart, line.curve()))
                .close("polyline");
        case Points points -> dots(html, chart, points);
        case Bars bars ->
            html.open("path", "class", "bars c" + bars.colour(), "d", bars(chart, bars.histogram()))
                .close("path");
      }
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

  private static String grid(Chart chart) {
    StringBuilder path = new StringBuilder();
    for (BigDecimal tick : chart.y().ticks()) {
      path.append("M0 ").append(down(chart.y(), tick.doubleValue())).append('H').append(UNITS);
    }
    return path.toString();
  }

  /** The curve's points as SVG has them: y points downwards. */
  static String points(Chart chart, Curve curve) {
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

  /** A path is as pale where its dots lie on each other, so many dots are several paths. */
  private static void dots(Markup html, Chart chart, Points points) {
    int paths = points.strong() ? 1 : LAYERS;
    for (int layer = 0; layer < paths; layer++) {
      html.open(
              "path",
              "class",
              "dots c" + points.colour() + (points.strong() ? " strong" : ""),
              "d",
              dots(chart, points.places(), layer, paths))
          .close("path");
    }
  }

  /** A line of no length for each point: its round ends are a dot, whatever stretches the chart. */
  static String dots(Chart chart, Curve places, int from, int step) {
    StringBuilder path = new StringBuilder();
    for (int i = from; i < places.size(); i += step) {
      path.append('M')
          .append(tenths(UNITS * chart.x().share(places.x()[i])))
          .append(' ')
          .append(down(chart.y(), places.y()[i]))
          .append("h0");
    }
    return path.toString();
  }

  /** A rectangle for each bin that is not empty, from the bottom up. */
  static String bars(Chart chart, Histogram histogram) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < histogram.counts().length; i++) {
      double left = histogram.from() + i * histogram.width();
      if (histogram.counts()[i] > 0) {
        path.append('M')
            .append(tenths(UNITS * chart.x().share(left)))
            .append(' ')
            .append(UNITS)
            .append('V')
            .append(down(chart.y(), histogram.counts()[i]))
            .append('H')
            .append(tenths(UNITS * chart.x().share(left + histogram.width())))
            .append('V')
            .append(UNITS)
            .append('z');
      }
    }
    return path.toString();
  }

  private static String down(Axis axis, double value) {
    return tenths(UNITS * (1 - axis.share(value)));
  }

  /** Rounded to a tenth of a unit, which is less than a pixel, and written shortest. */
  private static String tenths(double value) {
    long tenths = Math.round(10 * value);
    return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
  }

  private static void labels(Markup html, Chart chart) {
    List<Line> labelled =
        chart.marks().stream()
            .filter(Line.class::isInstance)
            .map(Line.class::cast)
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

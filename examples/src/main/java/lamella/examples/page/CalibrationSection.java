package lamella.examples.page;

import java.util.ArrayList;
import java.util.List;
import lamella.examples.page.LineChart.Line;
import lamella.examples.page.LineChart.Look;
import lamella.table.TableEvaluation;

/** Whether a model is right as often as its probabilities say. */
final class CalibrationSection {
  private static final int BINS = TableEvaluation.BINS;

  private CalibrationSection() {}

  /** Writes the section. */
  static void write(Markup html, ClassAnswers answers, String rows) {
    Reliability reliability = Reliability.of(answers, BINS);
    html.open("section", "id", "calibration").element("h2", "Calibration");
    String error = PageParts.number("%.4f", reliability.expectedError());
    html.element(
        "p",
        "Rows by the probability of the class that the network says, in "
            + BINS
            + " equal bins. A model that knows how sure it may be has its dots on the dashed line: of the answers it is 80 %"
            + " sure of, 80 % are right. Lines at the dots: one standard error either way. Their mean distance from the dashed line,"
            + " weighted with the rows, is the expected calibration error: "
            + error
            + " of "
            + rows
            + ".");
    Axis x = Axis.over("probability of the class said", 0, 1, 5, 0);
    html.open("div", "class", "pair");
    ChartFigure.write(
        html,
        new Chart(
            "reliability",
            "How often it is right",
            "Share of rows that are right over the probability of the class said. Expected calibration error "
                + error
                + ".",
            x,
            Axis.over("share right", 0, 1, 5, 0),
            marks(reliability)),
        "mid");
    Histogram histogram = new Histogram(0, 1.0 / BINS, reliability.rows());
    ChartFigure.write(
        html,
        new Chart(
            "confidence",
            "How sure it is",
            "Number of rows over the probability of the class said, most of one bin "
                + histogram.most()
                + ".",
            x,
            Axis.over("rows", 0, histogram.most(), 5, 1),
            List.of(new Mark.Bars(0, histogram))),
        "mid");
    html.close("div").close("section");
  }

  private static List<Mark> marks(Reliability reliability) {
    List<Mark> marks = new ArrayList<>();
    double[] ends = {0, 1};
    marks.add(new Line("", 1, Look.DASHED, new Curve(ends, ends)));
    List<Double> sure = new ArrayList<>();
    List<Double> right = new ArrayList<>();
    for (int bin = 0; bin < reliability.bins(); bin++) {
      if (reliability.rows()[bin] > 0) {
        double at = reliability.confidence()[bin];
        double share = reliability.right()[bin];
        double error = reliability.error(bin);
        sure.add(at);
        right.add(share);
        marks.add(
            new Line(
                "",
                0,
                Look.SOLID,
                new Curve(
                    new double[] {at, at},
                    new double[] {Math.max(0, share - error), Math.min(1, share + error)})));
      }
    }
    marks.add(
        new Mark.Points(
            0,
            true,
            new Curve(
                sure.stream().mapToDouble(Double::doubleValue).toArray(),
                right.stream().mapToDouble(Double::doubleValue).toArray())));
    return marks;
  }
}

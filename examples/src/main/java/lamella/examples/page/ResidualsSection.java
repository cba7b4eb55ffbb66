package lamella.examples.page;

import java.util.Arrays;
import java.util.List;
import lamella.examples.page.LineChart.Line;
import lamella.examples.page.LineChart.Look;

/** Predicted numbers beside the true ones, and what is left between them. */
final class ResidualsSection {
  /** More dots than this show nothing more, and make the page large. */
  static final int MOST = 2000;

  /** So few dots are seen each. */
  private static final int FEW = 200;

  private static final int BINS = 40;

  /** The share of residuals at either end that may lie beyond the histogram. */
  private static final double BEYOND = 0.005;

  private ResidualsSection() {}

  /** Writes the section. */
  static void write(Markup html, NumberAnswers answers, String rows) {
    String quantity = answers.quantity();
    int[] shown = Sample.of(answers.size(), MOST);
    html.open("section", "id", "residuals").element("h2", "Predicted and true");
    html.element(
        "p",
        "Of "
            + rows
            + (shown.length < answers.size()
                ? PageParts.number(", of which %,.0f drawn at random are dots", shown.length)
                : "")
            + ". A residual is the true number less the predicted one; dots on the dashed lines are predicted exactly.");
    double[] truths = Arrays.stream(shown).mapToDouble(i -> answers.truths()[i]).toArray();
    double[] predicted = Arrays.stream(shown).mapToDouble(i -> answers.predicted()[i]).toArray();
    double[] residuals = Arrays.stream(shown).mapToDouble(answers::residual).toArray();
    double[] both = new double[2 * shown.length];
    System.arraycopy(truths, 0, both, 0, shown.length);
    System.arraycopy(predicted, 0, both, shown.length, shown.length);
    Axis y = covering("true", both, 5);
    Axis x = covering("predicted", predicted, 4);
    html.open("div", "class", "pair");
    ChartFigure.write(
        html,
        new Chart(
            "predicted",
            "True " + quantity + " over predicted",
            "A dot for each row, its true " + quantity + " over the predicted one.",
            x,
            y,
            List.of(
                dots(predicted, truths),
                dashed(Math.max(x.from(), y.from()), Math.min(x.to(), y.to()), true))),
        "mid");
    Axis left = covering("residual", residuals, 5);
    ChartFigure.write(
        html,
        new Chart(
            "residuals",
            "Residuals over predicted",
            "A dot for each row, its residual over the predicted " + quantity + ".",
            x,
            left,
            List.of(dots(predicted, residuals), dashed(x.from(), x.to(), false))),
        "mid");
    html.close("div");
    histogram(html, answers.residuals());
    html.close("section");
  }

  private static Mark dots(double[] x, double[] y) {
    return new Mark.Points(0, x.length <= FEW, new Curve(x, y));
  }

  private static Mark dashed(double from, double to, boolean rising) {
    double[] ends = {from, to};
    return new Line("", 1, Look.DASHED, new Curve(ends, rising ? ends : new double[2]));
  }

  private static void histogram(Markup html, double[] residuals) {
    double[] sorted = residuals.clone();
    Arrays.sort(sorted);
    int skipped = (int) (BEYOND * sorted.length);
    double low = sorted[skipped];
    double high = sorted[sorted.length - 1 - skipped];
    Axis x = Axis.over("residual", low, high, 6, 0);
    Histogram histogram = Histogram.of(residuals, x.from(), x.to(), BINS);
    long beyond = Arrays.stream(residuals).filter(r -> r < x.from() || r > x.to()).count();
    ChartFigure.write(
        html,
        new Chart(
            "residual-histogram",
            "Residuals"
                + (beyond == 0 ? "" : "; " + beyond + " beyond either end are in the bars there"),
            "Number of rows over the residual; half of them lie between "
                + PageParts.figure(sorted[sorted.length / 4])
                + " and "
                + PageParts.figure(sorted[3 * sorted.length / 4])
                + ".",
            x,
            Axis.over("rows", 0, histogram.most(), 4, 1),
            List.of(new Mark.Bars(0, histogram))),
        "small wide");
  }

  private static Axis covering(String label, double[] values, int steps) {
    double low = Arrays.stream(values).min().orElse(0);
    double high = Arrays.stream(values).max().orElse(1);
    return Axis.over(label, low, high, steps, 0);
  }
}

package lamella.examples.page;

import java.util.List;
import java.util.Locale;
import lamella.optim.Evaluation;

/**
 * What was taken for what: for each activation the confusion matrix of the test images, and each
 * class' recall and precision. The best network's is open, the others' are folded.
 */
final class ConfusionSection {
  private final Markup html;
  private final List<String> names;

  private ConfusionSection(Markup html, List<String> names) {
    this.html = html;
    this.names = names;
  }

  /**
   * Writes the section.
   *
   * @param evaluations on the test images, in the order of the runs
   */
  static void write(
      Markup html,
      List<String> names,
      List<TrainedRun> runs,
      TrainedRun best,
      List<Evaluation> evaluations) {
    ConfusionSection section = new ConfusionSection(html, names);
    html.open("section", "id", "confusion").element("h2", "What was taken for what");
    html.element(
        "p",
        "A row for each true class, a column for each prediction, of the test images; the deeper a cell, the larger its"
            + " share of the row. Recall is the share of a class that was recognised, precision the share of a prediction"
            + " that was right.");
    for (int i = 0; i < runs.size(); i++) {
      TrainedRun run = runs.get(i);
      String[] attributes =
          run.activation() == best.activation() ? new String[] {"open", "open"} : new String[0];
      html.open("details", attributes);
      html.open("summary")
          .element("span", run.activation().title(), "class", "key c" + run.colour())
          .text(
              String.format(
                  Locale.ROOT,
                  ", %d of %d right",
                  evaluations.get(i).correct(),
                  evaluations.get(i).total()))
          .close("summary");
      html.open("div", "class", "confusion");
      section.matrix(run, evaluations.get(i));
      section.classes(run, evaluations.get(i));
      html.close("div").close("details");
    }
    html.close("section");
  }

  private void matrix(TrainedRun run, Evaluation test) {
    String caption = "Confusion matrix with " + run.activation().title();
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
    html.open("table", "class", "matrix");
    html.element("caption", caption);
    html.open("thead").open("tr").element("th", "true \\ predicted", "scope", "col");
    for (String name : names) {
      html.open("th", "scope", "col").element("span", name).close("th");
    }
    html.close("tr").close("thead").open("tbody");
    for (int actual = 0; actual < test.classes(); actual++) {
      html.open("tr").element("th", names.get(actual), "scope", "row");
      for (int predicted = 0; predicted < test.classes(); predicted++) {
        int count = test.count(actual, predicted);
        html.element(
            "td",
            Integer.toString(count),
            "class",
            actual == predicted ? "right" : "wrong",
            "style",
            String.format(Locale.ROOT, "--share:%.3f", share(count, test.count(actual))));
      }
      html.close("tr");
    }
    html.close("tbody").close("table").close("div");
  }

  private void classes(TrainedRun run, Evaluation test) {
    html.open("table", "class", "numbers classes");
    html.element("caption", "Classes with " + run.activation().title());
    html.open("thead").open("tr");
    for (String head : List.of("class", "recall", "precision")) {
      html.element("th", head, "scope", "col");
    }
    html.close("tr").close("thead").open("tbody");
    for (int c = 0; c < test.classes(); c++) {
      html.open("tr").element("th", names.get(c), "scope", "row");
      html.element("td", ratio(test.recall(c)));
      html.element("td", ratio(test.precision(c)));
      html.close("tr");
    }
    html.close("tbody").close("table");
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** A dash where there was nothing to divide by. */
  private static String ratio(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3f", value);
  }
}

package lamella.examples.page;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.optim.Evaluation;

/** A confusion matrix, and each class' recall and precision. */
final class ConfusionTables {
  static final String EXPLANATION =
      "A row for each true class, a column for each prediction; the deeper a cell, the larger its share of the row."
          + " Recall is the share of a class that was recognised, precision the share of a prediction that was right.";

  private ConfusionTables() {}

  /**
   * Writes both tables, side by side where there is room.
   *
   * @param names of the classes
   * @param subject for the captions: {@code with ReLU}, {@code of test rows}
   */
  static void write(Markup html, List<String> names, String subject, Evaluation counts) {
    html.open("div", "class", "confusion");
    matrix(html, names, "Confusion matrix " + subject, counts);
    classes(html, names, "Classes " + subject, counts);
    html.close("div");
  }

  /**
   * Writes the pairs of classes that are confused most often, for more classes than a matrix shows.
   */
  static void mostFrequent(Markup html, String caption, ClassAnswers answers, int most) {
    html.open("table", "class", "numbers pairs");
    html.element("caption", caption);
    PageParts.heads(html, List.of("true", "predicted", "rows"));
    confused(answers).entrySet().stream()
        .sorted(Map.Entry.<Pair, Integer>comparingByValue().reversed())
        .limit(most)
        .forEach(entry -> {
          html.open("tr")
              .element("th", answers.classes().get(entry.getKey().truth()), "scope", "row");
          html.element("td", answers.classes().get(entry.getKey().predicted()));
          html.element("td", Integer.toString(entry.getValue()));
          html.close("tr");
        });
    html.close("tbody").close("table");
  }

  private record Pair(int truth, int predicted) {}

  /** How often each pair of different classes comes, in the order of the rows. */
  private static Map<Pair, Integer> confused(ClassAnswers answers) {
    Map<Pair, Integer> pairs = new LinkedHashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      if (!answers.isRight(i)) {
        pairs.merge(new Pair(answers.truths()[i], answers.likeliest(i)), 1, Integer::sum);
      }
    }
    return pairs;
  }

  private static void matrix(
      Markup html, List<String> names, String caption, Evaluation evaluation) {
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
    html.open("table", "class", "matrix");
    html.element("caption", caption);
    html.open("thead").open("tr").element("th", "true \\ predicted", "scope", "col");
    for (String name : names) {
      html.open("th", "scope", "col").element("span", name).close("th");
    }
    html.close("tr").close("thead").open("tbody");
    for (int actual = 0; actual < evaluation.classes(); actual++) {
      html.open("tr").element("th", names.get(actual), "scope", "row");
      for (int predicted = 0; predicted < evaluation.classes(); predicted++) {
        int count = evaluation.count(actual, predicted);
        html.element(
            "td",
            Integer.toString(count),
            "class",
            actual == predicted ? "right" : "wrong",
            "style",
            String.format(Locale.ROOT, "--share:%.3f", share(count, evaluation.count(actual))));
      }
      html.close("tr");
    }
    html.close("tbody").close("table").close("div");
  }

  /** Recall and precision, a line for each class. */
  static void classes(Markup html, List<String> names, String caption, Evaluation evaluation) {
    html.open("table", "class", "numbers classes");
    html.element("caption", caption);
    PageParts.heads(html, List.of("class", "recall", "precision"));
    for (int c = 0; c < evaluation.classes(); c++) {
      html.open("tr").element("th", names.get(c), "scope", "row");
      html.element("td", ratio(evaluation.recall(c)));
      html.element("td", ratio(evaluation.precision(c)));
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

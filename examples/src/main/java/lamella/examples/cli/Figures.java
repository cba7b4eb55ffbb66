package lamella.examples.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.optim.Evaluation;
import lamella.table.TableEvaluation;

/** How good a table's predictions are, in lines for people. */
final class Figures {
  /** More columns no terminal is wide enough for. */
  private static final int MOST_CLASSES_IN_MATRIX = 30;

  private Figures() {}

  /** A table with a line for each of some evaluations, by their names. */
  static String table(Map<String, TableEvaluation> evaluations) {
    Map<String, Map<String, Double>> lines = new LinkedHashMap<>();
    evaluations.forEach((name, evaluation) -> lines.put(name, evaluation.figures()));
    return tableOf(lines);
  }

  /** The same of figures, which all lines have. */
  static String tableOf(Map<String, Map<String, Double>> lines) {
    List<List<String>> cells = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of(""));
    head.addAll(lines.values().iterator().next().keySet());
    cells.add(head);
    lines.forEach((name, figures) -> {
      List<String> line = new ArrayList<>(List.of(name));
      figures.values().forEach(value -> line.add(TableProgress.number(value)));
      cells.add(line);
    });
    StringBuilder text = new StringBuilder();
    for (List<String> line : cells) {
      StringBuilder row = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        int width = 0;
        for (List<String> other : cells) {
          width = Math.max(width, other.get(column).length());
        }
        String format = column == 0 ? "%-" + Math.max(1, width) + "s" : "  %" + width + "s";
        row.append(String.format(Locale.ROOT, format, line.get(column)));
      }
      text.append(row.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  /** The figures that stand in a training's last line: accuracy, or RMSE. */
  static String first(TableEvaluation evaluation) {
    Map.Entry<String, Double> first = evaluation.figures().entrySet().iterator().next();
    return first.getKey() + " " + TableProgress.number(first.getValue());
  }

  /**
   * Precision and recall of each class.
   *
   * @param names of the classes
   */
  static void printClasses(PrintWriter console, String title, List<String> names, Evaluation of) {
    String[] numbered = new String[names.size()];
    for (int c = 0; c < numbered.length; c++) {
      numbered[c] = String.format(Locale.ROOT, "%2d %s", c, names.get(c));
    }
    console.println(title);
    console.print(of.table(numbered));
  }

  /** The confusion matrix, if a terminal can show it. */
  static void printConfusions(
      PrintWriter console, String of, List<String> names, Evaluation evaluation) {
    if (evaluation.classes() > MOST_CLASSES_IN_MATRIX) {
      return;
    }
    int width = names.stream().mapToInt(String::length).max().orElse(0);
    console.println(
        "confusion matrix of the "
            + of
            + ": a row for each true class, a column for each prediction");
    console.print(" ".repeat(width + 3));
    for (int predicted = 0; predicted < evaluation.classes(); predicted++) {
      console.printf(Locale.ROOT, "%6d", predicted);
    }
    console.println();
    for (int actual = 0; actual < evaluation.classes(); actual++) {
      console.printf(Locale.ROOT, "%2d %-" + Math.max(1, width) + "s", actual, names.get(actual));
      for (int predicted = 0; predicted < evaluation.classes(); predicted++) {
        console.printf(Locale.ROOT, "%6d", evaluation.count(actual, predicted));
      }
      console.println();
    }
  }
}

package lamella.benchmarks.tables;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * How good predictions are: the same code for ours and for others'.
 *
 * @param figures the values by name, of {@link #NAMES}; those without a meaning are not there
 */
public record Scores(Map<String, Double> figures) {
  /** The columns of a file of results. */
  public static final java.util.List<String> NAMES =
      java.util.List.of("accuracy", "logloss", "auc", "balanced", "rmse", "r2");

  /** A probability counts as no less in the log loss. */
  private static final double LEAST = 1e-15;

  /**
   * {@return the scores of classes}
   *
   * @param probabilities of each class, row by row
   * @param labels the numbers of the right classes
   */
  public static Scores ofClasses(double[][] probabilities, int[] labels) {
    int classes = probabilities[0].length;
    double[] rows = new double[classes];
    double[] right = new double[classes];
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      double[] row = probabilities[i];
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = row[c] > row[best] ? c : best;
      }
      rows[labels[i]]++;
      right[labels[i]] += best == labels[i] ? 1 : 0;
      loss -= Math.log(Math.max(LEAST, row[labels[i]]));
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("accuracy", Arrays.stream(right).sum() / labels.length);
    figures.put("logloss", loss / labels.length);
    if (classes == 2) {
      figures.put(
          "auc", area(Arrays.stream(probabilities).mapToDouble(p -> p[1]).toArray(), labels));
    }
    double balanced = 0;
    int present = 0;
    for (int c = 0; c < classes; c++) {
      if (rows[c] > 0) {
        balanced += right[c] / rows[c];
        present++;
      }
    }
    figures.put("balanced", balanced / present);
    return new Scores(figures);
  }

  /** {@return the scores of numbers} */
  public static Scores ofNumbers(double[] predictions, double[] targets) {
    double mean = Arrays.stream(targets).average().orElseThrow();
    double residual = 0;
    double total = 0;
    for (int i = 0; i < targets.length; i++) {
      residual += (predictions[i] - targets[i]) * (predictions[i] - targets[i]);
      total += (targets[i] - mean) * (targets[i] - mean);
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("rmse", Math.sqrt(residual / targets.length));
    figures.put("r2", 1 - residual / total);
    return new Scores(figures);
  }

  /** The chance that a row of class 1 has a higher score than one of class 0; ties count half. */
  private static double area(double[] scores, int[] labels) {
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(scores[a], scores[b]));
    double negatives = 0;
    double positives = 0;
    double pairs = 0;
    for (int i = 0; i < order.length; ) {
      double here = 0;
      int j = i;
      for (; j < order.length && scores[order[j]] == scores[order[i]]; j++) {
        here += labels[order[j]];
      }
      double others = j - i - here;
      pairs += here * (negatives + others / 2);
      negatives += others;
      positives += here;
      i = j;
    }
    return pairs / (positives * negatives);
  }

  /** {@return what is to be least on the validation rows: log loss, or root mean square error} */
  public double toChooseBy() {
    Double loss = figures.get("logloss");
    return loss != null ? loss : figures.getOrDefault("rmse", Double.NaN);
  }

  /** {@return the values in the order of {@link #NAMES}, with commas between them} */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(",");
    for (String name : NAMES) {
      Double value = figures.get(name);
      text.add(value == null ? "" : String.format(Locale.ROOT, "%.6f", value));
    }
    return text.toString();
  }
}

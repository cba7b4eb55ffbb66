package lamella.examples.page;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableSchema.Target;
import lamella.table.Task;

/**
 * What a model is compared with: it says the same of every row, namely the shares of the classes
 * among training rows, or the mean of their numbers. Of a target that is learnt as a logarithm it
 * says the mean of the logarithms.
 */
final class ConstantModel {
  private final Target target;
  private final double[] shares;
  private final double mean;

  private ConstantModel(Target target, double[] shares, double mean) {
    this.target = target;
    this.shares = shares;
    this.mean = mean;
  }

  static ConstantModel of(Target target, Table train) {
    if (target.task() == Task.CLASSIFICATION) {
      double[] shares = counts(target, train);
      double sum = 0;
      for (double count : shares) {
        sum += count;
      }
      for (int c = 0; c < shares.length; c++) {
        shares[c] /= sum;
      }
      return new ConstantModel(target, shares, Double.NaN);
    }
    DoubleUnaryOperator scale = target.logarithm() ? Math::log : value -> value;
    return new ConstantModel(target, new double[0], mean(numbers(target, train), scale));
  }

  /** The same figures as those of a model, by the names of {@code TableEvaluation}. */
  Map<String, Double> figures(Table rows) {
    return target.task() == Task.CLASSIFICATION
        ? ofClasses(counts(target, rows))
        : ofNumbers(numbers(target, rows));
  }

  private Map<String, Double> ofClasses(double[] counts) {
    int likeliest = 0;
    double rows = 0;
    double loss = 0;
    double brier = 0;
    double squares = 0;
    int came = 0;
    for (int c = 0; c < counts.length; c++) {
      likeliest = shares[c] > shares[likeliest] ? c : likeliest;
      rows += counts[c];
      loss -= counts[c] == 0 ? 0 : counts[c] * Math.log(Math.max(1e-15, shares[c]));
      squares += shares[c] * shares[c];
      came += counts[c] > 0 ? 1 : 0;
    }
    for (int c = 0; c < counts.length; c++) {
      // (1 - p)² of the row's own class, and the squares of the others.
      brier += counts[c] * (1 - 2 * shares[c] + squares);
    }
    double accuracy = counts[likeliest] / rows;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("accuracy", accuracy);
    figures.put("log loss", loss / rows);
    figures.put("balanced accuracy", counts[likeliest] > 0 ? 1.0 / came : 0);
    figures.put("Brier score", (counts.length == 2 ? brier / 2 : brier) / rows);
    figures.put("calibration error", Math.abs(accuracy - shares[likeliest]));
    if (counts.length == 2) {
      figures.put("AUC", 0.5);
    }
    return figures;
  }

  private Map<String, Double> ofNumbers(double[] truths) {
    double said = target.logarithm() ? Math.exp(mean) : mean;
    double own = mean(truths, value -> value);
    double squares = mean(truths, value -> (value - said) * (value - said));
    double spread = mean(truths, value -> (value - own) * (value - own));
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("RMSE", Math.sqrt(squares));
    figures.put("MAE", mean(truths, value -> Math.abs(value - said)));
    figures.put("R²", 1 - squares / spread);
    if (target.logarithm()) {
      double ownOfLn = mean(truths, Math::log);
      double squaresOfLn = mean(truths, value -> square(Math.log(value) - mean));
      figures.put("RMSE of ln", Math.sqrt(squaresOfLn));
      figures.put(
          "R² of ln", 1 - squaresOfLn / mean(truths, value -> square(Math.log(value) - ownOfLn)));
    }
    return figures;
  }

  private static double square(double value) {
    return value * value;
  }

  private static double mean(double[] values, DoubleUnaryOperator of) {
    double sum = 0;
    for (double value : values) {
      sum += of.applyAsDouble(value);
    }
    return sum / values.length;
  }

  /** How many rows there are of each class. */
  private static double[] counts(Target target, Table rows) {
    List<String> classes = target.classes();
    Map<String, Integer> places = new HashMap<>();
    classes.forEach(name -> places.put(name, places.size()));
    double[] counts = new double[classes.size()];
    Column column = rows.column(target.name());
    for (int row = 0; row < column.size(); row++) {
      String text = column.text(row);
      Integer place = text == null ? null : places.get(text);
      if (place != null) {
        counts[place]++;
      }
    }
    return counts;
  }

  /** The numbers of the rows that have one. */
  private static double[] numbers(Target target, Table rows) {
    Column column = NumberAnswers.numbers(rows.column(target.name()));
    double[] numbers = new double[column.size()];
    int found = 0;
    for (int row = 0; row < numbers.length; row++) {
      if (!column.isMissing(row)) {
        numbers[found++] = column.number(row);
      }
    }
    return Arrays.copyOf(numbers, found);
  }
}

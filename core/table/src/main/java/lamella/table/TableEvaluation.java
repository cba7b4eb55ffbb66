package lamella.table;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.optim.Evaluation;
import lamella.optim.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * How good a model's predictions of a table's rows are.
 *
 * <p>Of classes:
 *
 * <ul>
 *   <li>{@code accuracy}: the fraction of rows whose most probable class is right;
 *   <li>{@code log loss}: the mean of -ln p, p the probability of the right class, at least 1e-15;
 *   <li>{@code balanced accuracy}: the mean over the classes that occur of the fraction of their
 *       rows that are right;
 *   <li>{@code Brier score} and {@code calibration error}: see {@link Metrics#brier} and {@link
 *       Metrics#calibrationError}, with {@value #BINS} bins;
 *   <li>{@code AUC}, of two classes: the part of all pairs of a row of the one and a row of the
 *       other for which the right one has the higher probability, equals counting half; it does not
 *       depend on which class is which. NaN if only one of them occurs.
 * </ul>
 *
 * <p>Of numbers, in the target's units: {@code RMSE}, the root of the mean squared error, {@code
 * MAE}, the mean absolute error, and {@code R²} = 1 - Σ (prediction - actual)² / Σ (actual -
 * mean)², which is 1 or 0 where all rows have one value. Where the model predicts a logarithm,
 * {@code RMSE of ln} and {@code R² of ln} are those of the logarithms.
 */
public final class TableEvaluation {
  /** Those of the calibration error. */
  public static final int BINS = 15;

  private final Map<String, Double> figures;
  private final int rows;
  private final Map<String, Integer> leftOut;
  private final @Nullable Evaluation counts;

  private TableEvaluation(
      Map<String, Double> figures, Targets targets, @Nullable Evaluation counts) {
    this.figures = Collections.unmodifiableMap(figures);
    this.rows = targets.rows().length;
    Map<String, Integer> out = new LinkedHashMap<>();
    if (targets.missing() > 0) {
      out.put("no target", targets.missing());
    }
    if (targets.unknown() > 0) {
      out.put("a class not seen in training", targets.unknown());
    }
    this.leftOut = Collections.unmodifiableMap(out);
    this.counts = counts;
  }

  static TableEvaluation of(TableModel model, Table table) {
    Targets targets = targets(model, table);
    return of(model, targets, model.schema().encode(targets.of(table)));
  }

  /** The targets of the rows that have one. */
  static Targets targets(TableModel model, Table table) {
    TableSchema.Target target = model.schema().target();
    Targets targets = Targets.of(target, table);
    if (targets.rows().length == 0) {
      throw new IllegalArgumentException(
          "none of "
              + Names.count(table.rows(), "row", "rows")
              + " has a value of \""
              + target.name()
              + "\" that the model knows");
    }
    return targets;
  }

  /** Of rows that are encoded, and have these targets. */
  static TableEvaluation of(TableModel model, Targets targets, FloatTensor inputs) {
    return model.schema().target().task() == Task.CLASSIFICATION
        ? ofClasses(model, inputs, targets)
        : ofNumbers(model, inputs, targets);
  }

  private static TableEvaluation ofClasses(TableModel model, FloatTensor inputs, Targets targets) {
    boolean two = model.schema().target().classes().size() == 2;
    Metrics<int[]> metrics =
        new BoundedLogLoss().and(Metrics.brier()).and(Metrics.calibrationError(BINS));
    Evaluation counts =
        Evaluation.of(
            model.network(),
            two ? metrics.and(Metrics.auc()) : metrics,
            Dataset.of(inputs, targets.labels()));
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("accuracy", counts.accuracy());
    figures.put("log loss", measured(counts, BoundedLogLoss.NAME));
    figures.put("balanced accuracy", balancedAccuracy(counts));
    figures.put("Brier score", measured(counts, "brier"));
    figures.put("calibration error", measured(counts, "calibration-error"));
    if (two) {
      figures.put("AUC", measured(counts, "auc"));
    }
    return new TableEvaluation(figures, targets, counts);
  }

  private static double measured(Evaluation counts, String name) {
    return Objects.requireNonNull(counts.measured().get(name));
  }

  private static double balancedAccuracy(Evaluation counts) {
    double sum = 0;
    int occurring = 0;
    for (int of = 0; of < counts.classes(); of++) {
      if (counts.count(of) > 0) {
        sum += counts.recall(of);
        occurring++;
      }
    }
    return sum / occurring;
  }

  private static TableEvaluation ofNumbers(TableModel model, FloatTensor inputs, Targets targets) {
    int n = targets.rows().length;
    double[] predicted = new double[n];
    model.predictEncoded(n, inputs.array(), predicted);
    double[] actual = targets.numbers();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("RMSE", Math.sqrt(squares(predicted, actual) / n));
    figures.put("MAE", absolute(predicted, actual) / n);
    figures.put("R²", r2(predicted, actual));
    if (model.schema().target().logarithm()) {
      double[] lnPredicted = logarithms(predicted);
      double[] lnActual = logarithms(actual);
      figures.put("RMSE of ln", Math.sqrt(squares(lnPredicted, lnActual) / n));
      figures.put("R² of ln", r2(lnPredicted, lnActual));
    }
    return new TableEvaluation(figures, targets, null);
  }

  private static double[] logarithms(double[] numbers) {
    double[] logarithms = new double[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      logarithms[i] = StrictMath.log(numbers[i]);
    }
    return logarithms;
  }

  private static double squares(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  private static double absolute(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }

  private static double r2(double[] predicted, double[] actual) {
    double mean = 0;
    for (double number : actual) {
      mean += number / actual.length;
    }
    double[] means = new double[actual.length];
    Arrays.fill(means, mean);
    double spread = squares(actual, means);
    double errors = squares(predicted, actual);
    if (spread == 0) {
      return errors == 0 ? 1 : 0;
    }
    return 1 - errors / spread;
  }

  /** {@return the figures by name, in order: those that the class's description lists} */
  public Map<String, Double> figures() {
    return figures;
  }

  /**
   * {@return one of the figures}
   *
   * @param name as in {@link #figures}
   * @throws IllegalArgumentException if there is none of this name
   */
  public double figure(String name) {
    Double figure = figures.get(name);
    if (figure == null) {
      throw new IllegalArgumentException(
          "TableEvaluation: no figure \"" + name + "\", there are " + figures.keySet());
    }
    return figure;
  }

  /** {@return the number of rows that were judged} */
  public int rows() {
    return rows;
  }

  /**
   * {@return how many rows were not judged, by the reason: {@code no target}, {@code a class not
   * seen in training}; only reasons that there were}
   */
  public Map<String, Integer> leftOut() {
    return leftOut;
  }

  /**
   * {@return counts of actual and predicted classes, in the model's order}
   *
   * @throws IllegalStateException if numbers are predicted
   */
  public Evaluation counts() {
    if (counts == null) {
      throw new IllegalStateException("TableEvaluation: numbers are predicted, not classes");
    }
    return counts;
  }

  /** For example {@code TableEvaluation(accuracy 0.98571, log loss 0.031244, ..., 70 rows)}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("TableEvaluation(");
    figures.forEach(
        (name, value) -> text.append(String.format(Locale.ROOT, "%s %.5g, ", name, value)));
    text.append(Names.count(rows, "row", "rows"));
    leftOut.forEach((reason, count) ->
        text.append(", ").append(count).append(" left out with ").append(reason));
    return text.append(')').toString();
  }
}

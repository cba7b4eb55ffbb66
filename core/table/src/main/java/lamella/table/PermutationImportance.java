package lamella.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import lamella.core.FloatTensor;
import lamella.core.random.NumPyRandom;
import org.jspecify.annotations.Nullable;

/**
 * How much a model leans on each of its input columns: how much worse one of its figures becomes
 * when the values of that column are shuffled among the rows, so that they say nothing about them
 * any more.
 *
 * <p>Take rows that the model was not trained on. A column has no importance beside another one
 * that says the same, and none if the model ignores it, however much it says about the target. The
 * importance of a column is in the figure's unit: 0.1 of {@code accuracy} is ten points of a
 * hundred. About 0, and even below it, means that the model does without.
 *
 * <p>Every column is shuffled in the same ways, so that its importance does not depend on the
 * others. The same model, rows and seed give the same numbers. It takes one evaluation of the rows
 * for each column and shuffle.
 *
 * {@snippet file="SnippetsTest.java" region="table-importance"}
 *
 * <p>Source: L. Breiman, "Random forests" (2001), section 10; A. Fisher, C. Rudin, F. Dominici,
 * "All models are wrong, but many are useful" (2019).
 */
public final class PermutationImportance {
  private static final int SHUFFLES = 5;
  private static final long SEED = 0;

  /** Of the other figures less is better. */
  private static final Set<String> MORE_IS_BETTER =
      Set.of("accuracy", "balanced accuracy", "AUC", "R²", "R² of ln");

  private final String figure;
  private final double unshuffled;
  private final List<Importance> columns;

  private PermutationImportance(String figure, double unshuffled, List<Importance> columns) {
    this.figure = figure;
    this.unshuffled = unshuffled;
    this.columns = columns;
  }

  /**
   * How important one column is.
   *
   * @param column its name
   * @param mean by how much the figure is worse when it is shuffled, on average over the shuffles
   * @param deviation the sample standard deviation of that over the shuffles; 0 of one
   */
  public record Importance(String column, double mean, double deviation) {}

  /**
   * {@return the importance of a model's input columns, by five shuffles} Its figure is {@code log
   * loss} for classes, {@code RMSE} for numbers, and {@code RMSE of ln} where the model predicts a
   * logarithm.
   *
   * @param model what was trained
   * @param rows with the target's column; best those that it was not trained on
   * @throws IllegalArgumentException if {@link TableModel#evaluate} cannot evaluate the rows
   */
  public static PermutationImportance of(TableModel model, Table rows) {
    TableSchema.Target target = model.schema().target();
    String figure =
        target.task() == Task.CLASSIFICATION
            ? "log loss"
            : target.logarithm() ? "RMSE of ln" : "RMSE";
    return of(model, rows, figure, SHUFFLES, SEED);
  }

  /**
   * {@return the importance of a model's input columns}
   *
   * @param model what was trained
   * @param rows with the target's column; best those that it was not trained on
   * @param figure one of {@link TableEvaluation#figures}
   * @param shuffles how many times each column is shuffled
   * @param seed of the shuffles
   * @throws IllegalArgumentException if there is no such figure, if there are no shuffles, or if
   *     {@link TableModel#evaluate} cannot evaluate the rows
   */
  public static PermutationImportance of(
      TableModel model, Table rows, String figure, int shuffles, long seed) {
    TableSchema schema = model.schema();
    Targets targets = TableEvaluation.targets(model, rows);
    return of(
        schema.inputs().stream().map(TableSchema.Input::name).toList(),
        schema.encode(targets.of(rows)),
        figure,
        inputs -> TableEvaluation.of(model, targets, inputs).figure(figure),
        shuffles,
        seed);
  }

  /** The same for whatever can be measured of encoded rows. */
  static PermutationImportance of(
      List<String> names,
      FloatTensor inputs,
      String figure,
      ToDoubleFunction<FloatTensor> measure,
      int shuffles,
      long seed) {
    if (shuffles < 1) {
      throw new IllegalArgumentException(
          "PermutationImportance: needs at least 1 shuffle, got " + shuffles);
    }
    double unshuffled = measure.applyAsDouble(inputs);
    double[][] worse = new double[names.size()][shuffles];
    FloatTensor mixed = FloatTensor.wrap(inputs.shape(), inputs.array().clone());
    NumPyRandom random = new NumPyRandom(seed);
    for (int s = 0; s < shuffles; s++) {
      int[] order = shuffled(inputs.shape().dimension(0), random);
      for (int column = 0; column < worse.length; column++) {
        copy(inputs, column, order, mixed);
        double measured = measure.applyAsDouble(mixed);
        worse[column][s] =
            MORE_IS_BETTER.contains(figure) ? unshuffled - measured : measured - unshuffled;
        copy(inputs, column, null, mixed);
      }
    }
    List<Importance> columns = new ArrayList<>();
    for (int i = 0; i < worse.length; i++) {
      double mean = mean(worse[i]);
      columns.add(new Importance(names.get(i), mean, deviation(worse[i], mean)));
    }
    columns.sort(Comparator.comparingDouble((Importance column) -> -column.mean()));
    return new PermutationImportance(figure, unshuffled, List.copyOf(columns));
  }

  /** Copies a column, its rows in this order, or as they are. */
  private static void copy(FloatTensor from, int column, int @Nullable [] order, FloatTensor to) {
    int width = from.shape().last();
    for (int row = 0; row < from.shape().dimension(0); row++) {
      int source = order == null ? row : order[row];
      to.array()[row * width + column] = from.array()[source * width + column];
    }
  }

  /** Every order is equally likely (Fisher and Yates); as NumPy's {@code permutation}. */
  private static int[] shuffled(int size, NumPyRandom random) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double deviation(double[] values, double mean) {
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1));
  }

  /** {@return the name of the figure that becomes worse} */
  public String figure() {
    return figure;
  }

  /** {@return the figure of the rows as they are} */
  public double unshuffled() {
    return unshuffled;
  }

  /** {@return the columns, the most important one first; equals in the model's order} */
  public List<Importance> columns() {
    return columns;
  }

  /**
   * A line for each column, the most important one first: its name, mean and deviation, with as
   * many places as four digits of the largest need.
   */
  @Override
  public String toString() {
    double largest = columns.isEmpty() ? 0 : columns.getFirst().mean();
    int whole = largest > 0 ? (int) Math.floor(Math.log10(largest)) : 0;
    String format = "%." + Math.clamp(3 - whole, 0, 9) + "f";
    List<String> names = new ArrayList<>();
    List<String> means = new ArrayList<>();
    List<String> deviations = new ArrayList<>();
    for (Importance column : columns) {
      names.add(column.column());
      means.add(String.format(Locale.ROOT, format, column.mean()));
      deviations.add(String.format(Locale.ROOT, format, column.deviation()));
    }
    TextTable text = new TextTable();
    text.add("column", names, false);
    text.add(figure + " worse by", means, true);
    text.add("±", deviations, true);
    return text.toString();
  }
}

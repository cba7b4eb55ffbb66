package lamella.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;
import java.util.function.IntPredicate;
import lamella.core.DoubleTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Tries what is usually wrong with a gradient on all of its elements: a hypothesis that explains
 * every one of them is reported.
 */
final class Diagnosis {
  /** How well a hypothesis must fit, relative to the largest element. */
  private static final double FIT = 1e-5;

  /** Backward's gradient of the tensor in question, for another input and output gradient. */
  interface Backward {
    @Nullable Tensor gradient(Tensor input, Tensor outputGradient);
  }

  private final String name;
  private final Shape shape;
  private final boolean isParameter;
  private final int rows;
  private final Comparison comparison;
  private final double[] analytic;
  private final double[] numeric;
  private final double scale;
  private final List<String> causes = new ArrayList<>();

  /**
   * A diagnosis of one tensor's gradient.
   *
   * @param batch the shape of the input, whose first dimension is the batch
   */
  Diagnosis(String name, Shape shape, Shape batch, boolean isParameter, Comparison comparison) {
    this.name = name;
    this.shape = shape;
    this.isParameter = isParameter;
    this.rows = batch.dimension(0);
    this.comparison = comparison;
    this.analytic = comparison.analytic();
    this.numeric = comparison.numeric();
    double largest = 0;
    for (int i = 0; i < numeric.length; i++) {
      if (comparison.isCompared(i) && Double.isFinite(numeric[i])) {
        largest = Math.max(largest, Math.abs(numeric[i]));
      }
    }
    this.scale = largest;
  }

  /** What fits a loss. */
  List<String> lossCauses() {
    byNumbersAlone();
    return causes;
  }

  /** What fits a layer; calls backward again. */
  List<String> causes(Backward backward, DoubleTensor input, DoubleTensor decoy, DoubleTensor dy) {
    if (byNumbersAlone()) {
      return causes;
    }
    DoubleTensor doubled = DoubleTensor.wrap(dy.shape(), scaled(dy.array(), 2));
    double[] byTwo = gradient(backward, input, doubled);
    if (fits(analytic, byTwo, i -> true)) {
      causes.add("the gradient of " + name + " does not depend on the output gradient");
    } else if (fits(scaled(analytic, 4), byTwo, i -> true)) {
      causes.add("the gradient of " + name + " grows with the square of the output gradient");
    }
    if (fits(analytic, gradient(backward, decoy, dy), i -> true)) {
      causes.add(
          "the gradient of "
              + name
              + " is that of another input: a value of an earlier forward, or of another pass, is used");
    }
    if (isParameter && rows > 1) {
      singleRows(backward, input, dy);
    }
    return causes;
  }

  /** Hypotheses that need no further computation; true if one explains it all. */
  private boolean byNumbersAlone() {
    if (all(i -> Double.isNaN(analytic[i]), this::isWrong)) {
      causes.add("the wrong elements are NaN: an overflow, or 0 / 0, on the way");
      where();
      return true;
    }
    if (all(i -> analytic[i] == 0, this::isCompared)) {
      causes.add(
          isParameter
              ? "it is zero everywhere: backward asks for pass.gradient of "
                  + name
                  + " but adds nothing"
              : "it is zero everywhere: backward never fills it");
      return true;
    }
    if (all(i -> numeric[i] == 0, this::isCompared)) {
      causes.add(
          "the output does not depend on "
              + name
              + (isParameter ? ": does the layer keep a copy instead of using its value()?" : ""));
      return true;
    }
    if (factor(this::isCompared, "")) {
      return true;
    }
    if (isTransposed()) {
      causes.add("the gradient of " + name + " is transposed");
      return true;
    }
    if (count(this::isWrong) >= 2 && count(this::isWrong) < count(this::isCompared)) {
      factor(this::isWrong, "where it is wrong, ");
    }
    where();
    return false;
  }

  private boolean factor(IntPredicate among, String prefix) {
    double product = 0;
    double square = 0;
    for (int i = 0; i < numeric.length; i++) {
      if (among.test(i)) {
        product += analytic[i] / scale * (numeric[i] / scale);
        square += numeric[i] / scale * (numeric[i] / scale);
      }
    }
    double factor = product / square;
    // A factor near 1 must fit much better than 1 itself does.
    double fit = Math.min(FIT, 0.02 * Math.abs(factor - 1));
    if (!(fit > 1e-8) || !fits(analytic, scaled(numeric, factor), among, fit)) {
      return false;
    }
    causes.add(prefix + describe(factor));
    return true;
  }

  private String describe(double factor) {
    if (is(factor, -1)) {
      return "the sign of the gradient of " + name + " is wrong";
    }
    List<String> readings = new ArrayList<>();
    if (rows > 1 && is(factor, rows)) {
      readings.add(
          isParameter
              ? "multiplied by the number of rows"
              : "a sum over the batch where a mean belongs (divide by the number of rows)");
    }
    if (rows > 1 && is(factor, 1.0 / rows)) {
      readings.add(
          "a mean over the batch where a sum belongs (the loss has divided by the number of rows"
              + " already)");
    }
    if (is(factor, 2)) {
      readings.add("added twice");
    }
    if (is(factor, 0.5)) {
      readings.add("a half, or a 2, is missing");
    }
    String text =
        String.format(Locale.ROOT, "the gradient of %s is off by the factor %.8g", name, factor);
    return readings.isEmpty() ? text : text + ": " + String.join(", or ", readings);
  }

  private static boolean is(double factor, double expected) {
    return Math.abs(factor / expected - 1) < 1e-6;
  }

  private boolean isTransposed() {
    if (shape.rank() != 2) {
      return false;
    }
    int p = shape.dimension(0);
    int q = shape.dimension(1);
    if (p == 1 || q == 1) {
      return false;
    }
    double[] transposed = new double[analytic.length];
    for (int i = 0; i < p; i++) {
      for (int j = 0; j < q; j++) {
        // As if what was written is [q, p].
        transposed[i * q + j] = analytic[j * p + i];
      }
    }
    return explains(transposed);
  }

  /** Whether the gradient is what one row of the batch alone contributes. */
  private void singleRows(Backward backward, DoubleTensor input, DoubleTensor dy) {
    for (int row : new int[] {0, rows - 1}) {
      double[] only = gradient(backward, input, oneRow(dy, row));
      if (fits(analytic, only, i -> true)) {
        causes.add(
            "the gradient of "
                + name
                + " is that of row "
                + row
                + " alone: the sum over the batch is missing");
      }
    }
  }

  private DoubleTensor oneRow(DoubleTensor dy, int row) {
    double[] result = new double[dy.size()];
    int width = dy.size() / rows;
    System.arraycopy(dy.array(), row * width, result, row * width, width);
    return DoubleTensor.wrap(dy.shape(), result);
  }

  /** Says what the wrong elements have in common that the others have not. */
  private void where() {
    int wrong = count(this::isWrong);
    int right = count(this::isCompared) - wrong;
    if (wrong == 0 || right == 0) {
      return;
    }
    // One wrong element of a few is in some row and some range by chance.
    String place = wrong + right >= 4 ? commonPlace() : null;
    if (place == null) {
      place = commonRange();
    }
    if (place != null) {
      causes.add("the gradient of " + name + " is wrong only " + place);
    }
  }

  private @Nullable String commonPlace() {
    int width = shape.rank() == 0 ? 1 : shape.last();
    int height = analytic.length / width;
    for (int axis = 0; axis < 2; axis++) {
      int size = axis == 0 ? height : width;
      boolean[] bad = new boolean[size];
      boolean[] good = new boolean[size];
      for (int i = 0; i < analytic.length; i++) {
        if (isCompared(i)) {
          (isWrong(i) ? bad : good)[axis == 0 ? i / width : i % width] = true;
        }
      }
      int badOnes = 0;
      int last = 0;
      for (int k = 0; k < size; k++) {
        badOnes += bad[k] ? 1 : 0;
        last = bad[k] ? k : last;
      }
      if (badOnes == 1 && size > 1) {
        return (axis == 0 && width > 1 ? "in row " : axis == 0 ? "at " : "in column ")
            + last
            + " of "
            + size;
      }
      if (axis == 0 && size > 2 && badOnes == size - 1 && !bad[0] && good[0]) {
        return "after row 0";
      }
    }
    return null;
  }

  private @Nullable String commonRange() {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    double smallest = Double.POSITIVE_INFINITY;
    double largest = 0;
    double[] values = comparison.values();
    for (int i = 0; i < values.length; i++) {
      if (isWrong(i)) {
        least = Math.min(least, values[i]);
        most = Math.max(most, values[i]);
        smallest = Math.min(smallest, Math.abs(values[i]));
        largest = Math.max(largest, Math.abs(values[i]));
      }
    }
    String where = "where the element of " + name + " is ";
    double min = least;
    double max = most;
    double near = smallest;
    double far = largest;
    if (rightOnes(x -> x < min)) {
      return where + (min > 0 && rightOnes(x -> x < 0) ? "positive" : ">= " + min);
    }
    if (rightOnes(x -> x > max)) {
      return where + (max < 0 && rightOnes(x -> x > 0) ? "negative" : "<= " + max);
    }
    if (rightOnes(x -> Math.abs(x) < near)) {
      return where + "large: |x| >= " + near;
    }
    if (rightOnes(x -> Math.abs(x) > far)) {
      return where + "small: |x| <= " + far;
    }
    return rightOnes(x -> x < min || x > max) ? where + "from " + min + " to " + max : null;
  }

  private boolean rightOnes(DoublePredicate condition) {
    return all(i -> condition.test(comparison.values()[i]), i -> isCompared(i) && !isWrong(i));
  }

  private boolean isCompared(int index) {
    return comparison.isCompared(index);
  }

  private boolean isWrong(int index) {
    return comparison.isWrong(index);
  }

  private int count(IntPredicate among) {
    int count = 0;
    for (int i = 0; i < analytic.length; i++) {
      count += among.test(i) ? 1 : 0;
    }
    return count;
  }

  /** Whether a condition holds for all elements of a set that is not empty. */
  private boolean all(IntPredicate condition, IntPredicate among) {
    boolean any = false;
    for (int i = 0; i < analytic.length; i++) {
      if (among.test(i)) {
        any = true;
        if (!condition.test(i)) {
          return false;
        }
      }
    }
    return any;
  }

  /** Whether a guess equals what differences say. */
  private boolean explains(double @Nullable [] guess) {
    return fits(guess, numeric, this::isCompared);
  }

  private boolean fits(double @Nullable [] a, double @Nullable [] b, IntPredicate among) {
    return fits(a, b, among, FIT);
  }

  private boolean fits(
      double @Nullable [] a, double @Nullable [] b, IntPredicate among, double fit) {
    return a != null
        && b != null
        && all(
            i ->
                Math.abs(a[i] - b[i])
                    <= fit * (Math.max(Math.abs(a[i]), Math.abs(b[i])) + scale / 1e3),
            among);
  }

  private static double @Nullable [] gradient(Backward backward, DoubleTensor x, DoubleTensor dy) {
    Tensor gradient = backward.gradient(x, dy);
    return gradient == null ? null : gradient.toDoubleArray();
  }

  private static double[] scaled(double[] values, double factor) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = factor * values[i];
    }
    return result;
  }
}

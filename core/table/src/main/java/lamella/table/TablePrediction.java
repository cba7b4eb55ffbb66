package lamella.table;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a model says of one row. */
public final class TablePrediction {
  private final TableSchema.Target target;

  /** Those of many rows, among which this one's begin somewhere. */
  private final float[] outputs;

  private final int from;

  TablePrediction(TableSchema.Target target, float[] outputs, int from) {
    this.target = target;
    this.outputs = outputs;
    this.from = from;
  }

  /**
   * {@return the most probable class, of equals the first}
   *
   * @throws IllegalStateException if numbers are predicted
   * @throws ArithmeticException if an output is not finite, as after a training that diverged
   */
  public String label() {
    requireClasses();
    requireFinite(target, outputs, from);
    int best = 0;
    for (int k = 1; k < target.classes().size(); k++) {
      best = outputs[from + k] > outputs[from + best] ? k : best;
    }
    return target.classes().get(best);
  }

  /**
   * {@return the probability of a class}
   *
   * @param label one of {@link #classes}
   * @throws IllegalStateException if numbers are predicted
   * @throws IllegalArgumentException if there is no such class
   * @throws ArithmeticException if an output is not finite
   */
  public double probability(String label) {
    requireClasses();
    int index = target.classes().indexOf(label);
    if (index < 0) {
      throw new IllegalArgumentException(
          "TablePrediction: \""
              + target.name()
              + "\" has no class \""
              + label
              + '"'
              + Names.hint(label, target.classes()));
    }
    return numbers()[index];
  }

  /**
   * {@return the probabilities of the classes, in the model's order}
   *
   * @throws IllegalStateException if numbers are predicted
   * @throws ArithmeticException if an output is not finite
   */
  public Map<String, Double> probabilities() {
    requireClasses();
    double[] numbers = numbers();
    Map<String, Double> named = new LinkedHashMap<>();
    for (int k = 0; k < numbers.length; k++) {
      named.put(target.classes().get(k), numbers[k]);
    }
    return Collections.unmodifiableMap(named);
  }

  /**
   * {@return the number, in the target's own units}
   *
   * @throws IllegalStateException if classes are predicted
   * @throws ArithmeticException if the output is not finite
   */
  public double value() {
    if (target.task() == Task.CLASSIFICATION) {
      throw new IllegalStateException(
          "TablePrediction: \"" + target.name() + "\" is a class; use label() or probabilities()");
    }
    return numbers()[0];
  }

  /** {@return the classes, in the model's order; none if numbers are predicted} */
  public List<String> classes() {
    return target.classes();
  }

  private void requireClasses() {
    if (target.task() != Task.CLASSIFICATION) {
      throw new IllegalStateException(
          "TablePrediction: \"" + target.name() + "\" is a number; use value()");
    }
  }

  private double[] numbers() {
    double[] numbers = new double[width(target)];
    numbers(target, outputs, from, numbers, 0);
    return numbers;
  }

  /** How many outputs, and numbers made of them, a row has. */
  static int width(TableSchema.Target target) {
    return target.task() == Task.CLASSIFICATION ? target.classes().size() : 1;
  }

  /**
   * Makes of a row's outputs what they say: probabilities, or the number in the target's units; in
   * float64, with functions whose bits are the same everywhere.
   */
  static void numbers(
      TableSchema.Target target, float[] outputs, int from, double[] to, int offset) {
    requireFinite(target, outputs, from);
    if (target.task() == Task.REGRESSION) {
      double output = outputs[from];
      to[offset] = target.logarithm() ? StrictMath.exp(output) : output;
      return;
    }
    int classes = target.classes().size();
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      largest = Math.max(largest, outputs[from + k]);
    }
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      double part = StrictMath.exp(outputs[from + k] - largest);
      to[offset + k] = part;
      sum += part;
    }
    for (int k = 0; k < classes; k++) {
      to[offset + k] /= sum;
    }
  }

  private static void requireFinite(TableSchema.Target target, float[] outputs, int from) {
    for (int k = from; k < from + width(target); k++) {
      if (!Float.isFinite(outputs[k])) {
        throw new ArithmeticException(
            "TablePrediction: the network gives "
                + outputs[k]
                + " for \""
                + target.name()
                + "\", as after a training that diverged");
      }
    }
  }

  /** For example {@code species Adelie (0.983)}, or {@code price 326.5}. */
  @Override
  public String toString() {
    return target.task() == Task.REGRESSION
        ? target.name() + " " + value()
        : String.format(Locale.ROOT, "%s %s (%.3f)", target.name(), label(), probability(label()));
  }
}

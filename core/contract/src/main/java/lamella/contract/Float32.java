package lamella.contract;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far float32 may be from float64. */
final class Float32 {
  private static final double RELATIVE = 2e-6;

  /** Of the usual size: no rounding is as wrong as that. */
  private static final double GROSS = 1e-3;

  private Float32() {}

  /**
   * A number that differs.
   *
   * @param result which result of the step: 0 is the output, then the gradients
   * @param size the usual size of such numbers
   * @param allowed what rounding explains
   */
  record Difference(
      int result, int element, double narrow, double wide, double size, double allowed) {
    boolean isGross() {
      return !(Math.abs(narrow - wide) <= GROSS * size);
    }

    /** Whether float32 errs to the same side for neighbouring inputs too, as rounding would not. */
    static boolean isSystematic(double[] errors) {
      double sum = 0;
      double squares = 0;
      for (double error : errors) {
        sum += error;
        squares += error * error;
      }
      double mean = sum / errors.length;
      return !(Math.abs(mean) <= 0.5 * Math.sqrt(squares / errors.length));
    }

    @Override
    public String toString() {
      String where =
          switch (result) {
            case 0 -> "output";
            case 1 -> "gradient of the input";
            default -> "gradient of parameter " + (result - 2);
          };
      return where
          + ", element "
          + element
          + ": "
          + narrow
          + " in float32, "
          + wide
          + " in float64: off by "
          + (float) Math.abs(narrow - wide)
          + ", of which rounding to float32 explains "
          + (float) allowed
          + " (such numbers are as large as "
          + (float) size
          + " in this layer)";
    }
  }

  /**
   * Where a step in float32 differs from one in float64 by more than rounding explains; null if
   * nowhere.
   *
   * @param typical steps whose numbers are of the usual size
   * @param slack per result, what it changes by if inputs change in their last places
   */
  static @Nullable Difference first(
      Step narrow, Step wide, List<Step> typical, double[][] slack, double factor) {
    for (int result = 0; result < slack.length; result++) {
      double[] n = narrow.result(result);
      double[] w = wide.result(result);
      double size = largest(w);
      for (Step step : typical) {
        size = Math.max(size, largest(step.result(result)));
      }
      for (int i = 0; i < w.length; i++) {
        double allowed =
            RELATIVE * Math.abs(w[i]) + 1e-6 * size + factor * slack[result][i] + 1e-37;
        boolean overflows = !(Math.abs(w[i]) < 1e38);
        if (!overflows && !(Math.abs(n[i] - w[i]) <= allowed)) {
          return new Difference(result, i, n[i], w[i], size, allowed);
        }
      }
    }
    return null;
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Double.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
    }
    return largest;
  }
}

package lamella.core.contract;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far float32 may be from float64. */
final class Float32 {
  private static final double RELATIVE = 2e-6;

  private Float32() {}

  /**
   * Where a step in float32 differs from one in float64 by more than rounding explains; null if
   * nowhere.
   *
   * @param typical steps for inputs of size 1 and less: they show how large numbers get inside
   * @param slack per result, what it changes by if inputs change in their last places
   */
  static @Nullable String firstDifference(
      Step narrow, Step wide, List<Step> typical, double[][] slack, double factor) {
    double size = largest(wide.output);
    for (Step step : typical) {
      size = Math.max(size, largest(step.output));
    }
    String output = difference(narrow.output, wide.output, size, slack[0], factor);
    if (output != null) {
      return "output " + output;
    }
    for (int k = 0; k < wide.gradients.size(); k++) {
      size = largest(wide.gradients.get(k));
      for (Step step : typical) {
        size = Math.max(size, largest(step.gradients.get(k)));
      }
      String gradient =
          difference(narrow.gradients.get(k), wide.gradients.get(k), size, slack[k + 1], factor);
      if (gradient != null) {
        return (k == 0 ? "gradient of the input, " : "gradient of parameter " + (k - 1) + ", ")
            + gradient;
      }
    }
    return null;
  }

  private static @Nullable String difference(
      double[] narrow, double[] wide, double size, double[] slack, double factor) {
    for (int i = 0; i < wide.length; i++) {
      double allowed = RELATIVE * Math.abs(wide[i]) + 1e-6 * size + factor * slack[i] + 1e-37;
      boolean overflows = !(Math.abs(wide[i]) < 1e38);
      if (!overflows && !(Math.abs(narrow[i] - wide[i]) <= allowed)) {
        return "element " + i + ": " + narrow[i] + " in float32, " + wide[i] + " in float64";
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

package lamella.core.contract;

import org.jspecify.annotations.Nullable;

/** How far float32 may be from float64. */
final class Float32 {
  private static final double RELATIVE = 2e-6;

  private Float32() {}

  /**
   * Where a step in float32 differs from one in float64 by more than rounding explains; null if
   * nowhere.
   *
   * @param unit a step for an input of size about 1, which gives the size of numbers inside the
   *     layer
   * @param slack per result, what it changes by if inputs change in their last places
   */
  static @Nullable String firstDifference(
      Step narrow, Step wide, Step unit, double[][] slack, double factor) {
    String output = difference(narrow.output, wide.output, unit.output, slack[0], factor);
    if (output != null) {
      return "output " + output;
    }
    for (int k = 0; k < wide.gradients.size(); k++) {
      String gradient =
          difference(
              narrow.gradients.get(k),
              wide.gradients.get(k),
              unit.gradients.get(k),
              slack[k + 1],
              factor);
      if (gradient != null) {
        return (k == 0 ? "gradient of the input, " : "gradient of parameter " + (k - 1) + ", ")
            + gradient;
      }
    }
    return null;
  }

  private static @Nullable String difference(
      double[] narrow, double[] wide, double[] unit, double[] slack, double factor) {
    double size = Math.max(largest(wide), largest(unit));
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

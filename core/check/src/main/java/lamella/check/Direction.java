package lamella.check;

/**
 * A line through x on which differences are taken: each of its elements moves by a step that fits
 * the element's size, a power of two, so that x + t v is exact for nearly every step.
 */
final class Direction {
  /** Below it, elements are stepped as if they had this size. */
  private static final int LEAST_EXPONENT = -7;

  /** The largest step is an eighth of the element, or of 1 if that is more. */
  private static final int LARGEST_EXPONENT = -3;

  private final double[] values;
  private final int[] elements;
  private final double[] origins;
  private final double[] steps;

  /**
   * The line on which these elements move together.
   *
   * @param values the live array of x
   * @param elements positions in it
   * @param signs one for each: +1 or -1
   */
  Direction(double[] values, int[] elements, double[] signs) {
    this.values = values;
    this.elements = elements;
    this.origins = new double[elements.length];
    this.steps = new double[elements.length];
    for (int i = 0; i < elements.length; i++) {
      origins[i] = values[elements[i]];
      int exponent =
          Double.isFinite(origins[i])
              ? Math.max(Math.getExponent(origins[i]), LEAST_EXPONENT)
              : LEAST_EXPONENT;
      steps[i] = Math.copySign(Math.scalb(1.0, exponent), signs[i]);
    }
  }

  /** Moves x to x + t v and returns t as it came out after rounding. */
  double move(double t) {
    for (int i = 0; i < elements.length; i++) {
      values[elements[i]] = origins[i] + t * steps[i];
    }
    return elements.length == 1 ? (values[elements[0]] - origins[0]) / steps[0] : t;
  }

  /** Sets every element that moves to one value. */
  void moveTo(double value) {
    for (int element : elements) {
      values[element] = value;
    }
  }

  /** The largest |x| among the elements that move; at least 1. */
  double size() {
    double largest = 1;
    for (double origin : origins) {
      largest = Math.max(largest, Math.abs(origin));
    }
    return largest;
  }

  /** Moves x back. */
  void restore() {
    for (int i = 0; i < elements.length; i++) {
      values[elements[i]] = origins[i];
    }
  }

  /** &lt;gradient, v&gt;: the derivative along this line. */
  double along(double[] gradient) {
    double sum = 0;
    for (int i = 0; i < elements.length; i++) {
      sum += gradient[elements[i]] * steps[i];
    }
    return sum;
  }

  /** The derivative along a line of one element, as the derivative by that element. */
  double perElement(double alongLine) {
    return alongLine / steps[0];
  }

  /** |x| / |v|, at most: what rounding x + t v costs. */
  double relativeSize() {
    double largest = 0;
    for (int i = 0; i < elements.length; i++) {
      largest = Math.max(largest, Math.abs(origins[i] / steps[i]));
    }
    return largest;
  }

  /** The exponent of the largest step worth a try. */
  int largestExponent() {
    if (elements.length > 1) {
      return LARGEST_EXPONENT;
    }
    return LARGEST_EXPONENT + Math.max(0, -Math.getExponent(steps[0]));
  }
}

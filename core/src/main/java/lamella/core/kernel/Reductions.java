package lamella.core.kernel;

/** The order of sums that every kernel keeps. */
final class Reductions {
  private Reductions() {}

  /** Adds the upper half of the lanes to the lower half until one is left. Destroys the lanes. */
  static double halve(double[] lanes) {
    for (int half = lanes.length / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }
}

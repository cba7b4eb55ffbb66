package lamella.core.io;

import lamella.core.Elementwise;

/** A layer without parameters: y = 2 x. */
final class Doubling extends Elementwise {
  @Override
  protected double value(double x) {
    return 2 * x;
  }

  @Override
  protected double slope(double x, double y) {
    return 2;
  }
}

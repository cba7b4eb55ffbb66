package lamella.optim;

/**
 * (1 + cos(π u)) / 2, with the same bits on every machine and without the 32 bytes that {@code
 * StrictMath.cos} allocates.
 */
final class HalfCosine {
  private HalfCosine() {}

  /** For 0 &le; u &le; 1: cos² a = 1 - sin² a with a = π u / 2, by the sine of at most π/4. */
  static double at(double u) {
    double sine = sine(Math.PI / 2 * Math.min(u, 1 - u));
    return u < 0.5 ? 1 - sine * sine : sine * sine;
  }

  /** sin x for 0 &le; x &le; π/4 by its power series. */
  private static double sine(double x) {
    double term = x;
    double sum = x;
    for (int k = 2; k <= 16; k += 2) {
      term *= -x * x / (k * (k + 1));
      sum += term;
    }
    return sum;
  }
}

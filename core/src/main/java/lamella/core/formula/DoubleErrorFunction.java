package lamella.core.formula;

/**
 * erf, erfc and the normal distribution function in float64, with the same bits on every platform.
 *
 * <p>Source: W. J. Cody, "Rational Chebyshev approximations for the error function" (1969), with
 * the coefficients of his {@code CALERF} (SPECFUN).
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients as published
final class DoubleErrorFunction {
  private static final double SQRT_HALF = 0.7071067811865476;

  /** What {@link #SQRT_HALF} lacks. */
  private static final double SQRT_HALF_LOW = -4.833646656726457e-17;

  private static final double INVERSE_SQRT_PI = 0.5641895835477563;

  /** Up to here erf is an odd rational function. */
  private static final double SMALL = 0.46875;

  private DoubleErrorFunction() {}

  static double erf(double x) {
    double y = Math.abs(x);
    if (y <= SMALL) {
      return x * small(y * y);
    }
    return Math.copySign(1 - exp(y, 1) * scaled(y), x);
  }

  static double erfc(double x) {
    double y = Math.abs(x);
    if (y <= SMALL) {
      return 1 - x * small(y * y);
    }
    double tail = exp(y, 1) * scaled(y);
    return x < 0 ? 2 - tail : tail;
  }

  /** The probability that a standard normal number is at most x: erfc(-x / √2) / 2. */
  static double normal(double x) {
    double y = Math.abs(x) * SQRT_HALF;
    if (y <= SMALL) {
      double z = Math.fma(x, SQRT_HALF, x * SQRT_HALF_LOW);
      return 0.5 + 0.5 * z * small(y * y);
    }
    double tail = 0.5 * exp(Math.abs(x), 0.5) * scaled(y);
    return x < 0 ? tail : 1 - tail;
  }

  /** erf(x) / x, given x². */
  private static double small(double square) {
    double p = 1.85777706184603153e-1;
    p = p * square + 3.16112374387056560e0;
    p = p * square + 1.13864154151050156e2;
    p = p * square + 3.77485237685302021e2;
    p = p * square + 3.20937758913846947e3;
    double q = square + 2.36012909523441209e1;
    q = q * square + 2.44024637934444173e2;
    q = q * square + 1.28261652607737228e3;
    q = q * square + 2.84423683343917062e3;
    return p / q;
  }

  /** e^(y²) erfc(y) for y above {@link #SMALL}. */
  private static double scaled(double y) {
    return y <= 4 ? middle(y) : large(y);
  }

  private static double middle(double y) {
    double p = 2.15311535474403846e-8;
    p = p * y + 5.64188496988670089e-1;
    p = p * y + 8.88314979438837594e0;
    p = p * y + 6.61191906371416295e1;
    p = p * y + 2.98635138197400131e2;
    p = p * y + 8.81952221241769090e2;
    p = p * y + 1.71204761263407058e3;
    p = p * y + 2.05107837782607147e3;
    p = p * y + 1.23033935479799725e3;
    double q = y + 1.57449261107098347e1;
    q = q * y + 1.17693950891312499e2;
    q = q * y + 5.37181101862009858e2;
    q = q * y + 1.62138957456669019e3;
    q = q * y + 3.29079923573345963e3;
    q = q * y + 4.36261909014324716e3;
    q = q * y + 3.43936767414372164e3;
    q = q * y + 1.23033935480374942e3;
    return p / q;
  }

  private static double large(double y) {
    double s = 1 / (y * y);
    double p = 1.63153871373020978e-2;
    p = p * s + 3.05326634961232344e-1;
    p = p * s + 3.60344899949804439e-1;
    p = p * s + 1.25781726111229246e-1;
    p = p * s + 1.60837851487422766e-2;
    p = p * s + 6.58749161529837803e-4;
    double q = s + 2.56852019228982242e0;
    q = q * s + 1.87295284992346047e0;
    q = q * s + 5.27905102951428412e-1;
    q = q * s + 6.05183413124413191e-2;
    q = q * s + 2.33520497626869185e-3;
    return (INVERSE_SQRT_PI - s * p / q) / y;
  }

  /** e^(-factor y²), where y² is taken in two parts so that none of it is lost. */
  private static double exp(double y, double factor) {
    if (y > 40) {
      return Double.isNaN(y) ? y : 0;
    }
    double head = (int) (y * 16) / 16.0;
    double rest = (y - head) * (y + head);
    return StrictMath.exp(-factor * head * head) * StrictMath.exp(-factor * rest);
  }
}

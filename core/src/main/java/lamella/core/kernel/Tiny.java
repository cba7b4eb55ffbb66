package lamella.core.kernel;

/**
 * The rule for numbers too small to matter: what is stored and used as a factor again and again
 * (weights, velocities, a row's gradient of a loss) is 0 rather than at or below 2^-102 in size, in
 * float64 2^-969; gradients of exponentials are 0 rather than at or below 2^-126.
 *
 * <p>Processors compute with numbers below the smallest normal one, 2^-126, a hundred times as
 * slowly as with others. A weight that nothing but its penalty changes comes there in time, and
 * with it whole products; 2^-102 leaves room for a factor of 2^-24 (a rate, a penalty, an input)
 * that makes none either. Where a result is 0 by this rule, it would have vanished in the rounding
 * of whatever else it is added to.
 *
 * <p>Here as arithmetic without a condition, which C2 vectorises: for larger numbers one is 1, and
 * the result exact. The vector kernels compare and blend. Every zero is +0; NaN is NaN.
 */
final class Tiny {
  /** A number of 2^-102 becomes 1/2, and that is rounded to 0. */
  static final float SCALE = 0x1p101f;

  /** The same for 2^-126, the smallest normal number. */
  static final float SCALE_TO_NORMAL = 0x1p125f;

  static final double SCALE_DOUBLE = 0x1p968;

  /** Adding and subtracting it rounds a number in [0, 1] to 0 or 1. */
  static final float ROUND = 0x1p23f;

  static final double ROUND_DOUBLE = 0x1p52;

  private Tiny() {}

  /** x, or 0 where it is too small. */
  static float orZero(float x) {
    float one = Math.min(Math.abs(x) * SCALE, 1);
    return x * ((one + ROUND) - ROUND) + 0f;
  }

  /** x, or 0 where it is at or below the smallest normal number. */
  static float normalOrZero(float x) {
    float one = Math.min(Math.abs(x) * SCALE_TO_NORMAL, 1);
    return x * ((one + ROUND) - ROUND) + 0f;
  }

  /** x, or 0 where it is too small. */
  static double orZero(double x) {
    double one = Math.min(Math.abs(x) * SCALE_DOUBLE, 1);
    return x * ((one + ROUND_DOUBLE) - ROUND_DOUBLE) + 0.0;
  }
}

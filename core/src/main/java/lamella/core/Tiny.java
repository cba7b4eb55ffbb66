package lamella.core;

/**
 * The rule for numbers too small to matter: what is stored and used as a factor again and again
 * (weights, velocities, a row's gradient of a loss) is 0 rather than at or below 2<sup>-102</sup>
 * in size, in float64 2<sup>-969</sup>.
 *
 * <p>Processors compute with numbers below the smallest normal one, 2<sup>-126</sup>, a hundred
 * times as slowly as with others. A weight that nothing but its penalty changes comes there in
 * time, and with it whole products; 2<sup>-102</sup> leaves room for a factor of 2<sup>-24</sup> (a
 * rate, a penalty, an input) that makes none either. Where a result is 0 by this rule, it would
 * have vanished in the rounding of whatever else it is added to.
 */
public final class Tiny {
  // Arithmetic without a condition, which C2 vectorises: for larger numbers one is 1, and the
  // result
  // exact.

  /** A number of 2^-102 becomes 1/2, and that is rounded to 0. */
  private static final float SCALE = 0x1p101f;

  private static final double SCALE_DOUBLE = 0x1p968;

  /** Adding and subtracting it rounds a number in [0, 1] to 0 or 1. */
  private static final float ROUND = 0x1p23f;

  private static final double ROUND_DOUBLE = 0x1p52;

  private static final Loop ZERO =
      new Loop() {
        @Override
        protected void run(float[][] arrays, int from, int to) {
          float[] a = arrays[0];
          for (int i = from; i < to; i++) {
            a[i] = orZero(a[i]);
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to) {
          double[] a = arrays[0];
          for (int i = from; i < to; i++) {
            a[i] = orZero(a[i]);
          }
        }
      };

  private Tiny() {}

  /**
   * {@return x, or +0 where it is too small; NaN for NaN} May be called within a {@link Loop}.
   *
   * @param x any number
   */
  public static float orZero(float x) {
    float one = Math.min(Math.abs(x) * SCALE, 1);
    return x * ((one + ROUND) - ROUND) + 0f;
  }

  /**
   * {@return x, or +0 where it is too small; NaN for NaN} May be called within a {@link Loop}.
   *
   * @param x any number
   */
  public static double orZero(double x) {
    double one = Math.min(Math.abs(x) * SCALE_DOUBLE, 1);
    return x * ((one + ROUND_DOUBLE) - ROUND_DOUBLE) + 0.0;
  }

  /**
   * Sets the elements that are too small to 0.
   *
   * @param tensor marked as changed
   */
  public static void zero(Tensor tensor) {
    ZERO.over(tensor);
  }
}

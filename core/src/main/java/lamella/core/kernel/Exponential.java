package lamella.core.kernel;

/**
 * exp, exp - 1 and sigmoid in float32, as one fixed sequence of IEEE operations: {@code Math.exp}
 * and the Vector API's own exponential differ between platforms. The vector kernels execute the
 * same sequence.
 *
 * <p>x = n ln 2 + r with |r| <= ln(2) / 2; exp(x) = 2^n (1 + r + r² q(r)). Largest errors, measured
 * over all floats, in units in the last place: exp 1.03, expm1 0.87 (1.49 above 0), sigmoid 2.49.
 * Below -87, exp and sigmoid are 0, where 1.6e-38 and less would be right: they give no number
 * below the smallest normal one, see {@link Tiny}. Source: the polynomial is that of S. Moshier's
 * Cephes library, {@code expf}.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the constants as published
final class Exponential {
  static final float LOG2_E = 1.44269504f;
  static final float LN2_HIGH = 0.693359375f;
  static final float LN2_LOW = -2.12194440e-4f;

  /** Adding and subtracting 1.5 * 2^23 rounds a float below 2^22 in size to an integer. */
  static final float ROUND = 12582912f;

  /** exp of more is infinite; 2^n then still has a finite half. */
  static final float MAX = 89f;

  /** exp of less is 0, as is sigmoid. */
  static final float MIN = -87f;

  /** exp(x) - 1 is -1 below, and 2^n a normal number above. */
  static final float MIN_EXPM1 = -87f;

  static final float Q0 = 5.0000001201e-1f;
  static final float Q1 = 1.6666665459e-1f;
  static final float Q2 = 4.1665795894e-2f;
  static final float Q3 = 8.3334519073e-3f;
  static final float Q4 = 1.3981999507e-3f;
  static final float Q5 = 1.9875691500e-4f;

  private Exponential() {}

  /** e^x; NaN for NaN. */
  static float exp(float x) {
    float t = Math.max(MIN, Math.min(MAX, x));
    float n = Math.fma(t, LOG2_E, ROUND) - ROUND;
    float p = 1 + reduced(t, n);
    // In two halves, so that 2^128 needs no case of its own.
    int half = (int) n >> 1;
    float result = p * powerOfTwo(half) * powerOfTwo((int) n - half);
    return x < MIN ? 0 : result;
  }

  /** e^x - 1 for x <= 0, without cancellation near 0; NaN for NaN. For larger x only below 88. */
  static float expm1(float x) {
    float t = Math.max(MIN_EXPM1, x);
    float n = Math.fma(t, LOG2_E, ROUND) - ROUND;
    float scale = powerOfTwo((int) n);
    return Math.fma(scale, reduced(t, n), scale - 1);
  }

  /** 1 / (1 + e^-x). */
  static float sigmoid(float x) {
    return x < MIN ? 0 : 1 / (1 + exp(-x));
  }

  /** e^r - 1 for r = t - n ln 2. */
  private static float reduced(float t, float n) {
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, t));
    float q = Math.fma(Q5, r, Q4);
    q = Math.fma(q, r, Q3);
    q = Math.fma(q, r, Q2);
    q = Math.fma(q, r, Q1);
    q = Math.fma(q, r, Q0);
    return Math.fma(q * r, r, r);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }
}

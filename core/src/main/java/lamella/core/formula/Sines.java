package lamella.core.formula;

import static lamella.core.formula.Functions.polynomial;

/**
 * sin and cos in float32.
 *
 * <p>x = k π/2 + r with |r| &lt;= π/4, by three parts of π/2 (W. J. Cody and W. Waite); k says
 * which of ±sin(r), ±cos(r) it is. Source of the two polynomials: S. Moshier's Cephes library,
 * {@code sinf}. For numbers above 100,000 in size an angle between -π/2 and π/2 with the same sine
 * takes the place of x first, by exact arithmetic on whole numbers (M. Payne and R. Hanek).
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients as published
final class Sines {
  private static final float LARGE = 100_000;

  private static final Expression ZERO = Expression.of(0);
  private static final Expression ONE = Expression.of(1);

  /** The first 256 bits of 1/π after the point, with 64 zeros before them and after. */
  private static final long[] INVERSE_PI = {
    0, 0x517cc1b727220a94L, 0xfe13abe8fa9a6ee0L, 0x6db14acc9e21c820L, 0xff28b1d5ef5de2b0L, 0
  };

  /** π 2^-63. */
  private static final double UNIT = Math.PI * 0x1p-63;

  private Sines() {}

  static Expression sin(Expression x) {
    Expression large = x.abs().minus(LARGE);
    Expression turned = large.ifPositive(x.sineAngle(), x);
    Expression k = Exponentials.rounded(turned, 0.63661975f);
    Expression y = quarter(k, remainder(k, turned));
    // x itself where x³ is invisible; -0 stays -0.
    return x.abs().minus(1e-4f).ifPositive(y, x);
  }

  static Expression cos(Expression x) {
    Expression large = x.abs().minus(LARGE);
    Expression turned = large.ifPositive(x.cosineAngle(), x);
    Expression k = Exponentials.rounded(turned, 0.63661975f);
    // The cosine of x is the sine a quarter turn later; that of the angle is one already.
    return quarter(k.plus(large.ifPositive(ZERO, ONE)), remainder(k, turned));
  }

  /** x - k π/2. */
  private static Expression remainder(Expression k, Expression x) {
    Expression r = k.fma(Expression.of(-1.5707964f), x);
    r = k.fma(Expression.of(4.371139e-8f), r);
    return k.fma(Expression.of(1.7151245e-15f), r);
  }

  /** The sine of k π/2 + r. */
  private static Expression quarter(Expression k, Expression r) {
    Expression square = r.times(r);
    Expression sine =
        polynomial(square, -1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f)
            .fma(square.times(r), r);
    Expression cosine =
        polynomial(
            square, 2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f, -0.5f, 1);
    // k modulo 4, from -2 to 2: the sine for 0, minus it for -2 and 2, ± the cosine for -1 and 1.
    Expression turn = Exponentials.rounded(k, 0.25f).fma(Expression.of(-4), k);
    Expression sign = ONE.minus(turn.abs());
    return sign.abs().ifPositive(sign.times(sine), turn.times(cosine));
  }

  /** The angle between -π/2 and π/2 with x's sine; 0 up to 100,000 in size, NaN for infinity. */
  static float sineAngle(float x) {
    if (!(Math.abs(x) > LARGE)) {
      return 0;
    }
    if (Float.isInfinite(x)) {
      return Float.NaN;
    }
    long turn = halfTurns(x);
    // sin(θ) = sin(π - θ) = sin(-π - θ); π and -π are the same number of 64 bits.
    long angle = Math.abs(turn) > 1L << 62 || turn == Long.MIN_VALUE ? Long.MIN_VALUE - turn : turn;
    return Math.copySign(1, x) * (float) (angle * UNIT);
  }

  /** The angle between -π/2 and π/2 whose sine is x's cosine; 0 and NaN as for the sine. */
  static float cosineAngle(float x) {
    if (!(Math.abs(x) > LARGE)) {
      return 0;
    }
    if (Float.isInfinite(x)) {
      return Float.NaN;
    }
    return (float) (((1L << 62) - Math.abs(halfTurns(x))) * UNIT);
  }

  /** |x| / π modulo 2, in units of 2^-63, from -1 to 1. */
  private static long halfTurns(float x) {
    // |x| = m 2^e. Bits of 1/π before the e-th give, times m, whole turns; 96 bits from there on
    // are enough to tell any float from a multiple of π/2 with 24 bits to spare.
    int bits = Float.floatToRawIntBits(x);
    int exponent = ((bits >> 23) & 0xff) - 150;
    long m = (bits & 0x7fffff) | 0x800000;
    int from = exponent + 63;
    long first = window(from);
    long second = window(from + 64) >>> 32;
    return m * first + ((m * second) >>> 32);
  }

  /** 64 bits of {@link #INVERSE_PI} from this one on. */
  private static long window(int from) {
    int word = from >> 6;
    int shift = from & 63;
    long high = INVERSE_PI[word] << shift;
    return shift == 0 ? high : high | (INVERSE_PI[word + 1] >>> (64 - shift));
  }
}

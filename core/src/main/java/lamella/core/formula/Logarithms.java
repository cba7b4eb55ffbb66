package lamella.core.formula;

import static lamella.core.formula.Functions.polynomial;

/**
 * log, log1p and softplus in float32.
 *
 * <p>x = 2^n (1 + f) with 1 + f in [√½, √2); log(x) = n ln 2 + (f + f² p(f)). p has degree 8, error
 * of the whole 2^-27.8 (minimax, by Lawson's iteration on Chebyshev nodes).
 */
final class Logarithms {
  private static final Expression ZERO = Expression.of(0);
  private static final Expression LN2 = Expression.of(0.6931472f);
  private static final Expression MIN_NORMAL = Expression.of(Float.MIN_NORMAL);
  private static final Expression NEGATIVE_INFINITY = Expression.of(Double.NEGATIVE_INFINITY);
  private static final Expression NAN = Expression.of(Double.NaN);

  private Logarithms() {}

  static Expression log(Expression x) {
    // Numbers below the smallest normal one are taken times 2^24.
    Expression tiny = MIN_NORMAL.minus(x);
    Expression normal = tiny.ifPositive(x.times(0x1p24f), x);
    Expression n = normal.exponent().plus(tiny.ifPositive(Expression.of(-24), ZERO));
    return atEnds(x, x, sum(n, normal.significand().minus(1)));
  }

  static Expression log1p(Expression x) {
    Expression u = x.plus(1);
    Expression n = u.exponent();
    // f = 2^-n (1 + x) - 1 with one rounding; 2^-n in two factors, as n may be 128.
    Expression scale = Expression.of(2).minus(n).powerOfTwo().times(0.25f);
    Expression y = atEnds(x, u, sum(n, x.fma(scale, scale.minus(1))));
    // x itself where x² is invisible: smaller ones vanish beside 1, and -0 stays -0.
    return x.abs().minus(1e-9f).ifPositive(y, x);
  }

  /**
   * log(1 + e^x) = max(x, 0) + log(1 + e) with e = e^-|x|; log(1 + e) = e + e² p(e), p of degree 8,
   * error of the whole 2^-27.5 (minimax, by Lawson's iteration on Chebyshev nodes). Like exp it is
   * 0 below -87.
   */
  static Expression softplus(Expression x) {
    Expression e = Exponentials.expOfBounded(x.abs().negated());
    Expression p =
        polynomial(
            e,
            -0.0033065376f,
            0.020150332f,
            -0.057561528f,
            0.10670013f,
            -0.15349098f,
            0.19693193f,
            -0.24958156f,
            0.3333047f,
            -0.4999993f);
    return x.ifPositive(x, ZERO).plus(p.times(e).fma(e, e));
  }

  private static Expression sum(Expression n, Expression f) {
    Expression p =
        polynomial(
            f,
            -0.07616789f,
            0.12906496f,
            -0.13246007f,
            0.14181547f,
            -0.16608658f,
            0.20001987f,
            -0.25001603f,
            0.33333325f,
            -0.49999988f);
    return n.fma(LN2, p.fma(f.times(f), f));
  }

  /** The logarithm of u, given y for positive finite ones. */
  private static Expression atEnds(Expression x, Expression u, Expression y) {
    Expression finite = x.minus(Float.MAX_VALUE).ifPositive(x, y);
    return u.ifPositive(finite, u.ifNotNegative(NEGATIVE_INFINITY, NAN));
  }
}

package lamella.core.formula;

import static lamella.core.formula.Functions.polynomial;

import java.util.List;
import lamella.core.formula.Expression.Operation;

/**
 * exp, expm1, sigmoid and tanh in float32.
 *
 * <p>x = n ln 2 + r with |r| &lt;= ln(2) / 2; exp(x) = 2^n (1 + r + r² q(r)). Source of q and of
 * the two parts of ln 2: S. Moshier's Cephes library, {@code expf}.
 *
 * <p>Below -87, exp and sigmoid are 0, where 1.6e-38 and less would be right: they give no number
 * below the smallest normal one, with which a processor calculates many times slower.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the constants as published
final class Exponentials {
  /** Below, exp and sigmoid are 0. */
  private static final float MIN = -87f;

  /** exp of more is infinite. */
  private static final float MAX = 89f;

  /** Up to here 2^n is finite, and so one factor. */
  private static final float ONE_FACTOR = 88f;

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private static final float Q0 = 5.0000001201e-1f;
  private static final float Q1 = 1.6666665459e-1f;
  private static final float Q2 = 4.1665795894e-2f;
  private static final float Q3 = 8.3334519073e-3f;
  private static final float Q4 = 1.3981999507e-3f;
  private static final float Q5 = 1.9875691500e-4f;

  /** Here tanh(softplus) is 1, also as a product with a reciprocal, and its slope invisible. */
  private static final float SATURATED = 20;

  private static final Expression ZERO = Expression.of(0);
  private static final Expression ONE = Expression.of(1);
  private static final Expression TWO = Expression.of(2);

  /** Adding and subtracting 1.5 * 2^23 rounds a float below 2^22 in size to an integer. */
  private static final Expression ROUND = Expression.of(12582912);

  private Exponentials() {}

  static Expression exp(Expression x) {
    if (atMost(x) <= ONE_FACTOR) {
      return expOfBounded(x);
    }
    Parts parts = Parts.of(x.min(MAX));
    // In two factors, so that 2^128 needs no case of its own.
    Expression half = rounded(parts.n, 0.5f);
    Expression rest = parts.n.minus(half);
    Expression power = parts.power().times(half.powerOfTwo()).times(rest.powerOfTwo());
    return zeroBelow(x, power);
  }

  /** exp of x &lt;= 88, or of NaN. */
  static Expression expOfBounded(Expression x) {
    Parts parts = Parts.of(x);
    return zeroBelow(x, parts.power().times(parts.n.powerOfTwo()));
  }

  static Expression expm1(Expression x) {
    boolean bounded = atMost(x) <= ONE_FACTOR;
    // Below -30 it is -1 to the last bit.
    Parts parts = Parts.of((bounded ? x : x.min(MAX)).max(-30));
    Expression n = bounded ? parts.n : parts.n.min(127);
    Expression scale = n.powerOfTwo();
    Expression result = scale.fma(parts.reduced, scale.minus(1));
    return bounded ? result : result.times(parts.n.minus(127).ifPositive(TWO, ONE));
  }

  /** 2^n / (2^n + e^-r): the bits of 1 / (1 + e^-x) with fewer operations. */
  static Expression sigmoid(Expression x) {
    Expression bounded = x.min(-MIN); // from here on it is 1
    Expression n = rounded(bounded, LOG2_E);
    Expression r = remainder(bounded, n);
    Expression q = polynomial(r, Q5, -Q4, Q3, -Q2, Q1, -Q0);
    Expression power = ONE.minus(q.times(r).fma(r, r));
    Expression scale = n.powerOfTwo();
    return zeroBelow(x, scale.over(scale.plus(power)));
  }

  /**
   * tanh(log(1 + e^x)) = n / (n + 2) with n = e (e + 2) and e = e^x, or its slope 4 e (e + 1) / (n
   * + 2)², which share e, n and, where both are asked for, the division.
   *
   * <p>e = 2^n p(r), p of degree 6, relative error 2^-28 (minimax, by Lawson's iteration on
   * Chebyshev nodes).
   */
  static Expression tanhOfSoftplus(Expression x, boolean slope, boolean both) {
    Expression bounded = x.min(SATURATED);
    Expression n = rounded(bounded, LOG2_E);
    Expression p =
        polynomial(
            remainder(bounded, n),
            0.0013820136f,
            0.008368686f,
            0.041668274f,
            0.16666521f,
            0.49999994f,
            1,
            1);
    Expression e = zeroBelow(x, p.times(n.powerOfTwo()));
    Expression more = e.plus(2);
    Expression numerator = e.times(more);
    Expression denominator = e.fma(more, TWO);
    Expression reciprocal = ONE.over(denominator);
    if (!slope) {
      return both ? numerator.times(reciprocal) : numerator.over(denominator);
    }
    Expression result = e.fma(e, e).times(reciprocal).times(reciprocal.times(4));
    return x.minus(SATURATED).ifPositive(ZERO, result);
  }

  /**
   * 1 - 2 / (e^(2 |x|) + 1) with the sign of x; near 0, where that would cancel, x (1 + x² p(x²)).
   *
   * <p>e^(2 a) = 2^n e^(2 r) with |r| &lt;= ln(2) / 4, where e^(2 r) is a polynomial of degree 6,
   * relative error 2^-28; p on [0, 0.55] has degree 3, relative error of the whole 2^-24.7 (both
   * minimax, by Lawson's iteration on Chebyshev nodes).
   */
  static Expression tanh(Expression x) {
    Expression a = x.abs();
    Expression bounded = a.min(9.02f); // tanh is 1 in float32 from here on
    Expression n = rounded(bounded, 2.88539f);
    Expression r = n.fma(Expression.of(-0.3465736f), bounded);
    Expression exp =
        polynomial(r, 0.08844887f, 0.26779795f, 0.6666924f, 1.3333217f, 1.9999998f, 2, 1);
    Expression large = ONE.minus(TWO.over(exp.fma(n.powerOfTwo(), ONE)));
    Expression signed = x.ifNotNegative(large, large.negated());
    Expression p = polynomial(x.times(x), 0.016437879f, -0.05267201f, 0.13320729f, -0.33332947f, 1);
    return a.minus(0.55f).ifPositive(signed, x.times(p));
  }

  /** x = n ln 2 + r; reduced = e^r - 1. */
  record Parts(Expression n, Expression reduced) {
    /** Of a number up to 89. Below -87 the parts mean nothing. */
    static Parts of(Expression x) {
      Expression n = rounded(x, LOG2_E);
      Expression r = remainder(x, n);
      Expression q = polynomial(r, Q5, Q4, Q3, Q2, Q1, Q0);
      return new Parts(n, q.times(r).fma(r, r));
    }

    /** e^r. */
    Expression power() {
      return reduced.plus(1);
    }
  }

  /** x - n ln 2. */
  private static Expression remainder(Expression x, Expression n) {
    return n.fma(Expression.of(-LN2_LOW), n.fma(Expression.of(-LN2_HIGH), x));
  }

  /** The integer nearest to x times factor. */
  static Expression rounded(Expression x, float factor) {
    return x.fma(Expression.of(factor), ROUND).minus(ROUND);
  }

  private static Expression zeroBelow(Expression x, Expression result) {
    return Expression.of(MIN).minus(x).ifPositive(ZERO, result);
  }

  /** What an expression visibly never exceeds; infinity where nothing is seen. */
  private static double atMost(Expression a) {
    List<Expression> of = a.arguments();
    return switch (a.operation()) {
      case CONSTANT -> a.number();
      case MIN -> Math.min(atMost(of.get(0)), atMost(of.get(1)));
      case MAX -> Math.max(atMost(of.get(0)), atMost(of.get(1)));
      case NEGATED -> isNotNegative(of.get(0)) ? 0 : Double.POSITIVE_INFINITY;
      case TIMES ->
          isNotNegative(of.get(0))
                  && of.get(1).operation() == Operation.CONSTANT
                  && of.get(1).number() <= 0
              ? 0
              : Double.POSITIVE_INFINITY;
      default -> Double.POSITIVE_INFINITY;
    };
  }

  private static boolean isNotNegative(Expression a) {
    return a.operation() == Operation.ABS
        || (a.operation() == Operation.TIMES && a.arguments().get(0).equals(a.arguments().get(1)));
  }
}

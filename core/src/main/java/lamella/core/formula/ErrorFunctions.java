package lamella.core.formula;

import static lamella.core.formula.Functions.polynomial;

import lamella.core.formula.Exponentials.Parts;

/**
 * erf, erfc and the normal distribution function in float32.
 *
 * <p>Their coefficients are minimax, by Lawson's iteration on Chebyshev nodes against SciPy in
 * float64.
 */
final class ErrorFunctions {
  private static final Expression ZERO = Expression.of(0);
  private static final Expression ONE = Expression.of(1);
  private static final Expression TWO = Expression.of(2);

  private ErrorFunctions() {}

  /**
   * 1 - e^h(|x|) with the sign of x, h of degree 6 on [0.9, 3.95], error 2^-29; near 0, where that
   * would cancel, x + x p(x²), p of degree 5 on [0, 0.85], error 2^-27.
   */
  static Expression erf(Expression x) {
    Expression a = x.abs();
    Expression bounded = a.min(3.95f); // erf is 1 in float32 from here on
    Expression h =
        polynomial(
            bounded,
            0.0001982129f,
            -0.0030654485f,
            0.022315117f,
            -0.10411358f,
            -0.6369761f,
            -1.1277972f,
            -0.00016644309f);
    Expression n = Exponentials.rounded(h, 1.442695f);
    Expression r = n.fma(Expression.of(-0.6931472f), h);
    Expression exp =
        polynomial(r, 0.008289549f, 0.041898247f, 0.1666765f, 0.49999148f, 0.9999997f, 1);
    Expression large = exp.fma(n.powerOfTwo().negated(), ONE);
    Expression signed = x.ifNotNegative(large, large.negated());
    Expression p =
        polynomial(
            x.times(x),
            -0.00063485187f,
            0.0050577037f,
            -0.026807288f,
            0.11282865f,
            -0.3761259f,
            0.12837917f);
    return a.minus(0.85f).ifPositive(signed, x.fma(p, x));
  }

  /** The tail e^(-x²) r(|x|), 1 / r(a) = √π a + p(a) / q(a), error 2^-26; 2 - tail for x < 0. */
  static Expression erfc(Expression x) {
    Expression a = x.abs();
    Expression p = polynomial(a, 9.959276e-6f, 0.05822536f, 0.3958867f, 1.1214904f, 1.75f);
    Expression q = polynomial(a, 0.066046394f, 0.4421478f, 1.3660231f, 2.2486196f, 1.75f);
    Expression tail = tail(x, -1, q.over(a.times(1.7724539f).fma(q, p)), 9.19f);
    return x.ifPositive(tail, TWO.minus(tail));
  }

  /**
   * The tail e^(-x²/2) r(|x|), 1 / r(a) = √(2π) a + p(a) / q(a), error 2^-26; 1 - tail for x > 0.
   * Its exponential is that of {@code x.times(x).times(-0.5).exp()}, the density but for a factor.
   */
  static Expression normal(Expression x) {
    Expression a = x.abs();
    Expression p = polynomial(a, 5.0895687e-6f, 0.041071896f, 0.3952852f, 1.584053f, 3.5f);
    Expression q = polynomial(a, 0.01647318f, 0.15606622f, 0.68226147f, 1.5890272f, 1.75f);
    Expression tail = tail(x, -0.5f, q.over(a.times(2.5066283f).fma(q, p)), 12.9f);
    return x.ifPositive(ONE.minus(tail), tail);
  }

  /** ratio e^(factor x²), where the rounding of x² is made good; 0 where |x| &gt; end. */
  private static Expression tail(Expression x, float factor, Expression ratio, float end) {
    Expression square = x.times(x);
    Expression lost = x.fma(x, square.negated()).times(factor);
    Parts parts = Parts.of(square.times(factor));
    // e^(r + lost) - 1; no number below the smallest normal one is left before the end.
    Expression reduced = parts.power().fma(lost, parts.reduced());
    Expression tail = ratio.fma(reduced, ratio).times(parts.n().powerOfTwo());
    return x.abs().minus(end).ifPositive(ZERO, tail);
  }
}

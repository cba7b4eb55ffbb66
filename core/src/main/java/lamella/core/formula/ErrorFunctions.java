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

  /** The tail e^(-x²) p(a) / q(a) for a = |x|, relative error 2^-25.5; 2 - tail for x &lt; 0. */
  static Expression erfc(Expression x) {
    Expression a = x.abs();
    Expression ratio =
        polynomial(a, 0.031960897f, 0.22520979f, 0.7231658f, 1.2303278f, 1)
            .over(polynomial(a, 0.056648374f, 0.39920437f, 1.3096235f, 2.3846743f, 2.3587074f, 1));
    Expression tail = tail(x, -1, ratio, 9.19f);
    return x.ifPositive(tail, TWO.minus(tail));
  }

  /**
   * The tail e^(-x²/2) p(a) / q(a) for a = |x|, relative error 2^-26; 1 - tail for x &gt; 0. Its
   * exponential is that of {@code x.times(x).times(-0.5).exp()}, the density but for a factor.
   */
  static Expression normal(Expression x) {
    Expression a = x.abs();
    Expression ratio =
        polynomial(a, 0.003984246f, 0.03974817f, 0.18061586f, 0.43476862f, 0.5f)
            .over(polynomial(a, 0.009986875f, 0.099641524f, 0.46255374f, 1.1916385f, 1.667422f, 1));
    Expression tail = tail(x, -0.5f, ratio, 12.9f);
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

package lamella.core.formula;

import lamella.core.formula.Expression.Operation;

/**
 * Compositions of functions that have a shorter and more exact form.
 *
 * <ul>
 *   <li>log(1 + e^u) and log1p(e^u) are softplus(u), which does not overflow.
 *   <li>log(sigmoid(u)) is -softplus(-u), and log(1 - sigmoid(u)) is -softplus(u): finite, and
 *       exact where the sigmoid is close to 0 or 1.
 *   <li>e^-softplus(u) is sigmoid(-u).
 *   <li>tanh(softplus(u)) is n / (n + 2) with n = e (e + 2) and e = e^u: one exponential instead of
 *       two and a logarithm.
 * </ul>
 */
final class Identities extends Rewriter {
  /** Here n / (n + 2) is 1 in float32 and float64, also as n times the reciprocal. */
  private static final double SATURATED = 20;

  private final boolean all;

  private Identities(boolean all) {
    this.all = all;
  }

  /**
   * The same function by the identities that lead to functions of formulas. To be applied before
   * differentiation: the slopes, too, become shorter and more exact.
   */
  static Expression apply(Expression expression) {
    return new Identities(false).rewrite(expression);
  }

  /** The same function by all identities, to be computed. */
  static Expression applyAll(Expression expression) {
    return new Identities(true).rewrite(expression);
  }

  @Override
  Expression rule(Expression expression) {
    return switch (expression.operation()) {
      case LOG1P -> ofLog1p(expression, expression.argument(0));
      case LOG -> ofLog(expression, expression.argument(0));
      case EXP -> ofExp(expression, expression.argument(0));
      case TANH ->
          all && isTanhOfSoftplus(expression)
              ? tanhOfSoftplus(expression.argument(0).argument(0))
              : expression;
      default -> expression;
    };
  }

  private static Expression ofLog1p(Expression expression, Expression a) {
    return is(a, Operation.EXP) ? a.argument(0).softplus() : expression;
  }

  private static Expression ofLog(Expression expression, Expression a) {
    if (is(a, Operation.SIGMOID)) {
      return a.argument(0).negated().softplus().negated();
    }
    if (is(a, Operation.MINUS)
        && a.argument(0).isConstant(1)
        && is(a.argument(1), Operation.SIGMOID)) {
      return a.argument(1).argument(0).softplus().negated();
    }
    if (is(a, Operation.PLUS)) {
      int exp = a.argument(0).isConstant(1) ? 1 : 0;
      if (a.argument(1 - exp).isConstant(1) && is(a.argument(exp), Operation.EXP)) {
        return a.argument(exp).argument(0).softplus();
      }
    }
    return expression;
  }

  private static Expression ofExp(Expression expression, Expression a) {
    return is(a, Operation.NEGATED) && is(a.argument(0), Operation.SOFTPLUS)
        ? a.argument(0).argument(0).negated().sigmoid()
        : expression;
  }

  static boolean isTanhOfSoftplus(Expression expression) {
    return is(expression, Operation.TANH) && is(expression.argument(0), Operation.SOFTPLUS);
  }

  /** tanh(softplus(u)) = n / (n + 2). */
  static Expression tanhOfSoftplus(Expression u) {
    Expression n = n(exp(u));
    return n.times(reciprocal(n));
  }

  /**
   * The slope of tanh(softplus(u)) in u: 4 e (e + 1) / (n + 2)². It shares the exponential and the
   * division with the value, and keeps the digits that 1 - tanh² loses.
   */
  static Expression tanhOfSoftplusSlope(Expression u) {
    Expression e = exp(u);
    Expression r = reciprocal(n(e));
    Expression slope = e.fma(e, e).times(r).times(r.times(4));
    return u.minus(SATURATED).ifPositive(Expression.of(0), slope);
  }

  private static Expression exp(Expression u) {
    return u.min(SATURATED).exp();
  }

  private static Expression n(Expression e) {
    return e.fma(e, e.plus(e));
  }

  private static Expression reciprocal(Expression n) {
    return Expression.of(1).over(n.plus(2));
  }

  private static boolean is(Expression expression, Operation operation) {
    return expression.operation() == operation;
  }
}

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
 *   <li>tanh(softplus(u)) is one function with one exponential, instead of two exponentials and a
 *       logarithm.
 * </ul>
 *
 * <p>To be applied before differentiation: the slopes, too, become shorter and more exact.
 */
final class Identities extends Rewriter {
  private Identities() {}

  /** The same function by these identities. */
  static Expression apply(Expression expression) {
    return new Identities().rewrite(expression);
  }

  @Override
  Expression rule(Expression expression) {
    return switch (expression.operation()) {
      case LOG1P -> ofLog1p(expression, expression.argument(0));
      case LOG -> ofLog(expression, expression.argument(0));
      case EXP -> ofExp(expression, expression.argument(0));
      case TANH -> ofTanh(expression, expression.argument(0));
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

  private static Expression ofTanh(Expression expression, Expression a) {
    return is(a, Operation.SOFTPLUS) ? a.argument(0).tanhOfSoftplus() : expression;
  }

  private static boolean is(Expression expression, Operation operation) {
    return expression.operation() == operation;
  }
}

package lamella.core.formula;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
final class Identities {
  /** Here n / (n + 2) is 1 in float32 and float64, also as n times the reciprocal. */
  private static final double SATURATED = 20;

  private Identities() {}

  /**
   * The same function by the identities that lead to functions of formulas. To be applied before
   * differentiation: the slopes, too, become shorter and more exact.
   */
  static Expression apply(Expression expression) {
    return apply(expression, new HashMap<>());
  }

  private static Expression apply(Expression expression, Map<Expression, Expression> known) {
    Expression result = known.get(expression);
    if (result == null) {
      List<Expression> arguments = expression.arguments();
      Expression[] inner = new Expression[arguments.size()];
      boolean same = true;
      for (int i = 0; i < inner.length; i++) {
        inner[i] = apply(arguments.get(i), known);
        same &= inner[i].equals(arguments.get(i));
      }
      result = simplified(same ? expression : Expression.of(expression.operation(), inner));
      known.put(expression, result);
    }
    return result;
  }

  private static Expression simplified(Expression expression) {
    return switch (expression.operation()) {
      case LOG1P -> {
        Expression a = argument(expression, 0);
        yield is(a, Operation.EXP) ? argument(a, 0).softplus() : expression;
      }
      case LOG -> {
        Expression a = argument(expression, 0);
        if (is(a, Operation.SIGMOID)) {
          yield argument(a, 0).negated().softplus().negated();
        }
        if (is(a, Operation.MINUS) && isOne(a, 0) && is(argument(a, 1), Operation.SIGMOID)) {
          yield argument(argument(a, 1), 0).softplus().negated();
        }
        if (is(a, Operation.PLUS)) {
          int exp = isOne(a, 0) ? 1 : 0;
          if (isOne(a, 1 - exp) && is(argument(a, exp), Operation.EXP)) {
            yield argument(argument(a, exp), 0).softplus();
          }
        }
        yield expression;
      }
      case EXP -> {
        Expression a = argument(expression, 0);
        yield is(a, Operation.NEGATED) && is(argument(a, 0), Operation.SOFTPLUS)
            ? argument(argument(a, 0), 0).negated().sigmoid()
            : expression;
      }
      default -> expression;
    };
  }

  static boolean isTanhOfSoftplus(Expression expression) {
    return is(expression, Operation.TANH) && is(argument(expression, 0), Operation.SOFTPLUS);
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

  private static boolean isOne(Expression expression, int argument) {
    Expression a = argument(expression, argument);
    return is(a, Operation.CONSTANT) && a.number() == 1;
  }

  private static Expression argument(Expression expression, int index) {
    return expression.arguments().get(index);
  }
}

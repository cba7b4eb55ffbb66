package lamella.core.formula;

import static lamella.core.formula.Expression.Operation.IF_NOT_NEGATIVE;
import static lamella.core.formula.Expression.Operation.IF_POSITIVE;

import java.util.IdentityHashMap;

/**
 * The derivative of an expression by one of its inputs, by the rules of calculus.
 *
 * <p>Where a function has a kink, the derivative is that of one side: max(a, b) has b's where a
 * &lt;= b, min(a, b) has b's where a &gt;= b, a choice has that of the part that is chosen. |a| has
 * 0 at 0.
 */
final class Derivative {
  private static final Expression ZERO = Expression.of(0);
  private static final Expression ONE = Expression.of(1);

  private final int input;
  private final IdentityHashMap<Expression, Expression> known = new IdentityHashMap<>();

  private Derivative(int input) {
    this.input = input;
  }

  /** The derivative of e by the input of this number. */
  static Expression of(Expression e, int input) {
    return Simplifier.simplify(new Derivative(input).slope(Simplifier.simplify(e)));
  }

  private Expression slope(Expression e) {
    Expression slope = known.get(e);
    if (slope == null) {
      slope = derive(e);
      known.put(e, slope);
    }
    return slope;
  }

  private Expression derive(Expression e) {
    return switch (e.arguments().size()) {
      case 0 -> e.operation() == Expression.Operation.INPUT && e.number() == input ? ONE : ZERO;
      case 1 -> ofFunction(e, e.argument(0));
      case 2 -> ofTwo(e, e.argument(0), e.argument(1));
      default -> ofThree(e, e.argument(0), e.argument(1), e.argument(2));
    };
  }

  /** The chain rule: of f(a), a' f'(a). */
  private Expression ofFunction(Expression e, Expression a) {
    Expression da = slope(a);
    if (da.isConstant(0)) {
      return ZERO;
    }
    return switch (e.operation()) {
      case NEGATED -> negated(da);
      case ABS -> choice(IF_POSITIVE, a, da, choice(IF_NOT_NEGATIVE, a, ZERO, negated(da)));
      case SQRT -> over(times(da, Expression.of(0.5)), e);
      case EXP -> times(da, e);
      case EXPM1 -> times(da, a.exp());
      case LOG -> over(da, a);
      case LOG1P -> over(da, a.plus(1));
      case TANH -> times(da, ONE.minus(e.times(e)));
      case TANH_SOFTPLUS -> times(da, a.tanhOfSoftplusSlope());
      case SIGMOID -> times(da, e.times(ONE.minus(e)));
      case SOFTPLUS -> times(da, a.sigmoid());
      case ERF -> times(da, bell(a, 1, 2 / Math.sqrt(Math.PI)));
      case ERFC -> times(da, bell(a, 1, -2 / Math.sqrt(Math.PI)));
      case NORMAL -> times(da, bell(a, 0.5, 1 / Math.sqrt(2 * Math.PI)));
      case SIN -> times(da, a.cos());
      case COS -> negated(times(da, a.sin()));
      default -> throw new IllegalArgumentException("Formula: no derivative of " + e.operation());
    };
  }

  /** height e^(-scale a²). */
  private static Expression bell(Expression a, double scale, double height) {
    return a.times(a).times(-scale).exp().times(height);
  }

  private Expression ofTwo(Expression e, Expression a, Expression b) {
    Expression da = slope(a);
    Expression db = slope(b);
    return switch (e.operation()) {
      case PLUS -> plus(da, db);
      case MINUS -> plus(da, negated(db));
      case TIMES -> plus(times(da, b), times(db, a));
      case OVER -> over(plus(da, negated(times(db, e))), b);
      case MIN -> choice(IF_NOT_NEGATIVE, difference(a, b), db, da);
      case MAX -> choice(IF_NOT_NEGATIVE, difference(b, a), db, da);
      default -> throw new IllegalArgumentException("Formula: no derivative of " + e.operation());
    };
  }

  private Expression ofThree(Expression e, Expression a, Expression b, Expression c) {
    return switch (e.operation()) {
      case FMA -> plus(plus(times(slope(a), b), times(slope(b), a)), slope(c));
      default -> choice(e.operation(), a, slope(b), slope(c));
    };
  }

  // Sums, products, quotients and choices of which a part may be 0 or 1. What is 0 here is so
  // whatever the inputs are, so its product with anything is 0.

  private static Expression negated(Expression a) {
    return a.isConstant() ? Expression.of(0 - a.number()) : a.negated();
  }

  private static Expression plus(Expression a, Expression b) {
    if (a.isConstant(0)) {
      return b;
    }
    return b.isConstant(0) ? a : a.plus(b);
  }

  /** a - b, of which the sign counts alone. */
  private static Expression difference(Expression a, Expression b) {
    if (b.isConstant(0)) {
      return a;
    }
    return a.isConstant(0) ? b.negated() : a.minus(b);
  }

  private static Expression over(Expression a, Expression b) {
    return a.isConstant(0) ? ZERO : a.over(b);
  }

  /** A choice between 0 or 1 and something takes the factor into its parts: never 0 times it. */
  static Expression times(Expression slope, Expression factor) {
    if (slope.isConstant(0) || factor.isConstant(0)) {
      return ZERO;
    }
    if (slope.isConstant(1)) {
      return factor;
    }
    if (factor.isConstant(1)) {
      return slope;
    }
    if (isSwitch(slope)) {
      return choice(
          slope.operation(),
          slope.argument(0),
          times(slope.argument(1), factor),
          times(slope.argument(2), factor));
    }
    return isSwitch(factor) ? times(factor, slope) : slope.times(factor);
  }

  private static boolean isSwitch(Expression e) {
    return (e.operation() == IF_POSITIVE || e.operation() == IF_NOT_NEGATIVE)
        && (isZeroOrOne(e.argument(1)) || isZeroOrOne(e.argument(2)));
  }

  private static boolean isZeroOrOne(Expression e) {
    return e.isConstant(0) || e.isConstant(1) || isSwitch(e);
  }

  private static Expression choice(
      Expression.Operation operation, Expression a, Expression then, Expression otherwise) {
    if (then.isConstant() && then.equals(otherwise)) {
      return then;
    }
    return Expression.of(operation, a, then, otherwise);
  }
}

package lamella.core.formula;

import java.util.List;

/**
 * Leaves out of an expression what does nothing, and computes what is constant. What remains gives
 * the same numbers, but for the sign of a zero, in float32 and in float64.
 */
final class Simplifier extends Rewriter {
  private Simplifier() {}

  static Expression simplify(Expression expression) {
    return new Simplifier().rewrite(expression);
  }

  @Override
  Expression rule(Expression e) {
    List<Expression> arguments = e.arguments();
    if (arguments.isEmpty()) {
      return e;
    }
    if (areConstant(arguments)) {
      return Expression.of(value(e));
    }
    Expression a = arguments.getFirst();
    Expression b = arguments.size() > 1 ? arguments.get(1) : a;
    return switch (e.operation()) {
      case PLUS -> plus(e, a, b);
      case MINUS -> minus(e, a, b);
      case TIMES -> times(e, a, b);
      case OVER -> b.isConstant(1) ? a : e;
      case FMA -> fma(e, a, b, e.argument(2));
      case NEGATED -> a.operation() == Expression.Operation.NEGATED ? a.argument(0) : e;
      case ABS ->
          switch (a.operation()) {
            case NEGATED -> a.argument(0).abs();
            case ABS -> a;
            default -> e;
          };
      case IF_POSITIVE -> choice(e, a.isConstant() && a.number() > 0);
      case IF_NOT_NEGATIVE -> choice(e, a.isConstant() && a.number() >= 0);
      default -> e;
    };
  }

  private static Expression plus(Expression e, Expression a, Expression b) {
    if (a.isConstant(0)) {
      return b;
    }
    if (b.isConstant(0)) {
      return a;
    }
    if (b.operation() == Expression.Operation.NEGATED) {
      return a.minus(b.argument(0));
    }
    return a.operation() == Expression.Operation.NEGATED ? b.minus(a.argument(0)) : e;
  }

  private static Expression minus(Expression e, Expression a, Expression b) {
    if (b.isConstant(0)) {
      return a;
    }
    return b.operation() == Expression.Operation.NEGATED ? a.plus(b.argument(0)) : e;
  }

  private static Expression times(Expression e, Expression a, Expression b) {
    if (a.isConstant(1)) {
      return b;
    }
    if (b.isConstant(1)) {
      return a;
    }
    if (a.isConstant(-1)) {
      return b.negated();
    }
    return b.isConstant(-1) ? a.negated() : e;
  }

  private static Expression fma(Expression e, Expression a, Expression b, Expression c) {
    if (a.isConstant(1)) {
      return b.plus(c);
    }
    return b.isConstant(1) ? a.plus(c) : e;
  }

  @SuppressWarnings("ReferenceEquality") // equal arguments are the same object
  private static Expression choice(Expression e, boolean first) {
    Expression then = e.argument(1);
    Expression otherwise = e.argument(2);
    if (then == otherwise) {
      return then;
    }
    if (!e.argument(0).isConstant()) {
      return e;
    }
    return first ? then : otherwise;
  }

  private static boolean areConstant(List<Expression> arguments) {
    for (Expression argument : arguments) {
      if (!argument.isConstant()) {
        return false;
      }
    }
    return true;
  }

  /** The value of an operation on constants. */
  private static double value(Expression e) {
    double a = e.argument(0).number();
    double b = e.arguments().size() > 1 ? e.argument(1).number() : 0;
    double c = e.arguments().size() > 2 ? e.argument(2).number() : 0;
    return switch (e.operation()) {
      case PLUS -> a + b;
      case MINUS -> a - b;
      case TIMES -> a * b;
      case OVER -> a / b;
      case FMA -> Math.fma(a, b, c);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case IF_POSITIVE -> a > 0 ? b : c;
      case IF_NOT_NEGATIVE -> a >= 0 ? b : c;
      default -> Functions.value(e.operation(), a);
    };
  }
}

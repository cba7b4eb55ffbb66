package lamella.core.formula;

import static lamella.core.formula.Expression.Operation.CONSTANT;
import static lamella.core.formula.Expression.Operation.IF_NOT_NEGATIVE;
import static lamella.core.formula.Expression.Operation.IF_POSITIVE;
import static lamella.core.formula.Expression.Operation.TIMES;

import java.util.List;

/**
 * What float32 does with fewer roundings: a product and the sum it is a part of are one fused
 * multiply-add, and constant factors are multiplied with each other before they are rounded.
 */
final class Contraction extends Rewriter {
  private Contraction() {}

  static Expression contract(Expression expression) {
    return new Contraction().rewrite(expression);
  }

  @Override
  Expression rule(Expression e) {
    return switch (e.operation()) {
      case PLUS -> plus(e, e.argument(0), e.argument(1));
      case MINUS -> minus(e, e.argument(0), e.argument(1));
      case TIMES -> times(e, e.argument(0), e.argument(1));
      default -> e;
    };
  }

  private static Expression plus(Expression e, Expression a, Expression b) {
    if (a.operation() == TIMES) {
      return a.argument(0).fma(a.argument(1), b);
    }
    return b.operation() == TIMES ? b.argument(0).fma(b.argument(1), a) : e;
  }

  private static Expression minus(Expression e, Expression a, Expression b) {
    if (a.operation() == TIMES && b.isConstant()) {
      return a.argument(0).fma(a.argument(1), Expression.of(-b.number()));
    }
    return b.operation() == TIMES ? negated(b.argument(0)).fma(b.argument(1), a) : e;
  }

  private static Expression negated(Expression e) {
    return e.isConstant() ? Expression.of(-e.number()) : e.negated();
  }

  private static Expression times(Expression e, Expression a, Expression b) {
    if (b.isConstant() && takesFactor(a)) {
      return times(a, b.number());
    }
    return a.isConstant() && takesFactor(b) ? times(b, a.number()) : e;
  }

  /** Whether a constant factor can be multiplied with one that is there already. */
  private static boolean takesFactor(Expression e) {
    return switch (e.operation()) {
      case CONSTANT -> true;
      case TIMES -> e.argument(0).isConstant() || e.argument(1).isConstant();
      case IF_POSITIVE, IF_NOT_NEGATIVE -> takesFactor(e.argument(1)) || takesFactor(e.argument(2));
      default -> false;
    };
  }

  private static Expression times(Expression e, double factor) {
    if (!takesFactor(e)) {
      return e.times(factor);
    }
    if (e.operation() == CONSTANT) {
      return Expression.of(e.number() * factor);
    }
    if (e.operation() == IF_POSITIVE || e.operation() == IF_NOT_NEGATIVE) {
      return e.on(
          List.of(e.argument(0), times(e.argument(1), factor), times(e.argument(2), factor)));
    }
    Expression a = e.argument(0);
    return a.isConstant()
        ? e.argument(1).times(a.number() * factor)
        : a.times(e.argument(1).number() * factor);
  }
}

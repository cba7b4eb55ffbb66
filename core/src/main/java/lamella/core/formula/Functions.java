package lamella.core.formula;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.formula.Expression.Operation;

/**
 * What the functions of a formula are: in float32 each is a formula of machine operations, in
 * float64 a method.
 *
 * <p>{@code Math.exp} and its like differ between platforms, and so do those of the Vector API. A
 * function that is itself a formula has the same bits wherever the IEEE operations have: in vectors
 * of any width and one by one.
 */
final class Functions {
  private static final Expression[] NONE = {};

  private Functions() {}

  /** What this is in float32, by machine operations alone. What is shared in it stays shared. */
  static Expression expand(Expression expression) {
    return expand(Identities.apply(expression), new HashMap<>());
  }

  private static Expression expand(Expression expression, Map<Expression, Expression> expanded) {
    Expression known = expanded.get(expression);
    if (known != null) {
      return known;
    }
    Expression result = expandedAnew(expression, expanded);
    expanded.put(expression, result);
    return result;
  }

  private static Expression expandedAnew(
      Expression expression, Map<Expression, Expression> expanded) {
    if (Identities.isTanhOfSoftplus(expression)) {
      Expression u = expression.arguments().getFirst().arguments().getFirst();
      return expand(Identities.tanhOfSoftplus(u), expanded);
    }
    List<Expression> arguments = expression.arguments();
    List<Expression> inner = new ArrayList<>(arguments.size());
    boolean same = true;
    for (Expression argument : arguments) {
      Expression by = expand(argument, expanded);
      same &= by.equals(argument);
      inner.add(by);
    }
    return switch (expression.operation()) {
      case EXP -> Exponentials.exp(inner.getFirst());
      case EXPM1 -> Exponentials.expm1(inner.getFirst());
      case SIGMOID -> Exponentials.sigmoid(inner.getFirst());
      case TANH -> Exponentials.tanh(inner.getFirst());
      case LOG -> Logarithms.log(inner.getFirst());
      case LOG1P -> Logarithms.log1p(inner.getFirst());
      case SOFTPLUS -> Logarithms.softplus(inner.getFirst());
      case ERF -> ErrorFunctions.erf(inner.getFirst());
      case ERFC -> ErrorFunctions.erfc(inner.getFirst());
      case NORMAL -> ErrorFunctions.normal(inner.getFirst());
      default -> same ? expression : Expression.of(expression.operation(), inner.toArray(NONE));
    };
  }

  /** The polynomial in x with these coefficients, the highest first. */
  static Expression polynomial(Expression x, float... coefficients) {
    Expression sum = Expression.of(coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      sum = sum.fma(x, Expression.of(coefficients[i]));
    }
    return sum;
  }

  /** {@link Operation#POWER_OF_TWO}. */
  static float powerOfTwo(float a) {
    // 1.5 * 2^23 + 127: the lowest bits of the sum are those of a + 127.
    return Float.intBitsToFloat(Float.floatToRawIntBits(a + 12583039f) << 23);
  }

  /** {@link Operation#EXPONENT}. */
  static float exponent(float a) {
    return (Float.floatToRawIntBits(a) - SQRT_HALF) >> 23;
  }

  /** {@link Operation#SIGNIFICAND}. */
  static float significand(float a) {
    return Float.intBitsToFloat(((Float.floatToRawIntBits(a) - SQRT_HALF) & 0x7fffff) + SQRT_HALF);
  }

  /** The bits of the float nearest to the square root of one half. */
  private static final int SQRT_HALF = 0x3f3504f3;

  /** A function of one number in float64, with the same bits on every platform. */
  static double value(Operation operation, double a) {
    return switch (operation) {
      case ABS -> Math.abs(a);
      case NEGATED -> -a;
      case SQRT -> Math.sqrt(a);
      case EXP -> StrictMath.exp(a);
      case EXPM1 -> StrictMath.expm1(a);
      case LOG -> StrictMath.log(a);
      case LOG1P -> StrictMath.log1p(a);
      case TANH -> StrictMath.tanh(a);
      case SIGMOID -> 1 / (1 + StrictMath.exp(-a));
      case SOFTPLUS -> Math.max(a, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(a)));
      case ERF -> DoubleErrorFunction.erf(a);
      case ERFC -> DoubleErrorFunction.erfc(a);
      case NORMAL -> DoubleErrorFunction.normal(a);
      case SIN -> StrictMath.sin(a);
      case COS -> StrictMath.cos(a);
      default -> throw new IllegalArgumentException(operation + " is no function of one number");
    };
  }
}

package lamella.core.formula;

import lamella.core.formula.Expression.Operation;

/**
 * What the functions of a formula are: in float32 each is a formula of machine operations, in
 * float64 a method.
 *
 * <p>{@code Math.exp} and its like differ between platforms, and so do those of the Vector API. A
 * function that is itself a formula has the same bits wherever the IEEE operations have: in vectors
 * of any width and one by one.
 */
final class Functions extends Rewriter {
  /** Whether tanh(softplus) comes with its slope. */
  private boolean withSlope;

  private Functions() {}

  /** What this is in float32, by machine operations alone. */
  static Expression expand(Expression expression) {
    Functions functions = new Functions();
    Expression shortest = Identities.apply(expression);
    for (Expression part : Parts.all(shortest)) {
      functions.withSlope |= part.operation() == Operation.TANH_SOFTPLUS_SLOPE;
    }
    return functions.rewrite(shortest);
  }

  @Override
  Expression rule(Expression expression) {
    return switch (expression.operation()) {
      case EXP -> Exponentials.exp(expression.argument(0));
      case EXPM1 -> Exponentials.expm1(expression.argument(0));
      case SIGMOID -> Exponentials.sigmoid(expression.argument(0));
      case TANH -> Exponentials.tanh(expression.argument(0));
      case LOG -> Logarithms.log(expression.argument(0));
      case LOG1P -> Logarithms.log1p(expression.argument(0));
      case SOFTPLUS -> Logarithms.softplus(expression.argument(0));
      case ERF -> ErrorFunctions.erf(expression.argument(0));
      case ERFC -> ErrorFunctions.erfc(expression.argument(0));
      case NORMAL -> ErrorFunctions.normal(expression.argument(0));
      case SIN -> Sines.sin(expression.argument(0));
      case COS -> Sines.cos(expression.argument(0));
      case TANH_SOFTPLUS -> Exponentials.tanhOfSoftplus(expression.argument(0), false, withSlope);
      case TANH_SOFTPLUS_SLOPE ->
          Exponentials.tanhOfSoftplus(expression.argument(0), true, withSlope);
      default -> expression;
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
      case TANH_SOFTPLUS -> StrictMath.tanh(value(Operation.SOFTPLUS, a));
      case TANH_SOFTPLUS_SLOPE -> tanhOfSoftplusSlope(a);
      case ERF -> DoubleErrorFunction.erf(a);
      case ERFC -> DoubleErrorFunction.erfc(a);
      case NORMAL -> DoubleErrorFunction.normal(a);
      case SIN -> StrictMath.sin(a);
      case COS -> StrictMath.cos(a);
      default -> throw new IllegalArgumentException(operation + " is no function of one number");
    };
  }

  /** 4 e (e + 1) / (n + 2)² with n = e (e + 2). */
  private static double tanhOfSoftplusSlope(double a) {
    double e = StrictMath.exp(Math.min(a, 40)); // from here on it is too small to matter
    double reciprocal = 1 / (e * (e + 2) + 2);
    return a > 40 ? 0 : 4 * e * reciprocal * ((e + 1) * reciprocal);
  }
}

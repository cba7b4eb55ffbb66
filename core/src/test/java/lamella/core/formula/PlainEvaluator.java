package lamella.core.formula;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Machine operations in float32, one after the other over many numbers at once: what every engine
 * has to give, to the bit.
 */
final class PlainEvaluator {
  private PlainEvaluator() {}

  /** What the expression is for each number of the inputs. */
  static float[] values(Expression expression, float[]... inputs) {
    return values(expression, inputs, new IdentityHashMap<>());
  }

  private static float[] values(
      Expression expression, float[][] inputs, Map<Expression, float[]> known) {
    float[] result = known.get(expression);
    if (result == null) {
      float[][] arguments = new float[3][];
      int i = 0;
      for (Expression argument : expression.arguments()) {
        arguments[i++] = values(argument, inputs, known);
      }
      result = result(expression, inputs, arguments[0], arguments[1], arguments[2]);
      known.put(expression, result);
    }
    return result;
  }

  private static float[] result(
      Expression expression, float[][] inputs, float[] a, float[] b, float[] c) {
    if (expression.operation() == Expression.Operation.INPUT) {
      return inputs[(int) expression.number()];
    }
    float[] y = new float[inputs[0].length];
    float constant = (float) expression.number();
    for (int i = 0; i < y.length; i++) {
      y[i] =
          switch (expression.operation()) {
            case CONSTANT -> constant;
            case PLUS -> a[i] + b[i];
            case MINUS -> a[i] - b[i];
            case TIMES -> a[i] * b[i];
            case OVER -> a[i] / b[i];
            case FMA -> Math.fma(a[i], b[i], c[i]);
            case MIN -> Math.min(a[i], b[i]);
            case MAX -> Math.max(a[i], b[i]);
            case ABS -> Math.abs(a[i]);
            case NEGATED -> -a[i];
            case SQRT -> (float) Math.sqrt(a[i]);
            case IF_POSITIVE -> a[i] > 0 ? b[i] : c[i];
            case IF_NOT_NEGATIVE -> a[i] >= 0 ? b[i] : c[i];
            case POWER_OF_TWO -> Functions.powerOfTwo(a[i]);
            case EXPONENT -> Functions.exponent(a[i]);
            case SIGNIFICAND -> Functions.significand(a[i]);
            case SINE_ANGLE -> Sines.sineAngle(a[i]);
            case COSINE_ANGLE -> Sines.cosineAngle(a[i]);
            default ->
                throw new AssertionError(expression.operation() + " is no machine operation");
          };
    }
    return y;
  }
}

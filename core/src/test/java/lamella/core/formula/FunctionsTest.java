package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lamella.core.formula.Expression.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The float32 functions against those in float64, whose own error is invisible in float. */
class FunctionsTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  /**
   * Every so many floats one is tried, of every sign and exponent; odd, so that all bits vary. With
   * 1 the errors of {@link Expression} are found anew, which takes many minutes each.
   */
  private static final int EVERY = Integer.getInteger("lamella.functions.every", 4099);

  private static Expression expanded(Operation operation) {
    return Functions.expand(Expression.of(operation, Expression.input(0)));
  }

  private static float value(Operation operation, float x) {
    return PlainEvaluator.values(expanded(operation), new float[] {x})[0];
  }

  /** The largest errors over all floats, in units in the last place. */
  @ParameterizedTest
  @CsvSource({
    "EXP, 1.04",
    "EXPM1, 1.50",
    "SIGMOID, 2.50",
    "TANH, 1.72",
    "LOG, 0.93",
    "LOG1P, 1.46",
    "SOFTPLUS, 1.96",
    "ERF, 1.51",
    "ERFC, 4.01",
    "NORMAL, 3.29",
    "SIN, 1.6",
    "COS, 1.6",
    "TANH_SOFTPLUS, 4.01",
  })
  void errsAsLittleAsItsCommentSays(Operation operation, double overAllFloats) {
    Expression expanded = expanded(operation);
    float[] x = new float[4096];
    double worst = 0;
    float where = 0;
    for (long first = 0; first < 1L << 32; first += (long) x.length * EVERY) {
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.intBitsToFloat((int) Math.min(first + (long) i * EVERY, (1L << 32) - 1));
      }
      float[] y = PlainEvaluator.values(expanded, x);
      for (int i = 0; i < x.length; i++) {
        double error = error(y[i], Functions.value(operation, x[i]));
        if (error > worst) {
          worst = error;
          where = x[i];
        }
      }
    }
    assertTrue(
        worst < overAllFloats && worst > overAllFloats / 2,
        operation + ": " + worst + " units in the last place at " + where);
  }

  /**
   * In units in the last place; 0 where a number close to the smallest normal one or below became
   * 0; infinite if one of the two is NaN, infinite or a zero of this sign, and the other is not.
   */
  private static double error(float y, double expected) {
    float nearest = (float) expected;
    boolean ordinary = Float.isFinite(y) && Float.isFinite(nearest) && nearest != 0;
    if (!ordinary) {
      boolean same = Float.compare(y, nearest) == 0;
      // The last few floats before infinity may be rounded to it.
      return same ? 0 : INFINITY;
    }
    if (y == 0 && Math.abs(expected) < 3e-38) {
      return 0;
    }
    return Math.abs(y - expected) / Math.ulp(nearest);
  }

  @ParameterizedTest
  @CsvSource({
    // at -Infinity, -0, 0, Infinity
    "EXP, 0, 1, 1, Infinity",
    "EXPM1, -1, 0, 0, Infinity",
    "SIGMOID, 0, 0.5, 0.5, 1",
    "TANH, -1, -0.0, 0, 1",
    "LOG, NaN, -Infinity, -Infinity, Infinity",
    "LOG1P, NaN, -0.0, 0, Infinity",
    "SOFTPLUS, 0, 0.6931472, 0.6931472, Infinity",
    "ERF, -1, -0.0, 0, 1",
    "ERFC, 2, 1, 1, 0",
    "NORMAL, 0, 0.5, 0.5, 1",
    "SIN, NaN, -0.0, 0, NaN",
    "COS, NaN, 1, 1, NaN",
    "TANH_SOFTPLUS, 0, 0.6, 0.6, 1",
  })
  void isRightAtTheEnds(
      Operation operation,
      float atMinusInfinity,
      float atMinusZero,
      float atZero,
      float atInfinity) {
    assertEquals(atMinusInfinity, value(operation, -INFINITY));
    assertEquals(atMinusZero, value(operation, -0f));
    assertEquals(atZero, value(operation, 0f));
    assertEquals(atInfinity, value(operation, INFINITY));
    assertTrue(Float.isNaN(value(operation, Float.NaN)));
  }

  /** Every so many floats, of every exponent, one is tried: those above 0. */
  private static float[] spread() {
    float[] x = new float[(int) (0x7f800000L / 100_003) + 1];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(i * 100_003);
    }
    return x;
  }

  private static float[] negated(float[] x) {
    float[] result = x.clone();
    for (int i = 0; i < x.length; i++) {
      result[i] = -x[i];
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource(names = {"TANH", "ERF", "SIN"})
  void oddFunctionsAreOddToTheBit(Operation operation) {
    float[] x = spread();
    float[] y = PlainEvaluator.values(expanded(operation), x);
    float[] other = PlainEvaluator.values(expanded(operation), negated(x));
    assertArrayEquals(negated(y), other);
    for (float value : y) {
      assertTrue(Math.abs(value) <= 1, operation + " is " + value);
    }
  }

  @Test
  void cosineIsEvenToTheBit() {
    float[] x = spread();
    float[] y = PlainEvaluator.values(expanded(Operation.COS), x);
    assertArrayEquals(y, PlainEvaluator.values(expanded(Operation.COS), negated(x)));
    for (float value : y) {
      assertTrue(Math.abs(value) <= 1, "cosine is " + value);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SIGMOID", "NORMAL"})
  void probabilitiesOfBothSidesAddUpToOne(Operation operation) {
    float[] x = spread();
    float[] y = PlainEvaluator.values(expanded(operation), x);
    float[] other = PlainEvaluator.values(expanded(operation), negated(x));
    for (int i = 0; i < x.length; i++) {
      assertEquals(1, y[i] + other[i], 2.5e-7f, operation + " of " + x[i]);
      assertTrue(y[i] >= 0.5f && y[i] <= 1 && other[i] >= 0 && other[i] <= 0.5f);
    }
  }

  @Test
  void logarithmsOfTheSmallestNumbersAndOfNegativeOnes() {
    assertEquals(-103.27893f, value(Operation.LOG, Float.MIN_VALUE));
    assertEquals(-87.33655f, value(Operation.LOG, Float.MIN_NORMAL));
    assertTrue(Float.isNaN(value(Operation.LOG, -Float.MIN_VALUE)));
    assertEquals(-INFINITY, value(Operation.LOG1P, -1));
    assertTrue(Float.isNaN(value(Operation.LOG1P, Math.nextDown(-1f))));
    assertEquals(Float.MIN_VALUE, value(Operation.LOG1P, Float.MIN_VALUE));
  }

  /** Trained networks, and so published fingerprints, depend on these bits. */
  @Test
  void exponentialsKeepTheirBits() {
    for (Operation operation : List.of(Operation.EXP, Operation.EXPM1, Operation.SIGMOID)) {
      Expression expanded = expanded(operation);
      float[] x = new float[4096];
      for (long first = 0; first < 1L << 32; first += (long) x.length * EVERY) {
        for (int i = 0; i < x.length; i++) {
          x[i] = Float.intBitsToFloat((int) Math.min(first + (long) i * EVERY, (1L << 32) - 1));
        }
        float[] y = PlainEvaluator.values(expanded, x);
        for (int i = 0; i < x.length; i++) {
          if (operation != Operation.EXPM1 || x[i] <= 0) {
            int index = i;
            assertEquals(OneByOne.of(operation, x[i]), y[i], () -> operation + " of " + x[index]);
          }
        }
      }
    }
  }

  @Test
  void exponentialsOfBoundedNumbersHaveTheSameBits() {
    Expression x = Expression.input(0);
    float[] numbers = new float[20_000];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = -100 + i * 0.01f;
    }
    for (Expression bounded :
        List.of(x.min(3), x.abs().negated(), x.times(x).times(-0.5), x.min(1).max(2))) {
      float[] a = PlainEvaluator.values(Functions.expand(bounded), numbers);
      float[] exp = PlainEvaluator.values(Functions.expand(bounded.exp()), numbers);
      float[] expm1 = PlainEvaluator.values(Functions.expand(bounded.expm1()), numbers);
      assertArrayEquals(PlainEvaluator.values(expanded(Operation.EXP), a), exp);
      assertArrayEquals(PlainEvaluator.values(expanded(Operation.EXPM1), a), expm1);
    }
  }

  /** The sequence of operations whose bits the expansions have, on one number. */
  @SuppressWarnings("FloatingPointLiteralPrecision") // the constants as published
  private static final class OneByOne {
    static float of(Operation operation, float x) {
      return switch (operation) {
        case EXP -> exp(x);
        case EXPM1 -> expm1(x);
        default -> x < -87 ? 0 : 1 / (1 + exp(-x));
      };
    }

    private static float exp(float x) {
      float t = Math.max(-87, Math.min(89, x));
      float n = nearest(t);
      int half = (int) n >> 1;
      float result = (1 + reduced(t, n)) * powerOfTwo(half) * powerOfTwo((int) n - half);
      return x < -87 ? 0 : result;
    }

    private static float expm1(float x) {
      float t = Math.max(-87, x);
      float n = nearest(t);
      float scale = powerOfTwo((int) n);
      return Math.fma(scale, reduced(t, n), scale - 1);
    }

    private static float nearest(float t) {
      return Math.fma(t, 1.44269504f, 12582912f) - 12582912f;
    }

    private static float reduced(float t, float n) {
      float r = Math.fma(n, 2.12194440e-4f, Math.fma(n, -0.693359375f, t));
      float q = Math.fma(1.9875691500e-4f, r, 1.3981999507e-3f);
      q = Math.fma(q, r, 8.3334519073e-3f);
      q = Math.fma(q, r, 4.1665795894e-2f);
      q = Math.fma(q, r, 1.6666665459e-1f);
      q = Math.fma(q, r, 5.0000001201e-1f);
      return Math.fma(q * r, r, r);
    }

    private static float powerOfTwo(int n) {
      return Float.intBitsToFloat((n + 127) << 23);
    }
  }
}

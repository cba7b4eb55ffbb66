package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Against StrictMath in double, whose own error is invisible in float. */
class ExponentialTest {

  @FunctionalInterface
  private interface FloatFunction {
    float of(float x);
  }

  /** So many floats of every sign and exponent are tried; odd, so that all bits vary. */
  private static final int STEP = 1301;

  /** The largest error between these arguments, in units in the last place of the true result. */
  private static double worst(FloatFunction ours, DoubleUnaryOperator exact, float from, float to) {
    int infinity = Float.floatToIntBits(Float.POSITIVE_INFINITY);
    double worst = 0;
    int tried = 0;
    for (int bits = 0; bits <= infinity; bits += STEP) {
      for (int sign = 0; sign <= 1; sign++) {
        float x = Float.intBitsToFloat(bits | sign << 31);
        if (x >= from && x <= to) {
          double expected = exact.applyAsDouble(x);
          double error = Math.abs(ours.of(x) - expected);
          worst = Math.max(worst, error / Math.ulp((float) Math.abs(expected)));
          tried++;
        }
      }
    }
    assertTrue(tried > 500_000, tried + " tried");
    return worst;
  }

  private static void assertWorst(double measuredOverAllFloats, double worst) {
    assertTrue(
        worst < measuredOverAllFloats && worst > measuredOverAllFloats / 2,
        worst + " units in the last place, " + measuredOverAllFloats + " over all floats");
  }

  @Test
  void errsAsLittleAsItsCommentSays() {
    assertWorst(1.03, worst(Exponential::exp, StrictMath::exp, -87, 88.72283f));
    assertWorst(0.87, worst(Exponential::expm1, StrictMath::expm1, Float.NEGATIVE_INFINITY, 0));
    assertWorst(1.49, worst(Exponential::expm1, StrictMath::expm1, 0, 88));
    assertWorst(2.49, worst(Exponential::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), -87, 110));
  }

  @Test
  void isRightAtTheEndsOfItsRange() {
    assertEquals(1, Exponential.exp(0f));
    assertEquals(1, Exponential.exp(-0f));
    assertEquals(0, Exponential.exp(Float.NEGATIVE_INFINITY));
    assertEquals(0, Exponential.exp(-Float.MAX_VALUE));
    assertEquals(0, Exponential.exp(Math.nextDown(-87f)));
    assertEquals(0, Exponential.sigmoid(Math.nextDown(-87f)));
    assertTrue(Float.isFinite(Exponential.exp(88.72283f)));
    assertEquals(Float.POSITIVE_INFINITY, Exponential.exp(88.7229f));
    assertEquals(Float.POSITIVE_INFINITY, Exponential.exp(Float.MAX_VALUE));
    assertEquals(Float.POSITIVE_INFINITY, Exponential.exp(Float.POSITIVE_INFINITY));
    assertEquals(0, Exponential.expm1(0f));
    assertEquals(-1, Exponential.expm1(-100));
    assertEquals(-1, Exponential.expm1(Float.NEGATIVE_INFINITY));
    assertEquals(0.5f, Exponential.sigmoid(0));
    assertEquals(1, Exponential.sigmoid(Float.POSITIVE_INFINITY));
    assertEquals(0, Exponential.sigmoid(Float.NEGATIVE_INFINITY));
  }

  @Test
  void givesNoNumberBelowTheSmallestNormalOne() {
    int infinity = Float.floatToIntBits(Float.POSITIVE_INFINITY);
    for (int bits = Float.floatToIntBits(80); bits <= infinity; bits++) {
      float x = -Float.intBitsToFloat(bits);
      float exp = Exponential.exp(x);
      float sigmoid = Exponential.sigmoid(x);
      assertTrue(exp == 0 || exp >= Float.MIN_NORMAL, "exp of " + x);
      assertTrue(sigmoid == 0 || sigmoid >= Float.MIN_NORMAL, "sigmoid of " + x);
      if (x < -1e3) {
        bits += 1000;
      }
    }
  }

  @Test
  void notANumberStaysSo() {
    assertTrue(Float.isNaN(Exponential.exp(Float.NaN)));
    assertTrue(Float.isNaN(Exponential.expm1(Float.NaN)));
    assertTrue(Float.isNaN(Exponential.sigmoid(Float.NaN)));
  }
}

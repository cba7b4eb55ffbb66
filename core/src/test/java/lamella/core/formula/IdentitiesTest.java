package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Short forms of compositions, against float64. */
class IdentitiesTest {
  private static final Expression X = Expression.input(0);

  private static final Expression.Operation SLOPE = Expression.Operation.TANH_SOFTPLUS_SLOPE;

  private static float value(Expression expression, double x) {
    return PlainEvaluator.values(Functions.expand(expression), new float[] {(float) x})[0];
  }

  /** The largest error on [-87, 200] in units in the last place of the larger of y and unit. */
  private static double worst(Expression expression, DoubleUnaryOperator exact, double unit) {
    float[] x = new float[100_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = i < 40_000 ? -87 + i * 87f / 40_000 : (float) Math.pow(200, i / 40_000.0 - 1) - 1;
    }
    float[] y = PlainEvaluator.values(Functions.expand(expression), x);
    double worst = 0;
    for (int i = 0; i < x.length; i++) {
      double expected = exact.applyAsDouble(x[i]);
      double ulp = Math.ulp((float) Math.max(Math.abs(expected), unit));
      worst = Math.max(worst, Math.abs(y[i] - expected) / ulp);
    }
    return worst;
  }

  private static double mish(double x) {
    double n = n(x);
    return x * n / (n + 2);
  }

  private static double mishSlope(double x) {
    double n = n(x);
    double e = StrictMath.exp(Math.min(x, 30));
    return n / (n + 2) + x * 4 * e / (n + 2) * ((e + 1) / (n + 2));
  }

  private static double n(double x) {
    double e = StrictMath.exp(Math.min(x, 30));
    return e * (e + 2);
  }

  @Test
  void mishIsExactToAFewUnitsInTheLastPlace() {
    Expression mish = X.times(X.softplus().tanh());
    assertTrue(worst(mish, IdentitiesTest::mish, 0) < 4.6);
    Expression slope = X.fma(X.tanhOfSoftplusSlope(), X.softplus().tanh());
    // Its two terms cancel near -1.19, where each is 0.3.
    assertTrue(worst(slope, IdentitiesTest::mishSlope, 0.25) < 4);
  }

  @Test
  void theSlopeIsDerived() {
    Expression mish = Identities.apply(X.times(X.softplus().tanh()));
    Expression slope = X.tanhOfSoftplus().plus(X.tanhOfSoftplusSlope().times(X));
    assertEquals(slope, Derivative.of(mish, 0));
    for (double x : new double[] {-30, -1, 0.5, 3, 25, 60}) {
      assertEquals(mishSlope(x) - mish(x) / x, x * Functions.value(SLOPE, x), 1e-15, "at " + x);
    }
  }

  @Test
  void mishIsXForLargeNumbersAndZeroForSmallOnes() {
    Expression mish = X.times(X.softplus().tanh());
    Expression slope = X.fma(X.tanhOfSoftplusSlope(), X.softplus().tanh());
    for (float x : new float[] {20, 21, 1e5f, 1e37f}) {
      assertEquals(x, value(mish, x));
      assertEquals(1, value(slope, x));
      assertEquals(-0f, value(mish, -x * 10));
      assertEquals(0f, value(slope, -x * 10) + 0f, 1e-37f);
    }
    assertTrue(Float.isNaN(value(mish, Float.NaN)));
    assertTrue(Float.isNaN(value(slope, Float.NaN)));
  }

  @Test
  void softplusHoweverWritten() {
    Expression one = Expression.of(1);
    for (Expression written :
        new Expression[] {
          X.exp().log1p(), X.exp().plus(one).log(), one.plus(X.exp()).log(), X.softplus()
        }) {
      assertEquals(X.softplus(), Identities.apply(written));
    }
    // The exponential of 100 is infinite, and this is not.
    assertEquals(100, value(X.exp().plus(1).log(), 100));
    assertEquals(X.tanhOfSoftplus(), Identities.apply(X.exp().plus(1).log().tanh()));
  }

  @Test
  void logarithmsOfProbabilitiesStayFinite() {
    Expression logOfSigmoid = X.sigmoid().log();
    Expression logOfRest = Expression.of(1).minus(X.sigmoid()).log();
    assertEquals(X.negated().softplus().negated(), Identities.apply(logOfSigmoid));
    assertEquals(X.softplus().negated(), Identities.apply(logOfRest));
    assertEquals(-1000, value(logOfSigmoid, -1000));
    assertEquals(-1000, value(logOfRest, 1000));
  }

  @Test
  void exponentialOfMinusSoftplusIsASigmoid() {
    assertEquals(X.negated().sigmoid(), Identities.apply(X.softplus().negated().exp()));
  }

  @Test
  void leavesAloneWhatItDoesNotKnow() {
    Expression other = X.exp().plus(2).log().plus(X.tanh());
    assertEquals(other, Identities.apply(other));
  }
}

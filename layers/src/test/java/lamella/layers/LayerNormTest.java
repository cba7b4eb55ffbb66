package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import lamella.check.GradientCheck;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerNormTest {
  /** Of both types. */
  private static void assertNear(double[] expected, Tensor actual, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual.get(i), tolerance, "element " + i);
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneToFourAreNormalisedByTheBiasedVariance(DType dtype) {
    Tensor x = DoubleTensor.of(Shape.of(1, 4), 1, 2, 3, 4).to(dtype);
    Tensor y = new LayerNorm(dtype, 4).forward(x);
    double outer = 1.34163542;
    double inner = 0.44721181;
    assertNear(new double[] {-outer, -inner, inner, outer}, y, 1e-8 + 2e-7 * dtypeShare(dtype));
  }

  private static double dtypeShare(DType dtype) {
    return dtype == DType.FLOAT32 ? 1 : 0;
  }

  /** The exact mean and variance of the row's float32 numbers, by long integers. */
  @Test
  void nothingCancelsWhereTheMeanIsLarge() {
    FloatTensor x = FloatTensor.zeros(Shape.of(1, 16));
    for (int i = 0; i < 16; i++) {
      x.array()[i] = (float) (1e4 + i * 1e-3);
    }
    Tensor y = new LayerNorm(16).forward(x);
    assertEquals(-1.33133335, y.get(0), 2e-7);
    Tensor wide = new LayerNorm(DType.FLOAT64, 16).forward(x.to(DType.FLOAT64));
    assertEquals(-1.33133335, wide.get(0), 5e-9);
    for (int i = 0; i < 16; i++) {
      assertEquals(wide.get(i), y.get(i), 2e-7);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1, 100, 1e4f, 1e6f, 1e30f, -1e6f})
  void aRowThatIsAlwaysTheSameBecomesTheBias(float value) {
    FloatTensor x = FloatTensor.zeros(Shape.of(1, 7));
    x.fill(value);
    LayerNorm norm = new LayerNorm(7);
    norm.bias().value().fill(0.5);
    for (int i = 0; i < 7; i++) {
      assertEquals(0.5, norm.forward(x).get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 100, 1e3, -1e3})
  void gradientsAreCorrectAtLargeMeans(double mean) {
    DoubleTensor x = DoubleTensor.zeros(Shape.of(4, 6));
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, mean + random.nextGaussian());
    }
    LayerNorm norm = new LayerNorm(DType.FLOAT64, 6);
    for (int j = 0; j < 6; j++) {
      norm.gain().value().set(j, random.nextGaussian());
      norm.bias().value().set(j, random.nextGaussian());
    }
    new GradientCheck().run(norm, x, random).assertCorrect();
  }

  @Test
  void smallVariancesAreNotLostInEpsilonOutsideOfTheRoot() {
    // Variance 1.25e-6: sqrt(1.25e-6 + 1e-5) is three times the deviation, deviation + 1e-5 is not.
    Tensor x = DoubleTensor.of(Shape.of(1, 4), 1e-3, 2e-3, 3e-3, 4e-3);
    Tensor y = new LayerNorm(DType.FLOAT64, 4).forward(x);
    assertEquals(-1.5e-3 / Math.sqrt(1.25e-6 + 1e-5), y.get(0), 1e-15);
    Tensor other = new LayerNorm(DType.FLOAT64, 4, 1e-3).forward(x);
    assertEquals(-1.5e-3 / Math.sqrt(1.25e-6 + 1e-3), other.get(0), 1e-15);
  }

  @Test
  void parametersHaveTheirRolesAndFirstValues() {
    LayerNorm norm = new LayerNorm(DType.FLOAT64, 3);
    assertEquals("gain float64[3]", norm.gain().toString());
    assertEquals("bias float64[3]", norm.bias().toString());
    assertEquals(Role.GAIN, norm.gain().role());
    assertEquals(Role.BIAS, norm.bias().role());
    assertNear(new double[] {1, 1, 1}, norm.gain().value(), 0);
    assertNear(new double[] {0, 0, 0}, norm.bias().value(), 0);
    assertEquals("LayerNorm(3)", norm.toString());
    assertEquals("LayerNorm(3, epsilon 0.001)", new LayerNorm(DType.FLOAT32, 3, 1e-3).toString());
    assertEquals(0, norm.multiplyAdds(Shape.of(3)));
  }

  @Test
  void whatIsFrozenIsNotComputed() {
    LayerNorm norm = new LayerNorm(3);
    norm.gain().freeze();
    norm.bias().freeze();
    Pass pass = Pass.forTraining();
    FloatTensor x = FloatTensor.of(Shape.of(1, 3), 1, 2, 4);
    norm.forward(x, pass);
    assertNull(norm.backward(x, pass));
    assertTrue(pass.gradients().isEmpty());
  }

  private static String message(Class<? extends Exception> kind, Runnable call) {
    return assertThrows(kind, call::run).getMessage();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    FloatTensor three = FloatTensor.zeros(Shape.of(3));
    assertEquals(
        "LayerNorm: the number of features must be at least 1, got 0",
        message(IllegalArgumentException.class, () -> new LayerNorm(0)));
    assertEquals(
        "LayerNorm: epsilon must be finite and > 0, got 0.0",
        message(IllegalArgumentException.class, () -> new LayerNorm(DType.FLOAT32, 3, 0)));
    assertEquals(
        "LayerNorm gain: expects [features], got [1, 3]",
        message(
            IllegalArgumentException.class,
            () -> LayerNorm.of(FloatTensor.zeros(Shape.of(1, 3)), three)));
    assertEquals(
        "LayerNorm bias: expects [3], got [4]",
        message(ShapeException.class, () -> LayerNorm.of(three, FloatTensor.zeros(Shape.of(4)))));
    assertEquals(
        "LayerNorm bias: expects type float32, as gain, got float64",
        message(
            IllegalArgumentException.class,
            () -> LayerNorm.of(three, DoubleTensor.zeros(Shape.of(3)))));
    assertEquals(
        "LayerNorm(3): expects [n, 3], got [2, 4]",
        message(
            ShapeException.class,
            () -> new LayerNorm(3).forward(FloatTensor.zeros(Shape.of(2, 4)))));
  }
}

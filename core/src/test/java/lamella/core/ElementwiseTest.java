package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementwiseTest {

  /** Softsign, whose slope is cheap from y: y = x / (1 + |x|), dy/dx = (1 - |y|)². */
  private static final class Softsign extends Elementwise {
    @Override
    protected double value(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    protected double slope(double x, double y) {
      return (1 - Math.abs(y)) * (1 - Math.abs(y));
    }
  }

  private final Softsign layer = new Softsign();

  private static Tensor of(DType dtype, Shape shape, double... elements) {
    return DoubleTensor.of(shape, elements).to(dtype);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void twoFunctionsMakeALayer(DType dtype) {
    Shape shape = Shape.of(2, 1, 2);
    Tensor x = of(dtype, shape, -3, 1, 0, 7);
    Tensor dy = of(dtype, shape, 2, -4, 5, 64);
    Pass pass = Pass.forGradients();
    Tensor y = layer.forward(x, pass);
    assertEquals(dtype, y.dtype());
    assertEquals(shape, y.shape());
    assertArrayEquals(new double[] {-0.75, 0.5, 0, 0.875}, y.toDoubleArray());
    Tensor dx = layer.backward(dy, pass);
    assertEquals(dtype, dx.dtype());
    assertEquals(shape, dx.shape());
    assertArrayEquals(new double[] {0.125, -1, 5, 1}, dx.toDoubleArray());
    // Neither the input nor the gradient was written to.
    assertArrayEquals(new double[] {-3, 1, 0, 7}, x.toDoubleArray());
    assertArrayEquals(new double[] {2, -4, 5, 64}, dy.toDoubleArray());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void valuesAreComputedInDoubleAndRoundedOnce(DType dtype) {
    Tensor x = of(dtype, Shape.of(1, 2), 0.1, 1e10);
    Tensor y = layer.forward(x);
    for (int i = 0; i < 2; i++) {
      double exact = x.get(i) / (1 + x.get(i));
      assertEquals(dtype == DType.FLOAT32 ? (float) exact : exact, y.get(i));
    }
  }

  @Test
  void anyShapeIsTakenAndGivenBack() {
    assertEquals(Shape.batchOf(3, 4), layer.outputShape(Shape.batchOf(3, 4)));
    assertEquals(Shape.of(), layer.forward(FloatTensor.zeros(Shape.of())).shape());
  }

  @Test
  void whereNobodyNeedsTheInputsGradientThereIsNone() {
    Pass pass = Pass.forTraining();
    layer.forward(FloatTensor.zeros(Shape.of(2, 3)), pass);
    assertNull(layer.backward(FloatTensor.zeros(Shape.of(2, 3)), pass));
  }

  @Test
  void itHasNoParametersAndIsNamedAsItsClass() {
    assertEquals(0, layer.parameters().size());
    assertEquals("Softsign", layer.toString());
  }
}

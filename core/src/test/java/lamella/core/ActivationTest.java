package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import lamella.core.formula.Formula;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {

  /** Softsign: y = x / (1 + |x|), dy/dx = 1 / (1 + |x|)². */
  private static final class Softsign extends Activation {
    Softsign() {
      super(Formula.of(x -> x.over(x.abs().plus(1))));
    }
  }

  /** Its slope is the square of what is left to 1. */
  private static final class FromOutput extends Activation {
    FromOutput() {
      super(new Softsign().formula().withSlope((x, y) -> y.abs().minus(1).times(y.abs().minus(1))));
    }
  }

  private static Tensor of(DType dtype, Shape shape, double... elements) {
    return DoubleTensor.of(shape, elements).to(dtype);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aFormulaMakesALayer(DType dtype) {
    for (Activation layer : new Activation[] {new Softsign(), new FromOutput()}) {
      Shape shape = Shape.of(2, 1, 2);
      Tensor x = of(dtype, shape, -3, 1, 0.5, 7);
      Tensor dy = of(dtype, shape, 2, -4, 9, 64);
      Pass pass = Pass.forGradients();
      Tensor y = layer.forward(x, pass);
      assertEquals(dtype, y.dtype());
      assertEquals(shape, y.shape());
      double third = dtype == DType.FLOAT32 ? 1f / 3 : 1.0 / 3;
      assertArrayEquals(new double[] {-0.75, 0.5, third, 0.875}, y.toDoubleArray());
      Tensor dx = layer.backward(dy, pass);
      assertEquals(dtype, dx.dtype());
      assertEquals(shape, dx.shape());
      assertArrayEquals(new double[] {0.125, -1, 4, 1}, dx.toDoubleArray(), 1e-6);
      // Neither the input nor the gradient was written to, and memory is used again.
      assertArrayEquals(new double[] {-3, 1, 0.5, 7}, x.toDoubleArray());
      assertArrayEquals(new double[] {2, -4, 9, 64}, dy.toDoubleArray());
      assertSame(y, layer.forward(x, pass));
    }
  }

  @Test
  void anyShapeIsTakenAndGivenBack() {
    Softsign layer = new Softsign();
    assertEquals(Shape.batchOf(3, 4), layer.outputShape(Shape.batchOf(3, 4)));
    assertEquals(Shape.of(), layer.forward(FloatTensor.zeros(Shape.of())).shape());
  }

  @Test
  void whereNobodyNeedsTheInputsGradientThereIsNone() {
    Softsign layer = new Softsign();
    Pass pass = Pass.forTraining();
    layer.forward(FloatTensor.zeros(Shape.of(2, 3)), pass);
    assertNull(layer.backward(FloatTensor.zeros(Shape.of(2, 3)), pass));
  }

  @Test
  void itHasNoParametersAndIsNamedAsItsClass() {
    assertEquals(0, new Softsign().parameters().size());
    assertEquals("Softsign", new Softsign().toString());
  }

  private static final class Difference extends Activation {
    Difference() {
      super(Formula.of((a, b) -> a.minus(b)));
    }
  }

  @Test
  void aFormulaOfTwoIsNoActivation() {
    assertEquals(
        "Difference: an activation is a formula of one input, got one of 2",
        assertThrows(IllegalArgumentException.class, Difference::new).getMessage());
  }
}

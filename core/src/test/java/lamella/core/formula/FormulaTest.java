package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {
  private static final Formula RELU = Formula.of(x -> x.max(0));
  private static final Formula SQUARED_ERROR =
      Formula.of((output, target) -> output.minus(target).times(output.minus(target)));

  private static double[] values(Formula formula, DType dtype, double... inputs) {
    Tensor x = DoubleTensor.of(Shape.of(inputs.length), inputs).to(dtype);
    Tensor y = Tensor.zeros(dtype, x.shape());
    formula.values(x, y);
    return y.toDoubleArray();
  }

  /** Of dL/dy = 1. */
  private static double[] slopes(Formula formula, DType dtype, double... inputs) {
    Tensor x = DoubleTensor.of(Shape.of(inputs.length), inputs).to(dtype);
    Tensor y = Tensor.zeros(dtype, x.shape());
    Tensor dy = Tensor.zeros(dtype, x.shape());
    dy.fill(1);
    Tensor dx = Tensor.zeros(dtype, x.shape());
    formula.values(x, y);
    formula.gradients(x, y, dy, dx);
    return dx.toDoubleArray();
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void maxHasTheSlopeOfItsSecondArgumentWhereTheyAreEqual(DType dtype) {
    assertArrayEquals(new double[] {0, 0, 0, 2}, values(RELU, dtype, -3, 0, -0.0, 2));
    assertArrayEquals(new double[] {0, 0, 0, 1}, slopes(RELU, dtype, -3, 0, -0.0, 2));
    Formula other = Formula.of(x -> Expression.of(0).max(x));
    assertArrayEquals(new double[] {0, 1, 1, 1}, slopes(other, dtype, -3, 0, -0.0, 2));
    Formula six = Formula.of(x -> x.max(0).min(6));
    assertArrayEquals(new double[] {0, 0, 1, 0, 0}, slopes(six, dtype, -1, 0, 3, 6, 7));
    Formula size = Formula.of(Expression::abs);
    assertArrayEquals(new double[] {-1, 0, 0, 1}, slopes(size, dtype, -3, 0, -0.0, 2));
  }

  /** 0 times an infinite gradient would be NaN, times a negative one -0. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void whereTheSlopeIsZeroTheGradientIsZeroWhateverComes(DType dtype) {
    double[] inputs = {-1, -1, -1, 0, 1, Double.NaN};
    Tensor x = DoubleTensor.of(Shape.of(6), inputs).to(dtype);
    Tensor dy =
        DoubleTensor.of(Shape.of(6), Double.NaN, Double.NEGATIVE_INFINITY, -5, -5, Double.NaN, 7)
            .to(dtype);
    Tensor dx = Tensor.zeros(dtype, x.shape());
    RELU.gradients(x, x, dy, dx);
    assertArrayEquals(new double[] {0.0, 0.0, 0.0, 0.0, Double.NaN, 7}, dx.toDoubleArray());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void twoNumbersMakeOne(DType dtype) {
    Tensor a = DoubleTensor.of(Shape.of(3), 1, 2, -4).to(dtype);
    Tensor b = DoubleTensor.of(Shape.of(3), 0, 5, -4).to(dtype);
    Tensor y = Tensor.zeros(dtype, a.shape());
    SQUARED_ERROR.values(a, b, y);
    assertArrayEquals(new double[] {1, 9, 0}, y.toDoubleArray());
    SQUARED_ERROR.gradients(a, b, y);
    assertArrayEquals(new double[] {2, -6, 0}, y.toDoubleArray());
    assertArrayEquals(new double[] {1, 2, -4}, a.toDoubleArray());
    assertArrayEquals(new double[] {0, 5, -4}, b.toDoubleArray());
  }

  @Test
  void aSlopeOfOnesOwnReplacesTheDerivedOne() {
    Formula square = Formula.of(x -> x.times(x));
    Formula wrong = square.withSlope((x, y) -> y.plus(x));
    assertArrayEquals(new double[] {6}, slopes(square, DType.FLOAT64, 3));
    assertArrayEquals(new double[] {12}, slopes(wrong, DType.FLOAT64, 3));
    assertArrayEquals(new double[] {9}, values(wrong, DType.FLOAT64, 3));
    assertTrue(wrong.slopeUsesValue());
    assertFalse(square.slopeUsesValue());
  }

  /** e^x is its own derivative: nothing is computed twice. */
  @Test
  void theValueIsUsedWhereTheDerivativeContainsIt() {
    Formula exp = Formula.of(Expression::exp);
    assertTrue(exp.slopeUsesValue());
    assertEquals(Expression.input(1), exp.slope());
    assertTrue(Formula.of(Expression::sigmoid).slopeUsesValue());
    assertFalse(RELU.slopeUsesValue());
  }

  @Test
  void aConstantIsAFunctionToo() {
    Formula three = Formula.of(x -> Expression.of(1.5).times(2));
    for (DType dtype : DType.values()) {
      assertArrayEquals(new double[] {3, 3}, values(three, dtype, 7, -7));
      assertArrayEquals(new double[] {0, 0}, slopes(three, dtype, 7, -7));
    }
    Formula same = Formula.of(x -> x.plus(0));
    assertArrayEquals(new double[] {7, -7}, values(same, DType.FLOAT32, 7, -7));
    assertArrayEquals(new double[] {1, 1}, slopes(same, DType.FLOAT32, 7, -7));
  }

  /** Chunks and ranges end anywhere, and nothing beyond is touched. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 511, 512, 513, 1500, 40_001, 131_075})
  void everyElementIsComputedOnce(int size) {
    Formula formula = Formula.of(x -> x.times(x).plus(x.over(3)).minus(x.abs().sqrt()));
    SplittableRandom random = new SplittableRandom(size);
    float[] inputs = new float[size];
    for (int i = 0; i < size; i++) {
      inputs[i] = (float) random.nextDouble(-5, 5);
    }
    FloatTensor x = FloatTensor.of(Shape.of(size), inputs.clone());
    FloatTensor y = FloatTensor.zeros(Shape.of(size));
    formula.values(x, y);
    assertArrayEquals(inputs, x.array());
    for (int i = 0; i < size; i++) {
      float v = inputs[i];
      float expected = Math.fma(v, v, v / 3) - (float) Math.sqrt(Math.abs(v));
      assertEquals(expected, y.array()[i]);
    }
    DoubleTensor wide = (DoubleTensor) x.to(DType.FLOAT64);
    DoubleTensor result = DoubleTensor.zeros(Shape.of(size));
    formula.values(wide, result);
    for (int i = 0; i < size; i++) {
      double v = wide.array()[i];
      assertEquals(v * v + v / 3 - Math.sqrt(Math.abs(v)), result.array()[i]);
    }
  }

  @Test
  void gradientsOfExponentialsAreNormalOrZero() {
    Formula exp = Formula.of(x -> x.exp());
    Formula twice = Formula.of(x -> x.times(2));
    FloatTensor x = FloatTensor.of(Shape.of(4), 0, 0, 0, 0);
    FloatTensor y = FloatTensor.of(Shape.of(4), 1, 1, 1, 1);
    float next = Math.nextUp(Float.MIN_NORMAL);
    FloatTensor dy =
        FloatTensor.of(Shape.of(4), Float.MIN_NORMAL, -next, -Float.MIN_NORMAL, Float.NaN);
    FloatTensor dx = FloatTensor.zeros(Shape.of(4));
    exp.gradients(x, y, dy, dx);
    assertArrayEquals(new float[] {0, -next, 0, Float.NaN}, dx.array());
    dy.array()[0] = Float.MIN_VALUE;
    twice.gradients(x, y, dy, dx);
    assertEquals(2 * Float.MIN_VALUE, dx.array()[0]);
  }

  @Test
  void inTheWrongPlaceItSaysSo() {
    FloatTensor x = FloatTensor.zeros(Shape.of(2));
    assertEquals(
        "Formula.values(x, y): is for functions of 1, this is one of 2",
        assertThrows(IllegalStateException.class, () -> SQUARED_ERROR.values(x, x)).getMessage());
    assertEquals(
        "Formula.gradients(a, b, da): is for functions of 2, this is one of 1",
        assertThrows(IllegalStateException.class, () -> RELU.gradients(x, x, x)).getMessage());
    assertEquals(
        "Formula.withSlope: a slope of x and y is for functions of one number, this is one of 2",
        assertThrows(IllegalStateException.class, () -> SQUARED_ERROR.withSlope((a, b) -> a))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> RELU.values(x, FloatTensor.zeros(Shape.of(3))));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void theResultMayTakeTheInputsPlace(DType dtype) {
    Tensor x = Tensor.zeros(dtype, Shape.of(1300));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, i);
    }
    Formula.of(a -> a.times(a).plus(a)).values(x, x);
    for (int i = 0; i < x.size(); i++) {
      assertEquals((double) i * i + i, x.get(i));
    }
  }

  @Test
  void itSaysWhatItComputes() {
    assertEquals("Formula(max(x0, 0.0))", RELU.toString());
  }

  /** A program made of a formula that was seen before is the one that was made then. */
  @Test
  void equalFormulasShareOneProgramAndFewAreKept() {
    FloatTensor x = FloatTensor.zeros(Shape.of(1));
    FloatTensor y = FloatTensor.zeros(Shape.of(1));
    for (int i = 0; i < 1000; i++) {
      double slope = i;
      Formula.of(a -> a.ifPositive(a, a.times(slope))).values(x, y);
    }
    assertEquals(FormulaLoop.Shared.MOST, FormulaLoop.Shared.size());
    Program first = program(a -> a.times(a).plus(12.5));
    assertSame(first, program(a -> a.times(a).plus(12.5)));
    assertNotSame(first, program(a -> a.times(a).plus(12.6)));
  }

  private static Program program(java.util.function.UnaryOperator<Expression> function) {
    return FormulaLoop.Shared.of(Program.of(function.apply(Expression.input(0)), 1));
  }
}

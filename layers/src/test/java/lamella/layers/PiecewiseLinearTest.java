package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PiecewiseLinearTest {
  private static final float NAN = Float.NaN;

  private static PiecewiseLinear line(DType dtype) {
    return PiecewiseLinear.of(
        DoubleTensor.of(Shape.of(1, 4), -2, -1, 1, 3).to(dtype),
        DoubleTensor.of(Shape.of(1, 4), 1, 0, 0.5, 4).to(dtype));
  }

  /** By numpy.interp, in float64. */
  @Test
  void valuesAndSlopesAreGolden() {
    double[] x = {-5, -2, -1.5, -0.3, 0, 0.7, 1, 2.9, 3, 50};
    double[] y = {1, 1, 0.5, 0.175, 0.25, 0.425, 0.5, 3.8249999999999997, 4, 4};
    double[] slopes = {0, -1, -1, 0.25, 0.25, 0.25, 1.75, 1.75, 0, 0};
    for (DType dtype : DType.values()) {
      Tensor input = DoubleTensor.of(Shape.of(x.length, 1), x).to(dtype);
      Tensor ones = Tensor.zeros(dtype, input.shape());
      ones.fill(1);
      Pass pass = Pass.forGradients();
      PiecewiseLinear line = line(dtype);
      assertArrayEquals(
          y, line.forward(input, pass).toDoubleArray(), dtype == DType.FLOAT64 ? 1e-15 : 5e-7);
      assertArrayEquals(slopes, line.backward(ones, pass).toDoubleArray());
    }
  }

  /**
   * By NumPy in float64, quantiles of the method inverted_cdf, with the normal quantiles of
   * Python's statistics: some numbers; most the same; all the same; some missing; all missing.
   */
  @Test
  void goesHalfOfTheWayToNormalNumbers() {
    float[][] columns = {
      {0.5f, -1, 2, 3, -0.25f, 1.5f, 0, 7, -3, 0.125f},
      {1, 1, 1, 1, 0, 0, 1, 2, 1, 1},
      {4, 4, 4, 4, 4, 4, 4, 4, 4, 4},
      {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}
    };
    FloatTensor x = FloatTensor.zeros(Shape.of(10, columns.length));
    for (int j = 0; j < columns.length; j++) {
      for (int row = 0; row < 10; row++) {
        x.set(row * columns.length + j, columns[j][row]);
      }
    }
    double[][] knots = {{-3, -0.25, 0.125, 2, 7}, {0, 1, 2}, {4}, {0}};
    double[][] values = {
      {
        -2.322426813475736,
        -0.46224487509804085,
        -0.00033067342753699547,
        1.3372448750980408,
        4.322426813475736
      },
      {-0.6407757827723004, 0.562830673427537, 1.8224268134757358},
      {2},
      {0}
    };
    PiecewiseLinear layer = PiecewiseLinear.halfwayToNormal(x, 4);
    int count = layer.knots().shape().last();
    assertEquals(7, count);
    for (int j = 0; j < knots.length; j++) {
      double[] a = Arrays.copyOfRange(layer.knots().value().toDoubleArray(), 7 * j, 7 * j + 7);
      double[] v = Arrays.copyOfRange(layer.values().value().toDoubleArray(), 7 * j, 7 * j + 7);
      int n = knots[j].length;
      assertArrayEquals(knots[j], Arrays.copyOfRange(a, 1, n + 1));
      assertArrayEquals(values[j], Arrays.copyOfRange(v, 1, n + 1), 1e-6);
      for (int i = 0; i < count; i++) { // beyond the numbers with slope 1/2
        int end = i == 0 ? 1 : Math.min(n, i);
        assertEquals(v[end] + (a[i] - a[end]) / 2, v[i], 1e-4);
      }
      assertEquals(knots[j][0] - 8, a[0]);
      assertTrue(a[count - 1] >= knots[j][n - 1] + 8);
    }
    assertTrue(Double.isNaN(layer.forward(x).get(3)));
  }

  /**
   * It rises; equal numbers remain equal, and others are told apart where there are knots enough.
   */
  @Property(tries = 100)
  void keepsTheOrder(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = -9, max = 9) Integer> numbers,
      @ForAll @IntRange(min = 1, max = 50) int pieces) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    Arrays.sort(values);
    FloatTensor x = FloatTensor.of(Shape.of(values.length, 1), values);
    Tensor y = PiecewiseLinear.halfwayToNormal(x, pieces).forward(x);
    for (int i = 1; i < values.length; i++) {
      assertEquals(values[i] > values[i - 1], y.get(i) > y.get(i - 1));
    }
  }

  @Test
  void manyNumbersOfAnyKindAreSpreadNearlyEvenly() {
    FloatTensor x = FloatTensor.zeros(Shape.of(1000, 1));
    for (int i = 0; i < 1000; i++) {
      x.set(i, Math.cbrt(i - 400));
    }
    Tensor y = PiecewiseLinear.halfwayToNormal(x, 100).forward(x);
    for (int i : new int[] {100, 500, 900}) {
      double z = 2 * y.get(i) - x.get(i);
      double expected = i == 500 ? 0 : (i == 100 ? -1 : 1) * 1.2815515655446004;
      assertEquals(expected, z, 0.06);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor matrix = FloatTensor.of(Shape.of(2, 2), 0, 1, 5, 5);
    assertEquals(
        "PiecewiseLinear knots: must rise, got 5.0 after 5.0 at feature 1",
        refusal(() -> PiecewiseLinear.of(matrix, matrix)));
    Tensor rising = FloatTensor.of(Shape.of(1, 2), 0, 1);
    assertEquals(
        "PiecewiseLinear values: must be finite, got NaN at feature 0",
        refusal(() -> PiecewiseLinear.of(rising, FloatTensor.of(Shape.of(1, 2), 0, NAN))));
    assertEquals(
        "PiecewiseLinear knots: expects [features, knots] with 2 knots or more, got [3]",
        refusal(() -> PiecewiseLinear.of(FloatTensor.zeros(Shape.of(3)), rising)));
    assertEquals(
        "PiecewiseLinear: expects values of type float32, as knots, got float64",
        refusal(() -> PiecewiseLinear.of(rising, DoubleTensor.of(Shape.of(1, 2), 0, 1))));
    assertEquals(
        "PiecewiseLinear values: expects [1, 2], got [2, 2]",
        assertThrows(ShapeException.class, () -> PiecewiseLinear.of(rising, matrix)).getMessage());
    assertEquals(
        "PiecewiseLinear: the number of pieces must be at least 1, got 0",
        refusal(() -> PiecewiseLinear.halfwayToNormal(matrix, 0)));
    assertEquals(
        "PiecewiseLinear: expects [n, features], got [2]",
        refusal(() -> PiecewiseLinear.halfwayToNormal(FloatTensor.zeros(Shape.of(2)), 3)));
    Tensor infinite = FloatTensor.of(Shape.of(2, 1), 0, Float.POSITIVE_INFINITY);
    assertEquals(
        "PiecewiseLinear: feature 0 of example 1 must be finite, or NaN where it is missing, got"
            + " Infinity",
        refusal(() -> PiecewiseLinear.halfwayToNormal(infinite, 3)));
  }

  private static String refusal(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  @Test
  void onnxruntimeDrawsTheSameLines() throws OrtException {
    float[] numbers = new float[200];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.sin(i * i) * (i % 7) + (i % 2 == 0 ? 0 : 1);
    }
    PiecewiseLinear layer =
        PiecewiseLinear.halfwayToNormal(FloatTensor.of(Shape.of(100, 2), numbers), 32);
    for (DType dtype : DType.values()) {
      PiecewiseLinear typed =
          PiecewiseLinear.of(layer.knots().value().to(dtype), layer.values().value().to(dtype));
      Tensor x = Tensor.zeros(dtype, Shape.of(200, 2));
      for (int i = 0; i < x.size(); i++) {
        x.set(i, (i - 200) * 0.07);
      }
      byte[] file = OnnxExport.of(Network.of(Shape.of(2), typed)).toBytes();
      // There y is a sum of numbers up to 8, and may be off by 2^-20; it is as small as 1/16.
      OnnxTest.assertNear(
          typed.forward(x),
          OnnxTest.run(file, x),
          16 * (dtype == DType.FLOAT32 ? 0x1p-20 : 0x1p-49));
    }
  }
}

package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Parameter;
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

class RobustScaleTest {
  private static final float NAN = Float.NaN;

  /** A layer that only clips. */
  private static RobustScale clip(DType dtype, int features) {
    Tensor ones = Tensor.zeros(dtype, Shape.of(features));
    ones.fill(1);
    return RobustScale.of(Tensor.zeros(dtype, Shape.of(features)), ones);
  }

  /** By NumPy in float64: t / sqrt(1 + (t / 3)²) and (1 + (t / 3)²) ** -1.5. */
  private static final double[][] GOLDEN = {
    {1, 0.9486832980505138, 0.8538149682454623},
    {3, 2.1213203435596424, 0.3535533905932738},
    {100, 2.9986509105671, 2.696359096323698e-05},
    {-1, -0.9486832980505138, 0.8538149682454623},
    {0.5, 0.49319696191607193, 0.9597346285934373},
    {-0.01, -0.009999944444907405, 0.9999833335648117},
    {1e6, 2.9999999999865, 2.6999999999635504e-17}
  };

  /** By NumPy in float64: arcsinh(t) and 1 / sqrt(1 + t²). */
  private static final double[][] GOLDEN_ASINH = {
    {1, 0.881373587019543, 0.7071067811865475},
    {3, 1.8184464592320668, 0.31622776601683794},
    {100, 5.298342365610589, 0.009999500037496875},
    {-1, -0.881373587019543, 0.7071067811865475},
    {0.5, 0.48121182505960347, 0.8944271909999159},
    {-0.01, -0.009999833340832888, 0.9999500037496877},
    {1e6, 14.50865773852447, 9.999999999995e-07},
    {-2.5e8, -20.030118656386467, 4e-09},
    {1e-5, 9.999999999833334e-06, 0.99999999995}
  };

  @Test
  void valuesAndSlopesAreGolden() {
    for (DType dtype : DType.values()) {
      assertGolden(GOLDEN, clip(dtype, GOLDEN.length), dtype);
      assertGolden(GOLDEN_ASINH, clip(dtype, GOLDEN_ASINH.length).withAsinh(), dtype);
    }
  }

  private static void assertGolden(double[][] golden, RobustScale layer, DType dtype) {
    Tensor x = Tensor.zeros(dtype, Shape.of(1, golden.length));
    Tensor ones = Tensor.zeros(dtype, x.shape());
    ones.fill(1);
    for (int i = 0; i < golden.length; i++) {
      x.set(i, golden[i][0]);
    }
    Pass pass = Pass.forGradients();
    Tensor y = layer.forward(x, pass);
    Tensor dx = layer.backward(ones, pass);
    double unit = dtype == DType.FLOAT64 ? 0x1p-52 : 0x1p-23;
    for (int i = 0; i < golden.length; i++) {
      assertEquals(golden[i][1], y.get(i), 4 * unit * Math.abs(golden[i][1]));
      assertEquals(golden[i][2], dx.get(i), 6 * unit * golden[i][2]);
    }
  }

  /** Squares of what is far out overflow; the largest numbers must not become 0 by it. */
  @Test
  void whatIsFarOutIsThree() {
    double[] far = {1e9, 1e20, 3e38, -1e20, -3e38, Double.POSITIVE_INFINITY};
    for (DType dtype : DType.values()) {
      double[] y =
          clip(dtype, far.length)
              .forward(DoubleTensor.of(Shape.of(1, far.length), far).to(dtype))
              .toDoubleArray();
      assertArrayEquals(new double[] {3, 3, 3, -3, -3, 3}, y, 1e-6);
    }
    assertEquals(3, clip(DType.FLOAT64, 1).forward(DoubleTensor.of(Shape.of(1, 1), 1e300)).get(0));
  }

  /**
   * By numpy.percentile of each column, in float64: some numbers; most the same, so that the median
   * of the distances from it counts; all the same; some missing; all missing; and others.
   */
  @Test
  void isFittedAsNumPyDoes() {
    float[][] columns = {
      {0.1f, 0.2f, 0.3f, 5, 100, 7, -3, 2.5f},
      {1, 1, 1, 1, 1, 1, 1, 9},
      {4, 4, 4, 4, 4, 4, 4, 4},
      {NAN, 3, 1, NAN, 10, 4, NAN, 2},
      {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN},
      {-1.5f, 0.25f, 8, 3, 2, 2, 1, 0}
    };
    FloatTensor x = FloatTensor.zeros(Shape.of(8, columns.length));
    for (int j = 0; j < columns.length; j++) {
      for (int row = 0; row < 8; row++) {
        x.set(row * columns.length + j, columns[j][row]);
      }
    }
    RobustScale layer = RobustScale.fit(Dataset.of(x, new int[8]));
    assertArrayEquals(new double[] {1.4f, 1, 4, 3, 0, 1.5}, layer.centre().value().toDoubleArray());
    assertArrayEquals(
        new double[] {0.18779343f, 0.125, 0, 0.5, 0, 0.4848485f},
        layer.factor().value().toDoubleArray());
    RobustScale same = RobustScale.fit(x);
    for (int i = 0; i < 2; i++) {
      Parameter parameter = layer.parameters().get(i);
      assertEquals(DType.FLOAT32, parameter.value().dtype());
      assertArrayEquals(
          parameter.value().toDoubleArray(), same.parameters().get(i).value().toDoubleArray());
    }
    Tensor y = layer.forward(x);
    for (int i = 0; i < y.size(); i++) {
      assertEquals(Double.isNaN(x.get(i)), Double.isNaN(y.get(i)));
      assertTrue(Double.isNaN(y.get(i)) || Math.abs(y.get(i)) <= 3);
    }
  }

  /** The centre is in the middle, and only values that are all the same are not told apart. */
  @Property(tries = 100)
  void isFittedWhateverTheOrder(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = -9, max = 9) Integer> numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    FloatTensor x = FloatTensor.of(Shape.of(values.length, 1), values);
    RobustScale layer = RobustScale.fit(x);
    float[] reversed = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      reversed[i] = values[values.length - 1 - i];
    }
    RobustScale other = RobustScale.fit(FloatTensor.of(x.shape(), reversed));
    assertEquals(layer.centre().value().get(0), other.centre().value().get(0));
    assertEquals(layer.factor().value().get(0), other.factor().value().get(0));
    double centre = layer.centre().value().get(0);
    long below = 0;
    long above = 0;
    for (float value : values) {
      below += value < centre ? 1 : 0;
      above += value > centre ? 1 : 0;
    }
    assertTrue(below <= (values.length + 1) / 2 && above <= (values.length + 1) / 2);
    Arrays.sort(values);
    assertEquals(values[0] == values[values.length - 1], layer.factor().value().get(0) == 0);
  }

  @Test
  void numbersThatAreHardlyApartHaveAFactorThatIsFinite() {
    FloatTensor x = FloatTensor.of(Shape.of(3, 1), 0, Float.MIN_VALUE, 2 * Float.MIN_VALUE);
    assertEquals(Float.MAX_VALUE, RobustScale.fit(x).factor().value().get(0));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor x = FloatTensor.of(Shape.of(2, 2), 1, 2, 3, Float.NEGATIVE_INFINITY);
    assertEquals(
        "RobustScale: feature 1 of example 1 must be finite, or NaN where it is missing, got"
            + " -Infinity",
        assertThrows(IllegalArgumentException.class, () -> RobustScale.fit(x)).getMessage());
    assertEquals(
        "RobustScale: expects [n, features], got [4]",
        assertThrows(
                IllegalArgumentException.class,
                () -> RobustScale.fit(FloatTensor.zeros(Shape.of(4))))
            .getMessage());
    Tensor two = FloatTensor.zeros(Shape.of(2));
    assertEquals(
        "RobustScale factor: expects [2], got [3]",
        assertThrows(
                ShapeException.class, () -> RobustScale.of(two, FloatTensor.zeros(Shape.of(3))))
            .getMessage());
    assertEquals(
        "RobustScale: expects factor of type float32, as centre, got float64",
        assertThrows(
                IllegalArgumentException.class,
                () -> RobustScale.of(two, DoubleTensor.zeros(Shape.of(2))))
            .getMessage());
    assertEquals(
        "RobustScale factor: must be finite, got Infinity at feature 0",
        assertThrows(
                IllegalArgumentException.class,
                () -> RobustScale.of(two, FloatTensor.of(Shape.of(2), Float.POSITIVE_INFINITY, 1)))
            .getMessage());
  }

  @Test
  void onnxruntimeScalesToo() throws OrtException {
    float[] numbers = {0, 1, -1, 3, 7.5f, -200, 1e6f, 1e20f, -3e38f, 1e-30f};
    for (DType dtype : DType.values()) {
      RobustScale layer =
          RobustScale.of(
              FloatTensor.of(Shape.of(2), 1, -2).to(dtype),
              FloatTensor.of(Shape.of(2), 0.5f, 2).to(dtype));
      Tensor x = FloatTensor.of(Shape.of(5, 2), numbers).to(dtype);
      for (RobustScale each : List.of(layer, layer.withAsinh())) {
        byte[] file = OnnxExport.of(Network.of(Shape.of(2), each)).toBytes();
        OnnxTest.assertNear(
            each.forward(x), OnnxTest.run(file, x), dtype == DType.FLOAT32 ? 1e-6 : 1e-14);
      }
    }
  }
}

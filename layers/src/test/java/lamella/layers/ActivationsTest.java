package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationsTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /** What a layer gives for these inputs, and its slopes there: two rows. */
  private static double[][] valuesAndSlopes(Layer layer, DType dtype, double... inputs) {
    Tensor x = DoubleTensor.of(Shape.of(1, inputs.length), inputs).to(dtype);
    Tensor ones = Tensor.zeros(dtype, x.shape());
    ones.fill(1);
    Pass pass = Pass.forGradients();
    double[] values = layer.forward(x, pass).toDoubleArray();
    return new double[][] {values, layer.backward(ones, pass).toDoubleArray()};
  }

  /**
   * Computed by hand from the formulas: the layer, f(-1), f(0), f(1), f'(-1), f'(0), f'(1). At 0
   * the slope is the negative side's.
   */
  static Stream<Arguments> table() {
    return Stream.of(
        row(new ReLU(), 0, 0, 1, 0, 0, 1),
        row(new LeakyReLU(), -0.01, 0, 1, 0.01, 0.01, 1),
        row(new LeakyReLU(0.25), -0.25, 0, 1, 0.25, 0.25, 1),
        row(new LeakyReLU(-0.5), 0.5, 0, 1, -0.5, -0.5, 1),
        row(
            new Swish(),
            -0.2689414213699951,
            0,
            0.7310585786300049,
            0.07232948812851325,
            0.5,
            0.9276705118714867),
        row(
            new SELU(),
            -1.1113307378125625,
            0,
            1.0507009873554805,
            0.6467686030348141,
            1.7580993408473766,
            1.0507009873554805),
        row(
            new GELU(),
            -0.15865525393145707,
            0,
            0.8413447460685429,
            -0.08331547058768629,
            0.5,
            1.0833154705876864),
        row(
            GELU.tanh(),
            -0.15880800939172324,
            0,
            0.8411919906082768,
            -0.08296408384578255,
            0.5,
            1.0829640838457826),
        row(
            new Mish(),
            -0.30340146137410895,
            0,
            0.8650983882673103,
            0.05921675587739495,
            0.6,
            1.0490362200997922),
        row(new Tanh(), -TANH_1, 0, TANH_1, 0.41997434161402614, 1, 0.41997434161402614),
        row(new ELU(), -0.6321205588285577, 0, 1, 0.36787944117144233, 1, 1),
        row(new ELU(0.5), -0.31606027941427883, 0, 1, 0.18393972058572117, 0.5, 1),
        row(new HardSwish(), -1 / 3.0, 0, 2 / 3.0, 1 / 6.0, 0.5, 5 / 6.0));
  }

  private static final double TANH_1 = 0.7615941559557649;

  /** Those that are not 0 at 0, likewise. */
  static Stream<Arguments> notThroughZero() {
    double slope = 0.19661193324148185;
    return Stream.of(
        row(new Sigmoid(), 1 - 0.7310585786300049, 0.5, 0.7310585786300049, slope, 0.25, slope),
        row(
            new Softplus(),
            0.31326168751822286,
            0.6931471805599453,
            1.3132616875182228,
            0.2689414213699951,
            0.5,
            0.7310585786300049));
  }

  static Stream<Arguments> all() {
    return Stream.concat(table(), notThroughZero());
  }

  private static Arguments row(Layer layer, double... numbers) {
    return Arguments.of(layer, numbers);
  }

  @ParameterizedTest
  @MethodSource("all")
  void valuesAndSlopesAreThoseOfTheFormula(Layer layer, double[] expected) {
    double[][] wide = valuesAndSlopes(layer, DType.FLOAT64, -1, 0, 1);
    double[][] narrow = valuesAndSlopes(layer, DType.FLOAT32, -1, 0, 1);
    for (int i = 0; i < 3; i++) {
      assertEquals(expected[i], wide[0][i], 1e-15);
      assertEquals(expected[3 + i], wide[1][i], 1e-15);
      assertEquals(expected[i], narrow[0][i], 2e-7);
      assertEquals(expected[3 + i], narrow[1][i], 2e-7);
    }
  }

  @ParameterizedTest
  @MethodSource("table")
  void zeroOfEitherSignGivesZeroAndTheSlopeOfTheNegativeSide(Layer layer, double[] expected) {
    for (DType dtype : DType.values()) {
      double[][] result = valuesAndSlopes(layer, dtype, 0.0, -0.0);
      double slope = dtype == DType.FLOAT32 ? (float) expected[4] : expected[4];
      assertArrayEquals(new double[] {slope, slope}, result[1], Math.ulp(slope));
      assertEquals(0.0, Math.abs(result[0][0]));
      assertEquals(0.0, Math.abs(result[0][1]));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void notANumberInNotANumberOut(Layer layer) {
    for (DType dtype : DType.values()) {
      double[][] result = valuesAndSlopes(layer, dtype, 1, Double.NaN, -1);
      assertTrue(Double.isNaN(result[0][1]));
      for (int i : new int[] {0, 2}) {
        assertTrue(Double.isFinite(result[0][i]) && Double.isFinite(result[1][i]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aGradientThatIsNotANumberIsPassedOn(Layer layer) {
    for (DType dtype : DType.values()) {
      Pass pass = Pass.forGradients();
      Tensor x = DoubleTensor.of(Shape.of(1, 2), 1, 2).to(dtype);
      layer.forward(x, pass);
      Tensor dy = DoubleTensor.of(Shape.of(1, 2), Double.NaN, 1).to(dtype);
      Tensor dx = layer.backward(dy, pass);
      assertTrue(Double.isNaN(dx.get(0)) && Double.isFinite(dx.get(1)));
    }
  }

  @Test
  void farOutTheyAreTheirAsymptotes() {
    for (DType dtype : DType.values()) {
      double[] far = {-1000, 1000};
      assertFar(new ReLU(), dtype, far, 0, 1000, 0, 1);
      assertFar(new LeakyReLU(0.25), dtype, far, -250, 1000, 0.25, 1);
      assertFar(new Swish(), dtype, far, -0.0, 1000, 0, 1);
      double[] infinite = {-INFINITY, INFINITY};
      assertFar(new Swish(), dtype, infinite, 0, INFINITY, 0, 1);
      assertFar(new ReLU(), dtype, infinite, 0, INFINITY, 0, 1);
      assertFar(new LeakyReLU(0.25), dtype, infinite, -INFINITY, INFINITY, 0.25, 1);
      double lowest = -round(dtype, SELU.LAMBDA * SELU.ALPHA);
      double lambda = round(dtype, SELU.LAMBDA);
      assertFar(new SELU(), dtype, far, lowest, round(dtype, lambda * 1000), 0, lambda);
      assertFar(new SELU(), dtype, infinite, lowest, INFINITY, 0, lambda);
      for (double[] both : new double[][] {far, infinite}) {
        double x = both[1];
        assertFar(new GELU(), dtype, both, 0, x, 0, 1);
        assertFar(GELU.tanh(), dtype, both, 0, x, 0, 1);
        assertFar(new Mish(), dtype, both, 0, x, 0, 1);
        assertFar(new HardSwish(), dtype, both, 0, x, 0, 1);
        assertFar(new Tanh(), dtype, both, -1, 1, 0, 0);
        assertFar(new Sigmoid(), dtype, both, 0, 1, 0, 0);
        assertFar(new Softplus(), dtype, both, 0, x, 0, 1);
        assertFar(new ELU(0.5), dtype, both, -0.5, x, 0, 1);
      }
    }
  }

  private static double round(DType dtype, double number) {
    return dtype == DType.FLOAT32 ? (float) number : number;
  }

  private static void assertFar(
      Layer layer, DType dtype, double[] inputs, double f1, double f2, double s1, double s2) {
    double[][] result = valuesAndSlopes(layer, dtype, inputs);
    assertArrayEquals(new double[] {f1, f2}, result[0], layer + " " + dtype);
    assertArrayEquals(new double[] {s1, s2}, result[1], layer + " " + dtype);
  }

  @ParameterizedTest
  @MethodSource("all")
  void float32IsFloat64WithinAFewRoundings(Layer layer) {
    List<Double> list = new ArrayList<>();
    for (double x = -80; x <= 80; x += x > -4 && x < 4 ? 0x1p-10 : 0x1p-6) {
      list.add((double) (float) x);
    }
    double[] inputs = list.stream().mapToDouble(Double::doubleValue).toArray();
    double[][] wide = valuesAndSlopes(layer, DType.FLOAT64, inputs);
    double[][] narrow = valuesAndSlopes(layer, DType.FLOAT32, inputs);
    for (int i = 0; i < inputs.length; i++) {
      String where = layer + " at " + inputs[i];
      // No number of float32's range below the normal ones comes out of an exponential.
      double least = 32 * Float.MIN_NORMAL + valueRounding(layer, inputs[i], wide[0][i]);
      assertEquals(wide[0][i], narrow[0][i], 4 * Math.ulp((float) wide[0][i]) + least, where);
      double tolerance = 4 * Math.ulp((float) wide[1][i]) + least + slopeRounding(layer, inputs[i]);
      assertEquals(wide[1][i], narrow[1][i], tolerance, where);
    }
  }

  /** An exponential holds the rounding of what it is of: here of 1.6 x + 0.07 x³. */
  private static double valueRounding(Layer layer, double x, double value) {
    double angle = Math.abs(1.6 * x + 0.072 * x * x * x);
    double rounded = layer.toString().equals("GELU(tanh)") ? angle * 0x1p-23 : 0;
    return rounded * Math.abs(value);
  }

  /**
   * A slope like Swish's s + y (1 - s) holds the rounding of s times y, until 1 - s is 0 (at 17),
   * and cancels to 0 somewhere; one that is made of y alone, 1 - y², that of y.
   */
  private static double slopeRounding(Layer layer, double x) {
    return switch (layer) {
      case Swish swish -> (1 + Math.min(17, Math.abs(x))) * 0x1p-24;
      case Mish mish -> (1 + Math.min(17, Math.abs(x))) * 0x1p-24;
      case GELU gelu -> (1 + Math.min(5, Math.abs(x))) * 0x1p-24;
      case HardSwish hardSwish -> 0x1p-24;
      case Tanh tanh -> 0x1p-23;
      case Sigmoid sigmoid -> 0x1p-23;
      default -> 0;
    };
  }

  /** Published values, and those where a formula as it is written would overflow or cancel. */
  @Test
  void referenceValues() {
    assertValue(new GELU(), -3, -0.0040496940948902835, -0.011945647204183927);
    assertValue(new GELU(), -20, -5.507248237212468e-88, -1.1014360483133464e-86);
    assertValue(GELU.tanh(), 2.7, 2.691112405360532, 1.0246678654351904);
    assertValue(new Softplus(), 100, 100, 1);
    assertValue(new Softplus(), 1000, 1000, 1);
    assertValue(new Softplus(), -20, 2.061153620314381e-9, 2.0611536181902037e-9);
    assertValue(new Mish(), 1, 0.8650983882673103, 1.0490362200997922);
    assertValue(new Mish(), -1, -0.30340146137410895, 0.05921675587739495);
    assertValue(new Mish(), 100, 100, 1);
    assertValue(new HardSwish(), 7, 7, 1);
    assertValue(new ELU(), -40, -1, 4.248354255291589e-18);
  }

  private static void assertValue(Layer layer, double x, double value, double slope) {
    double[][] wide = valuesAndSlopes(layer, DType.FLOAT64, x);
    double[][] narrow = valuesAndSlopes(layer, DType.FLOAT32, x);
    assertEquals(value, wide[0][0], 1e-13 * Math.abs(value), layer + " at " + x);
    assertEquals(slope, wide[1][0], 1e-13 * Math.abs(slope), layer + " at " + x);
    // Below the smallest normal float32 it is 0 there.
    assertEquals(value, narrow[0][0], 5e-7 * Math.abs(value) + 1e-37, layer + " at " + x);
    assertEquals(slope, narrow[1][0], 2e-6 * Math.abs(slope) + 1e-37, layer + " at " + x);
  }

  @Test
  void theTanhFormOfGeluIsAnotherFunction() {
    double most = 0;
    for (double x = -6; x <= 6; x += 0.001) {
      double exact = valuesAndSlopes(new GELU(), DType.FLOAT64, x)[0][0];
      most = Math.max(most, Math.abs(exact - valuesAndSlopes(GELU.tanh(), DType.FLOAT64, x)[0][0]));
    }
    assertEquals(4.7323e-4, most, 1e-7);
  }

  @Provide
  Arbitrary<Layer> activations() {
    return Arbitraries.of(
        new ReLU(),
        new LeakyReLU(),
        new LeakyReLU(-1.5),
        new Swish(),
        new SELU(),
        new GELU(),
        GELU.tanh(),
        new Mish(),
        new Tanh(),
        new Sigmoid(),
        new Softplus(),
        new ELU(0.7),
        new HardSwish());
  }

  @Property(tries = 100)
  void gradientsAreThoseOfDifferences(
      @ForAll("activations") Layer layer,
      @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll @IntRange(min = 1, max = 7) int width,
      @ForAll long seed) {
    // One positive input at least, or ReLU's gradient is all zeros.
    if (layer instanceof ReLU) {
      seed = seedWithAPositive(Shape.of(n, width), seed);
    }
    Differences.check(layer, Shape.of(n, width), seed);
  }

  private static long seedWithAPositive(Shape shape, long seed) {
    long found = seed;
    while (max(Differences.inputs(shape, new SplittableRandom(found))) < 0) {
      found++;
    }
    return found;
  }

  private static double max(Tensor tensor) {
    return Arrays.stream(tensor.toDoubleArray()).max().orElseThrow();
  }

  @Test
  void theyAreNamedAsInNetworks() {
    assertEquals("ReLU", new ReLU().toString());
    assertEquals("LeakyReLU(0.01)", new LeakyReLU().toString());
    assertEquals("Swish", new Swish().toString());
    assertEquals("SELU", new SELU().toString());
    assertEquals(0.01, new LeakyReLU().slope());
    assertEquals("GELU", new GELU().toString());
    assertEquals("GELU(tanh)", GELU.tanh().toString());
    assertEquals("ELU(1.0)", new ELU().toString());
    assertEquals(0.5, new ELU(0.5).alpha());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aSlopeThatIsNotFiniteIsRefused(double slope) {
    assertEquals(
        "LeakyReLU: slope must be finite, got " + slope,
        assertThrows(IllegalArgumentException.class, () -> new LeakyReLU(slope)).getMessage());
    assertEquals(
        "ELU: alpha must be finite, got " + slope,
        assertThrows(IllegalArgumentException.class, () -> new ELU(slope)).getMessage());
  }
}

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
            1.0507009873554805));
  }

  private static Arguments row(Layer layer, double... numbers) {
    return Arguments.of(layer, numbers);
  }

  @ParameterizedTest
  @MethodSource("table")
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
      assertArrayEquals(new double[] {slope, slope}, result[1]);
      assertEquals(0.0, Math.abs(result[0][0]));
      assertEquals(0.0, Math.abs(result[0][1]));
    }
  }

  @ParameterizedTest
  @MethodSource("table")
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
  @MethodSource("table")
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
      assertFar(new ReLU(), dtype, infinite, 0, INFINITY, 0, 1);
      assertFar(new LeakyReLU(0.25), dtype, infinite, -INFINITY, INFINITY, 0.25, 1);
      double lowest = -round(dtype, SELU.LAMBDA * SELU.ALPHA);
      double lambda = round(dtype, SELU.LAMBDA);
      assertFar(new SELU(), dtype, far, lowest, round(dtype, lambda * 1000), 0, lambda);
      assertFar(new SELU(), dtype, infinite, lowest, INFINITY, 0, lambda);
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
  @MethodSource("table")
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
      assertEquals(wide[0][i], narrow[0][i], 4 * Math.ulp((float) wide[0][i]), where);
      // Swish's slope s + y (1 - s) holds the rounding of s times y, until 1 - s is 0 (at 17); near
      // -1.28 it cancels to 0.
      double rounding =
          layer instanceof Swish ? (1 + Math.min(17, Math.abs(inputs[i]))) * 0x1p-24 : 0;
      assertEquals(wide[1][i], narrow[1][i], 4 * Math.ulp((float) wide[1][i]) + rounding, where);
    }
  }

  @Provide
  Arbitrary<Layer> activations() {
    return Arbitraries.of(
        new ReLU(), new LeakyReLU(), new LeakyReLU(-1.5), new Swish(), new SELU());
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
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aSlopeThatIsNotFiniteIsRefused(double slope) {
    assertEquals(
        "LeakyReLU: slope must be finite, got " + slope,
        assertThrows(IllegalArgumentException.class, () -> new LeakyReLU(slope)).getMessage());
  }
}

package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianNoiseTest {
  private static Tensor numbers(DType dtype, int... shape) {
    SplittableRandom random = new SplittableRandom(5);
    Tensor x = DoubleTensor.zeros(Shape.of(shape));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextGaussian());
    }
    return x.to(dtype);
  }

  /** Of mean 0 and this deviation, to five deviations of the two. */
  @Property(tries = 20)
  void theNoiseHasItsDeviation(
      @ForAll @DoubleRange(min = 0.01, max = 1000) double deviation, @ForAll long seed) {
    Tensor x = numbers(DType.FLOAT64, 100, 100);
    double[] y = new GaussianNoise(deviation).forward(x, Pass.forTraining(seed)).toDoubleArray();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < y.length; i++) {
      double z = (y[i] - x.get(i)) / deviation;
      sum += z;
      squares += z * z;
    }
    assertEquals(0, sum / y.length, 5 / 100.0);
    assertEquals(1, squares / y.length, 5 * Math.sqrt(2) / 100);
  }

  /** In both types the same noise, up to rounding. */
  @Test
  void theTypesHaveTheSameNoise() {
    Layer layer = new GaussianNoise(0.1);
    double[] wide =
        layer.forward(numbers(DType.FLOAT64, 9, 700), Pass.forTraining(3)).toDoubleArray();
    double[] narrow =
        layer.forward(numbers(DType.FLOAT32, 9, 700), Pass.forTraining(3)).toDoubleArray();
    assertArrayEquals(wide, narrow, 1e-6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3})
  void inInferenceItIsTheIdentity(double deviation) {
    for (DType dtype : DType.values()) {
      Tensor x = numbers(dtype, 7, 9);
      assertArrayEquals(x.toDoubleArray(), new GaussianNoise(deviation).forward(x).toDoubleArray());
    }
  }

  /** Bit for bit, and without a seed, for nothing is drawn. */
  @Test
  void withDeviation0ItIsTheIdentityInTrainingToo() {
    for (DType dtype : DType.values()) {
      Tensor x = numbers(dtype, 7, 9);
      x.set(3, -0.0);
      x.set(4, Double.POSITIVE_INFINITY);
      Pass pass = Pass.forGradients();
      Layer layer = new GaussianNoise(0);
      assertArrayEquals(x.toDoubleArray(), layer.forward(x, pass).toDoubleArray());
      Tensor dy = numbers(dtype, 7, 9);
      assertArrayEquals(dy.toDoubleArray(), layer.backward(dy, pass).toDoubleArray());
    }
  }

  /** Each place and each step has noise of its own, and the same step the same. */
  @Test
  void placesAndStepsHaveOtherNoise() {
    Tensor x = DoubleTensor.zeros(Shape.of(40, 10));
    Network twice = Network.of(Shape.of(10), new GaussianNoise(1), new GaussianNoise(1));
    Pass pass = Pass.forTraining(3);
    double[] first = twice.forward(x, pass).toDoubleArray();
    pass.beginStep(1);
    double[] second = twice.forward(x, pass).toDoubleArray();
    pass.beginStep(0);
    assertArrayEquals(first, twice.forward(x, pass).toDoubleArray());
    assertFalse(Arrays.equals(first, second));
    // Independent, so their variances add up; were they the same, it would be 4.
    assertEquals(2, Arrays.stream(first).map(y -> y * y).average().orElseThrow(), 0.8);
  }

  @Test
  void aPassWithoutSeedIsRefused() {
    assertEquals(
        "GaussianNoise(0.5): needs random numbers, and this pass has no seed; use"
            + " Pass.forTraining(seed)",
        assertThrows(
                IllegalStateException.class,
                () ->
                    new GaussianNoise(0.5)
                        .forward(numbers(DType.FLOAT32, 2, 3), Pass.forTraining()))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1e30, Double.POSITIVE_INFINITY, Double.NaN})
  void aDeviationOutsideIsRefused(double deviation) {
    assertEquals(
        "GaussianNoise: deviation must lie in [0, 1.0E30], got " + deviation,
        assertThrows(IllegalArgumentException.class, () -> new GaussianNoise(deviation))
            .getMessage());
  }
}

package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.core.random.NumPyRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitializerTest {
  private static final int INPUTS = 300;
  private static final int OUTPUTS = 100;

  private static double[] draw(Initializer initializer) {
    Tensor weight = DoubleTensor.zeros(Shape.of(INPUTS, OUTPUTS));
    initializer.fill(weight, INPUTS, OUTPUTS, new SplittableRandom(1));
    return weight.toDoubleArray();
  }

  static Stream<Arguments> deviations() {
    return Stream.of(
        Arguments.of("normal", Initializer.normal(0.5), 0.5),
        Arguments.of("he", Initializer.he(), Math.sqrt(2.0 / 300)),
        Arguments.of("leCun", Initializer.leCun(), Math.sqrt(1.0 / 300)),
        // Uniform in ±a has the deviation a / √3.
        Arguments.of("glorot", Initializer.glorot(), Math.sqrt(6.0 / 400 / 3)));
  }

  /** Within four standard errors of 30,000 draws. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("deviations")
  void drawsWithMean0AndItsDeviation(String name, Initializer initializer, double deviation) {
    double[] weight = draw(initializer);
    double mean = Arrays.stream(weight).average().orElseThrow();
    double variance = Arrays.stream(weight).map(w -> w * w).average().orElseThrow() - mean * mean;
    assertEquals(0, mean, 4 * deviation / Math.sqrt(weight.length));
    assertEquals(deviation, Math.sqrt(variance), 4 * deviation / Math.sqrt(2.0 * weight.length));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deviations")
  void normalsHaveTailsAndUniformsHaveLimits(
      String name, Initializer initializer, double deviation) {
    double within = deviation * Math.sqrt(3);
    double[] weight = draw(initializer);
    long outside = Arrays.stream(weight).filter(w -> Math.abs(w) > within).count();
    if (name.equals("glorot")) {
      assertEquals(0, outside);
      assertTrue(Arrays.stream(weight).max().orElseThrow() > 0.999 * within);
      assertTrue(Arrays.stream(weight).min().orElseThrow() < -0.999 * within);
    } else {
      // P(|z| > √3) = 0.0833
      assertEquals(0.0833, (double) outside / weight.length, 0.0064);
    }
  }

  /** {@code 1e-4 * numpy.random.RandomState(1).randn(2, 3)}. */
  @Test
  void drawsRowByRowAsNumPyDoes() {
    Tensor weight = DoubleTensor.zeros(Shape.of(2, 3));
    Initializer.normal(1e-4).fill(weight, 2, 3, new NumPyRandom(1));
    NumPyRandom random = new NumPyRandom(1);
    for (int i = 0; i < 6; i++) {
      assertEquals(1e-4 * random.nextGaussian(), weight.get(i));
    }
    assertEquals(0.00016243453636632417, weight.get(0));
  }

  @Test
  void float32GetsTheSameNumbersRounded() {
    for (Initializer initializer :
        new Initializer[] {
          Initializer.normal(0.5), Initializer.he(), Initializer.leCun(), Initializer.glorot()
        }) {
      Tensor narrow = FloatTensor.zeros(Shape.of(INPUTS, OUTPUTS));
      initializer.fill(narrow, INPUTS, OUTPUTS, new SplittableRandom(1));
      DoubleTensor wide = DoubleTensor.wrap(Shape.of(INPUTS, OUTPUTS), draw(initializer));
      assertArrayEquals(wide.to(DType.FLOAT32).toDoubleArray(), narrow.toDoubleArray());
    }
  }

  @Test
  void zerosOverwriteWhatWasThereAndDrawNothing() {
    Tensor weight = FloatTensor.of(Shape.of(1, 2), 3, 4);
    NumPyRandom random = new NumPyRandom(1);
    Initializer.zeros().fill(weight, 1, 2, random);
    assertArrayEquals(new double[2], weight.toDoubleArray());
    assertEquals(624, random.state().next());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void aDeviationThatIsNoneIsRefused(double deviation) {
    assertEquals(
        "Initializer: standard deviation must be finite and >= 0, got " + deviation,
        assertThrows(IllegalArgumentException.class, () -> Initializer.normal(deviation))
            .getMessage());
  }
}

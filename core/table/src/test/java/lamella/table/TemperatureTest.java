package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import lamella.core.FloatTensor;
import lamella.core.Outputs;
import lamella.core.Shape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class TemperatureTest {
  private static final int CLASSES = 3;

  private static final float[] OUTPUTS = {
    2.5f, -1, 0.5f, 0.25f, 3, -2, -1, -0.5f, 4, 1, 5, 0, 3, 2.5f, -1, 0, 1, 0.75f
  };

  private static final int[] LABELS = {0, 1, 2, 0, 0, 1};

  private static Temperature of(float[] outputs, int[] labels, int times) {
    Temperature temperature = new Temperature();
    temperature.begin(Outputs.CLASSES, Shape.of(CLASSES));
    for (int i = 0; i < times; i++) {
      temperature.add(FloatTensor.of(Shape.of(labels.length, CLASSES), outputs), labels);
    }
    return temperature;
  }

  /** By NumPy in float64 and golden sections; many rows outweigh the term that keeps T near 1. */
  @Test
  void isGolden() {
    Temperature few = of(OUTPUTS, LABELS, 1);
    assertEquals(1.1424929179699805, few.value(), 1e-7);
    assertEquals(0.8878691637965409, few.values()[0], 1e-12);
    Temperature many = of(OUTPUTS, LABELS, 50);
    assertEquals(1.8519684717645124, many.value(), 1e-7);
    assertEquals(0.7864597212238392, many.values()[0], 1e-12);
  }

  /** Outputs that are as sure as they should be, made surer by a factor: that is T. */
  @Property(tries = 20)
  void findsTheFactorByWhichOutputsAreTooSure(
      @ForAll @DoubleRange(min = 0.2, max = 8) double factor, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int rows = 4000;
    float[] outputs = new float[rows * CLASSES];
    int[] labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      double[] p = new double[CLASSES];
      for (int k = 0; k < CLASSES; k++) {
        double logit = 2 * random.nextGaussian();
        outputs[row * CLASSES + k] = (float) (factor * logit);
        p[k] = Math.exp(logit);
        sum += p[k];
      }
      double u = random.nextDouble() * sum;
      while (labels[row] < CLASSES - 1 && u >= p[labels[row]]) {
        u -= p[labels[row]];
        labels[row]++;
      }
    }
    assertEquals(1, of(outputs, labels, 1).value() / factor, 0.15);
  }

  /** Whatever is right with certainty, or wrong, has a temperature, within bounds. */
  @Test
  void isFiniteForExtremes() {
    int[] right = {0, 1, 2, 0};
    float[] sure = {900, 0, 0, 0, 900, 0, 0, 0, 900, 900, 0, 0};
    double cold = of(sure, right, 1).value();
    assertTrue(cold > 0.01 && cold <= 1.0001, () -> "T = " + cold);
    double hot = of(sure, new int[] {1, 2, 0, 1}, 1000).value();
    assertTrue(hot > 50 && hot < 55, () -> "T = " + hot);
    assertEquals(1, of(new float[12], right, 1).value());
  }

  @Test
  void isOneWithoutRowsOrFiniteOutputs() {
    assertEquals(1, of(new float[0], new int[0], 0).value());
    assertEquals(1, of(new float[] {Float.NaN, 0, 0}, new int[] {1}, 1).value());
    assertTrue(Double.isNaN(of(new float[] {Float.NaN, 0, 0}, new int[] {1}, 1).values()[0]));
  }

  @Test
  void forgetsWhatWasAddedBefore() {
    Temperature temperature = of(OUTPUTS, LABELS, 7);
    temperature.begin(Outputs.CLASSES, Shape.of(CLASSES));
    temperature.add(FloatTensor.of(Shape.of(LABELS.length, CLASSES), OUTPUTS), LABELS);
    assertEquals(1.1424929179699805, temperature.value(), 1e-7);
  }
}

package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

class DropoutTest {
  private static Tensor normals(DType dtype, int... shape) {
    SplittableRandom random = new SplittableRandom(5);
    Tensor x = DoubleTensor.zeros(Shape.of(shape));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextGaussian());
    }
    return x.to(dtype);
  }

  /** An element is 0 or divided by 1 - rate, the first as often as the rate says. */
  @Property(tries = 20)
  void theMeanStays(@ForAll @DoubleRange(min = 0, max = 0.95) double rate, @ForAll long seed) {
    Tensor x = DoubleTensor.zeros(Shape.of(100, 100));
    x.fill(3);
    Tensor y = new Dropout(rate).forward(x, Pass.forTraining(seed));
    int dropped = 0;
    for (int i = 0; i < y.size(); i++) {
      if (y.get(i) == 0) {
        dropped++;
      } else {
        assertEquals(3 / (1 - rate), y.get(i), 1e-15 * y.get(i));
      }
    }
    double deviation = Math.sqrt(rate * (1 - rate) / y.size());
    assertEquals(rate, (double) dropped / y.size(), 6 * deviation + 1e-9);
    assertEquals(
        3,
        Arrays.stream(y.toDoubleArray()).average().orElseThrow(),
        18 * deviation / (1 - rate) + 1e-6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3})
  void inInferenceItIsTheIdentity(double rate) {
    for (DType dtype : DType.values()) {
      Tensor x = normals(dtype, 7, 9);
      assertArrayEquals(x.toDoubleArray(), new Dropout(rate).forward(x).toDoubleArray());
    }
  }

  /** Bit for bit, and without a seed, for nothing is drawn. */
  @Test
  void withRate0ItIsTheIdentityInTrainingToo() {
    for (DType dtype : DType.values()) {
      Tensor x = normals(dtype, 7, 9);
      x.set(3, -0.0);
      x.set(4, Double.POSITIVE_INFINITY);
      Pass pass = Pass.forGradients();
      Layer layer = new Dropout(0);
      assertArrayEquals(x.toDoubleArray(), layer.forward(x, pass).toDoubleArray());
      Tensor dy = normals(dtype, 7, 9);
      assertArrayEquals(dy.toDoubleArray(), layer.backward(dy, pass).toDoubleArray());
    }
  }

  @Test
  void backwardHasTheMaskOfForward() {
    Layer layer = new Dropout(0.4);
    Pass pass = Pass.forGradients(8);
    Tensor x = normals(DType.FLOAT64, 30, 20);
    double[] y = layer.forward(x, pass).toDoubleArray();
    Tensor dy = normals(DType.FLOAT64, 30, 20);
    double[] dx = layer.backward(dy, pass).toDoubleArray();
    for (int i = 0; i < y.length; i++) {
      assertEquals(dy.get(i) * (y[i] / x.get(i)), dx[i], 1e-14);
    }
  }

  /** Each place and each step has a mask of its own. */
  @Test
  void placesAndStepsDropOtherElements() {
    Tensor x = DoubleTensor.zeros(Shape.of(40, 10));
    x.fill(1);
    Network network = Network.of(Shape.of(10), new Dropout(0.5), new Dropout(0.5));
    Pass pass = Pass.forTraining(3);
    double[] first = network.forward(x, pass).toDoubleArray();
    pass.beginStep(1);
    double[] second = network.forward(x, pass).toDoubleArray();
    pass.beginStep(0);
    assertArrayEquals(first, network.forward(x, pass).toDoubleArray());
    assertTrue(!Arrays.equals(first, second));
    // Of the second layer's elements half are dropped, whatever the first has dropped.
    assertEquals(0.25, Arrays.stream(first).filter(y -> y == 4).count() / 400.0, 0.1);
  }

  @Test
  void aPassWithoutSeedIsRefused() {
    assertEquals(
        "Dropout(0.5): needs random numbers, and this pass has no seed; use Pass.forTraining(seed)",
        assertThrows(
                IllegalStateException.class,
                () -> new Dropout(0.5).forward(normals(DType.FLOAT32, 2, 3), Pass.forTraining()))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.5, Double.NaN})
  void aRateOutsideIsRefused(double rate) {
    assertEquals(
        "Dropout: rate must be >= 0 and < 1, got " + rate,
        assertThrows(IllegalArgumentException.class, () -> new Dropout(rate)).getMessage());
  }

  @Test
  void aRateOf1IsRefused() {
    assertEquals(
        "Dropout: rate must be >= 0 and < 1, got 1.0, which would drop everything",
        assertThrows(IllegalArgumentException.class, () -> new Dropout(1)).getMessage());
  }
}

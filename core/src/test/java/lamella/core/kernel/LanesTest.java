package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Sums in lanes have the bits of their definition, however many numbers a loop takes at a time. */
class LanesTest {
  @Property(tries = 200)
  void squaresAreSummedLaneByLane(
      @ForAll @IntRange(min = 1, max = 1500) int size,
      @ForAll @IntRange(min = 0, max = 70) int from,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] floats = new float[from + size];
    double[] doubles = new double[from + size];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) random.nextGaussian();
      doubles[i] = floats[i];
    }
    double centre = random.nextDouble();
    double[] lanes = new double[Lanes.COUNT];
    for (int i = 0; i < size; i++) {
      double difference = doubles[from + i] - centre;
      lanes[i % 64] = Math.fma(difference, difference, lanes[i % 64]);
    }
    for (int half = 32; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    double[] memory = new double[Lanes.COUNT];
    assertEquals(lanes[0], Lanes.squares(floats, from, from + size, centre, memory));
    assertEquals(lanes[0], Lanes.squares(doubles, from, from + size, centre, memory));
  }
}

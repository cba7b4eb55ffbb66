package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CurveTest {
  private static Curve noise(int size) {
    Random random = new Random(size);
    return new Curve(
        IntStream.range(0, size).asDoubleStream().toArray(),
        IntStream.range(0, size).mapToDouble(i -> random.nextGaussian()).toArray());
  }

  @Test
  void theReportsRunIsSmoothedOverFiftyOneSteps() {
    assertEquals(51, Curve.window(1000));
    assertEquals(1, Curve.window(39));
  }

  @Property(tries = 50)
  void smoothedIsTheMeanOfTheNeighboursThereAre(@ForAll @IntRange(min = 1, max = 300) int size) {
    Curve curve = noise(size);
    int radius = size / 40;
    double[] expected = new double[size];
    for (int i = 0; i < size; i++) {
      expected[i] =
          Arrays.stream(curve.y(), Math.max(0, i - radius), Math.min(size, i + radius + 1))
              .average()
              .orElseThrow();
    }
    assertArrayEquals(expected, curve.smoothed().y(), 1e-12);
    assertSame(curve.x(), curve.smoothed().x());
  }

  @Test
  void aShortCurveIsNotThinned() {
    Curve curve = noise(Curve.MOST);
    assertSame(curve, curve.thinned());
  }

  @Property(tries = 20)
  void thinnedKeepsEveryPeakInItsPlace(@ForAll @IntRange(min = 2001, max = 9000) int size) {
    Curve curve = noise(size);
    Curve thinned = curve.thinned();
    assertEquals(Curve.MOST, thinned.size());
    int last = -1;
    for (int i = 0; i < thinned.size(); i++) {
      int at = (int) thinned.x()[i];
      assertTrue(at >= last);
      assertEquals(curve.y()[at], thinned.y()[i]);
      last = at;
    }
    assertEquals(
        Arrays.stream(curve.y()).max().orElseThrow(),
        Arrays.stream(thinned.y()).max().orElseThrow());
    assertEquals(
        Arrays.stream(curve.y()).min().orElseThrow(),
        Arrays.stream(thinned.y()).min().orElseThrow());
  }
}

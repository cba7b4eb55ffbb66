package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NormalNoiseTest {
  /** 1 / sqrt(2 pi), the height of the normal density. */
  private static final double HEIGHT = 0.3989422804014327;

  /**
   * Bits that a Python program computed from the definition, with fractions for what float32 rounds
   * once.
   */
  @Test
  void givesTheNumbersOfItsDefinition() {
    assertNumber(6.342721f, 0, 0);
    assertNumber(2.403906f, 0, 1);
    assertNumber(-1.162945f, 0x123456789abcdef0L, 77);
    assertNumber(1.3045065f, 0x123456789abcdef0L, 511);
    assertNumber(-0.4365309f, 0x123456789abcdef0L, 512);
    assertNumber(1.5196393f, -5, 1023);
    assertNumber(-1.1078876f, Long.MIN_VALUE, 131_071);
    assertNumber(0.12384848f, 42, 3);
    assertEquals(-6.342721f, NormalNoise.of(1));
    assertEquals(6.172601f, NormalNoise.of(2));
    assertEquals(-0.00011411718f, NormalNoise.of(0xffffffff));
    assertEquals(-0.6744813f, NormalNoise.of(0x7fffffff));
  }

  private static void assertNumber(float expected, long state, int index) {
    float[] floats = new float[3];
    NormalNoise.fill(floats, 1, 1, state, index, 1);
    assertArrayEquals(new float[] {0, expected, 0}, floats);
    double[] doubles = new double[3];
    NormalNoise.fill(doubles, 1, 1, state, index, 0.3);
    assertArrayEquals(new double[] {0, 0.3 * expected, 0}, doubles);
  }

  /** From p = 2^-33 to one half, each a thousandth more than the one before. */
  @Test
  void theSizeIsThatOfTheNormalDistribution() {
    for (double h = 0; h < 0x1p31; h = Math.max(h + 1, Math.floor(1.001 * h))) {
      double p = (h + 0.5) * 0x1p-32;
      double exact = -NormalQuantile.of(p);
      double size = NormalNoise.of((int) (2 * (long) h));
      double error = Math.abs(size - exact);
      double most = exact < 3 ? 0.0004 : exact < 5 ? 0.005 : 0.007;
      assertTrue(error < most, exact + " is given as " + size);
      // What the distribution function is off by: at most the error times the density beside it.
      double density = HEIGHT * Math.exp(-0.5 * Math.pow(Math.max(0, exact - 0.007), 2));
      assertTrue(error * density < 0.00005, "the share above " + exact + " is off");
      assertEquals(-size, NormalNoise.of((int) (2 * (long) h) + 1));
    }
  }

  /** Of the numbers for 2^20 evenly spaced h. */
  @Test
  void itsMomentsAreThoseOfTheNormalDistribution() {
    double second = 0;
    double fourth = 0;
    double count = 1 << 20;
    for (long k = 0; k < 1 << 20; k++) {
      double square = Math.pow(NormalNoise.of((int) (2 * (2048 * k + 1024))), 2);
      second += square;
      fourth += square * square;
    }
    assertEquals(1, second / count, 0.00001);
    assertEquals(3, fourth / count, 0.0005); // of which the spacing is most
  }

  /** Wherever the parts begin, and in whatever lengths. */
  @Property(tries = 50)
  void partsAreThoseOfTheWhole(
      @ForAll long state,
      @ForAll @IntRange(min = 1, max = 1500) int size,
      @ForAll @IntRange(max = 1500) int cut) {
    int first = Math.min(cut, size);
    float[] whole = new float[size];
    float[] parts = new float[size];
    NormalNoise.fill(whole, 0, size, state, 5, 2.5);
    NormalNoise.fill(parts, first, size - first, state, 5 + first, 2.5);
    NormalNoise.fill(parts, 0, first, state, 5, 2.5);
    assertArrayEquals(whole, parts);
  }
}

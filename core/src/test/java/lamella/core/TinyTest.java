package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What is too small becomes 0, and the rest is what it was. */
class TinyTest {
  @Test
  void whatIsLargerStaysAsItIs() {
    for (int bits = 0; bits >= 0; bits += 997) {
      float x = Float.intBitsToFloat(bits);
      float expected = x <= 0x1p-102f ? 0 : x;
      assertEquals(expected, Tiny.orZero(x));
      assertEquals(0 - expected, Tiny.orZero(-x)); // never -0
    }
    assertEquals(Math.nextUp(0x1p-102f), Tiny.orZero(Math.nextUp(0x1p-102f)));
    assertEquals(0, Tiny.orZero(0x1p-102f));
    assertEquals(Float.POSITIVE_INFINITY, Tiny.orZero(Float.POSITIVE_INFINITY));
    for (long bits = 0; bits >= 0; bits += 997L << 32) {
      double x = Double.longBitsToDouble(bits);
      assertEquals(x <= 0x1p-969 ? 0 : x, Tiny.orZero(x));
    }
    assertEquals(Math.nextUp(0x1p-969), Tiny.orZero(Math.nextUp(0x1p-969)));
    assertEquals(Double.NEGATIVE_INFINITY, Tiny.orZero(Double.NEGATIVE_INFINITY));
  }

  @Test
  void tensorsOfEveryLength() {
    for (int n = 1; n <= 70; n++) {
      FloatTensor a = FloatTensor.zeros(Shape.of(n));
      DoubleTensor b = DoubleTensor.zeros(Shape.of(n));
      float[] expected = new float[n];
      double[] expectedDoubles = new double[n];
      for (int i = 0; i < n; i++) {
        a.set(i, (i % 2 == 0 ? 1 : -1) * Math.pow(10, -(i * 7 % 46)));
        b.set(i, (i % 2 == 0 ? 1 : -1) * Math.pow(10, -(i * 53 % 325)));
        expected[i] = Math.abs(a.array()[i]) <= 0x1p-102f ? 0 : a.array()[i];
        expectedDoubles[i] = Math.abs(b.get(i)) <= 0x1p-969 ? 0 : b.get(i);
      }
      Tiny.zero(a);
      Tiny.zero(b);
      assertArrayEquals(expected, a.array());
      assertArrayEquals(expectedDoubles, b.array());
    }
  }
}

package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import lamella.core.kernel.Kernels;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ByteRowsTest {
  private static final byte[] BYTES = {99, 0, 1, 2, -1, -2, -128, 127, 7, 8};

  @Test
  void rowsInAnyOrderLessTheSubtrahend() {
    int[] rows = {2, 0, 2, 1};
    FloatTensor y = FloatTensor.zeros(Shape.of(4, 3));
    ByteRows.gather(BYTES, 1, rows, new float[] {0.5f, 0, -1}, null, y);
    assertArrayEquals(
        new float[] {126.5f, 7, 9, -.5f, 1, 3, 126.5f, 7, 9, 254.5f, 254, 129}, y.array());
    ByteRows.gather(BYTES, 1, rows, new float[] {0.5f, 0, -1}, new float[] {2, -4, 8}, y);
    assertArrayEquals(
        new float[] {
          63.25f, -1.75f, 1.125f, -.25f, -.25f, .375f, 63.25f, -1.75f, 1.125f, 127.25f, -63.5f,
          16.125f
        },
        y.array());
    double[] yd = new double[12];
    ByteRows.gather(BYTES, 1, rows, new double[] {0.1, 0, -1}, yd);
    assertArrayEquals(
        new double[] {127 - .1, 7, 9, -.1, 1, 3, 127 - .1, 7, 9, 255 - .1, 254, 129}, yd);
  }

  @Property(tries = 60)
  void aTensorOfBytesIsToProductsWhatItsNumbersAre(
      @ForAll @IntRange(min = 1, max = 50) int n,
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll boolean divided,
      @ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[5 * width];
    random.nextBytes(bytes);
    int[] rows = random.ints(n, 0, 5).toArray();
    float[] mean = floats(random, width);
    float[] deviation = divided ? floats(random, width) : null;
    FloatTensor noted = ByteRows.tensor(Shape.of(n, width));
    FloatTensor filled = FloatTensor.zeros(Shape.of(n, width));
    assertArrayEquals(filled.toDoubleArray(), ByteRows.tensor(Shape.of(n, width)).toDoubleArray());
    ByteRows.gather(bytes, 0, rows, mean, deviation, noted);
    ByteRows.gather(bytes, 0, rows, mean, deviation, filled);
    FloatTensor w = FloatTensor.wrap(Shape.of(width, 3), floats(random, 3 * width));
    FloatTensor dy = FloatTensor.wrap(Shape.of(n, 3), floats(random, 3 * n));
    assertNotNull(noted.bytes());
    assertArrayEquals(product(filled, w), product(noted, w));
    assertArrayEquals(transposed(filled, dy), transposed(noted, dy));
    assertEquals(Elements.sample(filled, 64), Elements.sample(noted, 64));
    for (int i = 0; i < n * width; i++) {
      assertEquals(filled.get(i), noted.get(i));
    }
    assertNotSame(Elements.memory(filled), Elements.memory(noted));
    // One that products ask for its array, if only at first, would be an ordinary one from then on.
    assertEquals(Kernels.instance().multipliesBytes(), noted.bytes() != null);

    assertArrayEquals(filled.array(), noted.array());
    assertNull(noted.bytes());
    assertArrayEquals(product(filled, w), product(noted, w));
  }

  @Test
  void whoHasTheArraySeesWhatIsReadLater() {
    FloatTensor y = ByteRows.tensor(Shape.of(2, 3));
    ByteRows.gather(BYTES, 1, new int[] {1, 0}, new float[3], null, y);
    float[] live = y.array();
    assertArrayEquals(new float[] {255, 254, 128, 0, 1, 2}, live);
    int changes = y.changes();
    ByteRows.gather(BYTES, 1, new int[] {0, 2}, new float[3], null, y);
    assertArrayEquals(new float[] {0, 1, 2, 127, 7, 8}, live);
    assertNotEquals(changes, y.changes());
    y.set(0, 5);
    assertEquals(5, live[0]);
  }

  /** The rows' numbers may be overwritten, as a sampler does; the bytes may not. */
  @Test
  void whatIsNotedDoesNotChangeWithTheRowsNumbers() {
    FloatTensor y = ByteRows.tensor(Shape.of(2, 3));
    int[] rows = {1, 0};
    ByteRows.gather(BYTES, 1, rows, new float[3], null, y);
    rows[0] = 2;
    assertEquals(255, y.get(0));
    y.set(0, 3);
    assertArrayEquals(new float[] {3, 254, 128, 0, 1, 2}, y.array());
  }

  /** Of one matrix as long rows or as short ones: then it is filled at once. */
  @Test
  void rowsOfAnotherLengthFillATensorOfAsManyElements() {
    FloatTensor y = ByteRows.tensor(Shape.of(2, 3));
    ByteRows.gather(BYTES, 1, new int[] {0}, new float[6], null, y);
    assertArrayEquals(new float[] {0, 1, 2, 255, 254, 128}, y.array());
  }

  private static float[] floats(Random random, int length) {
    float[] a = new float[length];
    for (int i = 0; i < length; i++) {
      a[i] = (float) random.nextGaussian();
    }
    return a;
  }

  private static float[] product(FloatTensor x, FloatTensor w) {
    FloatTensor y = FloatTensor.zeros(Shape.of(x.shape().dimension(0), 3));
    Products.multiply(x, w, null, y);
    return y.array();
  }

  private static float[] transposed(FloatTensor x, FloatTensor dy) {
    FloatTensor dw = FloatTensor.zeros(Shape.of(x.shape().last(), 3));
    Products.multiplyTransposedLeft(x, dy, dw, false);
    return dw.array();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    float[] mean = new float[3];
    assertEquals(
        "ByteRows.gather: 2 rows of 3 have 6 elements, but the result has 5",
        message(() ->
            ByteRows.gather(
                BYTES, 0, new int[] {0, 1}, mean, null, FloatTensor.zeros(Shape.of(5)))));
    assertEquals(
        "ByteRows.gather: no row 3 of 3 bytes in 10 bytes from 0 on; got rows [2, 3]",
        message(() ->
            ByteRows.gather(
                BYTES, 0, new int[] {2, 3}, mean, null, FloatTensor.zeros(Shape.of(2, 3)))));
    assertEquals(
        "ByteRows.gather: no row -1 of 3 bytes in 10 bytes from 0 on; got rows [-1]",
        message(() ->
            ByteRows.gather(BYTES, 0, new int[] {-1}, mean, null, FloatTensor.zeros(Shape.of(3)))));
    assertEquals(
        "ByteRows.gather: origin must be >= 0, got -1",
        message(() ->
            ByteRows.gather(BYTES, -1, new int[] {1}, mean, null, FloatTensor.zeros(Shape.of(3)))));
    assertEquals(
        "ByteRows.gather: no row 2147483647 of 3 bytes in 10 bytes from 0 on; got rows [2147483647]",
        message(() ->
            ByteRows.gather(
                BYTES, 0, new int[] {Integer.MAX_VALUE}, new double[3], new double[3])));
    assertEquals(
        "ByteRows.gather: a subtrahend of 3 numbers needs as many divisors, got 2",
        message(() ->
            ByteRows.gather(
                BYTES, 0, new int[] {1}, mean, new float[2], FloatTensor.zeros(Shape.of(1, 3)))));
  }

  private static String message(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }
}

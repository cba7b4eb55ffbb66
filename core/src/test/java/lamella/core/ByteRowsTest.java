package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ByteRowsTest {
  private static final byte[] BYTES = {99, 0, 1, 2, -1, -2, -128, 127, 7, 8};

  @Test
  void rowsInAnyOrderLessTheSubtrahend() {
    int[] rows = {2, 0, 2, 1};
    float[] y = new float[12];
    ByteRows.gather(BYTES, 1, rows, new float[] {0.5f, 0, -1}, y);
    assertArrayEquals(new float[] {126.5f, 7, 9, -.5f, 1, 3, 126.5f, 7, 9, 254.5f, 254, 129}, y);
    double[] yd = new double[12];
    ByteRows.gather(BYTES, 1, rows, new double[] {0.1, 0, -1}, yd);
    assertArrayEquals(
        new double[] {127 - .1, 7, 9, -.1, 1, 3, 127 - .1, 7, 9, 255 - .1, 254, 129}, yd);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    float[] mean = new float[3];
    assertEquals(
        "ByteRows.gather: 2 rows of 3 have 6 elements, but the result has 5",
        message(() -> ByteRows.gather(BYTES, 0, new int[] {0, 1}, mean, new float[5])));
    assertEquals(
        "ByteRows.gather: no row 3 of 3 bytes in 10 bytes from 0 on; got rows [2, 3]",
        message(() -> ByteRows.gather(BYTES, 0, new int[] {2, 3}, mean, new float[6])));
    assertEquals(
        "ByteRows.gather: no row -1 of 3 bytes in 10 bytes from 0 on; got rows [-1]",
        message(() -> ByteRows.gather(BYTES, 0, new int[] {-1}, mean, new float[3])));
    assertEquals(
        "ByteRows.gather: origin must be >= 0, got -1",
        message(() -> ByteRows.gather(BYTES, -1, new int[] {1}, mean, new float[3])));
    assertEquals(
        "ByteRows.gather: no row 2147483647 of 3 bytes in 10 bytes from 0 on; got rows [2147483647]",
        message(() ->
            ByteRows.gather(
                BYTES, 0, new int[] {Integer.MAX_VALUE}, new double[3], new double[3])));
  }

  private static String message(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }
}

package lamella.core;

import java.util.Arrays;
import lamella.core.kernel.Kernels;

/**
 * Rows of an array of bytes as rows of numbers: how images are read into a batch, with a row (their
 * mean, or zeros) subtracted on the way.
 */
public final class ByteRows {
  private ByteRows() {}

  /**
   * y[i, j] = (bytes[origin + rows[i] width + j] &amp; 0xff) - subtrahend[j], in float32, where
   * width is the subtrahend's length.
   *
   * @param bytes numbers from 0 to 255, row after row
   * @param origin where row 0 begins
   * @param rows the rows' numbers, in the order of the result; a row may stand several times
   * @param subtrahend as long as a row
   * @param y filled
   * @throws IllegalArgumentException if y has not as many elements as these rows, or a row lies
   *     outside of the bytes
   */
  public static void gather(byte[] bytes, int origin, int[] rows, float[] subtrahend, float[] y) {
    check(bytes.length, origin, rows, subtrahend.length, y.length);
    Kernels.instance().gatherBytes(bytes, origin, rows, subtrahend, y);
  }

  /**
   * y[i, j] = (bytes[origin + rows[i] width + j] &amp; 0xff) - subtrahend[j], in float64, where
   * width is the subtrahend's length.
   *
   * @param bytes numbers from 0 to 255, row after row
   * @param origin where row 0 begins
   * @param rows the rows' numbers, in the order of the result; a row may stand several times
   * @param subtrahend as long as a row
   * @param y filled
   * @throws IllegalArgumentException if y has not as many elements as these rows, or a row lies
   *     outside of the bytes
   */
  public static void gather(byte[] bytes, int origin, int[] rows, double[] subtrahend, double[] y) {
    check(bytes.length, origin, rows, subtrahend.length, y.length);
    Kernels.instance().gatherBytes(bytes, origin, rows, subtrahend, y);
  }

  private static void check(int length, int origin, int[] rows, int width, int elements) {
    if (elements != (long) rows.length * width) {
      throw new IllegalArgumentException(
          "ByteRows.gather: "
              + rows.length
              + " rows of "
              + width
              + " have "
              + (long) rows.length * width
              + " elements, but the result has "
              + elements);
    }
    if (origin < 0) {
      throw new IllegalArgumentException("ByteRows.gather: origin must be >= 0, got " + origin);
    }
    for (int row : rows) {
      if (row < 0 || origin + (row + 1L) * width > length) {
        throw new IllegalArgumentException(
            "ByteRows.gather: no row "
                + row
                + " of "
                + width
                + " bytes in "
                + length
                + " bytes from "
                + origin
                + " on; got rows "
                + (rows.length <= 16
                    ? Arrays.toString(rows)
                    : Arrays.toString(Arrays.copyOf(rows, 16)) + "..."));
      }
    }
  }
}

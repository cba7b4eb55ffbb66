package lamella.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * A matrix of float32 that is not stored as such: chosen rows of an array of bytes, less a row of
 * numbers, and divided by another if there is one. Element (i, j) is
 *
 * <p>((bytes[origin + rows[i] width + j] &amp; 0xff) - subtrahend[j]) / divisor[j].
 *
 * <p>A product reads it in the pieces that it copies anyway, and converts on the way: a quarter of
 * the memory is read, and nothing is written but what stays in the first-level cache. The
 * difference is rounded once and the quotient once, wherever they are computed, so the bits are
 * those of {@link Kernels#gather} and of a product after it.
 */
public final class ByteMatrix {
  private static final byte[] NO_BYTES = {};
  private static final float[] NO_FLOATS = {};

  private final int width;
  private final int[] starts;
  private byte[] bytes = NO_BYTES;
  private float[] subtrahend = NO_FLOATS;
  private float @Nullable [] divisor;

  /** A matrix of no numbers yet: {@link #show} comes first. */
  public ByteMatrix(int rows, int width) {
    this.starts = new int[rows];
    this.width = width;
  }

  /** From now on it is made of these; the rows' numbers are copied, nothing else is. */
  public void show(
      byte[] from, int origin, int[] rows, float[] minus, float @Nullable [] dividedBy) {
    bytes = from;
    subtrahend = minus;
    divisor = dividedBy;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = origin + rows[i] * width;
    }
  }

  /** Whether it has so many rows of this width. */
  public boolean hasShape(int rows, int columns) {
    return rows == starts.length && columns == width;
  }

  /** Whether there is something to see. */
  public boolean isShown() {
    return subtrahend.length > 0;
  }

  /** The element at a position in row-major order. */
  public float get(int index) {
    int column = index % width;
    float difference = (bytes[starts[index / width] + column] & 0xff) - subtrahend[column];
    return divisor == null ? difference : difference / divisor[column];
  }

  int rows() {
    return starts.length;
  }

  int width() {
    return width;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Where a row begins among the bytes. */
  int start(int row) {
    return starts[row];
  }

  float[] subtrahend() {
    return subtrahend;
  }

  float @Nullable [] divisor() {
    return divisor;
  }
}

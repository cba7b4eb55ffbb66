package lamella.data.cifar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The pixels of one image of 32 x 32 in three colours, as an {@link Augmentation} changes them;
 * rows count from the top, columns from the left, whatever the layout.
 *
 * <p>What is moved in from outside or erased becomes blank: the mean of the training set at that
 * place, rounded to a byte, so that the network sees zeros there, within half a grey level.
 */
public final class Pixels {
  private static final int SIDE = ImageSet.SIDE;
  private static final byte[] BLACK = new byte[ImageSet.IMAGE_BYTES];
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private byte[] bytes = BLACK;
  private byte[] blank = BLACK;
  private int start;

  /** A row, and one byte more that is read with its last pixel. */
  private final byte[] rowBefore = new byte[3 * SIDE + 1];

  // A plane of the layout has rows of pixels, and a pixel so many bytes.
  private int planeBytes;
  private int rowBytes;
  private int pixelBytes;

  Pixels() {}

  /**
   * {@return an image of its own, whose blank is black}
   *
   * @param bytes 3072, in this layout; they are changed
   * @param layout the order of the bytes
   * @throws IllegalArgumentException if there are not 3072
   */
  public static Pixels of(byte[] bytes, Layout layout) {
    if (bytes.length != ImageSet.IMAGE_BYTES) {
      throw new IllegalArgumentException("Pixels: 3072 bytes expected, got " + bytes.length);
    }
    Pixels pixels = new Pixels();
    pixels.show(bytes, 0, layout, BLACK);
    return pixels;
  }

  /** From now on, the image that begins here. */
  void show(byte[] bytes, int start, Layout layout, byte[] blank) {
    this.bytes = bytes;
    this.start = start;
    this.blank = blank;
    this.pixelBytes = layout == Layout.HWC ? 3 : 1;
    this.rowBytes = SIDE * pixelBytes;
    this.planeBytes = SIDE * rowBytes;
  }

  /**
   * {@return one number, from 0 to 255}
   *
   * @param row from the top, 0 to 31
   * @param column from the left, 0 to 31
   * @param channel 0 red, 1 green, 2 blue
   */
  public int get(int row, int column, int channel) {
    return bytes[start + place(row, column, channel)] & 0xff;
  }

  /**
   * Sets one number, of which the lowest eight bits count.
   *
   * @param row from the top, 0 to 31
   * @param column from the left, 0 to 31
   * @param channel 0 red, 1 green, 2 blue
   * @param value 0 to 255
   */
  public void set(int row, int column, int channel, int value) {
    bytes[start + place(row, column, channel)] = (byte) value;
  }

  private int place(int row, int column, int channel) {
    int pixel = Objects.checkIndex(row, SIDE) * SIDE + Objects.checkIndex(column, SIDE);
    Objects.checkIndex(channel, 3);
    return pixelBytes == 3 ? 3 * pixel + channel : planeBytes * channel + pixel;
  }

  /** Mirrors the image: its left becomes its right. */
  public void flip() {
    int end = start + ImageSet.IMAGE_BYTES;
    for (int row = start; row < end; row += rowBytes) {
      if (pixelBytes == 1) {
        flipRow(row);
      } else {
        flipRowOfThrees(row);
      }
    }
  }

  /** 32 bytes, eight at a time; several times as fast as one at a time. */
  private void flipRow(int row) {
    for (int left = row, right = row + SIDE - 8; left < right; left += 8, right -= 8) {
      long other = (long) LONGS.get(bytes, left);
      LONGS.set(bytes, left, Long.reverseBytes((long) LONGS.get(bytes, right)));
      LONGS.set(bytes, right, Long.reverseBytes(other));
    }
  }

  /** Pixels of three bytes as integers of four, whose last byte the next pixel overwrites. */
  private void flipRowOfThrees(int row) {
    System.arraycopy(bytes, row, rowBefore, 0, rowBytes);
    for (int pixel = 0; pixel < SIDE - 1; pixel++) {
      INTS.set(bytes, row + 3 * pixel, (int) INTS.get(rowBefore, 3 * (SIDE - 1 - pixel)));
    }
    System.arraycopy(rowBefore, 0, bytes, row + 3 * (SIDE - 1), 3);
  }

  /**
   * Moves the image; what leaves it is lost, what enters is blank. Negative: up, left.
   *
   * @param down how many rows
   * @param right how many columns
   */
  public void shift(int down, int right) {
    if (Math.abs((long) down) >= SIDE || Math.abs((long) right) >= SIDE) {
      erase(0, 0, SIDE, SIDE);
      return;
    }
    int distance = down * rowBytes + right * pixelBytes;
    int length = planeBytes - Math.abs(distance);
    int end = start + ImageSet.IMAGE_BYTES;
    for (int plane = start; plane < end; plane += planeBytes) {
      int from = plane + Math.max(0, -distance);
      System.arraycopy(bytes, from, bytes, from + distance, length);
    }
    // What went over the right edge came in at the left, a row lower, and the like.
    erase(down > 0 ? 0 : SIDE + down, 0, Math.abs(down), SIDE);
    erase(0, right > 0 ? 0 : SIDE + right, SIDE, Math.abs(right));
  }

  /**
   * Makes a rectangle blank, as far as it lies in the image.
   *
   * @param top its first row, which may lie outside
   * @param left its first column, which may lie outside
   * @param height in rows
   * @param width in columns
   */
  public void erase(int top, int left, int height, int width) {
    int firstRow = Math.clamp(top, 0, SIDE);
    int endRow = Math.clamp((long) top + height, 0, SIDE);
    int firstColumn = Math.clamp(left, 0, SIDE);
    int endColumn = Math.clamp((long) left + width, 0, SIDE);
    int length = (endColumn - firstColumn) * pixelBytes;
    if (length <= 0) {
      return;
    }
    for (int plane = 0; plane < ImageSet.IMAGE_BYTES; plane += planeBytes) {
      for (int row = firstRow; row < endRow; row++) {
        int at = plane + row * rowBytes + firstColumn * pixelBytes;
        System.arraycopy(blank, at, bytes, start + at, length);
      }
    }
  }
}

package lamella.data.cifar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The pixels of one image, as an {@link Augmentation} changes them; rows count from the top,
 * columns from the left, whatever the layout.
 *
 * <p>What is moved in from outside or erased becomes blank: the mean of the training set at that
 * place, rounded to a byte, so that the network sees zeros there, within half a grey level.
 */
public final class Pixels {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ImageShape shape;
  private final int height;
  private final int width;
  private final int size;

  private byte[] bytes;
  private byte[] blank;
  private int start;

  /** A row, and one byte more that is read with its last pixel. */
  private final byte[] rowBefore;

  // A plane of the layout has rows of pixels, and a pixel so many bytes.
  private int planeBytes;
  private int rowBytes;
  private int pixelBytes;

  /** A black image. */
  Pixels(ImageShape shape) {
    this.shape = shape;
    this.height = shape.height();
    this.width = shape.width();
    this.size = shape.size();
    this.rowBefore = new byte[3 * width + 1];
    this.bytes = new byte[size];
    this.blank = new byte[size];
    show(bytes, 0, Layout.HWC, blank);
  }

  /**
   * {@return an image of its own, whose blank is black}
   *
   * @param bytes as many as the shape's size, in this layout; they are changed
   * @param shape of the image
   * @param layout the order of the bytes
   * @throws IllegalArgumentException if there are more or fewer
   */
  public static Pixels of(byte[] bytes, ImageShape shape, Layout layout) {
    if (bytes.length != shape.size()) {
      throw new IllegalArgumentException(
          "Pixels: " + shape.size() + " bytes expected, got " + bytes.length);
    }
    Pixels pixels = new Pixels(shape);
    pixels.show(bytes, 0, layout, new byte[bytes.length]);
    return pixels;
  }

  /** From now on, the image that begins here. */
  void show(byte[] bytes, int start, Layout layout, byte[] blank) {
    this.bytes = bytes;
    this.start = start;
    this.blank = blank;
    this.pixelBytes = layout == Layout.HWC ? shape.channels() : 1;
    this.rowBytes = width * pixelBytes;
    this.planeBytes = height * rowBytes;
  }

  /** {@return the shape of the image} */
  public ImageShape shape() {
    return shape;
  }

  /**
   * {@return one number, from 0 to 255}
   *
   * @param row from the top, 0 being the first
   * @param column from the left, 0 being the first
   * @param channel 0 red, 1 green, 2 blue; 0 where the image is grey
   */
  public int get(int row, int column, int channel) {
    return bytes[start + place(row, column, channel)] & 0xff;
  }

  /**
   * Sets one number, of which the lowest eight bits count.
   *
   * @param row from the top, 0 being the first
   * @param column from the left, 0 being the first
   * @param channel 0 red, 1 green, 2 blue; 0 where the image is grey
   * @param value 0 to 255
   */
  public void set(int row, int column, int channel, int value) {
    bytes[start + place(row, column, channel)] = (byte) value;
  }

  private int place(int row, int column, int channel) {
    int pixel = Objects.checkIndex(row, height) * width + Objects.checkIndex(column, width);
    Objects.checkIndex(channel, shape.channels());
    return pixelBytes == 3 ? 3 * pixel + channel : planeBytes * channel + pixel;
  }

  /** Mirrors the image: its left becomes its right. */
  public void flip() {
    int end = start + size;
    for (int row = start; row < end; row += rowBytes) {
      if (pixelBytes == 1) {
        flipRow(row);
      } else {
        flipRowOfThrees(row);
      }
    }
  }

  /** Eight bytes at a time, several times as fast as one; what is left in the middle by one. */
  private void flipRow(int row) {
    int left = row;
    int right = row + width - 8;
    for (; left + 8 <= right; left += 8, right -= 8) {
      long other = (long) LONGS.get(bytes, left);
      LONGS.set(bytes, left, Long.reverseBytes((long) LONGS.get(bytes, right)));
      LONGS.set(bytes, right, Long.reverseBytes(other));
    }
    for (right += 7; left < right; left++, right--) {
      byte other = bytes[left];
      bytes[left] = bytes[right];
      bytes[right] = other;
    }
  }

  /** Pixels of three bytes as integers of four, whose last byte the next pixel overwrites. */
  private void flipRowOfThrees(int row) {
    System.arraycopy(bytes, row, rowBefore, 0, rowBytes);
    for (int pixel = 0; pixel < width - 1; pixel++) {
      INTS.set(bytes, row + 3 * pixel, (int) INTS.get(rowBefore, 3 * (width - 1 - pixel)));
    }
    System.arraycopy(rowBefore, 0, bytes, row + 3 * (width - 1), 3);
  }

  /**
   * Moves the image; what leaves it is lost, what enters is blank. Negative: up, left.
   *
   * @param down how many rows
   * @param right how many columns
   */
  public void shift(int down, int right) {
    if (Math.abs((long) down) >= height || Math.abs((long) right) >= width) {
      erase(0, 0, height, width);
      return;
    }
    int distance = down * rowBytes + right * pixelBytes;
    int length = planeBytes - Math.abs(distance);
    int end = start + size;
    for (int plane = start; plane < end; plane += planeBytes) {
      int from = plane + Math.max(0, -distance);
      System.arraycopy(bytes, from, bytes, from + distance, length);
    }
    // What went over the right edge came in at the left, a row lower, and the like.
    erase(down > 0 ? 0 : height + down, 0, Math.abs(down), width);
    erase(0, right > 0 ? 0 : width + right, height, Math.abs(right));
  }

  /**
   * Makes a rectangle blank, as far as it lies in the image.
   *
   * @param top its first row, which may lie outside
   * @param left its first column, which may lie outside
   * @param rows its height
   * @param columns its width
   */
  public void erase(int top, int left, int rows, int columns) {
    int firstRow = Math.clamp(top, 0, height);
    int endRow = Math.clamp((long) top + rows, 0, height);
    int firstColumn = Math.clamp(left, 0, width);
    int endColumn = Math.clamp((long) left + columns, 0, width);
    int length = (endColumn - firstColumn) * pixelBytes;
    if (length <= 0) {
      return;
    }
    for (int plane = 0; plane < size; plane += planeBytes) {
      for (int row = firstRow; row < endRow; row++) {
        int at = plane + row * rowBytes + firstColumn * pixelBytes;
        System.arraycopy(blank, at, bytes, start + at, length);
      }
    }
  }
}

package lamella.data.cifar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import lamella.core.NormalNoise;
import org.jspecify.annotations.Nullable;

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

  // Resampling. Places are numbers of 2^-32 pixels, rounded to 1/64 pixel where a pixel is taken.
  // The three numbers of a pixel are 21 bits apart in a long, so that one multiplication weighs all
  // three: four neighbours with weights that add up to 64 x 64 need 20 bits.

  private static final double PLACE_UNITS = 0x1p32;
  private static final int PLACE_BITS = 32;
  private static final int FRACTION_BITS = 6;
  private static final int FRACTIONS = 1 << FRACTION_BITS;
  private static final int TO_FRACTIONS = PLACE_BITS - FRACTION_BITS;
  private static final long HALF_FRACTION = 1L << (TO_FRACTIONS - 1);
  private static final int LANE = 21;
  private static final int WEIGHT_BITS = 2 * FRACTION_BITS;
  private static final long HALF_WEIGHT = 1L << (WEIGHT_BITS - 1);
  private static final long ROUNDING =
      HALF_WEIGHT | HALF_WEIGHT << LANE | HALF_WEIGHT << (2 * LANE);

  /** Farther from the image than this, in pixels, nothing is taken. */
  private static final double FARTHEST = 1 << 24;

  /** The greatest deviation of noise. */
  static final double MOST_NOISE = 255;

  /** More than any noise: 255 times the largest number of {@link NormalNoise}. */
  private static final int LEVELS_ABOVE_0 = 2048;

  private final ImageShape shape;
  private final int height;
  private final int width;
  private final int size;

  private byte[] bytes;
  private byte[] blank;
  private int start;

  /** A row, and one byte more that is read with its last pixel. */
  private final byte[] rowBefore;

  // Room for changes that need it, made when it is first needed.
  private byte @Nullable [] before;
  private long @Nullable [] packed;
  private float @Nullable [] noise;

  // A plane of the layout has rows of pixels, and a pixel so many bytes.
  private int planeBytes;
  private int rowBytes;
  private int pixelBytes;

  /** A black image. */
  Pixels(ImageShape shape) {
    this(shape, new byte[shape.size()]);
  }

  /** An image of these bytes, whose blank they are too. */
  Pixels(ImageShape shape, byte[] bytes) {
    this.shape = shape;
    this.height = shape.height();
    this.width = shape.width();
    this.size = shape.size();
    this.rowBefore = new byte[3 * width + 1];
    this.bytes = bytes;
    this.blank = bytes;
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
   * Moves the image; what leaves it is lost, what enters is what lies as far inside of the edge,
   * without the edge itself: as {@link ImageView#shifted} does. Negative: up, left.
   *
   * @param down how many rows
   * @param right how many columns
   */
  public void shiftReflected(int down, int right) {
    byte[] from = copy();
    // The columns whose pixels lie side by side in the image as they did before.
    int firstInside = Math.clamp(right, 0, width);
    int endInside = Math.clamp((long) width + right, 0, width);
    for (int plane = 0; plane < size; plane += planeBytes) {
      for (int row = 0; row < height; row++) {
        int source = plane + reflected(row - down, height) * rowBytes;
        int target = start + plane + row * rowBytes;
        for (int column = 0; column < firstInside; column++) {
          copyPixel(from, source + reflected(column - right, width) * pixelBytes, target, column);
        }
        if (firstInside < endInside) {
          System.arraycopy(
              from,
              source + (firstInside - right) * pixelBytes,
              bytes,
              target + firstInside * pixelBytes,
              (endInside - firstInside) * pixelBytes);
        }
        for (int column = endInside; column < width; column++) {
          copyPixel(from, source + reflected(column - right, width) * pixelBytes, target, column);
        }
      }
    }
  }

  private void copyPixel(byte[] from, int source, int row, int column) {
    int target = row + column * pixelBytes;
    bytes[target] = from[source];
    if (pixelBytes == 3) {
      bytes[target + 1] = from[source + 1];
      bytes[target + 2] = from[source + 2];
    }
  }

  /** The image as it is now, in memory of its own. */
  private byte[] copy() {
    byte[] copy = before;
    if (copy == null) {
      copy = new byte[size];
      before = copy;
    }
    System.arraycopy(bytes, start, copy, 0, size);
    return copy;
  }

  /**
   * The row or column of an image that stands for this one, which may lie outside: the one as far
   * inside of the edge, the edge itself not counted, and so on from edge to edge.
   */
  static int reflected(int place, int side) {
    int positive = Math.abs(place);
    if (positive < side) {
      return positive;
    }
    int back = 2 * (side - 1) - positive;
    return back >= 0 || side == 1 ? Math.max(0, back) : reflectedFar(positive, side);
  }

  private static int reflectedFar(int place, int side) {
    int rest = place % (2 * (side - 1));
    return rest < side ? rest : 2 * (side - 1) - rest;
  }

  /**
   * Lets each pixel show another place of the image: the one that is i rows and j columns from the
   * image's middle shows the place {@code down + rowRow i + rowColumn j} rows and {@code right +
   * columnRow i + columnColumn j} columns from it. The identity is (0, 0, 1, 0, 0, 1).
   *
   * <p>A place is rounded to 1/64 pixel, and what it shows is the mean of the four pixels around it
   * by how near they are (bilinear), rounded. Outside of the image is what lies as far inside of
   * the edge, without the edge itself.
   *
   * @param down rows from the middle of the place that the middle shows
   * @param right columns of it
   * @param rowRow rows that the place moves down for each row
   * @param rowColumn rows that it moves down for each column
   * @param columnRow columns that it moves to the right for each row
   * @param columnColumn columns that it moves to the right for each column
   * @throws IllegalArgumentException if a place is more than 2<sup>24</sup> pixels away or no
   *     number
   */
  public void resample(
      double down,
      double right,
      double rowRow,
      double rowColumn,
      double columnRow,
      double columnColumn) {
    double middleRow = (height - 1) / 2.0;
    double middleColumn = (width - 1) / 2.0;
    double farthestRow = far(down, rowRow, rowColumn);
    double farthestColumn = far(right, columnRow, columnColumn);
    if (!(farthestRow <= FARTHEST && farthestColumn <= FARTHEST)) {
      throw new IllegalArgumentException(
          "Pixels: expects places within "
              + (long) FARTHEST
              + " pixels, got some up to "
              + farthestRow
              + " rows and "
              + farthestColumn
              + " columns away");
    }
    double firstRow = middleRow + down - rowRow * middleRow - rowColumn * middleColumn;
    double firstColumn = middleColumn + right - columnRow * middleRow - columnColumn * middleColumn;
    resample(
        pack(),
        places(firstRow),
        places(firstColumn),
        places(rowRow),
        places(rowColumn),
        places(columnRow),
        places(columnColumn));
  }

  /** How far the places are from the middle. */
  private double far(double from, double perRow, double perColumn) {
    return Math.abs(from) + Math.abs(perRow) * height + Math.abs(perColumn) * width;
  }

  private static long places(double pixels) {
    return Math.round(pixels * PLACE_UNITS);
  }

  private void resample(
      long[] from,
      long firstRow,
      long firstColumn,
      long rowRow,
      long rowColumn,
      long columnRow,
      long columnColumn) {
    long rowOfRow = firstRow + HALF_FRACTION;
    long columnOfRow = firstColumn + HALF_FRACTION;
    int lastRow = height - 2;
    int lastColumn = width - 2;
    int pixel = 0;
    for (int i = 0; i < height; i++) {
      long placeRow = rowOfRow;
      long placeColumn = columnOfRow;
      for (int j = 0; j < width; j++) {
        int rowFractions = (int) (placeRow >> TO_FRACTIONS);
        int columnFractions = (int) (placeColumn >> TO_FRACTIONS);
        int row = rowFractions >> FRACTION_BITS;
        int column = columnFractions >> FRACTION_BITS;
        int below = rowFractions & (FRACTIONS - 1);
        int beside = columnFractions & (FRACTIONS - 1);
        long upperLeft;
        long upperRight;
        long lowerLeft;
        long lowerRight;
        if ((row | column | (lastRow - row) | (lastColumn - column)) >= 0) {
          int at = row * width + column;
          upperLeft = from[at];
          upperRight = from[at + 1];
          lowerLeft = from[at + width];
          lowerRight = from[at + width + 1];
        } else {
          int upper = reflected(row, height) * width;
          int lower = reflected(row + 1, height) * width;
          int left = reflected(column, width);
          int right = reflected(column + 1, width);
          upperLeft = from[upper + left];
          upperRight = from[upper + right];
          lowerLeft = from[lower + left];
          lowerRight = from[lower + right];
        }
        // Differences may borrow from the lane above; the sum is right in all three again.
        long upper = (upperLeft << FRACTION_BITS) + beside * (upperRight - upperLeft);
        long lower = (lowerLeft << FRACTION_BITS) + beside * (lowerRight - lowerLeft);
        setPacked(pixel++, (upper << FRACTION_BITS) + below * (lower - upper) + ROUNDING);
        placeRow += rowColumn;
        placeColumn += columnColumn;
      }
      rowOfRow += rowRow;
      columnOfRow += columnRow;
    }
  }

  /** The numbers of each pixel, {@link #LANE} bits apart. */
  private long[] pack() {
    long[] result = packed;
    if (result == null) {
      result = new long[shape.pixels()];
      packed = result;
    }
    if (shape.channels() == 1) {
      for (int i = 0; i < result.length; i++) {
        result[i] = bytes[start + i] & 0xff;
      }
    } else {
      int pixelStep = pixelBytes;
      int channelStep = pixelBytes == 3 ? 1 : planeBytes;
      int at = start;
      for (int i = 0; i < result.length; i++, at += pixelStep) {
        long green = bytes[at + channelStep] & 0xff;
        long blue = bytes[at + 2 * channelStep] & 0xff;
        result[i] = (bytes[at] & 0xff) | green << LANE | blue << (2 * LANE);
      }
    }
    return result;
  }

  /** Sets the numbers of a pixel to sums of weighted numbers. */
  private void setPacked(int pixel, long sums) {
    if (shape.channels() == 1) {
      bytes[start + pixel] = (byte) (sums >> WEIGHT_BITS);
    } else {
      int channelStep = pixelBytes == 3 ? 1 : planeBytes;
      int at = start + pixelBytes * pixel;
      bytes[at] = (byte) (sums >> WEIGHT_BITS);
      bytes[at + channelStep] = (byte) (sums >> (WEIGHT_BITS + LANE));
      bytes[at + 2 * channelStep] = (byte) (sums >> (WEIGHT_BITS + 2 * LANE));
    }
  }

  /**
   * Adds normal noise to each number, rounded to a whole grey level, and clamps to 0 to 255. Number
   * {@code channels (row * width + column) + channel} is given the {@link NormalNoise} of that
   * index.
   *
   * @param state any number; another one gives unrelated noise
   * @param deviation the standard deviation in grey levels, 0 to 255
   * @throws IllegalArgumentException if the deviation lies outside
   */
  public void addNoise(long state, double deviation) {
    if (!(deviation >= 0 && deviation <= MOST_NOISE)) {
      throw new IllegalArgumentException(
          "Pixels: a deviation of noise must lie in [0, 255], got " + deviation);
    }
    float[] levels = noise;
    if (levels == null) {
      levels = new float[size];
      noise = levels;
    }
    NormalNoise.fill(levels, 0, size, state, 0, deviation);
    int planes = size / planeBytes;
    if (planes == 1) {
      add(bytes, start, levels, 0, 1, size);
    } else {
      for (int plane = 0; plane < planes; plane++) {
        add(bytes, start + plane * planeBytes, levels, plane, planes, planeBytes);
      }
    }
  }

  /** Adds every so many-th change; cutting off digits rounds to nearest where all is positive. */
  private static void add(byte[] to, int start, float[] changes, int first, int step, int count) {
    float above = LEVELS_ABOVE_0 + 0.5f;
    for (int i = 0; i < count; i++) {
      int change = (int) (changes[first + step * i] + above) - LEVELS_ABOVE_0;
      to[start + i] = (byte) Math.max(0, Math.min((to[start + i] & 0xff) + change, 255));
    }
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

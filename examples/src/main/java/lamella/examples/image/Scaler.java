package lamella.examples.image;

import java.io.IOException;
import java.util.Arrays;
import lamella.data.cifar.ImageShape;

/**
 * Scales a picture to the size of a network's images while it is read, so that it need not be held.
 *
 * <p>Each of the pixels is the mean of the rectangle of the picture that it covers; pixels at the
 * rectangle's edges count by the part of them that is inside; width and height are scaled
 * separately. The arithmetic is exact in integers but for one rounding at the end, so that pixels
 * may come in any order.
 *
 * <p>Grey is 0.299 red + 0.587 green + 0.114 blue, as in ITU-R BT.601, in parts of 65,536.
 */
final class Scaler {
  /** The parts of red, green and blue in grey; their sum is 65,536. */
  private static final int[] GREY = {19_595, 38_470, 7_471};

  /** A hundred million pixels are more than any photograph has, and take seconds. */
  private static final long MOST_PIXELS = 100_000_000;

  /** What a decoder makes of a file at most. */
  private static final long MOST_BYTES = 4 * MOST_PIXELS;

  /** The longest side that a JPEG file can have. */
  private static final int LONGEST_SIDE = 65_535;

  private final int width;
  private final int height;
  private final Orientation orientation;
  private final ImageShape shape;

  /** The columns and rows that are made of the picture as it is stored. */
  private final int columns;

  private final int rows;
  private final long[] sums;

  /** One row of the picture, scaled. */
  private final long[] line;

  /**
   * For a picture of this size.
   *
   * @param orientation how it is turned to stand upright
   * @param shape of the upright image that is made of it
   * @throws IOException if the size is beyond all photographs
   */
  Scaler(long width, long height, int bytesPerPixel, Orientation orientation, ImageShape shape)
      throws IOException {
    requireSize(width, height, bytesPerPixel);
    this.width = (int) width;
    this.height = (int) height;
    this.orientation = orientation;
    this.shape = shape;
    this.columns = orientation.transposed() ? shape.height() : shape.width();
    this.rows = orientation.transposed() ? shape.width() : shape.height();
    this.sums = new long[3 * shape.pixels()];
    this.line = new long[3 * columns];
  }

  /**
   * Checks a size before anything is made of it.
   *
   * @throws IOException if it is beyond all photographs
   */
  static void requireSize(long width, long height, int bytesPerPixel) throws IOException {
    if (width <= 0 || height <= 0) {
      throw new IOException("a picture of " + width + " x " + height + " pixels");
    }
    if (width > MOST_PIXELS / height) {
      throw new IOException(width + " x " + height + " pixels are too many");
    }
    if (Math.max(width, height) > LONGEST_SIDE) {
      throw new IOException(
          width + " x " + height + " pixels: a side may have at most " + LONGEST_SIDE);
    }
    if (width * height * bytesPerPixel > MOST_BYTES) {
      throw new IOException(
          width + " x " + height + " pixels of " + bytesPerPixel + " bytes are too many");
    }
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Adds pixels of a row, each once: 0xRRGGBB at x, x + step, x + 2 step, ... */
  void add(int y, int x, int step, int[] pixels, int count) {
    Arrays.fill(line, 0);
    // In units of a pixel divided by the targets of a row (or column) every target's rectangle has
    // whole edges: [t width, (t + 1) width) by [t height, (t + 1) height). A pixel is `columns`
    // units wide, and begins in the target t at `from`.
    long from = (long) x * columns;
    int target = (int) (from / width);
    long targetEnd = (target + 1L) * width;
    for (int i = 0; i < count; i++) {
      while (targetEnd <= from) {
        target++;
        targetEnd += width;
      }
      int pixel = pixels[i];
      long end = from + columns;
      long begin = from;
      while (targetEnd < end) {
        addToLine(target, targetEnd - begin, pixel);
        begin = targetEnd;
        target++;
        targetEnd += width;
      }
      addToLine(target, end - begin, pixel);
      from += (long) step * columns;
    }
    addLine(y);
  }

  private void addToLine(int target, long weight, int pixel) {
    line[3 * target] += weight * (pixel >> 16 & 0xff);
    line[3 * target + 1] += weight * (pixel >> 8 & 0xff);
    line[3 * target + 2] += weight * (pixel & 0xff);
  }

  private void addLine(int y) {
    long top = (long) y * rows;
    long bottom = top + rows;
    for (int target = (int) (top / height); target * (long) height < bottom; target++) {
      long weight =
          Math.min(bottom, (target + 1L) * height) - Math.max(top, target * (long) height);
      for (int i = 0; i < line.length; i++) {
        sums[target * line.length + i] += weight * line[i];
      }
    }
  }

  /** The image, red, green and blue of each pixel or its grey, when all has been added. */
  byte[] pixels() {
    long area = (long) width * height;
    byte[] pixels = new byte[shape.size()];
    int to = 0;
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        int from = 3 * orientation.source(x, y, columns, rows);
        if (shape.channels() == 1) {
          long grey = GREY[0] * sums[from] + GREY[1] * sums[from + 1] + GREY[2] * sums[from + 2];
          pixels[to++] = (byte) ((grey + (area << 15)) / (area << 16));
        } else {
          for (int c = 0; c < 3; c++) {
            pixels[to++] = (byte) ((sums[from + c] + area / 2) / area);
          }
        }
      }
    }
    return pixels;
  }
}

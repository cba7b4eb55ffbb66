package lamella.examples.image;

import java.io.IOException;
import java.util.Arrays;

/**
 * Scales a picture to 32 x 32 pixels while it is read, so that it need not be held.
 *
 * <p>Each of the 32 x 32 pixels is the mean of the rectangle of the picture that it covers; pixels
 * at the rectangle's edges count by the part of them that is inside; width and height are scaled
 * separately. The arithmetic is exact in integers but for one rounding at the end, so that pixels
 * may come in any order.
 */
final class Scaler {
  private static final int SIDE = 32;

  /** A hundred million pixels are more than any photograph has, and take seconds. */
  private static final long MOST_PIXELS = 100_000_000;

  /** What a decoder makes of a file at most. */
  private static final long MOST_BYTES = 4 * MOST_PIXELS;

  /** The longest side that a JPEG file can have. */
  private static final int LONGEST_SIDE = 65_535;

  private final int width;
  private final int height;
  private final long[] sums = new long[3 * SIDE * SIDE];

  /** One row of the picture, scaled to 32 pixels. */
  private final long[] line = new long[3 * SIDE];

  /**
   * For a picture of this size.
   *
   * @throws IOException if the size is beyond all photographs
   */
  Scaler(long width, long height, int bytesPerPixel) throws IOException {
    requireSize(width, height, bytesPerPixel);
    this.width = (int) width;
    this.height = (int) height;
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
    // In units of 1/32 pixel every rectangle has whole edges: [t width, (t + 1) width) by [t
    // height, (t + 1) height). A pixel is 32 units wide and begins in the target t at `from`.
    long from = (long) x * SIDE;
    int target = (int) (from / width);
    long targetEnd = (target + 1L) * width;
    for (int i = 0; i < count; i++) {
      while (targetEnd <= from) {
        target++;
        targetEnd += width;
      }
      int pixel = pixels[i];
      long end = from + SIDE;
      long begin = from;
      while (targetEnd < end) {
        addToLine(target, targetEnd - begin, pixel);
        begin = targetEnd;
        target++;
        targetEnd += width;
      }
      addToLine(target, end - begin, pixel);
      from += (long) step * SIDE;
    }
    addLine(y);
  }

  private void addToLine(int target, long weight, int pixel) {
    line[3 * target] += weight * (pixel >> 16 & 0xff);
    line[3 * target + 1] += weight * (pixel >> 8 & 0xff);
    line[3 * target + 2] += weight * (pixel & 0xff);
  }

  private void addLine(int y) {
    long top = (long) y * SIDE;
    long bottom = top + SIDE;
    for (int target = (int) (top / height); target * (long) height < bottom; target++) {
      long weight =
          Math.min(bottom, (target + 1L) * height) - Math.max(top, target * (long) height);
      for (int i = 0; i < line.length; i++) {
        sums[target * line.length + i] += weight * line[i];
      }
    }
  }

  /** The 32 x 32 pixels when all of the picture has been added. */
  byte[] pixels(Orientation orientation) {
    long area = (long) width * height;
    byte[] pixels = new byte[sums.length];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int from = 3 * orientation.source(x, y, SIDE);
        int to = 3 * (y * SIDE + x);
        for (int c = 0; c < 3; c++) {
          pixels[to + c] = (byte) ((sums[from + c] + area / 2) / area);
        }
      }
    }
    return pixels;
  }
}

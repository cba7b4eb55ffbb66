package lamella.examples;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import lamella.data.cifar.ImageSet;

/**
 * PNG and JPEG files as CIFAR-10 images: 32 x 32 pixels, red, green and blue of each (the layout
 * {@link Model#LAYOUT}).
 *
 * <p>Each of the 32 x 32 pixels is the mean of the rectangle of the file's pixels that it covers,
 * those at the edges weighted by the part that is inside; width and height are scaled separately.
 * The arithmetic is exact in integers but for one rounding, so that a file gives the same bytes
 * everywhere. Transparent pixels are laid on white.
 */
public final class ImageFile {
  /** A hundred million pixels take 400 MB: more than any photograph, less than a decoder's bomb. */
  private static final long LARGEST = 100_000_000;

  private static final int SIDE = ImageSet.SIDE;

  private ImageFile() {}

  /**
   * Reads a file.
   *
   * @return 3072 bytes, each standing for 0 to 255
   * @throws IOException if it is not there, cannot be read or is no image; names the file
   */
  public static byte[] read(Path file) throws IOException {
    return scale(decode(file));
  }

  private static BufferedImage decode(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": not a file");
    }
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": permission denied");
    }
    ImageIO.setUseCache(false);
    try (ImageInputStream in = ImageIO.createImageInputStream(new File(file.toString()))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("no PNG or JPEG image");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        if ((long) reader.getWidth(0) * reader.getHeight(0) > LARGEST) {
          throw new IOException(
              reader.getWidth(0) + " x " + reader.getHeight(0) + " pixels are too many");
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // Decoders of the JDK meet damaged files with runtime exceptions of any kind.
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException(
          file + ": unreadable image: " + reason.lines().findFirst().orElse(""), e);
    }
  }

  /** The mean of each of 32 x 32 equal rectangles. */
  static byte[] scale(BufferedImage image) {
    // In units of 1/32 pixel every rectangle has whole edges: [x width, (x + 1) width) by [y
    // height, (y + 1) height).
    long width = image.getWidth();
    long height = image.getHeight();
    long[] sums = new long[ImageSet.IMAGE_BYTES];
    int[] row = new int[image.getWidth()];
    for (int sourceY = 0; sourceY < height; sourceY++) {
      readRow(image, sourceY, row);
      for (int y = first(sourceY, height); y < SIDE && y * height < (sourceY + 1L) * SIDE; y++) {
        long weightY = overlap(y, height, sourceY);
        for (int sourceX = 0; sourceX < width; sourceX++) {
          int rgb = row[sourceX];
          for (int x = first(sourceX, width); x < SIDE && x * width < (sourceX + 1L) * SIDE; x++) {
            long weight = weightY * overlap(x, width, sourceX);
            int to = 3 * (y * SIDE + x);
            sums[to] += weight * (rgb >> 16 & 0xff);
            sums[to + 1] += weight * (rgb >> 8 & 0xff);
            sums[to + 2] += weight * (rgb & 0xff);
          }
        }
      }
    }
    long area = width * height;
    byte[] pixels = new byte[sums.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) ((sums[i] + area / 2) / area);
    }
    return pixels;
  }

  /** The first of 32 targets that the source pixel touches. */
  private static int first(long source, long size) {
    return (int) (source * SIDE / size);
  }

  /** How many 1/32 of the source pixel lie in the target's [target size, (target + 1) size). */
  private static long overlap(long target, long size, long source) {
    long from = Math.max(target * size, source * SIDE);
    long to = Math.min((target + 1) * size, (source + 1) * SIDE);
    return to - from;
  }

  /** A row of the image as 0xRRGGBB. */
  private static void readRow(BufferedImage image, int y, int[] row) {
    ColorModel model = image.getColorModel();
    if (model.getColorSpace().getType() == ColorSpace.TYPE_GRAY && !model.hasAlpha()) {
      // Not getRGB: it takes grey samples for linear light and brightens them, though files hold
      // them as sRGB.
      image.getRaster().getSamples(0, y, row.length, 1, 0, row);
      int largest = (1 << model.getComponentSize(0)) - 1;
      for (int x = 0; x < row.length; x++) {
        row[x] = 0x010101 * ((255 * row[x] + largest / 2) / largest);
      }
      return;
    }
    image.getRGB(0, y, row.length, 1, row, 0, row.length);
    if (model.hasAlpha()) {
      for (int x = 0; x < row.length; x++) {
        row[x] = onWhite(row[x]);
      }
    }
  }

  private static int onWhite(int argb) {
    int alpha = argb >>> 24;
    int result = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int channel = argb >> shift & 0xff;
      int mixed = (channel * alpha + 255 * (255 - alpha) + 127) / 255;
      result |= mixed << shift;
    }
    return result;
  }
}

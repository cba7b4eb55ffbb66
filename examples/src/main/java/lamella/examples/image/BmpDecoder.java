package lamella.examples.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import lamella.data.cifar.ImageShape;

/** Reads BMP files as the JDK does. */
final class BmpDecoder {
  /** Where the kind of compression stands in all headers but the shortest. */
  private static final int COMPRESSION = 30;

  private static final int HEADER_SIZE = 14;
  private static final int SHORTEST_HEADER = 12;

  private BmpDecoder() {}

  static byte[] decode(byte[] file, ImageShape shape) throws IOException {
    if (file.length > COMPRESSION
        && file[HEADER_SIZE] != SHORTEST_HEADER
        && (file[COMPRESSION] == 4 || file[COMPRESSION] == 5)) {
      throw new IOException("a BMP file around a JPEG or PNG image; convert it to PNG");
    }
    ImageReader reader = JdkReaders.of("bmp");
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      Scaler scaler =
          new Scaler(
              reader.getWidth(0), reader.getHeight(0), Integer.BYTES, Orientation.UPRIGHT, shape);
      BufferedImage image = reader.read(0);
      ColorSpace colours = image.getColorModel().getColorSpace();
      boolean grey = colours.getType() == ColorSpace.TYPE_GRAY;
      if (!grey && !colours.isCS_sRGB()) {
        throw new IOException("a BMP image of other colours than RGB; convert it to PNG");
      }
      // Programs that know nothing of alpha leave it 0 everywhere.
      boolean opaque = !grey && isInvisible(image);
      int[] row = new int[scaler.width()];
      for (int y = 0; y < scaler.height(); y++) {
        if (grey) {
          // getRGB would take the levels for linear light and brighten them.
          image.getRaster().getSamples(0, y, row.length, 1, 0, row);
          Arrays.setAll(row, x -> Colours.grey(row[x]));
        } else {
          image.getRGB(0, y, row.length, 1, row, 0, row.length);
          for (int x = 0; x < row.length; x++) {
            row[x] = Colours.onWhite(row[x] & Colours.WHITE, opaque ? 255 : row[x] >>> 24);
          }
        }
        scaler.add(y, 0, 1, row, row.length);
      }
      return scaler.pixels();
    } finally {
      reader.dispose();
    }
  }

  private static boolean isInvisible(BufferedImage image) {
    if (!image.getColorModel().hasAlpha()) {
      return false;
    }
    int[] row = new int[image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int pixel : row) {
        if (pixel >>> 24 != 0) {
          return false;
        }
      }
    }
    return true;
  }
}

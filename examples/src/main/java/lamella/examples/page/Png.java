package lamella.examples.page;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Images as PNG. */
final class Png {
  private Png() {}

  /** The file's bytes. */
  static byte[] encode(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // ImageIO's own stream would go through a temporary file.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("Png: this JDK has no writer for PNG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // from memory to memory
    }
    return bytes.toByteArray();
  }

  /** The image as an address that holds it whole. */
  static String dataUri(BufferedImage image) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(encode(image));
  }

  /** Every pixel as a square of that many, so that none is blurred. */
  static BufferedImage enlarged(BufferedImage image, int times) {
    int width = image.getWidth();
    BufferedImage large =
        new BufferedImage(times * width, times * image.getHeight(), image.getType());
    int[] row = new int[width];
    int[] wide = new int[times * width];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < wide.length; x++) {
        wide[x] = row[x / times];
      }
      // A scan of 0 repeats the row.
      large.setRGB(0, times * y, wide.length, times, wide, 0, 0);
    }
    return large;
  }
}

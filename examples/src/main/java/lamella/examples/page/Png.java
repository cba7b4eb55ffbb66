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

  /** A file's bytes as an address that holds them all. */
  static String dataUri(byte[] file) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(file);
  }
}

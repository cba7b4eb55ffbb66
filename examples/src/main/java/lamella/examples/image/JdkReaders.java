package lamella.examples.image;

import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The JDK's own decoders, whatever others are on the class path. */
final class JdkReaders {
  private JdkReaders() {}

  /** A new decoder of a format. */
  static ImageReader of(String format) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
        return reader;
      }
      reader.dispose();
    }
    throw new IOException("this Java has no decoder of " + format);
  }
}

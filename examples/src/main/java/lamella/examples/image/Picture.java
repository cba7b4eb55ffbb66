package lamella.examples.image;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.IIOException;
import lamella.data.cifar.ImageShape;

/**
 * What an image file shows, as an image of a given shape: row by row the grey of each pixel, or its
 * red, green and blue, one byte each; see {@link Scaler}.
 *
 * <p>The same picture gives the same bytes in every encoding that is read. Samples count as they
 * are in the file: colour profiles and gamma values are ignored, samples of less than 8 bits are
 * stretched to 0 to 255, and those of 16 bits rounded to it. Transparent pixels are laid on white:
 * {@code (sample alpha + 255 (255 - alpha)) / 255}, rounded. The picture stands as its EXIF
 * orientation says. What cannot be read so is refused.
 */
public final class Picture {
  private Picture() {}

  /**
   * Reads the bytes of a file.
   *
   * @param shape of the image that is wanted
   * @return its bytes, each standing for 0 to 255
   * @throws IOException if this is no image that can be read, or only a part of one; says why in a
   *     line
   * @throws OutOfMemoryError if the JVM's memory does not suffice for it
   */
  public static byte[] read(byte[] file, ImageShape shape) throws IOException {
    try {
      return switch (ImageFormat.of(file)) {
        case PNG -> new PngDecoder(file).decode(shape);
        case JPEG -> JpegDecoder.decode(file, shape);
        case GIF -> new GifDecoder(file).decode(shape);
        case BMP -> BmpDecoder.decode(file, shape);
        case ImageFormat other -> throw new IOException(other.refusal());
      };
    } catch (IOException | RuntimeException e) {
      // The JDK's decoders meet damaged files with runtime exceptions of any kind, and wrap what
      // they caught, a lack of memory too.
      throwIfOutOfMemory(e);
      throw new IOException(reason(e), e);
    }
  }

  private static void throwIfOutOfMemory(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError memory) {
        throw memory;
      }
    }
  }

  /** The first line of our own message, or of the JDK's innermost one; else the kind of failure. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && (cause instanceof IIOException || !isClear(cause))) {
      cause = cause.getCause();
    }
    if (cause instanceof EOFException) {
      return "cut off? The end of the file is missing";
    }
    String line = firstLine(cause);
    if (isClear(cause)) {
      return line;
    }
    String kind = cause.getClass().getSimpleName();
    return "damaged (" + kind + (line.isEmpty() ? ")" : ": " + line + ")");
  }

  private static boolean isClear(Throwable failure) {
    return failure instanceof IOException && !firstLine(failure).isEmpty();
  }

  private static String firstLine(Throwable failure) {
    String text = failure.getMessage();
    return text == null ? "" : text.strip().lines().findFirst().orElse("");
  }
}

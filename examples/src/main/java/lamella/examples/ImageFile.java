package lamella.examples;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import lamella.data.cifar.ImageShape;
import lamella.examples.image.Picture;

/**
 * Image files as a network's images, of any shape, in the layout {@link Model#LAYOUT}. PNG, JPEG,
 * GIF and BMP are read, and a picture gives the same pixels in each; see {@link Picture}.
 */
public final class ImageFile {
  /** More than any photograph of a hundred million pixels takes. */
  private static final long LARGEST = 1 << 29;

  private ImageFile() {}

  /**
   * Reads a file.
   *
   * @param shape of the image that is wanted
   * @return its bytes, each standing for 0 to 255
   * @throws IOException if it is not there, cannot be read, is no image or only a part of one, or
   *     if memory does not suffice (then the cause is an {@link OutOfMemoryError}); names the file
   */
  public static byte[] read(Path file, ImageShape shape) throws IOException {
    try {
      return pixels(file, bytes(file), shape);
    } catch (OutOfMemoryError e) {
      throw new IOException(file + ": not enough memory (" + e.getMessage() + ")", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": permission denied", e);
    }
  }

  private static byte[] pixels(Path file, byte[] bytes, ImageShape shape) throws IOException {
    try {
      return Picture.read(bytes, shape);
    } catch (IOException e) {
      throw new IOException(file + ": unreadable image: " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new IOException(file + ": not a file");
    }
    if (attributes.size() > LARGEST) {
      throw new IOException(
          file + ": at most " + LARGEST + " bytes expected, " + attributes.size() + " found");
    }
    return Files.readAllBytes(file);
  }
}

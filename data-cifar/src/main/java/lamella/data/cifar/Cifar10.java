package lamella.data.cifar;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * CIFAR-10: 50,000 training and 10,000 test images of ten classes, or a set of the same form drawn
 * by program. Both are {@link LabelledImages}: 32 x 32 pixels in three colours.
 *
 * <p>Every file is read once and checked: its size, and every label.
 *
 * <p>Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 */
public final class Cifar10 {
  /** The number of classes. */
  public static final int CLASSES = 10;

  /** The shape of its images: 32x32x3. */
  static final ImageShape SHAPE = ImageShape.CIFAR10;

  /** The bytes of an image. */
  static final int IMAGE_BYTES = 3 * 32 * 32;

  /** The pixels of an image. */
  static final int PIXELS = 32 * 32;

  private Cifar10() {}

  /**
   * Reads CIFAR-10's binary version.
   *
   * @param directoryOrTarGz a directory with the six {@code .bin} files, one that holds it as
   *     {@code cifar-10-batches-bin}, or the official {@code cifar-10-binary.tar.gz} (read as it
   *     is; nothing is unpacked to disk)
   * @param layout the order that the images' numbers are to have
   * @return the images, checked
   * @throws CifarFormatException if something is missing or not as it must be
   * @throws IOException if reading fails
   */
  public static LabelledImages open(Path directoryOrTarGz, Layout layout) throws IOException {
    return open(directoryOrTarGz, layout, CifarFiles.RECORDS);
  }

  static LabelledImages open(Path directoryOrTarGz, Layout layout, int recordsPerFile)
      throws IOException {
    return CifarReader.read(directoryOrTarGz, layout, recordsPerFile);
  }

  /**
   * The built-in set of drawn shapes and textures, the same on every machine; made in about a
   * second.
   *
   * @param layout the order that the images' numbers are to have
   * @return 50,000 training and 10,000 test images
   */
  public static LabelledImages synthetic(Layout layout) {
    return synthetic(layout, 0);
  }

  /**
   * Draws the built-in set with another seed: other images of the same kind.
   *
   * @param layout the order that the images' numbers are to have
   * @param seed any number; 0 is that of the set above
   * @return 50,000 training and 10,000 test images
   */
  public static LabelledImages synthetic(Layout layout, long seed) {
    return SyntheticImages.make(layout, seed, CifarFiles.RECORDS);
  }

  /**
   * {@return the directory where downloads are kept: {@code LAMELLA_CACHE}, else {@code
   * XDG_CACHE_HOME/lamella}, else the system's custom, for example {@code ~/.cache/lamella}}
   */
  public static Path cacheDirectory() {
    return Places.ofThisProcess().cacheDirectory();
  }

  /**
   * {@return what to give {@link #open} where nobody passed a place: what the environment variable
   * {@code CIFAR10_HOME} names, else {@link #cacheDirectory} if it has data} Nothing is read or
   * checked yet: a wrong {@code CIFAR10_HOME} is an error of {@code open}, so that nobody gets
   * other images than those asked for.
   *
   * @throws java.nio.file.InvalidPathException if {@code CIFAR10_HOME} can be no path
   */
  public static Optional<Path> findInstalled() {
    return Places.ofThisProcess().findInstalled();
  }

  /**
   * Writes images as the six files of CIFAR-10's binary version and {@code batches.meta.txt}. Each
   * appears under its name only when it is complete; a file that is there already with other
   * content is never replaced.
   *
   * @param images of CIFAR-10's shape and number of classes, five training images for each test
   *     image
   * @param directory made if it is not there
   * @throws IllegalArgumentException if the images have another form
   * @throws IOException if writing fails or a file of that name has other content
   */
  public static void write(LabelledImages images, Path directory) throws IOException {
    CifarWriter.write(images, directory);
  }
}

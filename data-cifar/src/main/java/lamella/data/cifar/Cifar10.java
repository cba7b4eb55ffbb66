package lamella.data.cifar;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * CIFAR-10: 50,000 training and 10,000 test images of ten classes, or a set of the same form drawn
 * by program.
 *
 * <p>Every file is read once and checked: its size, and every label. Immutable.
 *
 * <p>Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 */
public final class Cifar10 {
  /** The number of classes. */
  public static final int CLASSES = 10;

  private final ImageSet train;
  private final ImageSet test;
  private final List<String> classNames;
  private final String source;
  private final List<Checksum> checksums;

  Cifar10(
      ImageSet train,
      ImageSet test,
      List<String> classNames,
      String source,
      List<Checksum> checksums) {
    this.train = train;
    this.test = test;
    this.classNames = List.copyOf(classNames);
    this.source = source;
    this.checksums = List.copyOf(checksums);
  }

  /**
   * The SHA-256 of a data file.
   *
   * @param file its name, for example {@code data_batch_1.bin}
   * @param sha256 64 hexadecimal digits
   * @param official whether it is the published file, bit for bit
   */
  public record Checksum(String file, String sha256, boolean official) {}

  /**
   * The images of an experiment.
   *
   * @param train what a network learns from
   * @param validation what choices are made by
   * @param test what the result is judged by
   */
  public record Split(ImageSet train, ImageSet validation, ImageSet test) {}

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
  public static Cifar10 open(Path directoryOrTarGz, Layout layout) throws IOException {
    return open(directoryOrTarGz, layout, CifarFiles.RECORDS);
  }

  static Cifar10 open(Path directoryOrTarGz, Layout layout, int recordsPerFile) throws IOException {
    return CifarReader.read(directoryOrTarGz, layout, recordsPerFile);
  }

  /**
   * The built-in set of drawn shapes and textures, the same on every machine; made in about a
   * second.
   *
   * @param layout the order that the images' numbers are to have
   * @return 50,000 training and 10,000 test images
   */
  public static Cifar10 synthetic(Layout layout) {
    return synthetic(layout, 0);
  }

  /**
   * Draws the built-in set with another seed: other images of the same kind.
   *
   * @param layout the order that the images' numbers are to have
   * @param seed any number; 0 is that of the set above
   * @return 50,000 training and 10,000 test images
   */
  public static Cifar10 synthetic(Layout layout, long seed) {
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

  /** {@return the 50,000 training images: data_batch_1 to 5, in order} */
  public ImageSet train() {
    return train;
  }

  /** {@return the 10,000 test images: test_batch} */
  public ImageSet test() {
    return test;
  }

  /** {@return the names of classes 0 to 9} */
  public List<String> classNames() {
    return classNames;
  }

  /** {@return where the data come from, for people} */
  public String source() {
    return source;
  }

  /** {@return the checksums of the six files; none for a set that was drawn} */
  public List<Checksum> checksums() {
    return checksums;
  }

  /** {@return whether all six files are the published ones, bit for bit} */
  public boolean isOfficial() {
    return !checksums.isEmpty() && checksums.stream().allMatch(Checksum::official);
  }

  /**
   * Sets aside the last training images.
   *
   * @param validation how many, for example 1000
   * @return what is left to learn from, and what was set aside
   * @throws IllegalArgumentException if it is negative or nothing would be left to learn from
   */
  public Split split(int validation) {
    int n = train.size();
    if (validation < 0 || validation >= n) {
      throw new IllegalArgumentException(
          "Cifar10: a validation set has 0 to "
              + (n - 1)
              + " of the "
              + n
              + " training images, got "
              + validation);
    }
    return new Split(train.slice(0, n - validation), train.slice(n - validation, n), test);
  }

  /**
   * Writes the six files of CIFAR-10's binary version and {@code batches.meta.txt}. Each appears
   * under its name only when it is complete; a file that is there already with other content is
   * never replaced.
   *
   * @param directory made if it is not there
   * @throws IOException if writing fails or a file of that name has other content
   */
  public void writeTo(Path directory) throws IOException {
    CifarWriter.write(this, directory);
  }
}

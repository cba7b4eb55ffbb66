package lamella.data.cifar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Images to learn from and images to be judged by, the names of their classes, and where they come
 * from: what {@link #open} reads and {@link Cifar10#synthetic} draws.
 *
 * <p>Training and test images have one shape, one layout and the same classes. Immutable.
 */
public final class LabelledImages {
  private final ImageSet train;
  private final ImageSet test;
  private final List<String> classNames;
  private final String source;
  private final String title;
  private final List<Checksum> checksums;

  private LabelledImages(
      ImageSet train,
      ImageSet test,
      List<String> classNames,
      String source,
      String title,
      List<Checksum> checksums) {
    this.train = train;
    this.test = test;
    this.classNames = List.copyOf(classNames);
    this.source = source;
    this.title = title;
    this.checksums = List.copyOf(checksums);
  }

  /**
   * The SHA-256 of a data file.
   *
   * @param file its name, for example {@code data_batch_1.bin}
   * @param sha256 64 hexadecimal digits, of what the file holds when it is unpacked
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
   * Reads CIFAR-10's binary version as {@link Cifar10#open}, or IDX files, such as those of MNIST
   * and Fashion-MNIST, as {@link Idx#open}: a directory with IDX files, or one of them, is told by
   * their names.
   *
   * @param place a directory or a file
   * @param layout the order that the images' numbers are to have
   * @return the images, checked
   * @throws IOException if something is missing or not as it must be, or reading fails; says what
   */
  public static LabelledImages open(Path place, Layout layout) throws IOException {
    boolean cifar = Files.isDirectory(place) && CifarPlace.hasData(place);
    return !cifar && Idx.isAt(place) ? Idx.open(place, layout) : Cifar10.open(place, layout);
  }

  /**
   * {@return images of your own}
   *
   * @param train what a network learns from
   * @param test what it is judged by; of the same shape, layout and classes
   * @param classNames one for each class
   * @param source where they come from, for people
   * @throws IllegalArgumentException if the two sets differ in more than their images, or there are
   *     not as many names as classes
   */
  public static LabelledImages of(
      ImageSet train, ImageSet test, List<String> classNames, String source) {
    return of(train, test, classNames, source, "images", List.of());
  }

  static LabelledImages of(
      ImageSet train,
      ImageSet test,
      List<String> classNames,
      String source,
      String title,
      List<Checksum> checksums) {
    if (!form(train).equals(form(test))) {
      throw new IllegalArgumentException(
          "LabelledImages: test images of the form of the training images expected, "
              + form(train)
              + ", got "
              + form(test));
    }
    if (classNames.size() != train.classes()) {
      throw new IllegalArgumentException(
          "LabelledImages: a name for each of "
              + train.classes()
              + " classes expected, got "
              + classNames.size());
    }
    return new LabelledImages(train, test, classNames, source, title, checksums);
  }

  private static String form(ImageSet images) {
    return images.shape() + ", " + images.layout() + ", " + images.classes() + " classes";
  }

  /** {@return the images to learn from, in the order of the files} */
  public ImageSet train() {
    return train;
  }

  /** {@return the images to be judged by} */
  public ImageSet test() {
    return test;
  }

  /** {@return the shape of every image} */
  public ImageShape shape() {
    return train.shape();
  }

  /** {@return the names of the classes, from class 0 on} */
  public List<String> classNames() {
    return classNames;
  }

  /** {@return where the data come from, for people} */
  public String source() {
    return source;
  }

  /**
   * {@return the name of the data set, for people: {@code CIFAR-10}, {@code Fashion-MNIST}, ...}
   */
  public String title() {
    return title;
  }

  /** {@return the checksums of the files; none for a set that was drawn or made by program} */
  public List<Checksum> checksums() {
    return checksums;
  }

  /** {@return whether all files are the published ones of their data set, bit for bit} */
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
          "LabelledImages: a validation set has 0 to "
              + (n - 1)
              + " of the "
              + n
              + " training images, got "
              + validation);
    }
    return new Split(train.slice(0, n - validation), train.slice(n - validation, n), test);
  }

  /** For example {@code LabelledImages(50000 training and 10000 test images, 32x32x3, HWC)}. */
  @Override
  public String toString() {
    return "LabelledImages("
        + train.size()
        + " training and "
        + test.size()
        + " test images, "
        + shape()
        + ", "
        + train.layout()
        + ")";
  }
}

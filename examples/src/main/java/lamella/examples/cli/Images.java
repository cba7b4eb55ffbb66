package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import lamella.core.Fingerprint;
import lamella.core.Parameter;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.LabelledImages;
import lamella.data.cifar.MeanImage;
import lamella.data.cifar.Normalisation;
import lamella.examples.Model;
import org.jspecify.annotations.Nullable;

/**
 * The images of an experiment as the report prepares them: the last training images, the report's
 * 1000, are for validation, and the mean of the others is subtracted from all, or they are
 * standardised.
 *
 * @param source where they come from, and under which names
 * @param drawn whether this is the built-in set
 * @param mean the mean of the training images
 */
record Images(
    LabelledImages source,
    boolean drawn,
    MeanImage mean,
    ImageDataset train,
    ImageDataset validation,
    ImageDataset test) {
  /** Images for training, of every set there is: the report's number. */
  static final int TRAINING = 49_000;

  /** Images for validation, of every set there is: the report's number. */
  static final int VALIDATION = 1000;

  /** The title of images in IDX files that are none of those known. */
  static final String IDX_FILES = "IDX files";

  private static final List<String> CIFAR10_CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  /** Reads the images and says all about them on {@code out}. */
  static Images open(@Nullable Path given, PrintWriter out) throws IOException {
    return open(given, VALIDATION, out, out);
  }

  /**
   * Reads the images.
   *
   * @param given where they are, or null for what is installed or else the built-in set
   * @param validation how many of the last training images are for validation
   * @param out told which they are
   * @param notes told where they are drawn because there are no others
   * @throws IOException if a place is named, here or by CIFAR10_HOME, that has none; if it leaves
   *     none for training
   */
  static Images open(@Nullable Path given, int validation, PrintWriter out, PrintWriter notes)
      throws IOException {
    Optional<LabelledImages> found = given != null ? Optional.of(read(given)) : installed();
    if (found.isEmpty()) {
      notes.println(
          "no CIFAR-10 found, using the built-in set of drawn images; to get CIFAR-10: 'lamella data fetch'"
              + " (170 MB), or --data, or CIFAR10_HOME");
    }
    LabelledImages source = found.orElseGet(() -> Cifar10.synthetic(Model.LAYOUT));
    int most = source.train().size() - 1;
    if (validation > most) {
      throw new IOException(
          source.source()
              + ": of "
              + (most + 1)
              + " training images at most "
              + most
              + " can be set aside for validation, got --validation "
              + validation);
    }
    Images images = of(source, found.isEmpty(), validation);
    out.println(
        "data: "
            + images.source.source()
            + ", "
            + images.train.size()
            + " training, "
            + (validation == 0 ? "" : validation + " validation, ")
            + images.test.size()
            + " test images");
    return images;
  }

  /** What to say of a model that never saw a photograph. */
  static String trainedOnDrawn() {
    return "note: the model was trained on the built-in set of drawn images, not on CIFAR-10";
  }

  private static Optional<LabelledImages> installed() throws IOException {
    String home = System.getenv("CIFAR10_HOME");
    boolean named = home != null && !home.isBlank();
    try {
      Optional<Path> place = Cifar10.findInstalled();
      return place.isEmpty() ? Optional.empty() : Optional.of(read(place.get()));
    } catch (InvalidPathException e) {
      throw new IOException("CIFAR10_HOME=" + home + ": " + e.getReason(), e);
    } catch (IOException e) {
      throw named ? new IOException("CIFAR10_HOME: " + Failures.describe(e), e) : e;
    }
  }

  private static LabelledImages read(Path place) throws IOException {
    return LabelledImages.open(place, Model.LAYOUT);
  }

  private static Images of(LabelledImages source, boolean drawn, int validation) {
    LabelledImages.Split split = source.split(validation);
    MeanImage mean = MeanImage.of(split.train());
    return new Images(
        source,
        drawn,
        mean,
        new ImageDataset(split.train(), mean),
        new ImageDataset(split.validation(), mean),
        new ImageDataset(split.test(), mean));
  }

  /** What tells these images from others, wherever they lie. */
  String description() {
    Parameter pixels = new Parameter("mean", Parameter.Role.STATISTIC, mean.mean());
    return train.size()
        + " training images whose mean has the sha256 "
        + Fingerprint.of(List.of(pixels));
  }

  /**
   * Whether the report's numbers may stand beside ours: these images have CIFAR-10's classes. (Its
   * checksums are not asked for, so that copies which have been through a lossy format count.)
   */
  boolean isCifar10() {
    return !drawn
        && source.shape().equals(ImageShape.CIFAR10)
        && source.classNames().equals(CIFAR10_CLASSES);
  }

  /** What is made of the pixels. */
  Normalisation normalisation() {
    return train.normalisation();
  }

  /** The same images as their pixels are, for a network that prepares them itself. */
  Images pixels() {
    return with(MeanImage.zero(source.shape()));
  }

  /** The same images, read in another way. */
  Images with(Normalisation other) {
    return new Images(
        source,
        drawn,
        mean,
        new ImageDataset(train.images(), other),
        new ImageDataset(validation.images(), other),
        new ImageDataset(test.images(), other));
  }
}

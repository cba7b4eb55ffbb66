package lamella.data.cifar;

import java.util.Objects;
import lamella.core.Checksum;

/**
 * Labelled images of one shape; immutable.
 *
 * <p>Pixels stay the bytes of the files: 150 MB for 49,000 of CIFAR-10's images, where floats would
 * take 600 MB. {@link #slice} shares them.
 */
public final class ImageSet {
  /** A label is a byte. */
  static final int MOST_CLASSES = 256;

  private final ImageShape shape;
  private final Layout layout;
  private final int classes;
  private final byte[] labels;
  private final byte[] pixels;
  private final int from;
  private final int size;

  private ImageSet(
      ImageShape shape,
      Layout layout,
      int classes,
      byte[] labels,
      byte[] pixels,
      int from,
      int size) {
    this.shape = shape;
    this.layout = layout;
    this.classes = classes;
    this.labels = labels;
    this.pixels = pixels;
    this.from = from;
    this.size = size;
  }

  /**
   * {@return the set with these labels and pixels; the arrays are used, not copied, and must not be
   * changed afterwards}
   *
   * @param shape of every image
   * @param layout the order of an image's numbers
   * @param classes how many there are, 1 to 256
   * @param labels one per image, each a byte that stands for 0 to 255, in [0, classes)
   * @param pixels as many as the shape's size per image, in this layout, image after image
   * @throws IllegalArgumentException if the lengths do not match, or a label or the number of
   *     classes is outside
   */
  public static ImageSet wrap(
      ImageShape shape, Layout layout, int classes, byte[] labels, byte[] pixels) {
    if (classes < 1 || classes > MOST_CLASSES) {
      throw new IllegalArgumentException("ImageSet: 1 to 256 classes expected, got " + classes);
    }
    if ((long) labels.length * shape.size() != pixels.length) {
      throw new IllegalArgumentException(
          "ImageSet: "
              + labels.length
              + " labels of images "
              + shape
              + " need "
              + (long) labels.length * shape.size()
              + " pixel bytes, got "
              + pixels.length);
    }
    for (int i = 0; i < labels.length; i++) {
      if ((labels[i] & 0xff) >= classes) {
        throw new IllegalArgumentException(
            "ImageSet: label "
                + (labels[i] & 0xff)
                + " of image "
                + i
                + " is outside [0, "
                + classes
                + ")");
      }
    }
    return new ImageSet(shape, layout, classes, labels, pixels, 0, labels.length);
  }

  /** {@return the number of images} */
  public int size() {
    return size;
  }

  /** {@return the shape of every image} */
  public ImageShape shape() {
    return shape;
  }

  /** {@return the order of an image's numbers} */
  public Layout layout() {
    return layout;
  }

  /** {@return the number of classes, of which some may have no image here} */
  public int classes() {
    return classes;
  }

  /**
   * {@return the class of an image, in [0, classes)}
   *
   * @param index of the image
   * @throws IndexOutOfBoundsException if there is no such image
   */
  public int label(int index) {
    return labels[from + Objects.checkIndex(index, size)] & 0xff;
  }

  /** {@return the classes of all images, as a new array} */
  public int[] labels() {
    int[] result = new int[size];
    for (int i = 0; i < size; i++) {
      result[i] = labels[from + i] & 0xff;
    }
    return result;
  }

  /**
   * {@return the bytes of an image in this set's layout, as a new array; each stands for 0 to 255}
   *
   * @param index of the image
   */
  public byte[] pixels(int index) {
    byte[] result = new byte[shape.size()];
    pixels(index, result);
    return result;
  }

  /**
   * Copies the bytes of an image to the beginning of {@code to}.
   *
   * @param index of the image
   * @param to at least as long as the shape's size
   * @throws IndexOutOfBoundsException if there is no such image or no room for it
   */
  public void pixels(int index, byte[] to) {
    System.arraycopy(pixels, start(index), to, 0, shape.size());
  }

  /**
   * {@return the images from {@code from} (inclusive) to {@code to} (exclusive), over the same
   * bytes}
   *
   * @param from the first
   * @param to one past the last
   * @throws IndexOutOfBoundsException unless 0 &le; from &le; to &le; size
   */
  public ImageSet slice(int from, int to) {
    Objects.checkFromToIndex(from, to, size);
    return new ImageSet(shape, layout, classes, labels, pixels, this.from + from, to - from);
  }

  /** The live array that holds, at {@link #start}, the pixels of an image. */
  byte[] array() {
    return pixels;
  }

  /** Where the pixels of an image begin in {@link #array}. */
  int start(int index) {
    return (from + Objects.checkIndex(index, size)) * shape.size();
  }

  /** For {@link ImageDataset#fingerprint}. */
  String fingerprint() {
    return this
        + ", pixels "
        + new Checksum().add(pixels, from * shape.size(), size * shape.size())
        + ", labels "
        + new Checksum().add(labels, from, size);
  }

  /** For example {@code 49000 images, 32x32x3, HWC}. */
  @Override
  public String toString() {
    return size + " images, " + shape + ", " + layout;
  }
}

package lamella.data.cifar;

import java.util.Objects;
import lamella.core.Checksum;

/**
 * Labelled images of 32 x 32 pixels in three colours; immutable.
 *
 * <p>Pixels stay the bytes of the files: 3072 an image, 150 MB for 49,000 images, where floats
 * would take 600 MB. {@link #slice} shares them.
 */
public final class ImageSet {
  /** Width and height of an image in pixels. */
  public static final int SIDE = 32;

  /** Bytes of an image: 32 rows x 32 columns x 3 channels. */
  public static final int IMAGE_BYTES = 3 * SIDE * SIDE;

  static final int PIXELS = SIDE * SIDE;

  private final Layout layout;
  private final byte[] labels;
  private final byte[] pixels;
  private final int from;
  private final int size;

  private ImageSet(Layout layout, byte[] labels, byte[] pixels, int from, int size) {
    this.layout = layout;
    this.labels = labels;
    this.pixels = pixels;
    this.from = from;
    this.size = size;
  }

  /**
   * {@return the set with these labels and pixels; the arrays are used, not copied, and must not be
   * changed afterwards}
   *
   * @param layout the order of an image's numbers
   * @param labels one per image, in [0, 10)
   * @param pixels 3072 per image, in this layout, image after image
   * @throws IllegalArgumentException if the lengths do not match or a label is outside
   */
  public static ImageSet wrap(Layout layout, byte[] labels, byte[] pixels) {
    if ((long) labels.length * IMAGE_BYTES != pixels.length) {
      throw new IllegalArgumentException(
          "ImageSet: "
              + labels.length
              + " labels need "
              + (long) labels.length * IMAGE_BYTES
              + " pixel bytes, got "
              + pixels.length);
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= Cifar10.CLASSES) {
        throw new IllegalArgumentException(
            "ImageSet: label " + (labels[i] & 0xff) + " of image " + i + " is outside [0, 10)");
      }
    }
    return new ImageSet(layout, labels, pixels, 0, labels.length);
  }

  /** {@return the number of images} */
  public int size() {
    return size;
  }

  /** {@return the order of an image's numbers} */
  public Layout layout() {
    return layout;
  }

  /**
   * {@return the class of an image, in [0, 10)}
   *
   * @param index of the image
   * @throws IndexOutOfBoundsException if there is no such image
   */
  public int label(int index) {
    return labels[from + Objects.checkIndex(index, size)];
  }

  /** {@return the classes of all images, as a new array} */
  public int[] labels() {
    int[] result = new int[size];
    for (int i = 0; i < size; i++) {
      result[i] = labels[from + i];
    }
    return result;
  }

  /**
   * {@return the 3072 bytes of an image in this set's layout, as a new array; each stands for 0 to
   * 255}
   *
   * @param index of the image
   */
  public byte[] pixels(int index) {
    byte[] result = new byte[IMAGE_BYTES];
    pixels(index, result);
    return result;
  }

  /**
   * Copies the 3072 bytes of an image to the beginning of {@code to}.
   *
   * @param index of the image
   * @param to at least 3072 long
   * @throws IndexOutOfBoundsException if there is no such image or no room for it
   */
  public void pixels(int index, byte[] to) {
    System.arraycopy(pixels, start(index), to, 0, IMAGE_BYTES);
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
    return new ImageSet(layout, labels, pixels, this.from + from, to - from);
  }

  /** The live array that holds, at {@link #start}, the pixels of an image. */
  byte[] array() {
    return pixels;
  }

  /** Where the pixels of an image begin in {@link #array}. */
  int start(int index) {
    return (from + Objects.checkIndex(index, size)) * IMAGE_BYTES;
  }

  /** For {@link ImageDataset#fingerprint}. */
  String fingerprint() {
    return this
        + ", pixels "
        + new Checksum().add(pixels, from * IMAGE_BYTES, size * IMAGE_BYTES)
        + ", labels "
        + new Checksum().add(labels, from, size);
  }

  /** For example {@code 49000 images, HWC}. */
  @Override
  public String toString() {
    return size + " images, " + layout;
  }
}

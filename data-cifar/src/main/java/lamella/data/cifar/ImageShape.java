package lamella.data.cifar;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of an image: rows, columns, and the numbers of each pixel.
 *
 * @param height rows of pixels
 * @param width columns of pixels
 * @param channels 1: grey; 3: red, green and blue
 */
public record ImageShape(int height, int width, int channels) {
  /** CIFAR-10's: 32 x 32 pixels in three colours. */
  public static final ImageShape CIFAR10 = new ImageShape(32, 32, 3);

  /** More numbers than this has no image: so many are a picture of 4096 x 4096 grey pixels. */
  static final int MOST_NUMBERS = 1 << 24;

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,8})x([0-9]{1,8})x([0-9]{1,8})");

  /** Refuses images without pixels, too large ones, and other channels than 1 and 3. */
  public ImageShape {
    if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
      throw new IllegalArgumentException(
          "ImageShape: at least one row and one column, and 1 or 3 channels expected, got "
              + text(height, width, channels));
    }
    if ((long) height * width * channels > MOST_NUMBERS) {
      throw new IllegalArgumentException(
          "ImageShape: an image of at most "
              + MOST_NUMBERS
              + " numbers expected, got "
              + text(height, width, channels));
    }
  }

  /**
   * {@return the shape with this {@link #toString text}}
   *
   * @param text for example {@code 28x28x1}
   * @throws IllegalArgumentException if it is no shape
   */
  public static ImageShape of(String text) {
    Matcher numbers = TEXT.matcher(text);
    if (!numbers.matches()) {
      throw new IllegalArgumentException(
          "ImageShape: height x width x channels such as 28x28x1 expected, got '" + text + "'");
    }
    return new ImageShape(
        Integer.parseInt(numbers.group(1)),
        Integer.parseInt(numbers.group(2)),
        Integer.parseInt(numbers.group(3)));
  }

  /** {@return the numbers of an image: height x width x channels} */
  public int size() {
    return height * width * channels;
  }

  /** {@return the pixels of an image: height x width} */
  public int pixels() {
    return height * width;
  }

  /**
   * {@return where a number stands among those of its image}
   *
   * @param layout the order of the image's numbers
   * @param row from the top
   * @param column from the left
   * @param channel 0 red, 1 green, 2 blue; 0 where an image is grey
   */
  public int offset(Layout layout, int row, int column, int channel) {
    return offset(layout, row * width + column, channel);
  }

  /** The same for the pixel row * width + column. */
  int offset(Layout layout, int pixel, int channel) {
    return layout == Layout.HWC ? channels * pixel + channel : pixels() * channel + pixel;
  }

  private static String text(int height, int width, int channels) {
    return height + "x" + width + "x" + channels;
  }

  /** For example {@code 28x28x1}. */
  @Override
  public String toString() {
    return text(height, width, channels);
  }
}

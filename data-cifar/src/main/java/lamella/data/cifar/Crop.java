package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * A crop of the image's own size at a random place of the image with padding around it; in other
 * words, shifts it by -padding to +padding pixels down and to the right, each of the (2 padding +
 * 1)² shifts as likely. The padding is blank; or {@linkplain #reflected reflected}: what lies as
 * far inside of the edge, without the edge itself.
 *
 * <p>Source: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition"
 * (2016), section 4.2, after C.-Y. Lee and others, "Deeply-supervised nets" (2015); both pad by 4.
 *
 * @param padding pixels on each side, at least 1 and fewer than an image has rows and columns
 * @param reflects whether the padding is the reflected image
 */
public record Crop(int padding, boolean reflects) implements Augmentation {

  /** Refuses a padding below 1. */
  public Crop {
    if (padding < 1) {
      throw new IllegalArgumentException("Crop: padding must be at least 1, got " + padding);
    }
  }

  /**
   * A crop with blank padding.
   *
   * @param padding pixels on each side, at least 1 and fewer than an image has rows and columns
   */
  public Crop(int padding) {
    this(padding, false);
  }

  /**
   * {@return a crop of the image with itself reflected around it, so that it has no blank edges,
   * which no other images have}
   *
   * @param padding pixels on each side, at least 1 and fewer than an image has rows and columns
   */
  public static Crop reflected(int padding) {
    return new Crop(padding, true);
  }

  @Override
  public void check(ImageShape shape) {
    int side = Math.min(shape.height(), shape.width());
    if (padding >= side) {
      throw new IllegalArgumentException(
          "Crop: padding of images " + shape + " must be in [1, " + side + "), got " + padding);
    }
  }

  @Override
  public void apply(Pixels pixels, RandomGenerator random) {
    int places = 2 * padding + 1;
    int down = random.nextInt(places) - padding;
    int right = random.nextInt(places) - padding;
    if (reflects) {
      pixels.shiftReflected(down, right);
    } else {
      pixels.shift(down, right);
    }
  }

  /** For example {@code Crop(4)}, or {@code Crop(4,reflect)}. */
  @Override
  public String toString() {
    return "Crop(" + padding + (reflects ? ",reflect)" : ")");
  }
}

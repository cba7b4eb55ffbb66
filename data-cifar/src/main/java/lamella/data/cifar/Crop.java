package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * A crop of the image's own size at a random place of the image with blank padding around it; in
 * other words, shifts it by -padding to +padding pixels down and to the right, each of the (2
 * padding + 1)² shifts as likely.
 *
 * <p>Source: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition"
 * (2016), section 4.2, after C.-Y. Lee and others, "Deeply-supervised nets" (2015); both pad by 4.
 *
 * @param padding pixels on each side, 1 to 31
 */
public record Crop(int padding) implements Augmentation {

  /** Refuses a padding that is outside [1, 32). */
  public Crop {
    if (padding < 1 || padding >= ImageSet.SIDE) {
      throw new IllegalArgumentException("Crop: padding must be in [1, 32), got " + padding);
    }
  }

  @Override
  public void apply(Pixels pixels, RandomGenerator random) {
    int places = 2 * padding + 1;
    int down = random.nextInt(places) - padding;
    int right = random.nextInt(places) - padding;
    pixels.shift(down, right);
  }

  @Override
  public String toString() {
    return "Crop(" + padding + ")";
  }
}

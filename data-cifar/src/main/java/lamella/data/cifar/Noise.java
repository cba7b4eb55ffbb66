package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * Adds normal noise to each number of an image, rounded to whole grey levels; what would leave 0 to
 * 255 stays at the end.
 *
 * @param deviation the standard deviation in grey levels, above 0 and at most 255
 */
public record Noise(double deviation) implements Augmentation {

  /** Refuses a deviation that is not in (0, 255]. */
  public Noise {
    if (!(deviation > 0 && deviation <= Pixels.MOST_NOISE)) {
      throw new IllegalArgumentException(
          "Noise: deviation must be above 0 and at most 255 grey levels, got " + deviation);
    }
  }

  @Override
  public void apply(Pixels pixels, RandomGenerator random) {
    pixels.addNoise(random.nextLong(), deviation);
  }

  /** For example {@code Noise(8)}. */
  @Override
  public String toString() {
    return "Noise(" + Affine.shortest(deviation) + ")";
  }
}

package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * Makes a square of the image blank; its centre is any pixel, so that part of the square may lie
 * outside. The centre is the pixel at (side / 2, side / 2) of the square.
 *
 * <p>Source: T. DeVries, G. Taylor, "Improved regularization of convolutional neural networks with
 * cutout" (2017), where 16 is the side for CIFAR-10.
 *
 * @param side of the square in pixels, 1 to 32
 */
public record Cutout(int side) implements Augmentation {

  /** Refuses a side that is outside [1, 32]. */
  public Cutout {
    if (side < 1 || side > ImageSet.SIDE) {
      throw new IllegalArgumentException("Cutout: side must be in [1, 32], got " + side);
    }
  }

  @Override
  public void apply(Pixels pixels, RandomGenerator random) {
    int top = random.nextInt(ImageSet.SIDE) - side / 2;
    int left = random.nextInt(ImageSet.SIDE) - side / 2;
    pixels.erase(top, left, side, side);
  }

  @Override
  public String toString() {
    return "Cutout(" + side + ")";
  }
}

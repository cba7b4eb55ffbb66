package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * Makes a square of the image blank; its centre is any pixel, so that part of the square may lie
 * outside. The centre is the pixel at (side / 2, side / 2) of the square.
 *
 * <p>Source: T. DeVries, G. Taylor, "Improved regularization of convolutional neural networks with
 * cutout" (2017), where 16 is the side for CIFAR-10.
 *
 * @param side of the square in pixels, at least 1 and at most the longer side of an image
 */
public record Cutout(int side) implements Augmentation {

  /** Refuses a side below 1. */
  public Cutout {
    if (side < 1) {
      throw new IllegalArgumentException("Cutout: side must be at least 1, got " + side);
    }
  }

  @Override
  public void check(ImageShape shape) {
    int longer = Math.max(shape.height(), shape.width());
    if (side > longer) {
      throw new IllegalArgumentException(
          "Cutout: side in images " + shape + " must be in [1, " + longer + "], got " + side);
    }
  }

  @Override
  public void apply(Pixels pixels, RandomGenerator random) {
    ImageShape shape = pixels.shape();
    int top = random.nextInt(shape.height()) - side / 2;
    int left = random.nextInt(shape.width()) - side / 2;
    pixels.erase(top, left, side, side);
  }

  @Override
  public String toString() {
    return "Cutout(" + side + ")";
  }
}

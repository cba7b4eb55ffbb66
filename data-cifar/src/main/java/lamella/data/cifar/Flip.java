package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * Mirrors every other image, left to right, by chance.
 *
 * <p>Source: A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep
 * convolutional neural networks" (2012), section 4.1.
 */
public record Flip() implements Augmentation {
  @Override
  public void apply(Pixels pixels, RandomGenerator random) {
    if (random.nextInt(2) == 1) {
      pixels.flip();
    }
  }

  @Override
  public String toString() {
    return "Flip";
  }
}

package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * Mirrors images, left to right: each with the chance of one half in every epoch; or {@linkplain
 * #alternating by turns}.
 *
 * <p>Source: A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep
 * convolutional neural networks" (2012), section 4.1; of the turns, K. Jordan, "94% on CIFAR-10 in
 * 3.29 seconds on a single GPU" (2024), section 3.6.
 *
 * @param takesTurns whether an image is mirrored in every other epoch, instead of by chance
 */
public record Flip(boolean takesTurns) implements Augmentation {

  /** By chance. */
  public Flip() {
    this(false);
  }

  /**
   * {@return a flip by turns: one half of the images, drawn at random, is mirrored in the epochs 0,
   * 2, 4, ..., the other half in 1, 3, 5, ...} Within two epochs each image is seen both ways,
   * where chance shows half of the images the same way twice; so a training learns a little more
   * from as many epochs.
   */
  public static Flip alternating() {
    return new Flip(true);
  }

  /** As in epoch 0. */
  @Override
  public void apply(Pixels pixels, RandomGenerator random) {
    apply(pixels, 0, random);
  }

  @Override
  public void apply(Pixels pixels, long epoch, RandomGenerator random) {
    boolean drawn = random.nextInt(2) == 1;
    boolean turned = takesTurns && (epoch & 1) == 1;
    if (drawn != turned) {
      pixels.flip();
    }
  }

  /** 2 by turns, 0 by chance. */
  @Override
  public int period() {
    return takesTurns ? 2 : 0;
  }

  /** {@code Flip}, or {@code Flip(alternating)}. */
  @Override
  public String toString() {
    return takesTurns ? "Flip(alternating)" : "Flip";
  }
}

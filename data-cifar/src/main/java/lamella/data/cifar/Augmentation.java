package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * A change of training images that leaves their class as it is, so that a network learns from more
 * images than there are; one step of {@link ImageDataset#augmented}.
 *
 * <p>A step is a function of the image and of random numbers that are its own for this image in
 * this epoch; it keeps nothing between calls, and any number of threads may use it, also several at
 * once. One of your own, here darker and lighter images:
 *
 * {@snippet file="SnippetsTest.java" region="augmentation"}
 */
@FunctionalInterface
public interface Augmentation {

  /**
   * Changes one image.
   *
   * @param pixels of the image; changed
   * @param random the same numbers whenever this image is read in this epoch; its {@code
   *     nextInt(n)} is the integer part of n {@code nextDouble()}, on every machine
   */
  void apply(Pixels pixels, RandomGenerator random);

  /**
   * Changes one image, in an epoch: for steps that do something else in some epochs. By default
   * {@link #apply(Pixels, RandomGenerator)}, whatever the epoch is.
   *
   * @param pixels of the image; changed
   * @param epoch 0 for the first
   * @param random as there; of a step that has a {@link #period}, the same numbers in every epoch
   */
  default void apply(Pixels pixels, long epoch, RandomGenerator random) {
    apply(pixels, random);
  }

  /**
   * {@return after how many epochs the step changes an image the same way again; 0 if it never
   * does, as by default} A step with a period is given the same random numbers in every epoch, so
   * that it repeats if it takes nothing else from the epoch than its remainder by the period.
   */
  default int period() {
    return 0;
  }

  /**
   * Refuses images that cannot be changed so, for example those that a crop's padding exceeds; what
   * nobody overrides takes all.
   *
   * @param shape of the images
   * @throws IllegalArgumentException if it is too small; says what was expected and given
   */
  default void check(ImageShape shape) {}
}

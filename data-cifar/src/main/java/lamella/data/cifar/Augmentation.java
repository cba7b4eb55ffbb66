package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * A change of training images that leaves their class as it is, so that a network learns from more
 * images than there are; one step of {@link ImageDataset#augmented}.
 *
 * <p>A step is a function of the image and of random numbers that are its own for this image in
 * this epoch; it keeps nothing between calls, and any number of threads may use it. One of your
 * own, here darker and lighter images:
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
}

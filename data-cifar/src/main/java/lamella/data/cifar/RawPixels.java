package lamella.data.cifar;

import java.util.Optional;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;

/**
 * Pixels as they are, from 0 to 255: for networks whose first layer prepares them. What
 * augmentation leaves blank is the mean image of the training set, as it is with the other
 * normalisations.
 */
public final class RawPixels extends Normalisation {
  private final MeanImage zero;
  private final MeanImage mean;

  private RawPixels(MeanImage zero, MeanImage mean) {
    this.zero = zero;
    this.mean = mean;
  }

  /**
   * {@return pixels as they are, blank where they are lost as the mean of these images is}
   *
   * @param images the training set, at least one image
   * @throws IllegalArgumentException if the set is empty
   */
  public static RawPixels of(ImageSet images) {
    return new RawPixels(MeanImage.zero(images.shape()), MeanImage.of(images));
  }

  @Override
  public int size() {
    return zero.size();
  }

  /** Zeros. */
  @Override
  public DoubleTensor mean() {
    return zero.mean();
  }

  @Override
  public Optional<DoubleTensor> deviation() {
    return Optional.empty();
  }

  @Override
  void read(byte[] pixels, int origin, int[] rows, FloatTensor x) {
    zero.read(pixels, origin, rows, x);
  }

  @Override
  void read(byte[] pixels, int origin, int[] rows, double[] x) {
    zero.read(pixels, origin, rows, x);
  }

  @Override
  byte[] blank() {
    return mean.blank();
  }

  @Override
  String fingerprint() {
    return "RawPixels, blank " + mean.fingerprint();
  }
}

package lamella.data.cifar;

import java.util.Optional;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;

/**
 * How the bytes of images become a network's inputs: x = (pixel - mean) / deviation, with numbers
 * that are computed from a training set.
 *
 * <p>{@link MeanImage} subtracts the mean of every pixel and channel and divides by nothing; {@link
 * Standardisation} has one mean and one deviation for each channel; {@link RawPixels} leaves them
 * as they are.
 *
 * <p>What {@link #mean} and {@link #deviation} say makes the layer that does the same to pixels at
 * the head of a network.
 */
public abstract sealed class Normalisation permits MeanImage, Standardisation, RawPixels {
  Normalisation() {}

  /** {@return the numbers of an image that it is for, for example 3072} */
  public abstract int size();

  /** {@return what is subtracted from each of the numbers of an image, {@code [size]}} */
  public abstract DoubleTensor mean();

  /** {@return what each difference is divided by, {@code [size]}; empty if by nothing} */
  public abstract Optional<DoubleTensor> deviation();

  /** x[i, j] = (pixels[origin + size rows[i] + j] - mean[j]) / deviation[j]. */
  abstract void read(byte[] pixels, int origin, int[] rows, FloatTensor x);

  /** The same in float64. */
  abstract void read(byte[] pixels, int origin, int[] rows, double[] x);

  /** The image that becomes zero, as far as bytes can: the mean, rounded. */
  abstract byte[] blank();

  /** The name and, of all numbers, what tells them from others. */
  abstract String fingerprint();

  static byte[] toBytes(double[] mean) {
    byte[] bytes = new byte[mean.length];
    for (int j = 0; j < bytes.length; j++) {
      bytes[j] = (byte) Math.clamp(Math.round(mean[j]), 0, 255);
    }
    return bytes;
  }
}

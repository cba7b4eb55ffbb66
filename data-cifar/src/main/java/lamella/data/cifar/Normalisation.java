package lamella.data.cifar;

/**
 * How the bytes of images become a network's inputs: x = (pixel - mean) / deviation, with numbers
 * that are computed from a training set.
 *
 * <p>{@link MeanImage} subtracts the mean of every pixel and channel and divides by nothing; {@link
 * Standardisation} has one mean and one deviation for each channel.
 */
public abstract sealed class Normalisation permits MeanImage, Standardisation {
  Normalisation() {}

  /** x[i, j] = (pixels[origin + 3072 rows[i] + j] - mean[j]) / deviation[j]. */
  abstract void read(byte[] pixels, int origin, int[] rows, float[] x);

  /** As for float. */
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

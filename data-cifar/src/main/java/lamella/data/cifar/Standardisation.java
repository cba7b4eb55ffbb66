package lamella.data.cifar;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import lamella.core.ByteRows;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;

/**
 * The mean and the standard deviation of each colour channel over a set of images: x = (pixel -
 * mean[channel]) / deviation[channel], which has mean 0 and deviation 1 over that set.
 *
 * <p>deviation² = (sum of (pixel - mean)²) / count, over all pixels of all images, as NumPy's
 * {@code std}. Both are computed from exact integers, so that they are the same on every machine.
 *
 * <p>In float64 difference and quotient are rounded once each; in float32 mean and deviation are
 * rounded to float first.
 */
public final class Standardisation extends Normalisation {
  private static final int CHANNELS = 3;

  private static final int LEVELS = 256;

  private final Layout layout;
  private final double[] means;
  private final double[] deviations;

  /** Of every number of an image. */
  private final float[] floatMeans;

  private final float[] floatDeviations;

  /**
   * What each byte becomes in float64, by channel: there are 256 of them, and a look costs less
   * than a division.
   */
  private final double[][] doubles = new double[CHANNELS][LEVELS];

  private Standardisation(Layout layout, double[] means, double[] deviations) {
    this.layout = layout;
    this.means = means;
    this.deviations = deviations;
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int pixel = 0; pixel < LEVELS; pixel++) {
        doubles[channel][pixel] = (pixel - means[channel]) / deviations[channel];
      }
    }
    this.floatMeans = floats(means);
    this.floatDeviations = floats(deviations);
  }

  /**
   * {@return mean and deviation of these images; of a training set, never of the images a network
   * is judged by}
   *
   * @param images at least one
   * @throws IllegalArgumentException if the set is empty, or a channel has one value only
   */
  public static Standardisation of(ImageSet images) {
    if (images.size() == 0) {
      throw new IllegalArgumentException("Standardisation: needs at least one image");
    }
    long[] sums = new long[CHANNELS];
    long[] squares = new long[CHANNELS];
    byte[] pixels = images.array();
    for (int i = 0; i < images.size(); i++) {
      int start = images.start(i);
      for (int channel = 0; channel < CHANNELS; channel++) {
        for (int p = 0; p < ImageSet.PIXELS; p++) {
          int pixel = pixels[start + images.layout().offset(p, channel)] & 0xff;
          sums[channel] += pixel;
          squares[channel] += (long) pixel * pixel;
        }
      }
    }
    long count = (long) images.size() * ImageSet.PIXELS;
    double[] means = new double[CHANNELS];
    double[] deviations = new double[CHANNELS];
    for (int channel = 0; channel < CHANNELS; channel++) {
      means[channel] = (double) sums[channel] / count;
      // count² deviation² = count sum(pixel²) - sum(pixel)², which may exceed a long.
      BigInteger sum = BigInteger.valueOf(sums[channel]);
      BigInteger square = BigInteger.valueOf(squares[channel]);
      double scaled = square.multiply(BigInteger.valueOf(count)).subtract(sum.pow(2)).doubleValue();
      deviations[channel] = Math.sqrt(scaled) / count;
    }
    return of(images.layout(), means, deviations);
  }

  /**
   * {@return the standardisation with these values, for example from a saved model}
   *
   * @param layout of the images it is meant for
   * @param means of red, green and blue
   * @param deviations of red, green and blue
   * @throws IllegalArgumentException if there are not three of each, one is not finite, or a
   *     deviation is not positive
   */
  public static Standardisation of(Layout layout, double[] means, double[] deviations) {
    if (means.length != CHANNELS || deviations.length != CHANNELS) {
      throw new IllegalArgumentException(
          "Standardisation: 3 means and 3 deviations expected, got "
              + means.length
              + " and "
              + deviations.length);
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
      double mean = means[channel];
      double deviation = deviations[channel];
      if (!Double.isFinite(mean) || !Double.isFinite(deviation) || deviation <= 0) {
        throw new IllegalArgumentException(
            "Standardisation: channel "
                + channel
                + " must have a finite mean and a finite deviation > 0, got "
                + mean
                + " and "
                + deviation);
      }
    }
    return new Standardisation(layout, means.clone(), deviations.clone());
  }

  /** {@return the means of red, green and blue, as a new array} */
  public double[] means() {
    return means.clone();
  }

  /** {@return the standard deviations of red, green and blue, as a new array} */
  public double[] deviations() {
    return deviations.clone();
  }

  @Override
  public DoubleTensor mean() {
    return image(means);
  }

  @Override
  public Optional<DoubleTensor> deviation() {
    return Optional.of(image(deviations));
  }

  private float[] floats(double[] channels) {
    return ((FloatTensor) image(channels).to(DType.FLOAT32)).array();
  }

  /** An image whose channels have these values at every pixel. */
  private DoubleTensor image(double[] channels) {
    double[] image = new double[ImageSet.IMAGE_BYTES];
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int p = 0; p < ImageSet.PIXELS; p++) {
        image[layout.offset(p, channel)] = channels[channel];
      }
    }
    return DoubleTensor.of(Shape.of(ImageSet.IMAGE_BYTES), image);
  }

  @Override
  void read(byte[] pixels, int origin, int[] rows, FloatTensor x) {
    ByteRows.gather(pixels, origin, rows, floatMeans, floatDeviations, x);
  }

  @Override
  void read(byte[] pixels, int origin, int[] rows, double[] x) {
    for (int i = 0; i < rows.length; i++) {
      int from = origin + rows[i] * ImageSet.IMAGE_BYTES;
      int to = i * ImageSet.IMAGE_BYTES;
      if (layout == Layout.HWC) {
        readPixels(pixels, from, x, to);
      } else {
        for (int channel = 0; channel < CHANNELS; channel++) {
          int plane = channel * ImageSet.PIXELS;
          readPlane(doubles[channel], pixels, from + plane, x, to + plane);
        }
      }
    }
  }

  private void readPixels(byte[] pixels, int from, double[] x, int to) {
    double[] red = doubles[0];
    double[] green = doubles[1];
    double[] blue = doubles[2];
    for (int j = 0; j < ImageSet.IMAGE_BYTES; j += CHANNELS) {
      x[to + j] = red[pixels[from + j] & 0xff];
      x[to + j + 1] = green[pixels[from + j + 1] & 0xff];
      x[to + j + 2] = blue[pixels[from + j + 2] & 0xff];
    }
  }

  private static void readPlane(double[] values, byte[] pixels, int from, double[] x, int to) {
    for (int j = 0; j < ImageSet.PIXELS; j++) {
      x[to + j] = values[pixels[from + j] & 0xff];
    }
  }

  @Override
  byte[] blank() {
    return toBytes(mean().toDoubleArray());
  }

  @Override
  String fingerprint() {
    return this + ", " + layout;
  }

  /** The values, in the order red, green, blue. */
  @Override
  public String toString() {
    return "Standardisation(means "
        + Arrays.toString(means)
        + ", deviations "
        + Arrays.toString(deviations)
        + ")";
  }
}

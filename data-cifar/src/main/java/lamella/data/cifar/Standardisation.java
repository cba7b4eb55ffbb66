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
 * The mean and the standard deviation of each channel over a set of images: x = (pixel -
 * mean[channel]) / deviation[channel], which has mean 0 and deviation 1 over that set.
 *
 * <p>deviation² = (sum of (pixel - mean)²) / count, over all pixels of all images, as NumPy's
 * {@code std}. Both are computed from exact integers, so that they are the same on every machine.
 *
 * <p>In float64 difference and quotient are rounded once each; in float32 mean and deviation are
 * rounded to float first.
 */
public final class Standardisation extends Normalisation {
  private static final int LEVELS = 256;

  private final ImageShape shape;
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
  private final double[][] doubles;

  private Standardisation(ImageShape shape, Layout layout, double[] means, double[] deviations) {
    this.shape = shape;
    this.layout = layout;
    this.means = means;
    this.deviations = deviations;
    this.doubles = new double[means.length][LEVELS];
    for (int channel = 0; channel < means.length; channel++) {
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
    ImageShape shape = images.shape();
    long[] sums = new long[shape.channels()];
    long[] squares = new long[shape.channels()];
    byte[] pixels = images.array();
    for (int i = 0; i < images.size(); i++) {
      int start = images.start(i);
      for (int channel = 0; channel < sums.length; channel++) {
        for (int p = 0; p < shape.pixels(); p++) {
          int pixel = pixels[start + shape.offset(images.layout(), p, channel)] & 0xff;
          sums[channel] += pixel;
          squares[channel] += (long) pixel * pixel;
        }
      }
    }
    long count = (long) images.size() * shape.pixels();
    double[] means = new double[sums.length];
    double[] deviations = new double[sums.length];
    for (int channel = 0; channel < sums.length; channel++) {
      means[channel] = (double) sums[channel] / count;
      // count² deviation² = count sum(pixel²) - sum(pixel)², which may exceed a long.
      BigInteger sum = BigInteger.valueOf(sums[channel]);
      BigInteger square = BigInteger.valueOf(squares[channel]);
      double scaled = square.multiply(BigInteger.valueOf(count)).subtract(sum.pow(2)).doubleValue();
      deviations[channel] = Math.sqrt(scaled) / count;
    }
    return of(shape, images.layout(), means, deviations);
  }

  /**
   * {@return the standardisation with these values, for example from a saved model}
   *
   * @param shape of the images it is meant for
   * @param layout of those images
   * @param means of each channel: red, green and blue, or grey
   * @param deviations of each channel
   * @throws IllegalArgumentException if there is not one of each for every channel, one is not
   *     finite, or a deviation is not positive
   */
  public static Standardisation of(
      ImageShape shape, Layout layout, double[] means, double[] deviations) {
    if (means.length != shape.channels() || deviations.length != shape.channels()) {
      throw new IllegalArgumentException(
          "Standardisation: as many means and deviations expected as images "
              + shape
              + " have channels, got "
              + means.length
              + " and "
              + deviations.length);
    }
    for (int channel = 0; channel < means.length; channel++) {
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
    return new Standardisation(shape, layout, means.clone(), deviations.clone());
  }

  /** {@return the means of the channels (red, green and blue, or grey), as a new array} */
  public double[] means() {
    return means.clone();
  }

  /** {@return the standard deviations of the channels, as a new array} */
  public double[] deviations() {
    return deviations.clone();
  }

  @Override
  public int size() {
    return shape.size();
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
    double[] image = new double[shape.size()];
    for (int channel = 0; channel < means.length; channel++) {
      for (int p = 0; p < shape.pixels(); p++) {
        image[shape.offset(layout, p, channel)] = channels[channel];
      }
    }
    return DoubleTensor.of(Shape.of(shape.size()), image);
  }

  @Override
  void read(byte[] pixels, int origin, int[] rows, FloatTensor x) {
    ByteRows.gather(pixels, origin, rows, floatMeans, floatDeviations, x);
  }

  @Override
  void read(byte[] pixels, int origin, int[] rows, double[] x) {
    for (int i = 0; i < rows.length; i++) {
      int from = origin + rows[i] * shape.size();
      int to = i * shape.size();
      if (layout == Layout.HWC && shape.channels() == 3) {
        readPixels(pixels, from, x, to);
      } else {
        for (int channel = 0; channel < means.length; channel++) {
          int plane = channel * shape.pixels();
          readPlane(shape.pixels(), doubles[channel], pixels, from + plane, x, to + plane);
        }
      }
    }
  }

  private void readPixels(byte[] pixels, int from, double[] x, int to) {
    double[] red = doubles[0];
    double[] green = doubles[1];
    double[] blue = doubles[2];
    for (int j = 0; j < shape.size(); j += 3) {
      x[to + j] = red[pixels[from + j] & 0xff];
      x[to + j + 1] = green[pixels[from + j + 1] & 0xff];
      x[to + j + 2] = blue[pixels[from + j + 2] & 0xff];
    }
  }

  private static void readPlane(
      int count, double[] values, byte[] pixels, int from, double[] x, int to) {
    for (int j = 0; j < count; j++) {
      x[to + j] = values[pixels[from + j] & 0xff];
    }
  }

  @Override
  byte[] blank() {
    return toBytes(mean().toDoubleArray());
  }

  @Override
  String fingerprint() {
    return this + ", " + shape + ", " + layout;
  }

  /** The values, in the order of the channels. */
  @Override
  public String toString() {
    return "Standardisation(means "
        + Arrays.toString(means)
        + ", deviations "
        + Arrays.toString(deviations)
        + ")";
  }
}

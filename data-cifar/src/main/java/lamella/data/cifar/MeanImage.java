package lamella.data.cifar;

import java.util.Optional;
import lamella.core.ByteRows;
import lamella.core.Checksum;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;

/**
 * The mean of every pixel and channel over a set of images, to be subtracted from the input of a
 * network.
 *
 * <p>mean[j] = (sum over images i of pixel[i][j]) / n. The sums are exact integers, so that the
 * result is the double nearest to the true mean, on every machine, and NumPy's {@code
 * mean(axis=0)}.
 */
public final class MeanImage extends Normalisation {
  /** An int holds 8.4 million times 255. */
  private static final int MOST_IN_INTS = 8_000_000;

  private final double[] doubles;
  private final float[] floats;

  private MeanImage(double[] doubles) {
    this.doubles = doubles;
    this.floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
  }

  /**
   * {@return the mean of these images; of a training set, never of the images a network is judged
   * by}
   *
   * @param images at least one
   * @throws IllegalArgumentException if the set is empty
   */
  public static MeanImage of(ImageSet images) {
    if (images.size() == 0) {
      throw new IllegalArgumentException("MeanImage: needs at least one image");
    }
    double[] means = new double[images.shape().size()];
    for (int first = 0; first < images.size(); first += MOST_IN_INTS) {
      int end = (int) Math.min((long) first + MOST_IN_INTS, images.size());
      add(images.slice(first, end), means);
    }
    for (int j = 0; j < means.length; j++) {
      means[j] /= images.size();
    }
    return new MeanImage(means);
  }

  /** Adds the sums of the pixels, whole numbers that a double holds exactly. */
  private static void add(ImageSet images, double[] to) {
    int[] sums = new int[to.length];
    byte[] pixels = images.array();
    for (int i = 0; i < images.size(); i++) {
      int start = images.start(i);
      for (int j = 0; j < sums.length; j++) {
        sums[j] += pixels[start + j] & 0xff;
      }
    }
    for (int j = 0; j < to.length; j++) {
      to[j] += sums[j];
    }
  }

  /**
   * {@return the mean image with these values, for example from a saved model}
   *
   * @param values one for each number of an image, in the layout of the images it is meant for
   * @throws IllegalArgumentException if there are none or one is not finite
   */
  public static MeanImage of(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("MeanImage: needs at least one value");
    }
    for (int j = 0; j < values.length; j++) {
      if (!Double.isFinite(values[j])) {
        throw new IllegalArgumentException("MeanImage: value " + j + " is " + values[j]);
      }
    }
    return new MeanImage(values.clone());
  }

  /**
   * {@return the mean image that changes nothing: zeros}
   *
   * @param shape of the images
   */
  public static MeanImage zero(ImageShape shape) {
    return new MeanImage(new double[shape.size()]);
  }

  /** {@return the values in the layout of the images they were made of, as a new array} */
  public double[] values() {
    return doubles.clone();
  }

  @Override
  public int size() {
    return doubles.length;
  }

  @Override
  public DoubleTensor mean() {
    return DoubleTensor.of(Shape.of(doubles.length), doubles);
  }

  @Override
  public Optional<DoubleTensor> deviation() {
    return Optional.empty();
  }

  @Override
  void read(byte[] pixels, int origin, int[] rows, FloatTensor x) {
    ByteRows.gather(pixels, origin, rows, floats, null, x);
  }

  @Override
  void read(byte[] pixels, int origin, int[] rows, double[] x) {
    ByteRows.gather(pixels, origin, rows, doubles, x);
  }

  @Override
  byte[] blank() {
    return toBytes(doubles);
  }

  @Override
  String fingerprint() {
    return "MeanImage " + new Checksum().add(doubles);
  }
}

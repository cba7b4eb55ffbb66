package lamella.examples.page;

import java.awt.image.BufferedImage;
import lamella.core.Tensor;
import lamella.data.cifar.ImageShape;

/**
 * The weights of the first layer as a square of images: what each hidden unit looks for.
 *
 * <p>Column u of W1 {@code [size, hidden]} holds a weight for each number of an input image, in its
 * order: rows, columns, and red, green and blue or grey alone. As in CS231n's {@code
 * visualize_grid}, each image is stretched for itself, its smallest weight to 0 and its largest to
 * 255, the fraction cut off; images stand row by row in the smallest square that has room, a pixel
 * apart. The gaps are transparent.
 *
 * <p>Source: Stanford CS231n, assignment 1, {@code vis_utils.py}.
 */
final class WeightGrid {
  /** Units shown at most: 32 x 32 images. */
  static final int MOST = 1024;

  /** Pixels of the grid at most, so that pictures of large images stay small: fewer are shown. */
  private static final int MOST_PIXELS = 1 << 21;

  private WeightGrid() {}

  /** How many of so many units are shown. */
  static int shown(int hidden, ImageShape shape) {
    int most = MOST_PIXELS / ((shape.height() + 1) * (shape.width() + 1));
    int side = Math.max(1, (int) Math.sqrt(most));
    return Math.min(hidden, Math.min(MOST, side * side));
  }

  /** Width of the grid in pixels. */
  static int width(int hidden, ImageShape shape) {
    return (shape.width() + 1) * columns(shown(hidden, shape)) - 1;
  }

  /** Height of the grid in pixels. */
  static int height(int hidden, ImageShape shape) {
    return (shape.height() + 1) * columns(shown(hidden, shape)) - 1;
  }

  private static int columns(int units) {
    return (int) Math.ceil(Math.sqrt(units));
  }

  /**
   * Draws the grid.
   *
   * @param weights W1, {@code [size, hidden]}
   * @param shape of the images that they look at
   */
  static BufferedImage of(Tensor weights, ImageShape shape) {
    int hidden = weights.shape().last();
    double[] values = weights.toDoubleArray();
    int units = shown(hidden, shape);
    BufferedImage grid =
        new BufferedImage(width(hidden, shape), height(hidden, shape), BufferedImage.TYPE_INT_ARGB);
    double[] column = new double[shape.size()];
    int[] pixels = new int[shape.pixels()];
    for (int unit = 0; unit < units; unit++) {
      for (int i = 0; i < column.length; i++) {
        column[i] = values[i * hidden + unit];
      }
      stretch(column, shape.channels(), pixels);
      int left = (shape.width() + 1) * (unit % columns(units));
      int top = (shape.height() + 1) * (unit / columns(units));
      grid.setRGB(left, top, shape.width(), shape.height(), pixels, 0, shape.width());
    }
    return grid;
  }

  private static void stretch(double[] weights, int channels, int[] pixels) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double weight : weights) {
      low = Math.min(low, weight);
      high = Math.max(high, weight);
    }
    // Weights that are all the same, which CS231n divides by zero for, are black.
    double scale = high > low ? 255 / (high - low) : 0;
    for (int pixel = 0; pixel < pixels.length; pixel++) {
      int rgb = 0xff;
      for (int channel = 0; channel < 3; channel++) {
        // Grey is as red as it is green and blue.
        double weight = weights[channels * pixel + (channels == 1 ? 0 : channel)];
        rgb = rgb << 8 | (int) ((weight - low) * scale);
      }
      pixels[pixel] = rgb;
    }
  }
}

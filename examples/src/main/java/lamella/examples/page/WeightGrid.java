package lamella.examples.page;

import java.awt.image.BufferedImage;
import lamella.core.Tensor;
import lamella.data.cifar.ImageShape;

/**
 * The weights of the first layer as a square of images: what each hidden unit looks for.
 *
 * <p>Column u of W1 {@code [3072, hidden]} holds a weight for each number of an input image, in its
 * order: 32 rows, 32 columns, red, green and blue. As in CS231n's {@code visualize_grid}, each
 * image is stretched for itself, its smallest weight to 0 and its largest to 255, the fraction cut
 * off; images stand row by row in the smallest square that has room, a pixel apart. The gaps are
 * transparent.
 *
 * <p>Source: Stanford CS231n, assignment 1, {@code vis_utils.py}.
 */
final class WeightGrid {
  /** Units shown at most: 32 x 32 images. */
  static final int MOST = 1024;

  private static final int SIDE = ImageShape.CIFAR10.width();

  /** From one image to the next: its width and the gap. */
  private static final int PITCH = SIDE + 1;

  private WeightGrid() {}

  /** How many of so many units are shown. */
  static int shown(int hidden) {
    return Math.min(hidden, MOST);
  }

  /** Width and height of the grid in pixels. */
  static int side(int hidden) {
    return PITCH * columns(shown(hidden)) - 1;
  }

  private static int columns(int units) {
    return (int) Math.ceil(Math.sqrt(units));
  }

  /**
   * Draws the grid.
   *
   * @param weights W1, {@code [3072, hidden]}
   */
  static BufferedImage of(Tensor weights) {
    int hidden = weights.shape().last();
    double[] values = weights.toDoubleArray();
    int units = shown(hidden);
    int side = side(hidden);
    BufferedImage grid = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    double[] column = new double[ImageShape.CIFAR10.size()];
    int[] pixels = new int[SIDE * SIDE];
    for (int unit = 0; unit < units; unit++) {
      for (int i = 0; i < column.length; i++) {
        column[i] = values[i * hidden + unit];
      }
      stretch(column, pixels);
      int left = PITCH * (unit % columns(units));
      int top = PITCH * (unit / columns(units));
      grid.setRGB(left, top, SIDE, SIDE, pixels, 0, SIDE);
    }
    return grid;
  }

  private static void stretch(double[] weights, int[] pixels) {
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
        rgb = rgb << 8 | (int) ((weights[3 * pixel + channel] - low) * scale);
      }
      pixels[pixel] = rgb;
    }
  }
}

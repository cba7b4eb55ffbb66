package lamella.examples.page;

import java.awt.image.BufferedImage;
import lamella.core.Tensor;
import lamella.data.cifar.ImageSet;

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

  private static final int SIDE = ImageSet.SIDE;

  /** From one image to the next: its width and the gap. */
  private static final int PITCH = SIDE + 1;

  private WeightGrid() {}

  /** How many of so many units are shown. */
  static int shown(int hidden) {
    return Math.min(hidden, MOST);
  }

  /**
   * Draws the grid.
   *
   * @param weights W1, {@code [3072, hidden]}
   */
  static BufferedImage of(Tensor weights) {
    int units = shown(weights.shape().last());
    int columns = (int) Math.ceil(Math.sqrt(units));
    int size = PITCH * columns - 1;
    BufferedImage grid = new BufferedImage(size, size, BufferedImage.TYPE_INT_ARGB);
    for (int unit = 0; unit < units; unit++) {
      draw(weights, unit, grid, PITCH * (unit % columns), PITCH * (unit / columns));
    }
    return grid;
  }

  private static void draw(Tensor weights, int unit, BufferedImage grid, int left, int top) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < ImageSet.IMAGE_BYTES; i++) {
      low = Math.min(low, weights.get(i, unit));
      high = Math.max(high, weights.get(i, unit));
    }
    // Weights that are all the same, which CS231n divides by zero for, are black.
    double scale = high > low ? 255 / (high - low) : 0;
    for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
      int rgb = 0xff;
      for (int channel = 0; channel < 3; channel++) {
        double weight = weights.get(3 * pixel + channel, unit);
        rgb = rgb << 8 | (int) ((weight - low) * scale);
      }
      grid.setRGB(left + pixel % SIDE, top + pixel / SIDE, rgb);
    }
  }
}

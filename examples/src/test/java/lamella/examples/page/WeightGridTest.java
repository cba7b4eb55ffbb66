package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.data.cifar.ImageShape;
import org.junit.jupiter.api.Test;

class WeightGridTest {
  private static final int INPUTS = 3072;

  private static Tensor zeros(int units) {
    return DoubleTensor.zeros(Shape.of(INPUTS, units));
  }

  private static void set(Tensor weights, int unit, int x, int y, int channel, double value) {
    weights.set((3 * (32 * y + x) + channel) * weights.shape().last() + unit, value);
  }

  @Test
  void everyUnitIsStretchedForItselfAndStandsInItsPlace() {
    Tensor weights = zeros(3);
    // Unit 0 reaches from -1 to 3: 0 becomes 63, a quarter of 255 with the fraction cut off.
    set(weights, 0, 5, 7, 0, 3);
    set(weights, 0, 31, 0, 2, -1);
    // Unit 1 is the same a thousand times smaller, unit 2 is all zero.
    set(weights, 1, 5, 7, 0, 0.003);
    set(weights, 1, 31, 0, 2, -0.001);
    BufferedImage grid = WeightGrid.of(weights, ImageShape.CIFAR10);
    assertEquals(65, grid.getWidth());
    assertEquals(65, grid.getHeight());
    for (int left : new int[] {0, 33}) {
      assertEquals(0xff_ff_3f_3f, grid.getRGB(left + 5, 7));
      assertEquals(0xff_3f_3f_00, grid.getRGB(left + 31, 0));
      assertEquals(0xff_3f_3f_3f, grid.getRGB(left + 7, 5));
    }
    assertEquals(0xff_00_00_00, grid.getRGB(16, 33 + 16));
    // The gaps and the place without a unit.
    assertEquals(0, grid.getRGB(32, 10));
    assertEquals(0, grid.getRGB(10, 32));
    assertEquals(0, grid.getRGB(50, 50));
  }

  @Test
  void theGridIsTheSmallestSquareThatHasRoom() {
    for (int[] unitsAndColumns : new int[][] {{1, 1}, {2, 2}, {4, 2}, {5, 3}, {64, 8}, {65, 9}}) {
      assertEquals(
          33 * unitsAndColumns[1] - 1,
          WeightGrid.of(zeros(unitsAndColumns[0]), ImageShape.CIFAR10).getWidth());
      assertEquals(
          33 * unitsAndColumns[1] - 1, WeightGrid.width(unitsAndColumns[0], ImageShape.CIFAR10));
    }
    assertEquals(64, WeightGrid.shown(64, ImageShape.CIFAR10));
    assertEquals(
        33 * 32 - 1, WeightGrid.of(zeros(WeightGrid.MOST + 1), ImageShape.CIFAR10).getWidth());
  }

  /** Two units of two rows and three columns: one weight a pixel, shown as grey. */
  @Test
  void greyImagesOfAnyShape() {
    ImageShape shape = new ImageShape(2, 3, 1);
    Tensor weights = FloatTensor.of(Shape.of(6, 2), 0, 5, 1, 5, 2, 5, 3, 5, 4, 5, 5, 5);
    BufferedImage grid = WeightGrid.of(weights, shape);
    assertEquals(7, grid.getWidth());
    assertEquals(5, grid.getHeight());
    for (int pixel = 0; pixel < 6; pixel++) {
      int level = 51 * pixel;
      assertEquals(
          0xff000000 | level << 16 | level << 8 | level, grid.getRGB(pixel % 3, pixel / 3));
      assertEquals(0xff000000, grid.getRGB(4 + pixel % 3, pixel / 3));
    }
    assertEquals(0, grid.getRGB(3, 0));
    assertEquals(0, grid.getRGB(0, 2));
    // Of large images fewer are shown, so that the page stays small.
    assertEquals(4, WeightGrid.shown(500, new ImageShape(700, 700, 3)));
    assertEquals(1, WeightGrid.shown(500, new ImageShape(4000, 4000, 1)));
  }
}

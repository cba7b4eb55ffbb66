package lamella.examples.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Random;
import lamella.data.cifar.ImageShape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ScalerTest {
  private static int[][] random(int width, int height, long seed) {
    Random random = new Random(seed);
    int[][] pixels = new int[height][width];
    for (int[] row : pixels) {
      for (int x = 0; x < width; x++) {
        row[x] = random.nextInt();
      }
    }
    return pixels;
  }

  @Property(tries = 60)
  void everyPixelIsTheMeanOfTheRectangleItCovers(
      @ForAll @IntRange(min = 1, max = 100) int width,
      @ForAll @IntRange(min = 1, max = 100) int height,
      @ForAll long seed)
      throws IOException {
    int[][] image = random(width, height, seed);
    Scaler scaler = new Scaler(width, height, 4, Orientation.UPRIGHT, ImageShape.CIFAR10);
    for (int y = 0; y < height; y++) {
      scaler.add(y, 0, 1, image[y], width);
    }
    byte[] pixels = scaler.pixels();
    // The image enlarged 32 times each way: its pixels then fall into 32 x 32 rectangles without a
    // rest.
    int[] sums = new int[3];
    int toX = (int) Math.floorMod(seed, 32L);
    int toY = (int) Math.floorMod(seed / 32, 32L);
    for (int y = toY * height; y < (toY + 1) * height; y++) {
      for (int x = toX * width; x < (toX + 1) * width; x++) {
        int rgb = image[y / 32][x / 32];
        for (int c = 0; c < 3; c++) {
          sums[c] += rgb >> (16 - 8 * c) & 0xff;
        }
      }
    }
    for (int c = 0; c < 3; c++) {
      double mean = (double) sums[c] / (width * height);
      assertEquals(mean, pixels[3 * (32 * toY + toX) + c] & 0xff, 0.5);
    }
  }

  /**
   * Each number against a mean in floating point over the rectangle, however the picture is turned.
   */
  @Property(tries = 60)
  void anyShapeAndOrientation(
      @ForAll @IntRange(min = 1, max = 30) int width,
      @ForAll @IntRange(min = 1, max = 30) int height,
      @ForAll @IntRange(min = 1, max = 9) int columns,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll boolean grey,
      @ForAll @IntRange(min = 1, max = 8) int tag,
      @ForAll long seed)
      throws IOException {
    int[][] stored = random(width, height, seed);
    ImageShape shape = new ImageShape(rows, columns, grey ? 1 : 3);
    Scaler scaler = new Scaler(width, height, 4, Orientation.of(tag), shape);
    for (int y = 0; y < height; y++) {
      scaler.add(y, 0, 1, stored[y], width);
    }
    byte[] pixels = scaler.pixels();
    int[][] upright = upright(stored, tag);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double[] mean = mean(upright, rows, columns, row, column);
        if (grey) {
          double level = 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2];
          assertEquals(level, pixels[row * columns + column] & 0xff, 0.502);
        } else {
          for (int c = 0; c < 3; c++) {
            assertEquals(mean[c], pixels[3 * (row * columns + column) + c] & 0xff, 0.501);
          }
        }
      }
    }
  }

  /** As the EXIF standard says it: where row 0 and column 0 of what is stored are seen. */
  private static int[][] upright(int[][] stored, int tag) {
    int height = stored.length;
    int width = stored[0].length;
    int[][] upright = tag > 4 ? new int[width][height] : new int[height][width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int bottom = height - 1 - y;
        int right = width - 1 - x;
        switch (tag) {
          case 1 -> upright[y][x] = stored[y][x]; // row 0 at the top, column 0 on the left
          case 2 -> upright[y][right] = stored[y][x]; // top, right
          case 3 -> upright[bottom][right] = stored[y][x]; // bottom, right
          case 4 -> upright[bottom][x] = stored[y][x]; // bottom, left
          case 5 -> upright[x][y] = stored[y][x]; // left, top
          case 6 -> upright[x][bottom] = stored[y][x]; // right, top
          case 7 -> upright[right][bottom] = stored[y][x]; // right, bottom
          default -> upright[right][y] = stored[y][x]; // left, bottom
        }
      }
    }
    return upright;
  }

  /** Of the red, green and blue in a rectangle whose edges may cut pixels. */
  private static double[] mean(int[][] image, int rows, int columns, int row, int column) {
    double height = (double) image.length / rows;
    double width = (double) image[0].length / columns;
    double[] sums = new double[3];
    for (int y = 0; y < image.length; y++) {
      double tall = overlap(y, row * height, (row + 1) * height);
      for (int x = 0; x < image[0].length; x++) {
        double weight = tall * overlap(x, column * width, (column + 1) * width);
        for (int c = 0; c < 3; c++) {
          sums[c] += weight * (image[y][x] >> (16 - 8 * c) & 0xff);
        }
      }
    }
    for (int c = 0; c < 3; c++) {
      sums[c] /= height * width;
    }
    return sums;
  }

  private static double overlap(int place, double from, double to) {
    return Math.max(0, Math.min(place + 1, to) - Math.max(place, from));
  }

  @Property(tries = 40)
  void pixelsMayComeInAnyOrder(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(min = 1, max = 70) int height,
      @ForAll @IntRange(min = 2, max = 8) int step,
      @ForAll long seed)
      throws IOException {
    int[][] image = random(width, height, seed);
    Scaler rows = new Scaler(width, height, 4, Orientation.UPRIGHT, ImageShape.CIFAR10);
    Scaler parts = new Scaler(width, height, 4, Orientation.UPRIGHT, ImageShape.CIFAR10);
    int[] part = new int[width];
    for (int y = 0; y < height; y++) {
      rows.add(y, 0, 1, image[y], width);
      int upwards = height - 1 - y;
      for (int from = 0; from < Math.min(step, width); from++) {
        int count = 0;
        for (int x = from; x < width; x += step) {
          part[count++] = image[upwards][x];
        }
        parts.add(upwards, from, step, part, count);
      }
    }
    assertArrayEquals(rows.pixels(), parts.pixels());
  }
}

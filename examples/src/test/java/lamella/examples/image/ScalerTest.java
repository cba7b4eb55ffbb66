package lamella.examples.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Random;
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
    Scaler scaler = new Scaler(width, height, 4);
    for (int y = 0; y < height; y++) {
      scaler.add(y, 0, 1, image[y], width);
    }
    byte[] pixels = scaler.pixels(Orientation.UPRIGHT);
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

  @Property(tries = 40)
  void pixelsMayComeInAnyOrder(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(min = 1, max = 70) int height,
      @ForAll @IntRange(min = 2, max = 8) int step,
      @ForAll long seed)
      throws IOException {
    int[][] image = random(width, height, seed);
    Scaler rows = new Scaler(width, height, 4);
    Scaler parts = new Scaler(width, height, 4);
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
    assertArrayEquals(rows.pixels(Orientation.UPRIGHT), parts.pixels(Orientation.UPRIGHT));
  }
}

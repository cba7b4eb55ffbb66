package lamella.data.cifar;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import lamella.core.random.SplitMix64;

/**
 * Draws the built-in set: ten classes of shapes and textures in random colours, places, sizes and
 * rotations, on uneven backgrounds, with distractors and noise.
 *
 * <p>Every image has a random stream of its own, seeded by the set's seed and the image's number,
 * so that the result does not depend on threads; only + - * / sqrt and {@link StrictMath} are used,
 * so that it does not depend on the platform either.
 */
final class SyntheticImages {
  private static final List<String> CLASS_NAMES =
      List.of(
          "disc",
          "ring",
          "square",
          "frame",
          "triangle",
          "cross",
          "horizontal stripes",
          "vertical stripes",
          "diagonal stripes",
          "checkerboard");

  private static final int FIRST_TEXTURE = 6;
  private static final int SIDE = 32;
  private static final double MIDDLE = (SIDE - 1) / 2.0;

  private SyntheticImages() {}

  static LabelledImages make(Layout layout, long seed, int recordsPerFile) {
    return LabelledImages.of(
        draw(layout, seed, 0, CifarFiles.TRAINING_FILES * recordsPerFile),
        draw(layout, seed, 1, recordsPerFile),
        CLASS_NAMES,
        "built-in synthetic set, seed " + seed,
        "drawn images",
        List.of());
  }

  private static ImageSet draw(Layout layout, long seed, int part, int size) {
    byte[] labels = new byte[size];
    byte[] pixels = new byte[size * Cifar10.IMAGE_BYTES];
    IntStream.range(0, (size + Cifar10.CLASSES - 1) / Cifar10.CLASSES)
        .parallel()
        .forEach(ten -> {
          long stream = ((long) part << 32) + ten;
          drawTen(layout, SplitMix64.stream(seed, stream), ten, labels, pixels);
        });
    return ImageSet.wrap(Cifar10.SHAPE, layout, Cifar10.CLASSES, labels, pixels);
  }

  /** Ten images that follow one another, one of each class in random order. */
  private static void drawTen(
      Layout layout, SplitMix64 random, int ten, byte[] labels, byte[] pixels) {
    byte[] order = new byte[Cifar10.CLASSES];
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = (byte) i;
    }
    Canvas canvas = new Canvas();
    for (int i = 0; i < order.length; i++) {
      int image = Cifar10.CLASSES * ten + i;
      if (image < labels.length) {
        labels[image] = order[i];
        canvas.draw(order[i], random);
        canvas.copyTo(layout, pixels, image * Cifar10.IMAGE_BYTES);
      }
    }
  }

  /** One image in the making: three planes of brightness, 0 to 255, not rounded. */
  private static final class Canvas {
    private static final int GRID = 5;
    private static final int CELL = SIDE / (GRID - 1);

    private final double[] values = new double[Cifar10.IMAGE_BYTES];
    private final double[] grid = new double[GRID * GRID];
    private final double[] colour = new double[3];

    void draw(int label, SplitMix64 random) {
      background(random);
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        distractor(random);
      }
      figure(label, random);
      noise(random);
    }

    /**
     * A colour, a slope of light over it, and unevenness: a coarse grid of random heights,
     * interpolated.
     */
    private void background(SplitMix64 random) {
      for (int c = 0; c < 3; c++) {
        colour[c] = random.between(50, 205);
      }
      double roughness = random.between(5, 30);
      for (int i = 0; i < grid.length; i++) {
        grid[i] = roughness * random.between(-1, 1);
      }
      double slopeX = random.between(-1.5, 1.5);
      double slopeY = random.between(-1.5, 1.5);
      for (int y = 0; y < SIDE; y++) {
        double light = slopeY * (y - MIDDLE) - slopeX * MIDDLE;
        int above = GRID * (y / CELL);
        double weight = (double) (y % CELL) / CELL;
        for (int gx = 0; gx < GRID - 1; gx++) {
          double left = mix(grid[above + gx], grid[above + GRID + gx], weight);
          double right = mix(grid[above + gx + 1], grid[above + GRID + gx + 1], weight);
          double step = (right - left) / CELL + slopeX;
          double first = light + left + slopeX * CELL * gx;
          int pixel = SIDE * y + CELL * gx;
          for (int i = 0; i < CELL; i++) {
            double value = first + step * i;
            values[pixel + i] = colour[0] + value;
            values[pixel + i + Cifar10.PIXELS] = colour[1] + value;
            values[pixel + i + 2 * Cifar10.PIXELS] = colour[2] + value;
          }
        }
      }
    }

    private static double mix(double a, double b, double weight) {
      return a + weight * (b - a);
    }

    /** A small rectangle in any colour. */
    private void distractor(SplitMix64 random) {
      int left = random.nextInt(SIDE);
      int top = random.nextInt(SIDE);
      int right = Math.min(SIDE, left + 2 + random.nextInt(5));
      int bottom = Math.min(SIDE, top + 2 + random.nextInt(5));
      for (int c = 0; c < 3; c++) {
        double value = random.between(0, 255);
        for (int y = top; y < bottom; y++) {
          Arrays.fill(
              values,
              Cifar10.PIXELS * c + SIDE * y + left,
              Cifar10.PIXELS * c + SIDE * y + right,
              value);
        }
      }
    }

    /** Adds the shape or texture of a class. */
    private void figure(int label, SplitMix64 random) {
      boolean texture = label >= FIRST_TEXTURE;
      double size = random.between(8, 13);
      double shift = texture ? 6 : 3;
      double cx = MIDDLE + random.between(-shift, shift);
      double cy = MIDDLE + random.between(-shift, shift);
      double angle = random.between(-0.35, 0.35);
      double cos = StrictMath.cos(angle);
      double sin = StrictMath.sin(angle);
      double period = random.between(7, 11);
      // Mostly lighter than the ground: that is what a linear classifier can see. At 0.75 it stays
      // at 0.18.
      double sign = random.nextDouble() < 0.88 ? 1 : -1;
      double contrast = random.between(30, 85);
      for (int c = 0; c < 3; c++) {
        colour[c] = sign * contrast * random.between(0.4, 1.2);
      }
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double u = cos * (x - cx) + sin * (y - cy);
          double v = cos * (y - cy) - sin * (x - cx);
          double cover =
              texture
                  ? texture(label, u / period, v / period)
                  : clamp(0.5 - distance(label, u, v, size), 1);
          add(y * SIDE + x, cover);
        }
      }
    }

    /** Roughly how far (u, v) lies outside a figure of this size; negative inside. */
    private static double distance(int label, double u, double v, double size) {
      double au = Math.abs(u);
      double av = Math.abs(v);
      return switch (label) {
        case 0 -> Math.sqrt(u * u + v * v) - size;
        case 1 -> Math.abs(Math.sqrt(u * u + v * v) - 0.8 * size) - 0.2 * size;
        case 2 -> Math.max(au, av) - 0.88 * size;
        case 3 -> Math.abs(Math.max(au, av) - 0.75 * size) - 0.18 * size;
        case 4 -> Math.max(v, 0.866 * au - 0.5 * v) - 0.6 * size;
        default ->
            Math.min(Math.max(au - size, av - 0.3 * size), Math.max(av - size, au - 0.3 * size));
      };
    }

    /** How much of the figure's colour is at (u, v), both in periods. */
    private static double texture(int label, double u, double v) {
      return switch (label) {
        case 6 -> wave(v);
        case 7 -> wave(u);
        case 8 -> wave(0.70710678 * (u + v));
        default -> {
          double a = wave(0.5 * u);
          double b = wave(0.5 * v);
          yield a + b - 2 * a * b;
        }
      };
    }

    /** A square wave with soft edges, of period 1, from 0 to 1; 1 around 0. */
    private static double wave(double t) {
      double fraction = t - Math.floor(t);
      return clamp(3 * Math.abs(2 * fraction - 1) - 1, 1);
    }

    /** Adds the colour to a pixel that the figure covers in part. */
    private void add(int pixel, double cover) {
      values[pixel] += cover * colour[0];
      values[pixel + Cifar10.PIXELS] += cover * colour[1];
      values[pixel + 2 * Cifar10.PIXELS] += cover * colour[2];
    }

    /** Within [0, high]; shorter code than Math.clamp's, which looks for NaN. */
    private static double clamp(double value, double high) {
      return value < 0 ? 0 : value > high ? high : value;
    }

    /** Sums of four random bytes, nearly normal. */
    private void noise(SplitMix64 random) {
      double scale = random.between(8, 28) / 147.8;
      for (int i = 0; i < values.length; i += 2) {
        long bits = random.nextLong();
        values[i] += scale * (sumOfFourBytes(bits) - 510);
        values[i + 1] += scale * (sumOfFourBytes(bits >>> 32) - 510);
      }
    }

    private static long sumOfFourBytes(long bits) {
      return (bits & 0xff) + (bits >>> 8 & 0xff) + (bits >>> 16 & 0xff) + (bits >>> 24 & 0xff);
    }

    void copyTo(Layout layout, byte[] pixels, int start) {
      int step = Cifar10.SHAPE.offset(layout, 1, 0);
      for (int c = 0; c < 3; c++) {
        int first = start + Cifar10.SHAPE.offset(layout, 0, c);
        for (int p = 0; p < Cifar10.PIXELS; p++) {
          int value = (int) (clamp(values[Cifar10.PIXELS * c + p], 255) + 0.5);
          pixels[first + step * p] = (byte) value;
        }
      }
    }
  }
}

package lamella.data.cifar;

import java.util.List;
import java.util.stream.IntStream;

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

  private static final int SIDE = ImageSet.SIDE;
  private static final double MIDDLE = (SIDE - 1) / 2.0;

  private SyntheticImages() {}

  static Cifar10 make(Layout layout, long seed, int recordsPerFile) {
    return new Cifar10(
        draw(layout, seed, 0, CifarFiles.TRAINING_FILES * recordsPerFile),
        draw(layout, seed, 1, recordsPerFile),
        CLASS_NAMES,
        "built-in synthetic set, seed " + seed,
        List.of());
  }

  private static ImageSet draw(Layout layout, long seed, int part, int size) {
    byte[] labels = new byte[size];
    byte[] pixels = new byte[size * ImageSet.IMAGE_BYTES];
    IntStream.range(0, (size + Cifar10.CLASSES - 1) / Cifar10.CLASSES)
        .parallel()
        .forEach(ten -> {
          long stream = ((long) part << 32) + ten;
          drawTen(layout, SplitMix64.stream(seed, stream), ten, labels, pixels);
        });
    return ImageSet.wrap(layout, labels, pixels);
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
        canvas.copyTo(layout, pixels, image * ImageSet.IMAGE_BYTES);
      }
    }
  }

  /** One image in the making: three planes of brightness, 0 to 255, not rounded. */
  private static final class Canvas {
    private static final int GRID = 5;

    private final double[] values = new double[ImageSet.IMAGE_BYTES];
    private final double[] grid = new double[GRID * GRID];
    private final double[] colour = new double[3];

    void draw(int label, SplitMix64 random) {
      background(random);
      boolean texture = label >= 6;
      for (int i = random.nextInt(3); i > 0; i--) {
        distractor(random);
      }
      figure(label, texture, random);
      noise(random);
    }

    private void background(SplitMix64 random) {
      double r = random.between(50, 205);
      double g = random.between(50, 205);
      double b = random.between(50, 205);
      colour[0] = r;
      colour[1] = g;
      colour[2] = b;
      double roughness = random.between(5, 30);
      for (int i = 0; i < grid.length; i++) {
        grid[i] = roughness * random.between(-1, 1);
      }
      double slopeX = random.between(-1.5, 1.5);
      double slopeY = random.between(-1.5, 1.5);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double light = slopeX * (x - MIDDLE) + slopeY * (y - MIDDLE) + unevenness(x, y);
          for (int c = 0; c < 3; c++) {
            values[ImageSet.PIXELS * c + SIDE * y + x] = colour[c] + light;
          }
        }
      }
    }

    /** The grid's random heights, interpolated. */
    private double unevenness(int x, int y) {
      double gx = x * ((GRID - 1) / (double) SIDE);
      double gy = y * ((GRID - 1) / (double) SIDE);
      int ix = (int) gx;
      int iy = (int) gy;
      double fx = gx - ix;
      double fy = gy - iy;
      int i = GRID * iy + ix;
      double top = grid[i] + fx * (grid[i + 1] - grid[i]);
      double bottom = grid[i + GRID] + fx * (grid[i + GRID + 1] - grid[i + GRID]);
      return top + fy * (bottom - top);
    }

    private void distractor(SplitMix64 random) {
      double cx = random.between(0, SIDE);
      double cy = random.between(0, SIDE);
      double a = random.between(1, 3);
      double b = random.between(1, 3);
      randomColour(random);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double d = Math.max(Math.abs(x - cx) - a, Math.abs(y - cy) - b);
          blend(y * SIDE + x, Math.clamp(0.5 - d, 0, 1), false);
        }
      }
    }

    private void randomColour(SplitMix64 random) {
      for (int c = 0; c < 3; c++) {
        colour[c] = random.between(0, 255);
      }
    }

    private void figure(int label, boolean texture, SplitMix64 random) {
      double size = random.between(8, 13);
      double shift = texture ? 6 : 4;
      double cx = MIDDLE + random.between(-shift, shift);
      double cy = MIDDLE + random.between(-shift, shift);
      double angle = random.between(-0.25, 0.25);
      double cos = StrictMath.cos(angle);
      double sin = StrictMath.sin(angle);
      double period = random.between(7, 11);
      double sign = random.nextDouble() < 0.75 ? 1 : -1;
      double contrast = random.between(35, 90);
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
                  : Math.clamp(0.5 - distance(label, u, v, size), 0, 1);
          blend(y * SIDE + x, cover, true);
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
      return Math.clamp(3 * (Math.abs(2 * fraction - 1) - 0.5) + 0.5, 0, 1);
    }

    private void blend(int pixel, double cover, boolean add) {
      if (cover > 0) {
        for (int c = 0; c < 3; c++) {
          int i = ImageSet.PIXELS * c + pixel;
          values[i] += cover * (add ? colour[c] : colour[c] - values[i]);
        }
      }
    }

    /** Sums of four random bytes, nearly normal. */
    private void noise(SplitMix64 random) {
      double scale = random.between(5, 20) / 147.8;
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
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < ImageSet.PIXELS; p++) {
          int value = (int) (Math.clamp(values[ImageSet.PIXELS * c + p], 0, 255) + 0.5);
          pixels[start + layout.offset(p, c)] = (byte) value;
        }
      }
    }
  }
}

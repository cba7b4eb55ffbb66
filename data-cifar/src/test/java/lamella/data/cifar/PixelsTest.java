package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.SplitMix64;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Changes of pixels against plain loops over [row][column][channel]. */
class PixelsTest {
  private static final int BLANK = 100;

  private interface Source {
    int at(int row, int column, int channel);
  }

  /** The image in the second of three places of an array, blank being 100 and the channel. */
  private static final class Case {
    private final ImageShape shape;
    private final Layout layout;
    private final byte[] before;
    private final byte[] bytes;
    private final Pixels pixels;

    Case(Layout layout, long seed) {
      this(ImageShape.CIFAR10, layout, seed);
    }

    Case(ImageShape shape, Layout layout, long seed) {
      this.shape = shape;
      this.layout = layout;
      before = new byte[3 * shape.size()];
      new Random(seed).nextBytes(before);
      bytes = before.clone();
      byte[] blank = new byte[shape.size()];
      for (int row = 0; row < shape.height(); row++) {
        for (int column = 0; column < shape.width(); column++) {
          for (int channel = 0; channel < shape.channels(); channel++) {
            blank[shape.offset(layout, row, column, channel)] = (byte) (BLANK + channel);
          }
        }
      }
      pixels = new Pixels(shape);
      pixels.show(bytes, shape.size(), layout, blank);
    }

    int old(int row, int column, int channel) {
      return before[shape.size() + shape.offset(layout, row, column, channel)] & 0xff;
    }

    /** Every pixel is what the source says, and nothing beside the image is touched. */
    void requireAll(Source expected) {
      byte[] all = before.clone();
      for (int row = 0; row < shape.height(); row++) {
        for (int column = 0; column < shape.width(); column++) {
          for (int channel = 0; channel < shape.channels(); channel++) {
            int value = expected.at(row, column, channel);
            assertEquals(value, pixels.get(row, column, channel));
            all[shape.size() + shape.offset(layout, row, column, channel)] = (byte) value;
          }
        }
      }
      assertArrayEquals(all, bytes);
    }
  }

  @Provide
  Arbitrary<ImageShape> shapes() {
    Arbitrary<Integer> sides = Arbitraries.integers().between(1, 40);
    return Combinators.combine(sides, sides, Arbitraries.of(1, 3)).as(ImageShape::new);
  }

  @Property(tries = 100)
  void flipMirrorsAndTwiceIsNothing(
      @ForAll("shapes") ImageShape shape, @ForAll Layout layout, @ForAll long seed) {
    Case image = new Case(shape, layout, seed);
    image.pixels.flip();
    image.requireAll((row, column, channel) -> image.old(row, shape.width() - 1 - column, channel));
    image.pixels.flip();
    assertArrayEquals(image.before, image.bytes);
  }

  @Property(tries = 300)
  void shiftMovesAndLeavesBlank(
      @ForAll("shapes") ImageShape shape,
      @ForAll Layout layout,
      @ForAll @IntRange(min = -33, max = 33) int down,
      @ForAll @IntRange(min = -33, max = 33) int right) {
    Case image = new Case(shape, layout, 1);
    image.pixels.shift(down, right);
    image.requireAll((row, column, channel) -> {
      int r = row - down;
      int c = column - right;
      boolean inside = r >= 0 && r < shape.height() && c >= 0 && c < shape.width();
      return inside ? image.old(r, c, channel) : BLANK + channel;
    });
  }

  @Test
  void shiftByNothingIsNothingAndByMuchIsBlank() {
    for (Layout layout : Layout.values()) {
      Case image = new Case(layout, 2);
      image.pixels.shift(0, 0);
      assertArrayEquals(image.before, image.bytes);
      image.pixels.shift(Integer.MIN_VALUE, Integer.MAX_VALUE);
      image.requireAll((row, column, channel) -> BLANK + channel);
    }
  }

  /** Where a walk ends that turns round at the edges. */
  private static int walked(int place, int side) {
    int at = 0;
    int direction = 1;
    for (int step = 0; step < Math.abs(place) && side > 1; step++) {
      direction = at + direction < 0 || at + direction == side ? -direction : direction;
      at += direction;
    }
    return at;
  }

  @Property(tries = 300)
  void reflectedShiftsMoveAndReflect(
      @ForAll("shapes") ImageShape shape,
      @ForAll Layout layout,
      @ForAll @IntRange(min = -90, max = 90) int down,
      @ForAll @IntRange(min = -90, max = 90) int right) {
    Case image = new Case(shape, layout, 4);
    image.pixels.shiftReflected(down, right);
    image.requireAll((row, column, channel) ->
        image.old(
            walked(row - down, shape.height()), walked(column - right, shape.width()), channel));
  }

  /** What an {@link ImageView} shows. */
  @Property(tries = 20)
  void reflectedShiftsAreThoseOfViews(
      @ForAll Layout layout,
      @ForAll @IntRange(min = -8, max = 8) int down,
      @ForAll @IntRange(min = -8, max = 8) int right) {
    ImageShape shape = new ImageShape(9, 11, 3);
    Case image = new Case(shape, layout, 4);
    Tensor x = FloatTensor.zeros(Shape.of(1, shape.size()));
    for (int i = 0; i < shape.size(); i++) {
      x.set(i, image.before[shape.size() + i] & 0xff);
    }
    Tensor y = ImageView.shifted(shape, layout, down, right).forward(x);
    image.pixels.shiftReflected(down, right);
    for (int i = 0; i < shape.size(); i++) {
      assertEquals(y.get(i), image.bytes[shape.size() + i] & 0xff);
    }
  }

  /** Bit for bit: a rotation by 0, a scale of 1 and no shift are no change. */
  @Property(tries = 50)
  void resamplingEachPixelAtItsPlaceIsNothing(
      @ForAll("shapes") ImageShape shape, @ForAll Layout layout, @ForAll long seed) {
    Case image = new Case(shape, layout, seed);
    image.pixels.resample(0, 0, 1, 0, 0, 1);
    assertArrayEquals(image.before, image.bytes);
    Affine.none().apply(image.pixels, SplitMix64.stream(1, seed));
    assertArrayEquals(image.before, image.bytes);
  }

  @Property(tries = 300)
  void resamplingAtWholePixelsIsTheReflectedShift(
      @ForAll("shapes") ImageShape shape,
      @ForAll Layout layout,
      @ForAll @IntRange(min = -90, max = 90) int down,
      @ForAll @IntRange(min = -90, max = 90) int right) {
    Case resampled = new Case(shape, layout, 5);
    Case shifted = new Case(shape, layout, 5);
    resampled.pixels.resample(-down, -right, 1, 0, 0, 1);
    shifted.pixels.shiftReflected(down, right);
    assertArrayEquals(shifted.bytes, resampled.bytes);
  }

  @Property(tries = 50)
  void resamplingTurnsAndMirrors(
      @ForAll @IntRange(min = 1, max = 40) int side, @ForAll Layout layout) {
    ImageShape shape = new ImageShape(side, side, 3);
    Case image = new Case(shape, layout, 6);
    image.pixels.resample(0, 0, 0, -1, 1, 0); // a quarter, clockwise
    image.requireAll((row, column, channel) -> image.old(side - 1 - column, row, channel));
    Case mirrored = new Case(shape, layout, 7);
    Case flipped = new Case(shape, layout, 7);
    mirrored.pixels.resample(0, 0, 1, 0, 0, -1);
    flipped.pixels.flip();
    assertArrayEquals(flipped.bytes, mirrored.bytes);
  }

  /** The weights of the neighbours add up, and none of them leaves its lane. */
  @Property(tries = 100)
  void anImageOfOneColourStaysSo(
      @ForAll("shapes") ImageShape shape,
      @ForAll Layout layout,
      @ForAll @IntRange(max = 255) int red,
      @ForAll @IntRange(max = 255) int green,
      @ForAll long seed) {
    Pixels pixels = Pixels.of(new byte[shape.size()], shape, layout);
    int[] colour = {red, green, 255};
    for (int row = 0; row < shape.height(); row++) {
      for (int column = 0; column < shape.width(); column++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          pixels.set(row, column, channel, colour[channel]);
        }
      }
    }
    new Affine(3, 180, 0.9, 0.9, 80).apply(pixels, new SplitMix64(seed));
    for (int row = 0; row < shape.height(); row++) {
      for (int column = 0; column < shape.width(); column++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          assertEquals(colour[channel], pixels.get(row, column, channel));
        }
      }
    }
  }

  @Property(tries = 100)
  void halfAPixelIsTheMeanOfTwo(@ForAll Layout layout, @ForAll long seed) {
    Case image = new Case(layout, seed);
    image.pixels.resample(0, 0.5, 1, 0, 0, 1);
    image.requireAll((row, column, channel) -> {
      int next = column == 31 ? 30 : column + 1;
      return (image.old(row, column, channel) + image.old(row, next, channel) + 1) / 2;
    });
  }

  @Test
  void placesTooFarAwayAreRefused() {
    Pixels pixels = Pixels.of(new byte[3072], ImageShape.CIFAR10, Layout.HWC);
    assertEquals(
        "Pixels: expects places within 16777216 pixels, got some up to 1.00000032E8 rows and 32.0"
            + " columns away",
        assertThrows(IllegalArgumentException.class, () -> pixels.resample(1e8, 0, 1, 0, 0, 1))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> pixels.resample(0, 0, 1, 0, Double.NaN, 1));
  }

  /** Its mean and deviation, to five deviations of theirs; whole levels add a twelfth. */
  @Property(tries = 20)
  void noiseHasItsDeviation(
      @ForAll Layout layout,
      @ForAll @IntRange(min = 1, max = 20) int deviation,
      @ForAll long seed) {
    Pixels pixels = Pixels.of(new byte[3072], ImageShape.CIFAR10, layout);
    byte[] before = new byte[3072];
    Arrays.fill(before, (byte) 128);
    byte[] bytes = before.clone();
    pixels.show(bytes, 0, layout, before);
    pixels.addNoise(seed, deviation);
    double sum = 0;
    double squares = 0;
    for (byte value : bytes) {
      int change = (value & 0xff) - 128;
      sum += change;
      squares += change * change;
    }
    double variance = deviation * deviation + 1 / 12.0;
    assertEquals(0, sum / 3072, 5 * Math.sqrt(variance / 3072));
    assertEquals(variance, squares / 3072, 5 * variance * Math.sqrt(2.0 / 3072));
  }

  @Test
  void noiseStaysWithinBytes() {
    byte[] bytes = new byte[3072];
    for (int i = 0; i < 3072; i++) {
      bytes[i] = (byte) (i % 2 == 0 ? 0 : 255);
    }
    Pixels pixels = Pixels.of(bytes, ImageShape.CIFAR10, Layout.HWC);
    pixels.addNoise(3, 20);
    int changed = 0;
    for (int i = 0; i < 3072; i++) {
      int value = bytes[i] & 0xff;
      assertTrue(i % 2 == 0 ? value < 120 : value > 135, "" + value);
      changed += value == 0 || value == 255 ? 0 : 1;
    }
    assertEquals(1536, changed, 160); // half of them, and five deviations
    for (double wrong : new double[] {-1, 256, Double.NaN}) {
      assertEquals(
          "Pixels: a deviation of noise must lie in [0, 255], got " + wrong,
          assertThrows(IllegalArgumentException.class, () -> pixels.addNoise(1, wrong))
              .getMessage());
    }
  }

  @Test
  void limitsOutsideAreRefused() {
    String[][] wrong = {
      {"-1 0 0 0 0", "Affine: shift must not be negative, got -1"},
      {"0 181 0 0 0", "Affine: rotate must be in [0, 180], got 181"},
      {"0 0 0.95 0 0", "Affine: scale must be in [0, 0.9], got 0.95"},
      {"0 0 0 1 0", "Affine: stretch must be in [0, 0.9], got 1"},
      {"0 0 0 0 NaN", "Affine: shear must be in [0, 80], got NaN"},
    };
    for (String[] pair : wrong) {
      double[] limits = Arrays.stream(pair[0].split(" ")).mapToDouble(Double::valueOf).toArray();
      assertEquals(
          pair[1],
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new Affine(limits[0], limits[1], limits[2], limits[3], limits[4]))
              .getMessage());
    }
    assertEquals(
        "Affine: shift of images 28x28x1 must be in [0, 28), got 28",
        assertThrows(
                IllegalArgumentException.class,
                () -> Affine.none().withShift(28).check(new ImageShape(28, 28, 1)))
            .getMessage());
    assertEquals(
        "Noise: deviation must be above 0 and at most 255 grey levels, got 0.0",
        assertThrows(IllegalArgumentException.class, () -> new Noise(0)).getMessage());
  }

  @Property(tries = 300)
  void eraseMakesARectangleBlankAsFarAsItLiesInside(
      @ForAll("shapes") ImageShape shape,
      @ForAll Layout layout,
      @ForAll @IntRange(min = -40, max = 40) int top,
      @ForAll @IntRange(min = -40, max = 40) int left,
      @ForAll @IntRange(min = 0, max = 40) int height,
      @ForAll @IntRange(min = 0, max = 40) int width) {
    Case image = new Case(shape, layout, 3);
    image.pixels.erase(top, left, height, width);
    image.requireAll((row, column, channel) -> {
      boolean erased = row >= top && row < top + height && column >= left && column < left + width;
      return erased ? BLANK + channel : image.old(row, column, channel);
    });
  }

  @Test
  void eraseTakesAnyNumbers() {
    Case image = new Case(Layout.HWC, 4);
    image.pixels.erase(Integer.MAX_VALUE, 0, Integer.MAX_VALUE, 32);
    image.pixels.erase(0, 0, -5, 32);
    image.pixels.erase(Integer.MIN_VALUE, 3, Integer.MAX_VALUE, 3);
    assertArrayEquals(image.before, image.bytes);
    image.pixels.erase(0, 0, Integer.MAX_VALUE, Integer.MAX_VALUE);
    image.requireAll((row, column, channel) -> BLANK + channel);
  }

  @Test
  void layoutsAgree() {
    Random random = new Random(5);
    Pixels hwc = Pixels.of(new byte[3072], ImageShape.CIFAR10, Layout.HWC);
    Pixels chw = Pixels.of(new byte[3072], ImageShape.CIFAR10, Layout.CHW);
    for (int i = 0; i < 3072; i++) {
      int value = random.nextInt(256);
      hwc.set(i / 96, i / 3 % 32, i % 3, value);
      chw.set(i / 96, i / 3 % 32, i % 3, value);
    }
    for (int k = 0; k < 30; k++) {
      new Crop(9).apply(hwc, SplitMix64.stream(6, k));
      new Crop(9).apply(chw, SplitMix64.stream(6, k));
      new Flip().apply(hwc, SplitMix64.stream(7, k));
      new Flip().apply(chw, SplitMix64.stream(7, k));
      if (k == 3) {
        new Cutout(5).apply(hwc, SplitMix64.stream(8, k));
        new Cutout(5).apply(chw, SplitMix64.stream(8, k));
      }
      for (Augmentation step :
          List.of(Crop.reflected(9), new Affine(3, 20, 0.2, 0.1, 5), new Noise(9))) {
        step.apply(hwc, SplitMix64.stream(11, k));
        step.apply(chw, SplitMix64.stream(11, k));
      }
      for (int i = 0; i < 3072; i++) {
        assertEquals(
            hwc.get(i / 96, i / 3 % 32, i % 3), chw.get(i / 96, i / 3 % 32, i % 3), "step " + k);
      }
    }
  }

  @Test
  void placesOutsideAndWrongSizesAreRefused() {
    Pixels pixels = Pixels.of(new byte[3072], ImageShape.CIFAR10, Layout.HWC);
    assertThrows(IndexOutOfBoundsException.class, () -> pixels.get(32, 0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> pixels.get(0, -1, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> pixels.set(0, 0, 3, 1));
    assertEquals(
        "Pixels: 3072 bytes expected, got 3",
        assertThrows(
                IllegalArgumentException.class,
                () -> Pixels.of(new byte[3], ImageShape.CIFAR10, Layout.HWC))
            .getMessage());
    assertEquals(
        "Crop: padding must be at least 1, got 0",
        assertThrows(IllegalArgumentException.class, () -> new Crop(0)).getMessage());
    assertEquals(
        "Crop: padding of images 32x32x3 must be in [1, 32), got 32",
        assertThrows(IllegalArgumentException.class, () -> new Crop(32).check(ImageShape.CIFAR10))
            .getMessage());
    assertEquals(
        "Cutout: side in images 32x32x3 must be in [1, 32], got 33",
        assertThrows(IllegalArgumentException.class, () -> new Cutout(33).check(ImageShape.CIFAR10))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Cutout(0));
  }

  /** 16 x 16 pixels where the whole square lies inside, fewer at the edge, and never none. */
  @Test
  void cutoutHasItsSize() {
    int whole = 0;
    for (int seed = 0; seed < 1000; seed++) {
      Case image = new Case(Layout.HWC, 9);
      Arrays.fill(image.bytes, (byte) 0);
      new Cutout(16).apply(image.pixels, SplitMix64.stream(10, seed));
      int rows = 0;
      int columns = 0;
      int erased = 0;
      for (int p = 0; p < 32; p++) {
        int row = 0;
        int column = 0;
        for (int q = 0; q < 32; q++) {
          row += image.pixels.get(p, q, 1) != 0 ? 1 : 0;
          column += image.pixels.get(q, p, 1) != 0 ? 1 : 0;
        }
        erased += row;
        rows = Math.max(rows, column);
        columns = Math.max(columns, row);
      }
      assertEquals(rows * columns, erased);
      assertTrue(rows >= 8 && rows <= 16 && columns >= 8 && columns <= 16);
      whole += erased == 256 ? 1 : 0;
    }
    // The centre is one of 17 x 17 of the 32 x 32 places: 282 of 1000 on average, deviation 14.
    assertEquals(282, whole, 43);
  }
}

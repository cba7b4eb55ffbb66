package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KeyedRandomTest {
  /** Quantile of the chi-square distribution with 255 degrees of freedom at 1 - 1e-5: SciPy. */
  private static final double MOST_CHI_SQUARE = 362.99;

  private static final int BINS = 16;

  /** Numbers that a Python program computed from the definition. */
  @Test
  void givesTheNumbersOfItsDefinition() {
    assertEquals(0.8833108082136426, KeyedRandom.of(0, 0, 0).uniform(0, 0));
    assertEquals(0.410528910127934, KeyedRandom.of(1, 2, 3).uniform(4, 5));
    assertEquals(0.6329187017130787, KeyedRandom.of(2025, 17, 9).uniform(199, 1023));
    assertEquals(1.191701311669463, KeyedRandom.of(0, 0, 0).gaussian(0, 0), 1e-14);
    assertEquals(-0.2261846352727982, KeyedRandom.of(1, 2, 3).gaussian(4, 5), 1e-14);
    assertEquals(0.3395936025175036, KeyedRandom.of(2025, 17, 9).gaussian(199, 1023), 1e-14);
  }

  /** Against {@code statistics.NormalDist().inv_cdf} of Python. */
  @Test
  void theNormalQuantileIsRight() {
    double[][] known = {
      {0x1p-53, -8.209536151601386},
      {1e-12, -7.034483825301132},
      {1e-06, -4.753424308822899},
      {0.01, -2.3263478740408408},
      {0.075, -1.4395314709384557},
      {0.3, -0.5244005127080407},
      {0.5, 0.0},
      {0.8, 0.8416212335729144},
      {0.93, 1.4757910281791708},
      {0.999, 3.090232306167813},
      {1 - 1e-9, 5.997807019601638},
    };
    for (double[] pair : known) {
      assertEquals(pair[1], NormalQuantile.of(pair[0]), 1e-14 * Math.abs(pair[1]));
    }
  }

  @Property(tries = 50)
  void aTensorHoldsTheNumbersOfItsRowsAndIndices(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 40) int width) {
    KeyedRandom random = KeyedRandom.of(seed, 3, 7);
    for (DType dtype : DType.values()) {
      Tensor uniform = Tensor.zeros(dtype, Shape.of(rows, 1, width));
      Tensor gaussian = Tensor.zeros(dtype, Shape.of(rows, width, 1));
      random.uniform(uniform, -1, 3);
      random.gaussian(gaussian, 0.5);
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < width; i++) {
          double u = random.uniform(row, i);
          double error = dtype == DType.FLOAT32 ? 1e-6 : 0;
          assertEquals(-1 + 4 * u, uniform.get(row * width + i), error);
          assertEquals(0.5 * random.gaussian(row, i), gaussian.get(row * width + i), error);
        }
      }
    }
  }

  private static String mask(
      DType dtype, KeyedRandom random, int rows, int row, int width, double keep) {
    Tensor mask = Tensor.zeros(dtype, Shape.of(rows, width));
    random.bernoulli(mask, keep, 1.25);
    StringBuilder text = new StringBuilder();
    for (int i = row * width; i < (row + 1) * width; i++) {
      assertTrue(mask.get(i) == 0 || mask.get(i) == 1.25);
      text.append(mask.get(i) == 0 ? '0' : '1');
    }
    return text.toString();
  }

  /** Masks that a Python program computed from the definition. */
  @Test
  void aMaskIsThatOfItsDefinition() {
    for (DType dtype : DType.values()) {
      assertEquals(
          "11000001111101001101110110010110", mask(dtype, KeyedRandom.of(0, 0, 0), 1, 0, 32, 0.5));
      assertEquals(
          "11111111101111111111111111111110", mask(dtype, KeyedRandom.of(1, 2, 3), 7, 4, 32, 0.9));
      assertEquals(
          "00100100011100010011010000001111",
          mask(dtype, KeyedRandom.of(2025, 17, 9), 200, 199, 32, 0.3));
    }
  }

  /** Also in a mask that is long enough for several threads, and whose rows they share. */
  @Property(tries = 20)
  void aMaskIsAFunctionOfRowAndIndex(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 20_000) int width,
      @ForAll @DoubleRange(min = 0, max = 1) double keep) {
    KeyedRandom random = KeyedRandom.of(seed, 3, 7);
    Tensor narrow = FloatTensor.zeros(Shape.of(rows, width));
    Tensor wide = DoubleTensor.zeros(Shape.of(rows, width));
    random.bernoulli(narrow, keep, 1.25);
    random.bernoulli(wide, keep, 1.25);
    assertArrayEquals(wide.toDoubleArray(), narrow.toDoubleArray());
    Tensor row = DoubleTensor.zeros(Shape.of(1, width));
    for (int r = 0; r < rows; r++) {
      KeyedRandom part = new KeyedRandom();
      part.set(keyOf(seed), r);
      part.bernoulli(row, keep, 1.25);
      for (int i = 0; i < width; i++) {
        assertEquals(row.get(i), wide.get(r * width + i));
      }
    }
  }

  private static long keyOf(long seed) {
    return KeyedRandom.mix(KeyedRandom.mix(KeyedRandom.mix(seed) + 3) + 7);
  }

  /**
   * As often as asked, and neighbours in the row, the column and the steps have nothing in common.
   */
  @Test
  void elementsOfMasksAreIndependent() {
    int side = 512;
    for (double keep : new double[] {0.001, 0.1, 0.5, 0.9}) {
      Tensor one = FloatTensor.zeros(Shape.of(side, side));
      Tensor next = FloatTensor.zeros(Shape.of(side, side));
      KeyedRandom.of(8, 1, 0).bernoulli(one, keep, 1);
      KeyedRandom.of(8, 2, 0).bernoulli(next, keep, 1);
      double[] a = one.toDoubleArray();
      double[] b = next.toDoubleArray();
      requireShare(keep, a, a, 0);
      requireShare(keep * keep, a, b, 0);
      for (int lag = 1; lag <= 64; lag++) {
        requireShare(keep * keep, a, a, lag);
        requireShare(keep * keep, a, a, lag * side);
        requireShare(keep * keep, a, a, lag * side + lag);
      }
    }
  }

  /**
   * Of all elements so many are kept in a and, so far behind, in b: to five deviations, which are
   * up to 1.42 times those of independent pairs, for an element is in two of them.
   */
  private static void requireShare(double expected, double[] a, double[] b, int lag) {
    int count = a.length - lag;
    double both = 0;
    for (int i = 0; i < count; i++) {
      both += a[i] * b[i + lag];
    }
    double deviation = Math.sqrt(expected * (1 - expected) / count);
    assertEquals(expected, both / count, 5 * 1.42 * deviation + 2.0 / count, "lag " + lag);
  }

  @Test
  void keepsAllOrNothingAtTheEnds() {
    Tensor mask = FloatTensor.zeros(Shape.of(50, 100));
    KeyedRandom random = KeyedRandom.of(1, 1, 1);
    random.bernoulli(mask, 1, 2);
    for (int i = 0; i < mask.size(); i++) {
      assertEquals(2, mask.get(i));
    }
    random.bernoulli(mask, 0, 2);
    for (int i = 0; i < mask.size(); i++) {
      assertEquals(0, mask.get(i));
    }
  }

  @Test
  void numbersForAllRowsAreOthersThanThoseOfARow() {
    KeyedRandom random = KeyedRandom.of(5, 0, 0);
    double shared = random.uniform(3);
    assertEquals(shared, random.uniform(3));
    for (int row = 0; row < 100; row++) {
      assertTrue(random.uniform(row, 3) != shared);
    }
  }

  /** Two numbers that shall have nothing to do with each other. */
  private interface Pairs {
    double[] at(int i, int j);
  }

  private static double uniform(long seed, long step, long place, int row, int index) {
    return KeyedRandom.of(seed, step, place).uniform(row, index);
  }

  /**
   * Pairs of numbers whose keys are neighbours fall into the 256 fields of a square equally often,
   * and are not correlated.
   */
  @Test
  void neighboursAreIndependent() {
    List<Pairs> all = new ArrayList<>();
    all.add((i, j) -> new double[] {uniform(0, 0, 0, i, j), uniform(0, 0, 0, i, j + 1)});
    all.add((i, j) -> new double[] {uniform(0, 0, 0, i, j), uniform(0, 0, 0, i + 1, j)});
    all.add((i, j) -> new double[] {uniform(0, i, 0, 0, j), uniform(0, i + 1, 0, 0, j)});
    all.add((i, j) -> new double[] {uniform(0, 0, i, 0, j), uniform(0, 0, i + 1, 0, j)});
    all.add((i, j) -> new double[] {uniform(i, 0, 0, 0, j), uniform(i + 1, 0, 0, 0, j)});
    // The step of one and the row of the other: keys that are sums must not meet.
    all.add((i, j) -> new double[] {uniform(0, i + 1, 0, 0, j), uniform(0, 0, 0, i + 1, j)});
    all.add((i, j) -> new double[] {uniform(0, i + 1, 0, 0, j), uniform(0, 0, i + 1, 0, j)});
    all.add((i, j) -> new double[] {uniform(i + 1, 0, 0, 0, j), uniform(0, i + 1, 0, 0, j)});
    // Strides of powers of two, as row and index have in a table.
    all.add((i, j) -> new double[] {uniform(0, 0, 0, i, j << 10), uniform(0, 0, 0, i + 1024, j)});
    for (int k = 0; k < all.size(); k++) {
      requireIndependent("pairs " + k, all.get(k));
    }
  }

  private static void requireIndependent(String name, Pairs pairs) {
    int side = 256;
    int count = side * side;
    int[] fields = new int[BINS * BINS];
    double sum = 0;
    double squares = 0;
    double products = 0;
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        double[] pair = pairs.at(i, j);
        fields[((int) (BINS * pair[0])) * BINS + (int) (BINS * pair[1])]++;
        sum += pair[0];
        squares += (pair[0] - 0.5) * (pair[0] - 0.5);
        products += (pair[0] - 0.5) * (pair[1] - 0.5);
      }
    }
    double expected = (double) count / fields.length;
    double chiSquare = 0;
    for (int field : fields) {
      chiSquare += (field - expected) * (field - expected) / expected;
    }
    assertTrue(chiSquare < MOST_CHI_SQUARE, name + ": chi-square " + chiSquare);
    // Five standard deviations of each.
    assertEquals(0.5, sum / count, 5 * Math.sqrt(1 / 12.0 / count), name);
    assertEquals(1 / 12.0, squares / count, 5 * Math.sqrt(1 / 180.0 / count), name);
    assertEquals(0, products / count, 5 / 12.0 / Math.sqrt(count), name);
  }

  /** Its bits are all in use: each is 1 half of the time. */
  @Test
  void allBitsAreUsed() {
    int count = 1 << 16;
    int[] ones = new int[53];
    for (int i = 0; i < count; i++) {
      long bits = (long) (uniform(9, 0, 0, i >> 8, i & 255) * 0x1p53);
      for (int bit = 0; bit < ones.length; bit++) {
        ones[bit] += (int) ((bits >>> bit) & 1);
      }
    }
    for (int n : ones) {
      assertEquals(0.5, (double) n / count, 5 * 0.5 / Math.sqrt(count));
    }
  }

  @Test
  void normalNumbersHaveTheMomentsOfTheNormalDistribution() {
    Tensor tensor = DoubleTensor.zeros(Shape.of(256, 256));
    KeyedRandom.of(3, 1, 4).gaussian(tensor, 1);
    double[] moments = new double[5];
    for (int i = 0; i < tensor.size(); i++) {
      for (int k = 1; k <= 4; k++) {
        moments[k] += Math.pow(tensor.get(i), k) / tensor.size();
      }
    }
    double n = tensor.size();
    assertEquals(0, moments[1], 5 * Math.sqrt(1 / n));
    assertEquals(1, moments[2], 5 * Math.sqrt(2 / n));
    assertEquals(0, moments[3], 5 * Math.sqrt(15 / n));
    assertEquals(3, moments[4], 5 * Math.sqrt(96 / n));
  }

  /** Also in a tensor that is long enough for several threads, and whose rows they share. */
  @Property(tries = 20)
  void noiseIsAFunctionOfRowAndIndex(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 20_000) int width) {
    KeyedRandom random = KeyedRandom.of(seed, 3, 7);
    Tensor narrow = FloatTensor.zeros(Shape.of(rows, width));
    Tensor wide = DoubleTensor.zeros(Shape.of(rows, width));
    random.noise(narrow, 0.75);
    random.noise(wide, 0.75);
    float[] row = new float[width];
    for (int r = 0; r < rows; r++) {
      NormalNoise.fill(row, 0, width, KeyedRandom.mix(keyOf(seed) + r), 0, 1);
      for (int i = 0; i < width; i++) {
        assertEquals(0.75f * row[i], narrow.get(r * width + i));
        assertEquals(0.75 * row[i], wide.get(r * width + i));
      }
    }
  }

  /** Of neighbours in the row, the column, the step and the place. */
  @Test
  void noiseIsNotCorrelated() {
    int side = 512;
    double[] a = noise(8, 1, 0, side);
    double most = 5 / Math.sqrt(a.length - 64.0 * side);
    assertEquals(0, correlation(a, noise(8, 2, 0, side), 0), most);
    assertEquals(0, correlation(a, noise(8, 1, 1, side), 0), most);
    assertEquals(0, correlation(a, noise(9, 1, 0, side), 0), most);
    for (int lag = 1; lag <= 63; lag++) {
      assertEquals(0, correlation(a, a, lag), most);
      assertEquals(0, correlation(a, a, lag * side), most);
      assertEquals(0, correlation(a, a, lag * side + lag), most);
    }
  }

  private static double[] noise(long seed, long step, long place, int side) {
    Tensor tensor = FloatTensor.zeros(Shape.of(side, side));
    KeyedRandom.of(seed, step, place).noise(tensor, 1);
    return tensor.toDoubleArray();
  }

  private static double correlation(double[] a, double[] b, int lag) {
    double sum = 0;
    for (int i = lag; i < a.length; i++) {
      sum += a[i - lag] * b[i];
    }
    return sum / (a.length - lag);
  }

  @Test
  void refusesWhatIsNoProbabilityOrNumber() {
    KeyedRandom random = KeyedRandom.of(0, 0, 0);
    Tensor tensor = FloatTensor.zeros(Shape.of(2, 3));
    assertEquals(
        "KeyedRandom: a probability must lie in [0, 1], got 1.5",
        message(() -> random.bernoulli(tensor, 1.5, 1)));
    assertEquals(
        "KeyedRandom: a probability must lie in [0, 1], got NaN",
        message(() -> random.bernoulli(tensor, Double.NaN, 1)));
    assertEquals(
        "KeyedRandom: value must be finite, got Infinity",
        message(() -> random.bernoulli(tensor, 0, 1 / 0.0)));
    assertEquals(
        "KeyedRandom: low must be finite, got NaN",
        message(() -> random.uniform(tensor, Double.NaN, 1)));
    assertEquals(
        "KeyedRandom: deviation must not be negative, got -1.0",
        message(() -> random.gaussian(tensor, -1)));
    assertEquals(
        "KeyedRandom: deviation must not be negative, got -1.0",
        message(() -> random.noise(tensor, -1)));
    assertEquals(
        "KeyedRandom: deviation must be finite, got NaN",
        message(() -> random.noise(tensor, Double.NaN)));
    assertArrayEquals(new double[6], tensor.toDoubleArray());
  }

  private static String message(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}

package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Products with packed weights have the bits of the plain loops; they write the result and nothing
 * else.
 */
class PackedProductTest {
  private static final Kernels SCALAR = new ScalarKernels(new Team(1));

  /** Written behind every result, and still there afterwards. */
  private static final int GUARD = 200;

  private static void compare(
      Kernels kernels, int m, int k, int n, boolean withBias, @Nullable PackedProduct reused) {
    float[] x = KernelRun.floats(m * k, 1);
    float[] w = KernelRun.floats(k * n, 2);
    float[] bias = withBias ? KernelRun.floats(n, 3) : null;
    float[] expected = new float[m * n];
    SCALAR.multiply(m, k, n, x, w, bias, expected);
    PackedWeights packed = kernels.pack(k, n, w, bias);
    assertNotNull(packed);
    float[] y = new float[m * n + GUARD];
    Arrays.fill(y, 12345);
    PackedProduct product = reused == null ? new PackedProduct(packed) : reused;
    product.multiply(packed, m, x, y);
    float[] actual = Arrays.copyOf(y, m * n);
    assertTrue(
        Arrays.equals(expected, actual),
        () -> m + " x " + k + " x " + n + ", " + kernels.threads() + " threads");
    for (int i = m * n; i < y.length; i++) {
      assertEquals(12345, y[i]);
    }
  }

  /** Every number of rows with every number of columns, and depths in between. */
  @Test
  void everySmallSize() {
    Kernels kernels = new VectorKernels(new Team(1));
    float[] any = new float[1];
    PackedWeights some = kernels.pack(1, 1, any, null);
    assertNotNull(some);
    PackedProduct product = new PackedProduct(some);
    for (int n = 1; n <= 130; n++) {
      for (int m = 1; m <= 40; m++) {
        compare(kernels, m, 1 + (7 * n + 11 * m) % 70, n, (n + m) % 2 == 0, product);
      }
    }
  }

  /** More than a thread does alone: by panels, by rows, and by both. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64})
  void sizesThatAreDividedOverThreads(int threads) {
    Kernels kernels = new VectorKernels(new Team(threads));
    List<int[]> sizes =
        Stream.of("1 3072 300", "1 600 1024", "2 900 320", "5 2100 130", "16 1030 64", "16 520 128")
            .map(size -> Stream.of(size.split(" ")).mapToInt(Integer::parseInt).toArray())
            .toList();
    for (int[] size : sizes) {
      compare(kernels, size[0], size[1], size[2], true, null);
    }
    compare(kernels, 41, 1100, 200, true, null);
    compare(kernels, 300, 700, 3, true, null);
    compare(kernels, 257, 1500, 10, false, null);
    compare(kernels, 256, 128, 100, true, null);
    compare(kernels, 1000, 30, 33, true, null);
    compare(kernels, 4000, 200, 1, true, null);
  }

  /** A chain that ends at -0 stays there without a bias, and becomes +0 with one of +0. */
  @Test
  void zerosKeepTheirSigns() {
    Kernels kernels = new VectorKernels(new Team(1));
    float[] x = {-Float.MIN_VALUE};
    float[] w = {Float.MIN_VALUE, 0};
    float[] y = new float[2];
    PackedWeights without = kernels.pack(1, 2, w, null);
    assertNotNull(without);
    new PackedProduct(without).multiply(without, 1, x, y);
    assertEquals(-0f, y[0]);
    assertEquals(0f, y[1]);
    PackedWeights with = kernels.pack(1, 2, w, new float[2]);
    assertNotNull(with);
    new PackedProduct(with).multiply(with, 1, x, y);
    assertArrayEquals(new float[] {0f, 0f}, y);
  }

  /** Numbers that are none go where they belong and nowhere else. */
  @Test
  void infinitiesAndNotANumberStayInTheirRows() {
    Kernels kernels = new VectorKernels(new Team(1));
    int m = 23;
    int k = 5;
    for (int n : new int[] {3, 17, 70}) {
      float[] x = KernelRun.floats(m * k, 1);
      x[7 * k] = Float.POSITIVE_INFINITY;
      x[21 * k + 1] = Float.NaN;
      float[] w = KernelRun.floats(k * n, 2);
      float[] expected = new float[m * n];
      SCALAR.multiply(m, k, n, x, w, null, expected);
      PackedWeights packed = kernels.pack(k, n, w, null);
      assertNotNull(packed);
      float[] y = new float[m * n];
      new PackedProduct(packed).multiply(packed, m, x, y);
      assertArrayEquals(expected, y);
    }
  }

  /** The copy is as large as the weights, and its last panel a vector's width at most larger. */
  @Test
  void theCopyIsNotMuchLargerThanTheWeights() {
    Kernels kernels = new VectorKernels(new Team(1));
    int lanes = VectorSupport.SPECIES.length();
    for (int n = 1; n <= 300; n++) {
      PackedWeights packed = kernels.pack(50, n, new float[50 * n], null);
      assertNotNull(packed);
      long columns = packed.bytes() / 4 / 51;
      assertTrue(n <= columns && columns < n + lanes, () -> "bytes " + packed.bytes());
    }
  }

  @Test
  void plainLoopsPackNothing() {
    float[] w = new float[6];
    assertFalse(SCALAR.packs(1, 2, 3));
    assertNull(SCALAR.pack(2, 3, w, null));
  }

  /** No product needs a tile that was not compiled before. */
  @Test
  void everyTileOfAProductIsAmongItsKinds() {
    int all = 0;
    for (int m = 1; m <= 50; m++) {
      for (int n = 1; n <= 300; n++) {
        all |= PackedProduct.kinds(m, n);
      }
    }
    float[] a = new float[8 * 3];
    float[] c = new float[8 * 16 * 4];
    float[] bias = new float[16 * 16];
    MemorySegment b = Arena.ofAuto().allocate(16 * 16 * 3 * Float.BYTES, 64);
    int vectors = 0;
    for (int kind = Integer.lowestOneBit(all); all != 0; kind = Integer.lowestOneBit(all)) {
      all ^= kind;
      Arrays.fill(c, 1);
      PackedProduct.call(kind, 3, a, b, bias, c, false);
      int zeros = 0;
      for (float value : c) {
        zeros += value == 0 ? 1 : 0;
      }
      assertEquals(PackedProduct.vectors(kind) * VectorSupport.SPECIES.length(), zeros);
      vectors += PackedProduct.vectors(kind);
    }
    int narrow = (6 + 4 + 2 + 1) * 2 + 8 + 4 + 2 + 1;
    assertEquals(
        VectorSupport.WIDE_TILES ? narrow + (6 + 4 + 2 + 1) * 4 + 8 + 16 : narrow + 4 + 8, vectors);
  }
}

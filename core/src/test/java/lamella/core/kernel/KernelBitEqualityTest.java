package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * The vector kernels, on any number of threads, give the bits of the plain loops; and those give
 * the bits of the definition.
 */
class KernelBitEqualityTest {
  private static final Kernels SCALAR = new ScalarKernels(new Team(1));
  private static final List<Kernels> OTHERS =
      List.of(
          new VectorKernels(new Team(1)),
          new VectorKernels(new Team(2)),
          new VectorKernels(new Team(3)),
          new VectorKernels(new Team(7)),
          new VectorKernels(new Team(16)),
          new VectorKernels(new Team(64)),
          new PlainFirst(new Team(2)),
          new ScalarKernels(new Team(2)),
          new ScalarKernels(new Team(64)));

  @Property(tries = 60)
  void everyKernelHasTheScalarKernelsBitsAtOddSizes(
      @ForAll @IntRange(min = 1, max = 70) int m,
      @ForAll @IntRange(min = 1, max = 70) int k,
      @ForAll @IntRange(min = 1, max = 70) int n) {
    KernelRun.cases(m, k, n).forEach(KernelBitEqualityTest::compareAll);
  }

  @Test
  void smallSizesOneByOne() {
    for (int m = 1; m <= 8; m++) {
      for (int n = 1; n <= 70; n++) {
        KernelRun.cases(m, 1 + n % 5, n).forEach(KernelBitEqualityTest::compareAll);
      }
    }
  }

  @Test
  void sizesThatAreDividedOverThreads() {
    KernelRun.cases(200, 300, 64).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(131, 257, 129).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(64, 515, 33).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(1, 6000, 128).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(6, 1000, 200).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(3, 700, 700).forEach(KernelBitEqualityTest::compareAll);
  }

  @Test
  void fewRowsOfWholeTilesWidths() {
    for (int m : new int[] {2, 6, 7, 63}) {
      KernelRun.cases(m, 300, 64).forEach(KernelBitEqualityTest::compareAll);
    }
    KernelRun.cases(5, 520, 320).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(13, 520, 192).forEach(KernelBitEqualityTest::compareAll);
  }

  @Test
  void sizesOfSeveralBlocksOfEachOperand() {
    KernelRun.cases(7, 2100, 70).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(13, 1030, 1100).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(13, 1100, 1030).forEach(KernelBitEqualityTest::compareAll);
    KernelRun.cases(1030, 13, 1100).forEach(KernelBitEqualityTest::compareAll);
  }

  @Property(tries = 40)
  void oneNumberThatIsNotFiniteIsFoundWhereverItIs(
      @ForAll @IntRange(min = 1, max = 300) int size,
      @ForAll @IntRange(min = 0, max = 299) int place,
      @ForAll boolean large) {
    float[] floats = KernelRun.floats(large ? 40_000 + size : size, 1);
    floats[0] = Float.MAX_VALUE;
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i] * 1e200;
    }
    int at = large ? place * (floats.length / 300) : place % size;
    for (Kernels kernels : everyKind()) {
      assertTrue(kernels.isFinite(floats, 1));
      assertFalse(kernels.isFinite(floats, 2), "twice the largest float is infinite");
      assertTrue(kernels.isFinite(doubles));
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] f = floats.clone();
        f[at] = bad;
        assertFalse(kernels.isFinite(f, 1));
        double[] d = doubles.clone();
        d[at] = bad;
        assertFalse(kernels.isFinite(d));
      }
    }
  }

  /** Every method that is given an array has a case, or its bits would be compared by nobody. */
  @Test
  void noKernelIsForgotten() {
    Set<Method> called = new HashSet<>();
    Kernels recording =
        (Kernels)
            Proxy.newProxyInstance(
                Kernels.class.getClassLoader(),
                new Class<?>[] {Kernels.class},
                (proxy, method, arguments) -> {
                  called.add(method);
                  return method.invoke(SCALAR, arguments);
                });
    KernelRun.cases(3, 4, 5).forEach(test -> test.call().on(recording));
    for (Method method : Kernels.class.getMethods()) {
      if (Arrays.stream(method.getParameterTypes()).anyMatch(Class::isArray)) {
        assertTrue(called.contains(method), () -> "no case of KernelRun calls " + method);
      }
    }
  }

  private static List<Kernels> everyKind() {
    List<Kernels> all = new ArrayList<>(OTHERS);
    all.add(SCALAR);
    return all;
  }

  @Property(tries = 40)
  void productsAreChainsOfFusedMultiplyAddsInAscendingOrder(
      @ForAll @IntRange(min = 1, max = 40) int m,
      @ForAll @IntRange(min = 1, max = 140) int k,
      @ForAll @IntRange(min = 1, max = 40) int n) {
    float[] x = KernelRun.floats(m * k, 1);
    float[] w = KernelRun.floats(k * n, 2);
    float[] dy = KernelRun.floats(m * n, 3);
    float[] y = new float[m * n];
    float[] dw = KernelRun.floats(k * n, 4);
    float[] dx = new float[m * k];
    float[] dwBefore = dw.clone();
    SCALAR.multiply(m, k, n, x, w, null, y);
    SCALAR.multiplyTransposedLeft(m, k, n, x, dy, dw, true);
    SCALAR.multiplyTransposedRight(m, k, n, dy, w, dx);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = 0;
        for (int p = 0; p < k; p++) {
          sum = Math.fma(x[i * k + p], w[p * n + j], sum);
        }
        assertEquals(sum, y[i * n + j]);
      }
    }
    for (int p = 0; p < k; p++) {
      for (int j = 0; j < n; j++) {
        float sum = dwBefore[p * n + j];
        for (int i = 0; i < m; i++) {
          sum = Math.fma(x[i * k + p], dy[i * n + j], sum);
        }
        assertEquals(sum, dw[p * n + j]);
      }
    }
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        float sum = 0;
        for (int j = 0; j < n; j++) {
          sum = Math.fma(dy[i * n + j], w[p * n + j], sum);
        }
        assertEquals(sum, dx[i * k + p]);
      }
    }
  }

  @Property(tries = 40)
  void productsOfBytesHaveTheBitsOfProductsOfTheNumbersThatTheyAre(
      @ForAll @IntRange(min = 1, max = 60) int m,
      @ForAll @IntRange(min = 1, max = 140) int k,
      @ForAll @IntRange(min = 1, max = 80) int n,
      @ForAll boolean divided,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[7 * k + 1];
    random.nextBytes(bytes);
    int[] rows = random.ints(m, 0, 7).toArray();
    float[] mean = KernelRun.floats(k, seed);
    float[] deviation = KernelRun.floats(k, seed + 1);
    ByteMatrix matrix = KernelRun.shown(bytes, 1, rows, mean, divided ? deviation : null);
    float[] x = new float[m * k];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < k; j++) {
        float difference = (bytes[1 + rows[i] * k + j] & 0xff) - mean[j];
        x[i * k + j] = divided ? difference / deviation[j] : difference;
        assertEquals(x[i * k + j], matrix.get(i * k + j));
      }
    }
    float[] w = KernelRun.floats(k * n, 2);
    float[] dy = KernelRun.floats(m * n, 3);
    for (Kernels kernels : everyKind()) {
      float[] gathered = new float[m * k];
      kernels.gather(matrix, gathered);
      assertArrayEquals(x, gathered);
      float[] y = new float[m * n];
      float[] dw = new float[k * n];
      float[] expectedY = new float[m * n];
      float[] expectedDw = new float[k * n];
      kernels.multiply(m, k, n, matrix, w, null, y);
      kernels.multiplyTransposedLeft(m, k, n, matrix, dy, dw, false);
      SCALAR.multiply(m, k, n, x, w, null, expectedY);
      SCALAR.multiplyTransposedLeft(m, k, n, x, dy, expectedDw, false);
      assertArrayEquals(expectedY, y);
      assertArrayEquals(expectedDw, dw);
    }
  }

  private static void compareAll(KernelRun.Case test) {
    double[] expected = test.call().on(SCALAR);
    for (Kernels kernels : OTHERS) {
      double[] actual = test.call().on(kernels);
      for (int i = 0; i < expected.length; i++) {
        // doubleToLongBits: every NaN is the same, 0 and -0 are not.
        if (Double.doubleToLongBits(expected[i]) != Double.doubleToLongBits(actual[i])) {
          fail(
              test.name()
                  + ", element "
                  + i
                  + ", "
                  + kernels.vectorBits()
                  + " bits, "
                  + kernels.threads()
                  + " threads: expected "
                  + expected[i]
                  + ", got "
                  + actual[i]);
        }
      }
    }
  }
}

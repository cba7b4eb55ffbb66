package lamella.core.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector forms of what {@link ScalarKernels} does one by one, with the same bits: vectors
 * first, then the rest one by one.
 */
final class VectorLoops {
  private static final VectorSpecies<Float> S = VectorSupport.SPECIES;
  private static final int L = S.length();
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, S.vectorShape());

  /** As many bytes as S has floats; 64 bits is the narrowest vector there is. */
  private static final VectorSpecies<Byte> BYTES =
      switch (L) {
        case 16 -> ByteVector.SPECIES_128;
        default -> ByteVector.SPECIES_64;
      };

  private VectorLoops() {}

  /** 0 x is 0 where x is finite, NaN otherwise. */
  static boolean isFinite(float[] x, int from, int to) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector even = zero;
    FloatVector odd = zero;
    int i = from;
    for (; i <= to - 2 * L; i += 2 * L) {
      FloatVector x0 = FloatVector.fromArray(S, x, i);
      FloatVector x1 = FloatVector.fromArray(S, x, i + L);
      even = x0.fma(zero, even);
      odd = x1.fma(zero, odd);
    }
    boolean finite = even.add(odd).reduceLanes(VectorOperators.ADD) == 0;
    for (; i < to; i++) {
      finite &= 0 * x[i] == 0;
    }
    return finite;
  }

  /** Numbers of bytes less others. */
  static void subtract(byte[] bytes, int start, int length, float[] mean, float[] y, int to) {
    int i = 0;
    if (BYTES.length() == L) {
      for (; i <= length - L; i += L) {
        IntVector numbers =
            (IntVector)
                ByteVector.fromArray(BYTES, bytes, start + i)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        FloatVector pixels = (FloatVector) numbers.convert(VectorOperators.I2F, 0);
        pixels.sub(FloatVector.fromArray(S, mean, i)).intoArray(y, to + i);
      }
    }
    for (; i < length; i++) {
      y[to + i] = (bytes[start + i] & 0xff) - mean[i];
    }
  }

  // Sums of columns. The last vector of columns may have some in common with the one before; it is
  // added up from the sums as they were, and so has the same bits in these.

  /** sums[j] += Σ a[row, j] for j in [from, to), at least a vector; the rows in their order. */
  static void addRows(int m, int n, float[] a, float[] sums, int from, int to) {
    int rest = (to - from) % L;
    if (rest == 0) {
      addRowsOfVectors(m, n, a, sums, from, to);
    } else {
      FloatVector last = plusRows(m, n, a, sums, to - L);
      addRowsOfVectors(m, n, a, sums, from, to - rest);
      last.intoArray(sums, to - L);
    }
  }

  private static void addRowsOfVectors(int m, int n, float[] a, float[] sums, int from, int to) {
    int j = from;
    for (; j <= to - 4 * L; j += 4 * L) {
      FloatVector s0 = FloatVector.fromArray(S, sums, j);
      FloatVector s1 = FloatVector.fromArray(S, sums, j + L);
      FloatVector s2 = FloatVector.fromArray(S, sums, j + 2 * L);
      FloatVector s3 = FloatVector.fromArray(S, sums, j + 3 * L);
      int i = j;
      for (int row = 0; row < m; row++) {
        s0 = s0.add(FloatVector.fromArray(S, a, i));
        s1 = s1.add(FloatVector.fromArray(S, a, i + L));
        s2 = s2.add(FloatVector.fromArray(S, a, i + 2 * L));
        s3 = s3.add(FloatVector.fromArray(S, a, i + 3 * L));
        i += n;
      }
      s0.intoArray(sums, j);
      s1.intoArray(sums, j + L);
      s2.intoArray(sums, j + 2 * L);
      s3.intoArray(sums, j + 3 * L);
    }
    for (; j <= to - L; j += L) {
      plusRows(m, n, a, sums, j).intoArray(sums, j);
    }
  }

  private static FloatVector plusRows(int m, int n, float[] a, float[] sums, int j) {
    FloatVector sum = FloatVector.fromArray(S, sums, j);
    int i = j;
    for (int row = 0; row < m; row++) {
      sum = sum.add(FloatVector.fromArray(S, a, i));
      i += n;
    }
    return sum;
  }

  /** sums[j] += Σ a[row, j] b[row, j] by fma, otherwise the same. */
  static void addRows(int m, int n, float[] a, float[] b, float[] sums, int from, int to) {
    FloatVector last = plusRows(m, n, a, b, sums, to - L);
    for (int j = from; j <= to - L; j += L) {
      plusRows(m, n, a, b, sums, j).intoArray(sums, j);
    }
    last.intoArray(sums, to - L);
  }

  private static FloatVector plusRows(int m, int n, float[] a, float[] b, float[] sums, int j) {
    FloatVector sum = FloatVector.fromArray(S, sums, j);
    int i = j;
    for (int row = 0; row < m; row++) {
      sum = FloatVector.fromArray(S, a, i).fma(FloatVector.fromArray(S, b, i), sum);
      i += n;
    }
    return sum;
  }
}

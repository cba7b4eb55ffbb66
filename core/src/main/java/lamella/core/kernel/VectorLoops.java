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
}

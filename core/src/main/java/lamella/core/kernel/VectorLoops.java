package lamella.core.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
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

  /** x[i] = exp(x[i]). */
  static void exp(float[] x, int from, int to) {
    int i = expVectors(x, from, to);
    for (; i < to; i++) {
      x[i] = Exponential.exp(x[i]);
    }
  }

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

  /**
   * x[i] = {@link Exponential#exp}(x[i]) for the whole vectors of the range; returns where they
   * end.
   *
   * <p>One loop, without a helper for a part of the formula: where C2 does not inline one (it has
   * compiled it already, or is too many calls deep), every vector that it is given is allocated, in
   * every iteration and for as long as the process runs.
   */
  private static int expVectors(float[] x, int from, int to) {
    FloatVector round = FloatVector.broadcast(S, Exponential.ROUND);
    FloatVector log2e = FloatVector.broadcast(S, Exponential.LOG2_E);
    FloatVector ln2High = FloatVector.broadcast(S, -Exponential.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(S, -Exponential.LN2_LOW);
    FloatVector q5 = FloatVector.broadcast(S, Exponential.Q5);
    FloatVector q4 = FloatVector.broadcast(S, Exponential.Q4);
    FloatVector q3 = FloatVector.broadcast(S, Exponential.Q3);
    FloatVector q2 = FloatVector.broadcast(S, Exponential.Q2);
    FloatVector q1 = FloatVector.broadcast(S, Exponential.Q1);
    FloatVector q0 = FloatVector.broadcast(S, Exponential.Q0);
    int i = from;
    for (; i <= to - L; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector t = v.min(Exponential.MAX).max(Exponential.MIN);
      FloatVector n = t.fma(log2e, round).sub(round);
      FloatVector r = n.fma(ln2High, t);
      r = n.fma(ln2Low, r);
      FloatVector q = q5.fma(r, q4);
      q = q.fma(r, q3);
      q = q.fma(r, q2);
      q = q.fma(r, q1);
      q = q.fma(r, q0);
      FloatVector p = q.mul(r).fma(r, r).add(1);
      IntVector whole = (IntVector) n.convert(VectorOperators.F2I, 0);
      IntVector half = whole.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = whole.sub(half);
      FloatVector first = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector second = rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      VectorMask<Float> vanishing = v.compare(VectorOperators.LT, Exponential.MIN);
      p.mul(first).mul(second).blend(0, vanishing).intoArray(x, i);
    }
    return i;
  }
}

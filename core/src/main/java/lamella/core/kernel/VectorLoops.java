package lamella.core.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The elementwise kernels on ranges [from, to) of their arrays: vectors first, then the same
 * formula for the rest, one by one. The operations and their order are those of {@link
 * ScalarKernels} and {@link Exponential}, and so are the bits.
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

  static void relu(float[] x, float[] y, int from, int to) {
    int i = from;
    for (; i <= to - L; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      v.blend(0, v.compare(VectorOperators.LE, 0)).intoArray(y, i);
    }
    for (; i < to; i++) {
      y[i] = x[i] <= 0 ? 0 : x[i];
    }
  }

  static void reluGradient(float[] x, float[] dy, float[] dx, int from, int to) {
    int i = from;
    for (; i <= to - L; i += L) {
      VectorMask<Float> negative = FloatVector.fromArray(S, x, i).compare(VectorOperators.LE, 0);
      FloatVector.fromArray(S, dy, i).blend(0, negative).intoArray(dx, i);
    }
    for (; i < to; i++) {
      dx[i] = x[i] <= 0 ? 0 : dy[i];
    }
  }

  static void leakyRelu(float slope, float[] x, float[] y, int from, int to) {
    int i = from;
    for (; i <= to - L; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, i);
    }
    for (; i < to; i++) {
      y[i] = x[i] > 0 ? x[i] : slope * x[i];
    }
  }

  static void leakyReluGradient(float slope, float[] x, float[] dy, float[] dx, int from, int to) {
    int i = from;
    for (; i <= to - L; i += L) {
      VectorMask<Float> positive = FloatVector.fromArray(S, x, i).compare(VectorOperators.GT, 0);
      FloatVector g = FloatVector.fromArray(S, dy, i);
      g.mul(slope).blend(g, positive).intoArray(dx, i);
    }
    for (; i < to; i++) {
      dx[i] = x[i] > 0 ? dy[i] : slope * dy[i];
    }
  }

  static void swish(float[] x, float[] y, int from, int to) {
    FloatVector one = FloatVector.broadcast(S, 1);
    expVectors(x, true, y, from, to);
    int i = from;
    for (; i <= to - L; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      VectorMask<Float> vanishing = v.compare(VectorOperators.LT, Exponential.MIN);
      FloatVector sigmoid = one.div(FloatVector.fromArray(S, y, i).add(1)).blend(0, vanishing);
      v.mul(sigmoid).intoArray(y, i);
    }
    for (; i < to; i++) {
      y[i] = x[i] * Exponential.sigmoid(x[i]);
    }
  }

  static void swishGradient(float[] x, float[] y, float[] dy, float[] dx, int from, int to) {
    FloatVector one = FloatVector.broadcast(S, 1);
    expVectors(x, true, dx, from, to);
    int i = from;
    for (; i <= to - L; i += L) {
      VectorMask<Float> vanishing =
          FloatVector.fromArray(S, x, i).compare(VectorOperators.LT, Exponential.MIN);
      FloatVector s = one.div(FloatVector.fromArray(S, dx, i).add(1)).blend(0, vanishing);
      FloatVector slope = FloatVector.fromArray(S, y, i).fma(one.sub(s), s);
      FloatVector result = FloatVector.fromArray(S, dy, i).mul(slope);
      VectorMask<Float> tiny = result.abs().compare(VectorOperators.LE, Float.MIN_NORMAL);
      result.blend(0, tiny).intoArray(dx, i);
    }
    for (; i < to; i++) {
      float s = Exponential.sigmoid(x[i]);
      dx[i] = Tiny.normalOrZero(dy[i] * Math.fma(y[i], 1 - s, s));
    }
  }

  static void selu(float lambda, float lambdaAlpha, float[] x, float[] y, int from, int to) {
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
      VectorMask<Float> positive = v.compare(VectorOperators.GT, 0);
      // Exponential.expm1; exp of large positive numbers, which the blend throws away, must not
      // leave the range of
      // powers of two.
      FloatVector t = v.blend(0, positive).max(Exponential.MIN_EXPM1);
      FloatVector n = t.fma(log2e, round).sub(round);
      FloatVector r = n.fma(ln2High, t);
      r = n.fma(ln2Low, r);
      FloatVector q = q5.fma(r, q4);
      q = q.fma(r, q3);
      q = q.fma(r, q2);
      q = q.fma(r, q1);
      q = q.fma(r, q0);
      IntVector whole = (IntVector) n.convert(VectorOperators.F2I, 0);
      FloatVector scale = whole.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector expm1 = scale.fma(q.mul(r).fma(r, r), scale.sub(1));
      expm1.mul(lambdaAlpha).blend(v.mul(lambda), positive).intoArray(y, i);
    }
    for (; i < to; i++) {
      y[i] = x[i] > 0 ? lambda * x[i] : lambdaAlpha * Exponential.expm1(x[i]);
    }
  }

  static void seluGradient(
      float lambda, float lambdaAlpha, float[] x, float[] dy, float[] dx, int from, int to) {
    FloatVector right = FloatVector.broadcast(S, lambda);
    expVectors(x, false, dx, from, to);
    int i = from;
    for (; i <= to - L; i += L) {
      VectorMask<Float> positive = FloatVector.fromArray(S, x, i).compare(VectorOperators.GT, 0);
      FloatVector slope = FloatVector.fromArray(S, dx, i).mul(lambdaAlpha).blend(right, positive);
      FloatVector result = FloatVector.fromArray(S, dy, i).mul(slope);
      VectorMask<Float> tiny = result.abs().compare(VectorOperators.LE, Float.MIN_NORMAL);
      result.blend(0, tiny).intoArray(dx, i);
    }
    for (; i < to; i++) {
      dx[i] = Tiny.normalOrZero(dy[i] * (x[i] > 0 ? lambda : lambdaAlpha * Exponential.exp(x[i])));
    }
  }

  /** x[i] = exp(x[i]). */
  static void exp(float[] x, int from, int to) {
    int i = expVectors(x, false, x, from, to);
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

  static void centre(byte[] bytes, int start, int length, float[] mean, float[] y, int to) {
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
   * y[i] = {@link Exponential#exp}(x[i]), or of -x[i], for the whole vectors of the range; returns
   * where they end.
   *
   * <p>One loop, without a helper for a part of the formula: where C2 does not inline one (it has
   * compiled it already, or is too many calls deep), every vector that it is given is allocated, in
   * every iteration and for as long as the process runs.
   */
  private static int expVectors(float[] x, boolean negate, float[] y, int from, int to) {
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
    FloatVector sign = FloatVector.broadcast(S, negate ? -1 : 1);
    int i = from;
    for (; i <= to - L; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i).mul(sign);
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
      p.mul(first).mul(second).blend(0, vanishing).intoArray(y, i);
    }
    return i;
  }
}

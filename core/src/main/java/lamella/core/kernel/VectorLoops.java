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

  // Kinds, one bit each.

  static final int FINITE = 1;
  static final int ADD_ROWS = 1 << 1;
  static final int ADD_PRODUCTS = 1 << 2;
  private static final int SUBTRACT = 1 << 3;
  private static final int SUBTRACT_SIX = 1 << 4;
  private static final int DIVIDE = 1 << 5;

  private static final int DESCEND = 1 << 6;
  private static final int DESCEND_ROWS = 1 << 7;

  /** Those of {@link Kernels#descend}. */
  static final int DESCENTS = DESCEND | DESCEND_ROWS;

  /** Those of {@link #convert} and {@link #convertSix}. */
  static final int BYTE_KINDS = SUBTRACT | SUBTRACT_SIX | DIVIDE;

  static final VectorKinds KINDS = new Kinds();

  private VectorLoops() {}

  private static final class Kinds extends VectorKinds {
    /** For several vectors, and a number that does not fill one. */
    private static final int WIDTH = DEPTH * L + 1;

    private final byte[] bytes = new byte[2 * WIDTH];
    private final float[] a = new float[6 * WIDTH];
    private final float[] b = new float[6 * WIDTH];
    private final float[] y = new float[6 * WIDTH];

    @Override
    void call(int kind, int depth, boolean add) {
      int length = depth * L + (add ? 1 : 0);
      switch (kind) {
        case FINITE -> y[0] = isFinite(a, 0, length, 1) ? 0 : 1;
        case ADD_ROWS -> addRows(depth, 0, a, y, 0, depth == 0 ? 0 : 5 * L + (add ? 1 : 0));
        case ADD_PRODUCTS -> addRows(depth, 0, a, b, y, 0, 5 * L + (add ? 1 : 0));
        case SUBTRACT -> subtract(bytes, 0, a, 0, length, y, 0);
        case SUBTRACT_SIX -> subtractSix(bytes, 0, 0, 0, 0, 0, 0, a, 0, length, y, 0, WIDTH);
        case DIVIDE -> divide(y, 0, length, b, 0);
        case DESCEND -> descend(a, 0, y, 0, length, 1, 0, add ? 1 : 0);
        case DESCEND_ROWS -> descend(depth, a, 0, b, 0, y, 0, 4 * L, 1, 0, add ? 1 : 0);
        default -> throw new AssertionError("kind " + kind);
      }
    }

    @Override
    int operations(int kind) {
      return kind == FINITE || kind == SUBTRACT || kind == DIVIDE ? 2 * DEPTH : 12 * DEPTH;
    }
  }

  /** 0 x is 0 where x is finite, NaN otherwise. */
  static boolean isFinite(float[] x, int from, int to, float factor) {
    FloatVector by = FloatVector.broadcast(S, factor);
    FloatVector zero = FloatVector.zero(S);
    FloatVector even = zero;
    FloatVector odd = zero;
    int i = from;
    for (; i <= to - 2 * L; i += 2 * L) {
      FloatVector x0 = FloatVector.fromArray(S, x, i);
      FloatVector x1 = FloatVector.fromArray(S, x, i + L);
      even = x0.mul(by).fma(zero, even);
      odd = x1.mul(by).fma(zero, odd);
    }
    boolean finite = even.add(odd).reduceLanes(VectorOperators.ADD) == 0;
    for (; i < to; i++) {
      finite &= 0 * (factor * x[i]) == 0;
    }
    return finite;
  }

  /**
   * w = shrink w - rate (g + l2 w), each operation rounded; where l2 is 0, w = shrink w - rate g.
   */
  static void descend(
      float[] g, int from, float[] w, int at, int count, float shrink, float rate, float l2) {
    FloatVector shrinks = FloatVector.broadcast(S, shrink);
    FloatVector rates = FloatVector.broadcast(S, rate);
    FloatVector l2s = FloatVector.broadcast(S, l2);
    boolean penalised = l2 != 0;
    int i = 0;
    for (; i <= count - 2 * L; i += 2 * L) {
      FloatVector w0 = FloatVector.fromArray(S, w, at + i);
      FloatVector w1 = FloatVector.fromArray(S, w, at + i + L);
      FloatVector g0 = FloatVector.fromArray(S, g, from + i);
      FloatVector g1 = FloatVector.fromArray(S, g, from + i + L);
      g0 = penalised ? g0.add(w0.mul(l2s)) : g0;
      g1 = penalised ? g1.add(w1.mul(l2s)) : g1;
      w0.mul(shrinks).sub(g0.mul(rates)).intoArray(w, at + i);
      w1.mul(shrinks).sub(g1.mul(rates)).intoArray(w, at + i + L);
    }
    for (; i < count; i++) {
      float old = w[at + i];
      float gradient = penalised ? g[from + i] + l2 * old : g[from + i];
      w[at + i] = shrink * old - rate * gradient;
    }
  }

  /**
   * The same of four vectors in each of some rows, n elements apart, where g is the product of one
   * number x for each row and as many of dy: a chain of a single multiply-add.
   */
  static void descend(
      int rows,
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] w,
      int wo,
      int n,
      float shrink,
      float rate,
      float l2) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector shrinks = FloatVector.broadcast(S, shrink);
    FloatVector rates = FloatVector.broadcast(S, rate);
    FloatVector l2s = FloatVector.broadcast(S, l2);
    boolean penalised = l2 != 0;
    FloatVector d0 = FloatVector.fromArray(S, dy, dyo);
    FloatVector d1 = FloatVector.fromArray(S, dy, dyo + L);
    FloatVector d2 = FloatVector.fromArray(S, dy, dyo + 2 * L);
    FloatVector d3 = FloatVector.fromArray(S, dy, dyo + 3 * L);
    for (int i = 0; i < rows; i++) {
      FloatVector xs = FloatVector.broadcast(S, x[xo + i]);
      int row = wo + i * n;
      FloatVector w0 = FloatVector.fromArray(S, w, row);
      FloatVector w1 = FloatVector.fromArray(S, w, row + L);
      FloatVector w2 = FloatVector.fromArray(S, w, row + 2 * L);
      FloatVector w3 = FloatVector.fromArray(S, w, row + 3 * L);
      FloatVector g0 = xs.fma(d0, zero);
      FloatVector g1 = xs.fma(d1, zero);
      FloatVector g2 = xs.fma(d2, zero);
      FloatVector g3 = xs.fma(d3, zero);
      g0 = penalised ? g0.add(w0.mul(l2s)) : g0;
      g1 = penalised ? g1.add(w1.mul(l2s)) : g1;
      g2 = penalised ? g2.add(w2.mul(l2s)) : g2;
      g3 = penalised ? g3.add(w3.mul(l2s)) : g3;
      w0.mul(shrinks).sub(g0.mul(rates)).intoArray(w, row);
      w1.mul(shrinks).sub(g1.mul(rates)).intoArray(w, row + L);
      w2.mul(shrinks).sub(g2.mul(rates)).intoArray(w, row + 2 * L);
      w3.mul(shrinks).sub(g3.mul(rates)).intoArray(w, row + 3 * L);
    }
  }

  // Bytes to floats.

  /** Elements [from, from + length) of a row. */
  static void convert(ByteMatrix x, int row, int from, int length, float[] y, int to) {
    subtract(x.bytes(), x.start(row) + from, x.subtrahend(), from, length, y, to);
    float[] divisor = x.divisor();
    if (divisor != null) {
      divide(y, to, length, divisor, from);
    }
  }

  /**
   * The same of six neighbouring rows, each {@code stride} behind the other. Rows lie far apart in
   * memory: 200 of them, each of 3072 bytes, take 48 µs so and 100 one after the other, because the
   * processor waits for six at once.
   */
  static void convertSix(
      ByteMatrix x, int row, int from, int length, float[] y, int to, int stride) {
    subtractSix(
        x.bytes(),
        x.start(row) + from,
        x.start(row + 1) + from,
        x.start(row + 2) + from,
        x.start(row + 3) + from,
        x.start(row + 4) + from,
        x.start(row + 5) + from,
        x.subtrahend(),
        from,
        length,
        y,
        to,
        stride);
    int done = length / L * L;
    float[] divisor = x.divisor();
    for (int r = 0; r < 6 && (done < length || divisor != null); r++) {
      if (divisor != null) {
        divide(y, to + r * stride, done, divisor, from);
      }
      convert(x, row + r, from + done, length - done, y, to + r * stride + done);
    }
  }

  static void subtract(
      byte[] bytes, int start, float[] subtrahend, int from, int length, float[] y, int to) {
    int i = 0;
    if (VectorSupport.CONVERTS_BYTES) {
      for (; i <= length - L; i += L) {
        IntVector numbers =
            (IntVector)
                ByteVector.fromArray(BYTES, bytes, start + i)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        FloatVector x = (FloatVector) numbers.convert(VectorOperators.I2F, 0);
        x.sub(FloatVector.fromArray(S, subtrahend, from + i)).intoArray(y, to + i);
      }
    }
    for (; i < length; i++) {
      y[to + i] = (bytes[start + i] & 0xff) - subtrahend[from + i];
    }
  }

  private static void subtractSix(
      byte[] bytes,
      int s0,
      int s1,
      int s2,
      int s3,
      int s4,
      int s5,
      float[] subtrahend,
      int from,
      int length,
      float[] y,
      int to,
      int stride) {
    int t1 = to + stride;
    int t2 = t1 + stride;
    int t3 = t2 + stride;
    int t4 = t3 + stride;
    int t5 = t4 + stride;
    for (int i = 0; i <= length - L; i += L) {
      FloatVector minus = FloatVector.fromArray(S, subtrahend, from + i);
      IntVector n0 =
          (IntVector)
              ByteVector.fromArray(BYTES, bytes, s0 + i)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector x0 = (FloatVector) n0.convert(VectorOperators.I2F, 0);
      x0.sub(minus).intoArray(y, to + i);
      IntVector n1 =
          (IntVector)
              ByteVector.fromArray(BYTES, bytes, s1 + i)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector x1 = (FloatVector) n1.convert(VectorOperators.I2F, 0);
      x1.sub(minus).intoArray(y, t1 + i);
      IntVector n2 =
          (IntVector)
              ByteVector.fromArray(BYTES, bytes, s2 + i)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector x2 = (FloatVector) n2.convert(VectorOperators.I2F, 0);
      x2.sub(minus).intoArray(y, t2 + i);
      IntVector n3 =
          (IntVector)
              ByteVector.fromArray(BYTES, bytes, s3 + i)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector x3 = (FloatVector) n3.convert(VectorOperators.I2F, 0);
      x3.sub(minus).intoArray(y, t3 + i);
      IntVector n4 =
          (IntVector)
              ByteVector.fromArray(BYTES, bytes, s4 + i)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector x4 = (FloatVector) n4.convert(VectorOperators.I2F, 0);
      x4.sub(minus).intoArray(y, t4 + i);
      IntVector n5 =
          (IntVector)
              ByteVector.fromArray(BYTES, bytes, s5 + i)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector x5 = (FloatVector) n5.convert(VectorOperators.I2F, 0);
      x5.sub(minus).intoArray(y, t5 + i);
    }
  }

  private static void divide(float[] y, int to, int length, float[] divisor, int from) {
    int i = 0;
    for (; i <= length - L; i += L) {
      FloatVector.fromArray(S, y, to + i)
          .div(FloatVector.fromArray(S, divisor, from + i))
          .intoArray(y, to + i);
    }
    for (; i < length; i++) {
      y[to + i] /= divisor[from + i];
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

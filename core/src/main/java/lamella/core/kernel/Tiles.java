package lamella.core.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of matrix products: c[R, V L] (+)= a[R, k] b[k, V L] with all of c in
 * registers, L floats to a vector.
 *
 * <p>Each element of c is one chain of fused multiply-adds in ascending index of summation. Per
 * step of the loop, V vectors of b are loaded and R elements of a broadcast, for R V multiply-adds:
 * 6 x 4 keeps both multiply-add units of an AVX-512 core busy (24 accumulators hide the latency of
 * 4 cycles, and 29 of the 32 registers are used); 6 x 2 does so with 16 registers, and serves
 * narrow matrices.
 *
 * <p>b is a panel outside of the heap, from byte bo on, aligned to cache lines: its rows lie V L
 * floats apart, a constant, and every index is linear in the loop variable, so that C2 takes the
 * range checks out of the loop. It does so for an offset of type long only where it is an unsigned
 * int; with a plain {@code bo + 4L * BYTES * p} the loop is a quarter slower (JDK 25).
 *
 * <p>The bodies are written out because C2 keeps vectors in registers only as local variables: an
 * array of vectors, or a helper that is not inlined, boxes each one on the heap, at 5 % of the
 * speed.
 */
final class Tiles {
  static final VectorSpecies<Float> S = VectorSupport.SPECIES;
  static final int L = S.length();

  /** Bytes of a vector. */
  static final int BYTES = L * Float.BYTES;

  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Rows of a tile. */
  static final int ROWS = 6;

  /** Columns of a tile of four vectors. */
  static final int WIDE = 4 * L;

  /** Columns of a tile of two vectors. */
  static final int NARROW = 2 * L;

  /**
   * From one column of a copied piece of a to the next: 13 cache lines, an odd number, so that
   * columns fall into all sets of a cache.
   */
  static final int PIECE_STRIDE = 208;

  private Tiles() {}

  /** a by rows: element (r, p) at ao + r lda + p. */
  static void rows6x4(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      int bo,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int a5 = ao + 5 * lda;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c02 = add ? FloatVector.fromArray(S, c, co + 2 * L) : FloatVector.zero(S);
    FloatVector c03 = add ? FloatVector.fromArray(S, c, co + 3 * L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
    FloatVector c12 = add ? FloatVector.fromArray(S, c, co + ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c13 = add ? FloatVector.fromArray(S, c, co + ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + L) : FloatVector.zero(S);
    FloatVector c22 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c23 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + L) : FloatVector.zero(S);
    FloatVector c32 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c33 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c40 = add ? FloatVector.fromArray(S, c, co + 4 * ldc) : FloatVector.zero(S);
    FloatVector c41 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + L) : FloatVector.zero(S);
    FloatVector c42 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c43 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c50 = add ? FloatVector.fromArray(S, c, co + 5 * ldc) : FloatVector.zero(S);
    FloatVector c51 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + L) : FloatVector.zero(S);
    FloatVector c52 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c53 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + 3 * L) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * (4 * BYTES));
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(S, b, row + BYTES, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(S, b, row + 2L * BYTES, ORDER);
      FloatVector b3 = FloatVector.fromMemorySegment(S, b, row + 3L * BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      c03 = x0.fma(b3, c03);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      c13 = x1.fma(b3, c13);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
      c23 = x2.fma(b3, c23);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      c32 = x3.fma(b2, c32);
      c33 = x3.fma(b3, c33);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      c42 = x4.fma(b2, c42);
      c43 = x4.fma(b3, c43);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + p]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
      c52 = x5.fma(b2, c52);
      c53 = x5.fma(b3, c53);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c02.intoArray(c, co + 2 * L);
    c03.intoArray(c, co + 3 * L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c12.intoArray(c, co + ldc + 2 * L);
    c13.intoArray(c, co + ldc + 3 * L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c22.intoArray(c, co + 2 * ldc + 2 * L);
    c23.intoArray(c, co + 2 * ldc + 3 * L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c32.intoArray(c, co + 3 * ldc + 2 * L);
    c33.intoArray(c, co + 3 * ldc + 3 * L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c42.intoArray(c, co + 4 * ldc + 2 * L);
    c43.intoArray(c, co + 4 * ldc + 3 * L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
    c52.intoArray(c, co + 5 * ldc + 2 * L);
    c53.intoArray(c, co + 5 * ldc + 3 * L);
  }

  /**
   * a by columns: element (r, p) at ao + r step + p PIECE_STRIDE.
   *
   * @param step 1. C2 must not know it: where it sees that six elements are neighbours it spreads
   *     all of them over vectors before the first multiply-add, and six registers more are needed
   *     than there are. With 16 registers the loop took twice as long.
   */
  static void columns6x4(
      int k,
      float[] a,
      int ao,
      int step,
      MemorySegment b,
      int bo,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * step;
    int a2 = ao + 2 * step;
    int a3 = ao + 3 * step;
    int a4 = ao + 4 * step;
    int a5 = ao + 5 * step;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c02 = add ? FloatVector.fromArray(S, c, co + 2 * L) : FloatVector.zero(S);
    FloatVector c03 = add ? FloatVector.fromArray(S, c, co + 3 * L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
    FloatVector c12 = add ? FloatVector.fromArray(S, c, co + ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c13 = add ? FloatVector.fromArray(S, c, co + ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + L) : FloatVector.zero(S);
    FloatVector c22 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c23 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + L) : FloatVector.zero(S);
    FloatVector c32 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c33 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c40 = add ? FloatVector.fromArray(S, c, co + 4 * ldc) : FloatVector.zero(S);
    FloatVector c41 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + L) : FloatVector.zero(S);
    FloatVector c42 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c43 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c50 = add ? FloatVector.fromArray(S, c, co + 5 * ldc) : FloatVector.zero(S);
    FloatVector c51 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + L) : FloatVector.zero(S);
    FloatVector c52 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c53 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + 3 * L) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * (4 * BYTES));
      int column = p * PIECE_STRIDE;
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(S, b, row + BYTES, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(S, b, row + 2L * BYTES, ORDER);
      FloatVector b3 = FloatVector.fromMemorySegment(S, b, row + 3L * BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + column]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      c03 = x0.fma(b3, c03);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + column]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      c13 = x1.fma(b3, c13);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + column]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
      c23 = x2.fma(b3, c23);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + column]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      c32 = x3.fma(b2, c32);
      c33 = x3.fma(b3, c33);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + column]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      c42 = x4.fma(b2, c42);
      c43 = x4.fma(b3, c43);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + column]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
      c52 = x5.fma(b2, c52);
      c53 = x5.fma(b3, c53);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c02.intoArray(c, co + 2 * L);
    c03.intoArray(c, co + 3 * L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c12.intoArray(c, co + ldc + 2 * L);
    c13.intoArray(c, co + ldc + 3 * L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c22.intoArray(c, co + 2 * ldc + 2 * L);
    c23.intoArray(c, co + 2 * ldc + 3 * L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c32.intoArray(c, co + 3 * ldc + 2 * L);
    c33.intoArray(c, co + 3 * ldc + 3 * L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c42.intoArray(c, co + 4 * ldc + 2 * L);
    c43.intoArray(c, co + 4 * ldc + 3 * L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
    c52.intoArray(c, co + 5 * ldc + 2 * L);
    c53.intoArray(c, co + 5 * ldc + 3 * L);
  }

  /** As {@link #rows6x4}, half as wide. */
  static void rows6x2(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      int bo,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int a5 = ao + 5 * lda;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + L) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + L) : FloatVector.zero(S);
    FloatVector c40 = add ? FloatVector.fromArray(S, c, co + 4 * ldc) : FloatVector.zero(S);
    FloatVector c41 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + L) : FloatVector.zero(S);
    FloatVector c50 = add ? FloatVector.fromArray(S, c, co + 5 * ldc) : FloatVector.zero(S);
    FloatVector c51 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + L) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * (2 * BYTES));
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(S, b, row + BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + p]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
  }

  /** As {@link #columns6x4}, half as wide. */
  static void columns6x2(
      int k,
      float[] a,
      int ao,
      int step,
      MemorySegment b,
      int bo,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * step;
    int a2 = ao + 2 * step;
    int a3 = ao + 3 * step;
    int a4 = ao + 4 * step;
    int a5 = ao + 5 * step;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + L) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + L) : FloatVector.zero(S);
    FloatVector c40 = add ? FloatVector.fromArray(S, c, co + 4 * ldc) : FloatVector.zero(S);
    FloatVector c41 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + L) : FloatVector.zero(S);
    FloatVector c50 = add ? FloatVector.fromArray(S, c, co + 5 * ldc) : FloatVector.zero(S);
    FloatVector c51 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + L) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * (2 * BYTES));
      int column = p * PIECE_STRIDE;
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(S, b, row + BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + column]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + column]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + column]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + column]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + column]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + column]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
  }

  /** As {@link #rows6x4}, with b as it lies in its matrix: row p from bo + p ldb on. */
  static void direct6x4(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int a5 = ao + 5 * lda;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c02 = add ? FloatVector.fromArray(S, c, co + 2 * L) : FloatVector.zero(S);
    FloatVector c03 = add ? FloatVector.fromArray(S, c, co + 3 * L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
    FloatVector c12 = add ? FloatVector.fromArray(S, c, co + ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c13 = add ? FloatVector.fromArray(S, c, co + ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + L) : FloatVector.zero(S);
    FloatVector c22 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c23 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + L) : FloatVector.zero(S);
    FloatVector c32 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c33 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c40 = add ? FloatVector.fromArray(S, c, co + 4 * ldc) : FloatVector.zero(S);
    FloatVector c41 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + L) : FloatVector.zero(S);
    FloatVector c42 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c43 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c50 = add ? FloatVector.fromArray(S, c, co + 5 * ldc) : FloatVector.zero(S);
    FloatVector c51 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + L) : FloatVector.zero(S);
    FloatVector c52 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c53 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + 3 * L) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      int row = bo + p * ldb;
      FloatVector b0 = FloatVector.fromArray(S, b, row);
      FloatVector b1 = FloatVector.fromArray(S, b, row + L);
      FloatVector b2 = FloatVector.fromArray(S, b, row + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b, row + 3 * L);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      c03 = x0.fma(b3, c03);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      c13 = x1.fma(b3, c13);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
      c23 = x2.fma(b3, c23);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      c32 = x3.fma(b2, c32);
      c33 = x3.fma(b3, c33);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      c42 = x4.fma(b2, c42);
      c43 = x4.fma(b3, c43);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + p]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
      c52 = x5.fma(b2, c52);
      c53 = x5.fma(b3, c53);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c02.intoArray(c, co + 2 * L);
    c03.intoArray(c, co + 3 * L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c12.intoArray(c, co + ldc + 2 * L);
    c13.intoArray(c, co + ldc + 3 * L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c22.intoArray(c, co + 2 * ldc + 2 * L);
    c23.intoArray(c, co + 2 * ldc + 3 * L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c32.intoArray(c, co + 3 * ldc + 2 * L);
    c33.intoArray(c, co + 3 * ldc + 3 * L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c42.intoArray(c, co + 4 * ldc + 2 * L);
    c43.intoArray(c, co + 4 * ldc + 3 * L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
    c52.intoArray(c, co + 5 * ldc + 2 * L);
    c53.intoArray(c, co + 5 * ldc + 3 * L);
  }

  /**
   * As {@link #direct6x4}, and on the way copies its rows of b into a panel, from byte po on, for
   * the tiles that follow.
   */
  static void copying6x4(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      MemorySegment panel,
      int po,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int a5 = ao + 5 * lda;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c02 = add ? FloatVector.fromArray(S, c, co + 2 * L) : FloatVector.zero(S);
    FloatVector c03 = add ? FloatVector.fromArray(S, c, co + 3 * L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
    FloatVector c12 = add ? FloatVector.fromArray(S, c, co + ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c13 = add ? FloatVector.fromArray(S, c, co + ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + L) : FloatVector.zero(S);
    FloatVector c22 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c23 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + L) : FloatVector.zero(S);
    FloatVector c32 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c33 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c40 = add ? FloatVector.fromArray(S, c, co + 4 * ldc) : FloatVector.zero(S);
    FloatVector c41 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + L) : FloatVector.zero(S);
    FloatVector c42 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c43 = add ? FloatVector.fromArray(S, c, co + 4 * ldc + 3 * L) : FloatVector.zero(S);
    FloatVector c50 = add ? FloatVector.fromArray(S, c, co + 5 * ldc) : FloatVector.zero(S);
    FloatVector c51 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + L) : FloatVector.zero(S);
    FloatVector c52 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c53 = add ? FloatVector.fromArray(S, c, co + 5 * ldc + 3 * L) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      int row = bo + p * ldb;
      long to = po + Integer.toUnsignedLong(p * (4 * BYTES));
      FloatVector b0 = FloatVector.fromArray(S, b, row);
      FloatVector b1 = FloatVector.fromArray(S, b, row + L);
      FloatVector b2 = FloatVector.fromArray(S, b, row + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b, row + 3 * L);
      b0.intoMemorySegment(panel, to, ORDER);
      b1.intoMemorySegment(panel, to + BYTES, ORDER);
      b2.intoMemorySegment(panel, to + 2L * BYTES, ORDER);
      b3.intoMemorySegment(panel, to + 3L * BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      c03 = x0.fma(b3, c03);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      c13 = x1.fma(b3, c13);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
      c23 = x2.fma(b3, c23);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      c32 = x3.fma(b2, c32);
      c33 = x3.fma(b3, c33);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      c42 = x4.fma(b2, c42);
      c43 = x4.fma(b3, c43);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + p]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
      c52 = x5.fma(b2, c52);
      c53 = x5.fma(b3, c53);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c02.intoArray(c, co + 2 * L);
    c03.intoArray(c, co + 3 * L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c12.intoArray(c, co + ldc + 2 * L);
    c13.intoArray(c, co + ldc + 3 * L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c22.intoArray(c, co + 2 * ldc + 2 * L);
    c23.intoArray(c, co + 2 * ldc + 3 * L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c32.intoArray(c, co + 3 * ldc + 2 * L);
    c33.intoArray(c, co + 3 * ldc + 3 * L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c42.intoArray(c, co + 4 * ldc + 2 * L);
    c43.intoArray(c, co + 4 * ldc + 3 * L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
    c52.intoArray(c, co + 5 * ldc + 2 * L);
    c53.intoArray(c, co + 5 * ldc + 3 * L);
  }

  /**
   * One row, for batches of a few: bound by the latency of four chains, or by memory, so that b may
   * lie in its matrix, rows ldb apart, unpacked.
   */
  static void row1x4(int k, float[] a, int ao, float[] b, int bo, int ldb, float[] c, int co) {
    if (k == 0) {
      return;
    }
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      int row = bo + p * ldb;
      FloatVector b0 = FloatVector.fromArray(S, b, row);
      FloatVector b1 = FloatVector.fromArray(S, b, row + L);
      FloatVector b2 = FloatVector.fromArray(S, b, row + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b, row + 3 * L);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      c03 = x0.fma(b3, c03);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c02.intoArray(c, co + 2 * L);
    c03.intoArray(c, co + 3 * L);
  }
}

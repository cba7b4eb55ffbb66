package lamella.core.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of products with {@link PackedWeights}: c[R, V L] = a[R, k] b[k, V L] + bias[V
 * L], L floats to a vector, for R rows of a and a panel of V vectors.
 *
 * <p>They are those of {@link Tiles}, which says why they are written out, in more sizes: a panel
 * is never copied here, so that few rows are worth a tile of their own height. Where {@code add} is
 * true, the chains go on from what c holds. The bias is added to the finished chains; a bias of -0
 * leaves every number as it is.
 *
 * <p>Rows are stored from the first to the last, and each row's vectors in their order.
 */
final class PackedTiles {
  private static final VectorSpecies<Float> S = VectorSupport.SPECIES;
  private static final int L = S.length();
  private static final int BYTES = L * Float.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PackedTiles() {}

  /** Six rows, four vectors: for panels of full width. */
  static void rows6x4(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
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
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasAt + L);
    FloatVector bias2 = FloatVector.fromArray(S, bias, biasAt + 2 * L);
    FloatVector bias3 = FloatVector.fromArray(S, bias, biasAt + 3 * L);
    c00.add(bias0).intoArray(c, co);
    c01.add(bias1).intoArray(c, co + L);
    c02.add(bias2).intoArray(c, co + 2 * L);
    c03.add(bias3).intoArray(c, co + 3 * L);
    c10.add(bias0).intoArray(c, co + ldc);
    c11.add(bias1).intoArray(c, co + ldc + L);
    c12.add(bias2).intoArray(c, co + ldc + 2 * L);
    c13.add(bias3).intoArray(c, co + ldc + 3 * L);
    c20.add(bias0).intoArray(c, co + 2 * ldc);
    c21.add(bias1).intoArray(c, co + 2 * ldc + L);
    c22.add(bias2).intoArray(c, co + 2 * ldc + 2 * L);
    c23.add(bias3).intoArray(c, co + 2 * ldc + 3 * L);
    c30.add(bias0).intoArray(c, co + 3 * ldc);
    c31.add(bias1).intoArray(c, co + 3 * ldc + L);
    c32.add(bias2).intoArray(c, co + 3 * ldc + 2 * L);
    c33.add(bias3).intoArray(c, co + 3 * ldc + 3 * L);
    c40.add(bias0).intoArray(c, co + 4 * ldc);
    c41.add(bias1).intoArray(c, co + 4 * ldc + L);
    c42.add(bias2).intoArray(c, co + 4 * ldc + 2 * L);
    c43.add(bias3).intoArray(c, co + 4 * ldc + 3 * L);
    c50.add(bias0).intoArray(c, co + 5 * ldc);
    c51.add(bias1).intoArray(c, co + 5 * ldc + L);
    c52.add(bias2).intoArray(c, co + 5 * ldc + 2 * L);
    c53.add(bias3).intoArray(c, co + 5 * ldc + 3 * L);
  }

  static void rows4x4(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
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
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasAt + L);
    FloatVector bias2 = FloatVector.fromArray(S, bias, biasAt + 2 * L);
    FloatVector bias3 = FloatVector.fromArray(S, bias, biasAt + 3 * L);
    c00.add(bias0).intoArray(c, co);
    c01.add(bias1).intoArray(c, co + L);
    c02.add(bias2).intoArray(c, co + 2 * L);
    c03.add(bias3).intoArray(c, co + 3 * L);
    c10.add(bias0).intoArray(c, co + ldc);
    c11.add(bias1).intoArray(c, co + ldc + L);
    c12.add(bias2).intoArray(c, co + ldc + 2 * L);
    c13.add(bias3).intoArray(c, co + ldc + 3 * L);
    c20.add(bias0).intoArray(c, co + 2 * ldc);
    c21.add(bias1).intoArray(c, co + 2 * ldc + L);
    c22.add(bias2).intoArray(c, co + 2 * ldc + 2 * L);
    c23.add(bias3).intoArray(c, co + 2 * ldc + 3 * L);
    c30.add(bias0).intoArray(c, co + 3 * ldc);
    c31.add(bias1).intoArray(c, co + 3 * ldc + L);
    c32.add(bias2).intoArray(c, co + 3 * ldc + 2 * L);
    c33.add(bias3).intoArray(c, co + 3 * ldc + 3 * L);
  }

  static void rows2x4(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * lda;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c02 = add ? FloatVector.fromArray(S, c, co + 2 * L) : FloatVector.zero(S);
    FloatVector c03 = add ? FloatVector.fromArray(S, c, co + 3 * L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
    FloatVector c12 = add ? FloatVector.fromArray(S, c, co + ldc + 2 * L) : FloatVector.zero(S);
    FloatVector c13 = add ? FloatVector.fromArray(S, c, co + ldc + 3 * L) : FloatVector.zero(S);
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
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasAt + L);
    FloatVector bias2 = FloatVector.fromArray(S, bias, biasAt + 2 * L);
    FloatVector bias3 = FloatVector.fromArray(S, bias, biasAt + 3 * L);
    c00.add(bias0).intoArray(c, co);
    c01.add(bias1).intoArray(c, co + L);
    c02.add(bias2).intoArray(c, co + 2 * L);
    c03.add(bias3).intoArray(c, co + 3 * L);
    c10.add(bias0).intoArray(c, co + ldc);
    c11.add(bias1).intoArray(c, co + ldc + L);
    c12.add(bias2).intoArray(c, co + ldc + 2 * L);
    c13.add(bias3).intoArray(c, co + ldc + 3 * L);
  }

  static void rows1x4(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c02 = add ? FloatVector.fromArray(S, c, co + 2 * L) : FloatVector.zero(S);
    FloatVector c03 = add ? FloatVector.fromArray(S, c, co + 3 * L) : FloatVector.zero(S);
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
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasAt + L);
    FloatVector bias2 = FloatVector.fromArray(S, bias, biasAt + 2 * L);
    FloatVector bias3 = FloatVector.fromArray(S, bias, biasAt + 3 * L);
    c00.add(bias0).intoArray(c, co);
    c01.add(bias1).intoArray(c, co + L);
    c02.add(bias2).intoArray(c, co + 2 * L);
    c03.add(bias3).intoArray(c, co + 3 * L);
  }

  static void rows6x2(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
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
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasAt + L);
    c00.add(bias0).intoArray(c, co);
    c01.add(bias1).intoArray(c, co + L);
    c10.add(bias0).intoArray(c, co + ldc);
    c11.add(bias1).intoArray(c, co + ldc + L);
    c20.add(bias0).intoArray(c, co + 2 * ldc);
    c21.add(bias1).intoArray(c, co + 2 * ldc + L);
    c30.add(bias0).intoArray(c, co + 3 * ldc);
    c31.add(bias1).intoArray(c, co + 3 * ldc + L);
    c40.add(bias0).intoArray(c, co + 4 * ldc);
    c41.add(bias1).intoArray(c, co + 4 * ldc + L);
    c50.add(bias0).intoArray(c, co + 5 * ldc);
    c51.add(bias1).intoArray(c, co + 5 * ldc + L);
  }

  static void rows4x2(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
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
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * ldc + L) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * ldc + L) : FloatVector.zero(S);
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
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasAt + L);
    c00.add(bias0).intoArray(c, co);
    c01.add(bias1).intoArray(c, co + L);
    c10.add(bias0).intoArray(c, co + ldc);
    c11.add(bias1).intoArray(c, co + ldc + L);
    c20.add(bias0).intoArray(c, co + 2 * ldc);
    c21.add(bias1).intoArray(c, co + 2 * ldc + L);
    c30.add(bias0).intoArray(c, co + 3 * ldc);
    c31.add(bias1).intoArray(c, co + 3 * ldc + L);
  }

  static void rows2x2(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * lda;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + ldc + L) : FloatVector.zero(S);
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
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasAt + L);
    c00.add(bias0).intoArray(c, co);
    c01.add(bias1).intoArray(c, co + L);
    c10.add(bias0).intoArray(c, co + ldc);
    c11.add(bias1).intoArray(c, co + ldc + L);
  }

  static void rows1x2(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + L) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * (2 * BYTES));
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(S, b, row + BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasAt + L);
    c00.add(bias0).intoArray(c, co);
    c01.add(bias1).intoArray(c, co + L);
  }

  static void rows8x1(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
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
    int a6 = ao + 6 * lda;
    int a7 = ao + 7 * lda;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    FloatVector c40 = add ? FloatVector.fromArray(S, c, co + 4 * ldc) : FloatVector.zero(S);
    FloatVector c50 = add ? FloatVector.fromArray(S, c, co + 5 * ldc) : FloatVector.zero(S);
    FloatVector c60 = add ? FloatVector.fromArray(S, c, co + 6 * ldc) : FloatVector.zero(S);
    FloatVector c70 = add ? FloatVector.fromArray(S, c, co + 7 * ldc) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * BYTES);
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = x1.fma(b0, c10);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = x2.fma(b0, c20);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = x3.fma(b0, c30);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      c40 = x4.fma(b0, c40);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + p]);
      c50 = x5.fma(b0, c50);
      FloatVector x6 = FloatVector.broadcast(S, a[a6 + p]);
      c60 = x6.fma(b0, c60);
      FloatVector x7 = FloatVector.broadcast(S, a[a7 + p]);
      c70 = x7.fma(b0, c70);
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    c00.add(bias0).intoArray(c, co);
    c10.add(bias0).intoArray(c, co + ldc);
    c20.add(bias0).intoArray(c, co + 2 * ldc);
    c30.add(bias0).intoArray(c, co + 3 * ldc);
    c40.add(bias0).intoArray(c, co + 4 * ldc);
    c50.add(bias0).intoArray(c, co + 5 * ldc);
    c60.add(bias0).intoArray(c, co + 6 * ldc);
    c70.add(bias0).intoArray(c, co + 7 * ldc);
  }

  static void rows4x1(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
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
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * ldc) : FloatVector.zero(S);
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * ldc) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * BYTES);
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = x1.fma(b0, c10);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = x2.fma(b0, c20);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = x3.fma(b0, c30);
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    c00.add(bias0).intoArray(c, co);
    c10.add(bias0).intoArray(c, co + ldc);
    c20.add(bias0).intoArray(c, co + 2 * ldc);
    c30.add(bias0).intoArray(c, co + 3 * ldc);
  }

  static void rows2x1(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    int a1 = ao + 1 * lda;
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + ldc) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * BYTES);
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = x1.fma(b0, c10);
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    c00.add(bias0).intoArray(c, co);
    c10.add(bias0).intoArray(c, co + ldc);
  }

  static void rows1x1(
      int k,
      float[] a,
      int ao,
      int lda,
      MemorySegment b,
      long bo,
      float[] bias,
      int biasAt,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (k == 0) {
      return;
    }
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = bo + Integer.toUnsignedLong(p * BYTES);
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, row, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      c00 = x0.fma(b0, c00);
    }
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasAt);
    c00.add(bias0).intoArray(c, co);
  }

  /** One row, four neighbouring panels: four streams that the hardware reads ahead. */
  static void row4x4(
      int k,
      float[] a,
      int ao,
      MemorySegment b,
      long bo,
      long step,
      float[] bias,
      int biasAt,
      float[] c,
      int co) {
    if (k == 0) {
      return;
    }
    long panel1 = bo + step;
    long panel2 = bo + 2 * step;
    long panel3 = bo + 3 * step;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c12 = FloatVector.zero(S);
    FloatVector c13 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c22 = FloatVector.zero(S);
    FloatVector c23 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    FloatVector c32 = FloatVector.zero(S);
    FloatVector c33 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = Integer.toUnsignedLong(p * (4 * BYTES));
      FloatVector x = FloatVector.broadcast(S, a[ao + p]);
      c00 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row, ORDER), c00);
      c01 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row + BYTES, ORDER), c01);
      c02 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row + 2L * BYTES, ORDER), c02);
      c03 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row + 3L * BYTES, ORDER), c03);
      c10 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row, ORDER), c10);
      c11 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row + BYTES, ORDER), c11);
      c12 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row + 2L * BYTES, ORDER), c12);
      c13 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row + 3L * BYTES, ORDER), c13);
      c20 = x.fma(FloatVector.fromMemorySegment(S, b, panel2 + row, ORDER), c20);
      c21 = x.fma(FloatVector.fromMemorySegment(S, b, panel2 + row + BYTES, ORDER), c21);
      c22 = x.fma(FloatVector.fromMemorySegment(S, b, panel2 + row + 2L * BYTES, ORDER), c22);
      c23 = x.fma(FloatVector.fromMemorySegment(S, b, panel2 + row + 3L * BYTES, ORDER), c23);
      c30 = x.fma(FloatVector.fromMemorySegment(S, b, panel3 + row, ORDER), c30);
      c31 = x.fma(FloatVector.fromMemorySegment(S, b, panel3 + row + BYTES, ORDER), c31);
      c32 = x.fma(FloatVector.fromMemorySegment(S, b, panel3 + row + 2L * BYTES, ORDER), c32);
      c33 = x.fma(FloatVector.fromMemorySegment(S, b, panel3 + row + 3L * BYTES, ORDER), c33);
    }
    c00.add(FloatVector.fromArray(S, bias, biasAt)).intoArray(c, co);
    c01.add(FloatVector.fromArray(S, bias, biasAt + L)).intoArray(c, co + L);
    c02.add(FloatVector.fromArray(S, bias, biasAt + 2 * L)).intoArray(c, co + 2 * L);
    c03.add(FloatVector.fromArray(S, bias, biasAt + 3 * L)).intoArray(c, co + 3 * L);
    c10.add(FloatVector.fromArray(S, bias, biasAt + 4 * L)).intoArray(c, co + 4 * L);
    c11.add(FloatVector.fromArray(S, bias, biasAt + 5 * L)).intoArray(c, co + 5 * L);
    c12.add(FloatVector.fromArray(S, bias, biasAt + 6 * L)).intoArray(c, co + 6 * L);
    c13.add(FloatVector.fromArray(S, bias, biasAt + 7 * L)).intoArray(c, co + 7 * L);
    c20.add(FloatVector.fromArray(S, bias, biasAt + 8 * L)).intoArray(c, co + 8 * L);
    c21.add(FloatVector.fromArray(S, bias, biasAt + 9 * L)).intoArray(c, co + 9 * L);
    c22.add(FloatVector.fromArray(S, bias, biasAt + 10 * L)).intoArray(c, co + 10 * L);
    c23.add(FloatVector.fromArray(S, bias, biasAt + 11 * L)).intoArray(c, co + 11 * L);
    c30.add(FloatVector.fromArray(S, bias, biasAt + 12 * L)).intoArray(c, co + 12 * L);
    c31.add(FloatVector.fromArray(S, bias, biasAt + 13 * L)).intoArray(c, co + 13 * L);
    c32.add(FloatVector.fromArray(S, bias, biasAt + 14 * L)).intoArray(c, co + 14 * L);
    c33.add(FloatVector.fromArray(S, bias, biasAt + 15 * L)).intoArray(c, co + 15 * L);
  }

  /** One row, two neighbouring panels, which lie step bytes apart. */
  static void row2x4(
      int k,
      float[] a,
      int ao,
      MemorySegment b,
      long bo,
      long step,
      float[] bias,
      int biasAt,
      float[] c,
      int co) {
    if (k == 0) {
      return;
    }
    long panel1 = bo + step;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c12 = FloatVector.zero(S);
    FloatVector c13 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = Integer.toUnsignedLong(p * (4 * BYTES));
      FloatVector x = FloatVector.broadcast(S, a[ao + p]);
      c00 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row, ORDER), c00);
      c01 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row + BYTES, ORDER), c01);
      c02 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row + 2L * BYTES, ORDER), c02);
      c03 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row + 3L * BYTES, ORDER), c03);
      c10 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row, ORDER), c10);
      c11 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row + BYTES, ORDER), c11);
      c12 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row + 2L * BYTES, ORDER), c12);
      c13 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row + 3L * BYTES, ORDER), c13);
    }
    c00.add(FloatVector.fromArray(S, bias, biasAt)).intoArray(c, co);
    c01.add(FloatVector.fromArray(S, bias, biasAt + L)).intoArray(c, co + L);
    c02.add(FloatVector.fromArray(S, bias, biasAt + 2 * L)).intoArray(c, co + 2 * L);
    c03.add(FloatVector.fromArray(S, bias, biasAt + 3 * L)).intoArray(c, co + 3 * L);
    c10.add(FloatVector.fromArray(S, bias, biasAt + 4 * L)).intoArray(c, co + 4 * L);
    c11.add(FloatVector.fromArray(S, bias, biasAt + 5 * L)).intoArray(c, co + 5 * L);
    c12.add(FloatVector.fromArray(S, bias, biasAt + 6 * L)).intoArray(c, co + 6 * L);
    c13.add(FloatVector.fromArray(S, bias, biasAt + 7 * L)).intoArray(c, co + 7 * L);
  }

  static void row4x2(
      int k,
      float[] a,
      int ao,
      MemorySegment b,
      long bo,
      long step,
      float[] bias,
      int biasAt,
      float[] c,
      int co) {
    if (k == 0) {
      return;
    }
    long panel1 = bo + step;
    long panel2 = bo + 2 * step;
    long panel3 = bo + 3 * step;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = Integer.toUnsignedLong(p * (2 * BYTES));
      FloatVector x = FloatVector.broadcast(S, a[ao + p]);
      c00 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row, ORDER), c00);
      c01 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row + BYTES, ORDER), c01);
      c10 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row, ORDER), c10);
      c11 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row + BYTES, ORDER), c11);
      c20 = x.fma(FloatVector.fromMemorySegment(S, b, panel2 + row, ORDER), c20);
      c21 = x.fma(FloatVector.fromMemorySegment(S, b, panel2 + row + BYTES, ORDER), c21);
      c30 = x.fma(FloatVector.fromMemorySegment(S, b, panel3 + row, ORDER), c30);
      c31 = x.fma(FloatVector.fromMemorySegment(S, b, panel3 + row + BYTES, ORDER), c31);
    }
    c00.add(FloatVector.fromArray(S, bias, biasAt)).intoArray(c, co);
    c01.add(FloatVector.fromArray(S, bias, biasAt + L)).intoArray(c, co + L);
    c10.add(FloatVector.fromArray(S, bias, biasAt + 2 * L)).intoArray(c, co + 2 * L);
    c11.add(FloatVector.fromArray(S, bias, biasAt + 3 * L)).intoArray(c, co + 3 * L);
    c20.add(FloatVector.fromArray(S, bias, biasAt + 4 * L)).intoArray(c, co + 4 * L);
    c21.add(FloatVector.fromArray(S, bias, biasAt + 5 * L)).intoArray(c, co + 5 * L);
    c30.add(FloatVector.fromArray(S, bias, biasAt + 6 * L)).intoArray(c, co + 6 * L);
    c31.add(FloatVector.fromArray(S, bias, biasAt + 7 * L)).intoArray(c, co + 7 * L);
  }

  static void row2x2(
      int k,
      float[] a,
      int ao,
      MemorySegment b,
      long bo,
      long step,
      float[] bias,
      int biasAt,
      float[] c,
      int co) {
    if (k == 0) {
      return;
    }
    long panel1 = bo + step;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      long row = Integer.toUnsignedLong(p * (2 * BYTES));
      FloatVector x = FloatVector.broadcast(S, a[ao + p]);
      c00 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row, ORDER), c00);
      c01 = x.fma(FloatVector.fromMemorySegment(S, b, bo + row + BYTES, ORDER), c01);
      c10 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row, ORDER), c10);
      c11 = x.fma(FloatVector.fromMemorySegment(S, b, panel1 + row + BYTES, ORDER), c11);
    }
    c00.add(FloatVector.fromArray(S, bias, biasAt)).intoArray(c, co);
    c01.add(FloatVector.fromArray(S, bias, biasAt + L)).intoArray(c, co + L);
    c10.add(FloatVector.fromArray(S, bias, biasAt + 2 * L)).intoArray(c, co + 2 * L);
    c11.add(FloatVector.fromArray(S, bias, biasAt + 3 * L)).intoArray(c, co + 3 * L);
  }
}

package lamella.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Plain loops, each until the vector code that takes its place is fast.
 *
 * <p>A program that loads a model and predicts a few times is done before vectors pay: the first
 * prediction of the network 3072-64-10 takes 16 ms by plain loops and 100 ms by vectors, the second
 * 1 ms and 7 ms. So nothing of the Vector API, some 300 classes, is loaded before plain loops have
 * done some work, and all that it takes until vectors are fast is done by {@link Warmup} beside the
 * program. Both give the same bits, so that nobody can tell but by the clock.
 */
final class PlainFirst extends ScalarKernels {
  private @Nullable VectorKernels vectors;

  /** What was done before the Vector API was asked for, see {@link VectorKinds#WORTHWHILE}. */
  private long done;

  PlainFirst(Team team) {
    super(team);
  }

  /** Null as long as the Vector API is not loaded; so much work more may be reason to load it. */
  private @Nullable VectorKernels vectors(long work) {
    VectorKernels known = vectors;
    if (known == null) {
      if (WarmupThread.INSTANCE.isLoaded()) {
        // Threads that come here at once each make their own, and one remains: they hold no
        // results.
        known = new VectorKernels(team);
        vectors = known;
      } else if (done < VectorKinds.WORTHWHILE) {
        done += work;
        if (done >= VectorKinds.WORTHWHILE) {
          WarmupThread.INSTANCE.load();
        }
      }
    }
    return known;
  }

  /** For a[m, k] b[k, n], of which a may lie by columns and b as its transpose. */
  private @Nullable VectorKernels forProduct(
      int m, int k, int n, boolean aByColumns, boolean bTransposed) {
    long work = (long) m * k * n;
    VectorKernels known = vectors(work);
    if (known == null) {
      return null;
    }
    int kinds = MatrixProduct.kinds(m, n, aByColumns, bTransposed);
    return MatrixProduct.KINDS.areFast(kinds, work) ? known : null;
  }

  private @Nullable VectorKernels forLoop(int kinds, long work) {
    VectorKernels known = vectors(work);
    return known != null && VectorLoops.KINDS.areFast(kinds, work) ? known : null;
  }

  /** The width of the vectors to come, if any will. */
  @Override
  public int vectorBits() {
    return WarmupThread.INSTANCE.isHopeless() ? 0 : VectorSupport.SPECIES.vectorBitSize();
  }

  @Override
  public void multiply(
      int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    VectorKernels fast = forProduct(m, k, n, false, false);
    if (fast == null) {
      super.multiply(m, k, n, x, w, bias, y);
    } else {
      fast.multiply(m, k, n, x, w, bias, y);
    }
  }

  @Override
  public boolean packs(int m, int k, int n) {
    long work = (long) m * k * n;
    return vectors(work) != null && PackedProduct.KINDS.areFast(PackedProduct.kinds(m, n), work);
  }

  @Override
  public @Nullable PackedWeights pack(int k, int n, float[] w, float @Nullable [] bias) {
    VectorKernels known = vectors;
    return known == null ? null : known.pack(k, n, w, bias);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    VectorKernels fast = forProduct(k, m, n, true, false);
    if (fast == null) {
      super.multiplyTransposedLeft(m, k, n, x, dy, dw, add);
    } else {
      fast.multiplyTransposedLeft(m, k, n, x, dy, dw, add);
    }
  }

  @Override
  public boolean descend(
      int m, int k, int n, float[] x, float[] dy, float[] w, float shrink, float rate, float l2) {
    VectorKernels known = vectors;
    // The work of the product is counted where it is done.
    return known != null
        && VectorLoops.KINDS.areFast(VectorLoops.DESCENTS, (long) k * n)
        && MatrixProduct.KINDS.areFast(MatrixProduct.kinds(k, n, true, false), 0)
        && known.descend(m, k, n, x, dy, w, shrink, rate, l2);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx) {
    VectorKernels fast = forProduct(m, n, k, false, true);
    if (fast == null) {
      super.multiplyTransposedRight(m, k, n, dy, w, dx);
    } else {
      fast.multiplyTransposedRight(m, k, n, dy, w, dx);
    }
  }

  @Override
  public void sumRows(int m, int n, float[] a, float @Nullable [] b, float[] sums, boolean add) {
    int kind = b == null ? VectorLoops.ADD_ROWS : VectorLoops.ADD_PRODUCTS;
    VectorKernels fast = forLoop(kind, (long) m * n);
    if (fast == null) {
      super.sumRows(m, n, a, b, sums, add);
    } else {
      fast.sumRows(m, n, a, b, sums, add);
    }
  }

  @Override
  public boolean isFinite(float[] a, float factor) {
    VectorKernels fast = forLoop(VectorLoops.FINITE, a.length);
    return fast == null ? super.isFinite(a, factor) : fast.isFinite(a, factor);
  }

  @Override
  public void multiply(
      int m, int k, int n, ByteMatrix x, float[] w, float @Nullable [] bias, float[] y) {
    VectorKernels fast = forProduct(m, k, n, false, false);
    if (fast == null || forLoop(VectorLoops.BYTE_KINDS, (long) m * k) == null) {
      super.multiply(m, k, n, x, w, bias, y);
    } else {
      fast.multiply(m, k, n, x, w, bias, y);
    }
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, ByteMatrix x, float[] dy, float[] dw, boolean add) {
    VectorKernels fast = forProduct(k, m, n, true, false);
    if (fast == null || forLoop(VectorLoops.BYTE_KINDS, (long) m * k) == null) {
      super.multiplyTransposedLeft(m, k, n, x, dy, dw, add);
    } else {
      fast.multiplyTransposedLeft(m, k, n, x, dy, dw, add);
    }
  }

  /**
   * Of the vectors to come: who is told no once asks for the floats, and makes them for every batch
   * from then on.
   */
  @Override
  public boolean multipliesBytes() {
    VectorKernels known = vectors;
    return !WarmupThread.INSTANCE.isHopeless() && (known == null || known.multipliesBytes());
  }

  @Override
  public void gather(ByteMatrix x, float[] y) {
    VectorKernels fast = forLoop(VectorLoops.BYTE_KINDS, y.length);
    if (fast == null) {
      super.gather(x, y);
    } else {
      fast.gather(x, y);
    }
  }
}

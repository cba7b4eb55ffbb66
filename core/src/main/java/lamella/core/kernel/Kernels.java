package lamella.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Products and sums, on row-major arrays whose lengths the caller has checked.
 *
 * <p>Every implementation gives the same bits: an element of a product is one chain of fused
 * multiply-adds in ascending index of summation from +0; everything else is either elementwise, or
 * a sum in an order that its comment fixes. No output may be an input.
 */
public interface Kernels {

  /** The implementation this process uses. */
  static Kernels instance() {
    return Chosen.KERNELS;
  }

  /** Bits of a vector register; 0 for scalar code. */
  int vectorBits();

  /** Threads that share one product. */
  int threads();

  /** y[m, n] = x[m, k] w[k, n] (+ bias[n], added to the finished sum). */
  void multiply(int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y);

  /**
   * Whether a product of m rows with a packed w[k, n] would be faster than {@link #multiply} by
   * now. Not where plain loops run.
   */
  boolean packs(int m, int k, int n);

  /**
   * Copies w[k, n] and bias[n] for {@link PackedProduct}, which gives the bits of multiply; null
   * where plain loops run.
   */
  @Nullable PackedWeights pack(int k, int n, float[] w, float @Nullable [] bias);

  /** dw[k, n] = x[m, k]ᵀ dy[m, n], or dw += that, the chain then starting from dw. */
  void multiplyTransposedLeft(int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add);

  /**
   * w = shrink w - rate (g + l2 w) with g[k, n] = x[m, k]ᵀ dy[m, n], each operation rounded; where
   * l2 is 0, w = shrink w - rate g. Of g there is never more than a piece.
   *
   * @return whether it was done; if not, nothing has changed, and g by itself is faster
   */
  boolean descend(
      int m, int k, int n, float[] x, float[] dy, float[] w, float shrink, float rate, float l2);

  /** dx[m, k] = dy[m, n] w[k, n]ᵀ. */
  void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx);

  /**
   * sums[n] = sum of the rows of a[m, n] from first to last, from +0, or from what sums holds; of
   * the products with b[m, n], element by element and by fma, unless there is no b.
   */
  void sumRows(int m, int n, float[] a, float @Nullable [] b, float[] sums, boolean add);

  /** Sum of a[i]², in double and in the order of {@link Lanes}. */
  double sumOfSquares(float[] a);

  /** Whether no element times the factor is NaN or infinite. */
  boolean isFinite(float[] a, float factor);

  /** y[m, n] = x[m, k] w[k, n], or x w + bias[n], where x is made of bytes; the same bits. */
  void multiply(int m, int k, int n, ByteMatrix x, float[] w, float @Nullable [] bias, float[] y);

  /** dw[k, n] = x[m, k]ᵀ dy[m, n], or dw += that, where x is made of bytes; the same bits. */
  void multiplyTransposedLeft(
      int m, int k, int n, ByteMatrix x, float[] dy, float[] dw, boolean add);

  /**
   * Whether products with a {@link ByteMatrix} cost no more than {@link #gather} and a product
   * after it.
   */
  boolean multipliesBytes();

  /** y = x, the numbers that it is made of. */
  void gather(ByteMatrix x, float[] y);

  // The same for float64: gradient checks, and comparison with NumPy.

  /** As for float. */
  void multiply(int m, int k, int n, double[] x, double[] w, double @Nullable [] bias, double[] y);

  /** As for float. */
  void multiplyTransposedLeft(
      int m, int k, int n, double[] x, double[] dy, double[] dw, boolean add);

  /** As for float. */
  void multiplyTransposedRight(int m, int k, int n, double[] dy, double[] w, double[] dx);

  /** As for float. */
  void sumRows(int m, int n, double[] a, double @Nullable [] b, double[] sums, boolean add);

  /** As for float. */
  double sumOfSquares(double[] a);

  /** Whether no element is NaN or infinite. */
  boolean isFinite(double[] a);

  /** y[i, j] = (bytes[origin + rows[i] width + j] & 0xff) - mean[j], width = mean.length. */
  void gatherBytes(byte[] bytes, int origin, int[] rows, double[] mean, double[] y);
}

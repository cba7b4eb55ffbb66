package lamella.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Plain loops for the first few million operations of a process, the vector kernels from then on.
 *
 * <p>Until C2 has compiled a vector loop, each of its vectors is an object on the heap and an
 * operation on one takes a microsecond; and the Vector API itself is some 300 classes to load. A
 * program that loads a model and predicts a few times is done before that pays: the first
 * prediction of the network 3072-64-10 takes 16 ms by plain loops and 100 ms by vectors, the second
 * 1 ms and 7 ms. Both give the same bits, so that nobody can tell but by the clock.
 */
final class PlainFirst implements Kernels {
  /**
   * Multiply-adds or elements before the vectors' turn, some milliseconds of one core. A product
   * that is larger than that by itself is computed by vectors at once.
   */
  private static final long PLAIN = 1 << 22;

  private final Team team;
  private final Kernels plain;
  private @Nullable Kernels vectors;

  /** What has been done; threads may overwrite each other's additions, and then it takes longer. */
  private long done;

  PlainFirst(Team team) {
    this.team = team;
    plain = new ScalarKernels(team);
  }

  private Kernels kernels(long size) {
    Kernels chosen = vectors;
    if (chosen != null) {
      return chosen;
    }
    done += size;
    if (done < PLAIN) {
      return plain;
    }
    // Threads that come here at once each make their own, and one remains: they hold no results.
    chosen = new VectorKernels(team);
    vectors = chosen;
    return chosen;
  }

  boolean usesVectors() {
    return vectors != null;
  }

  /** Of the vectors to come. */
  @Override
  public int vectorBits() {
    return VectorSupport.SPECIES.vectorBitSize();
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public void multiply(
      int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    kernels((long) m * k * n).multiply(m, k, n, x, w, bias, y);
  }

  @Override
  public boolean packs(int m, int n) {
    Kernels chosen = vectors;
    return chosen != null && chosen.packs(m, n);
  }

  @Override
  public @Nullable PackedWeights pack(int k, int n, float[] w, float @Nullable [] bias) {
    Kernels chosen = vectors;
    return chosen == null ? null : chosen.pack(k, n, w, bias);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    kernels((long) m * k * n).multiplyTransposedLeft(m, k, n, x, dy, dw, add);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx) {
    kernels((long) m * k * n).multiplyTransposedRight(m, k, n, dy, w, dx);
  }

  @Override
  public void sumRows(int m, int n, float[] a, float @Nullable [] b, float[] sums, boolean add) {
    kernels((long) m * n).sumRows(m, n, a, b, sums, add);
  }

  @Override
  public double sumOfSquares(float[] a) {
    return kernels(a.length).sumOfSquares(a);
  }

  @Override
  public boolean isFinite(float[] a) {
    return kernels(a.length).isFinite(a);
  }

  @Override
  public void multiply(
      int m, int k, int n, ByteMatrix x, float[] w, float @Nullable [] bias, float[] y) {
    kernels((long) m * k * n).multiply(m, k, n, x, w, bias, y);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, ByteMatrix x, float[] dy, float[] dw, boolean add) {
    kernels((long) m * k * n).multiplyTransposedLeft(m, k, n, x, dy, dw, add);
  }

  /** Of the vectors to come. */
  @Override
  public boolean multipliesBytes() {
    return VectorSupport.CONVERTS_BYTES;
  }

  @Override
  public void gather(ByteMatrix x, float[] y) {
    kernels(y.length).gather(x, y);
  }

  @Override
  public void multiply(
      int m, int k, int n, double[] x, double[] w, double @Nullable [] bias, double[] y) {
    kernels((long) m * k * n).multiply(m, k, n, x, w, bias, y);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, double[] x, double[] dy, double[] dw, boolean add) {
    kernels((long) m * k * n).multiplyTransposedLeft(m, k, n, x, dy, dw, add);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, double[] dy, double[] w, double[] dx) {
    kernels((long) m * k * n).multiplyTransposedRight(m, k, n, dy, w, dx);
  }

  @Override
  public void sumRows(int m, int n, double[] a, double @Nullable [] b, double[] sums, boolean add) {
    kernels((long) m * n).sumRows(m, n, a, b, sums, add);
  }

  @Override
  public double sumOfSquares(double[] a) {
    return kernels(a.length).sumOfSquares(a);
  }

  @Override
  public boolean isFinite(double[] a) {
    return kernels(a.length).isFinite(a);
  }

  @Override
  public void gatherBytes(byte[] bytes, int origin, int[] rows, double[] mean, double[] y) {
    kernels(y.length).gatherBytes(bytes, origin, rows, mean, y);
  }
}

package lamella.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The float32 kernels on the Vector API; float64 stays with the plain loops, which C2 vectorises by
 * itself.
 */
final class VectorKernels extends ScalarKernels {
  private final Pool<MatrixProduct> products = new Pool<>();
  private final Pool<OuterDescent> outerDescents = new Pool<>();
  private final Pool<FiniteSearch> searches = new Pool<>();
  private final Pool<GatherJob> gathers = new Pool<>();
  private final Pool<VectorColumnSums> columnSums = new Pool<>();

  VectorKernels(Team team) {
    super(team);
    VectorSupport.loadAll();
  }

  private MatrixProduct product() {
    MatrixProduct product = products.borrow();
    return product == null ? new MatrixProduct() : product;
  }

  @Override
  public int vectorBits() {
    return VectorSupport.SPECIES.vectorBitSize();
  }

  @Override
  public void multiply(
      int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    MatrixProduct product = product();
    product.multiply(team, m, k, n, x, w, bias, y);
    products.giveBack(product);
  }

  @Override
  public boolean packs(int m, int k, int n) {
    return true;
  }

  @Override
  public PackedWeights pack(int k, int n, float[] w, float @Nullable [] bias) {
    return Packing.pack(team, k, n, w, bias);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    MatrixProduct product = product();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    products.giveBack(product);
  }

  @Override
  public boolean descend(
      int m, int k, int n, float[] x, float[] dy, float[] w, float shrink, float rate, float l2) {
    if (OuterDescent.fits(m, n)) {
      OuterDescent known = outerDescents.borrow();
      OuterDescent outer = known == null ? new OuterDescent() : known;
      outer.run(team, k, n, x, dy, w, shrink, rate, l2);
      outerDescents.giveBack(outer);
      return true;
    }
    if (!MatrixProduct.descends(m, n)) {
      return false;
    }
    MatrixProduct product = product();
    product.descend(team, m, k, n, x, dy, w, shrink, rate, l2);
    products.giveBack(product);
    return true;
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx) {
    MatrixProduct product = product();
    product.multiplyTransposedRight(team, m, k, n, dy, w, dx);
    products.giveBack(product);
  }

  @Override
  public void sumRows(int m, int n, float[] a, float @Nullable [] b, float[] sums, boolean add) {
    VectorColumnSums known = columnSums.borrow();
    VectorColumnSums job = known == null ? new VectorColumnSums() : known;
    job.run(team, m, n, a, b, sums, add);
    columnSums.giveBack(job);
  }

  @Override
  public boolean isFinite(float[] a, float factor) {
    FiniteSearch known = searches.borrow();
    FiniteSearch search = known == null ? new FiniteSearch() : known;
    boolean finite = search.isFinite(team, a, factor);
    searches.giveBack(search);
    return finite;
  }

  @Override
  public void multiply(
      int m, int k, int n, ByteMatrix x, float[] w, float @Nullable [] bias, float[] y) {
    if (!MatrixProduct.readsBytes(m)) {
      super.multiply(m, k, n, x, w, bias, y);
      return;
    }
    MatrixProduct product = product();
    product.multiply(team, m, k, n, x, w, bias, y);
    products.giveBack(product);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, ByteMatrix x, float[] dy, float[] dw, boolean add) {
    if (!MatrixProduct.readsBytes(k)) {
      super.multiplyTransposedLeft(m, k, n, x, dy, dw, add);
      return;
    }
    MatrixProduct product = product();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    products.giveBack(product);
  }

  @Override
  public boolean multipliesBytes() {
    return VectorSupport.CONVERTS_BYTES;
  }

  @Override
  public void gather(ByteMatrix x, float[] y) {
    GatherJob known = gathers.borrow();
    GatherJob gather = known == null ? new GatherJob() : known;
    gather.run(team, x, y);
    gathers.giveBack(gather);
  }
}

package lamella.core.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Plain loops: what runs where the Vector API is absent, and the oracle of all other kernels. */
class ScalarKernels implements Kernels {
  private static final int LANES = Lanes.COUNT;

  final Team team;
  private final Pool<ScalarFloatProduct> floatProducts = new Pool<>();
  private final Pool<Team.Scratch> scratch = new Pool<>();
  private final Pool<ScalarDoubleProduct> doubleProducts = new Pool<>();

  private final Pool<ColumnSums> columnSums = new Pool<>();

  ScalarKernels(Team team) {
    this.team = team;
  }

  private ScalarFloatProduct floatProduct() {
    ScalarFloatProduct product = floatProducts.borrow();
    return product == null ? new ScalarFloatProduct() : product;
  }

  private ScalarDoubleProduct doubleProduct() {
    ScalarDoubleProduct product = doubleProducts.borrow();
    return product == null ? new ScalarDoubleProduct() : product;
  }

  private ColumnSums columnSum() {
    ColumnSums sums = columnSums.borrow();
    return sums == null ? new ColumnSums() : sums;
  }

  private Team.Scratch memory() {
    Team.Scratch memory = scratch.borrow();
    return memory == null ? new Team.Scratch() : memory;
  }

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public void multiply(
      int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    ScalarFloatProduct product = floatProduct();
    product.multiply(team, m, k, n, x, w, bias, y);
    floatProducts.giveBack(product);
  }

  @Override
  public boolean packs(int m, int k, int n) {
    return false;
  }

  @Override
  public @Nullable PackedWeights pack(int k, int n, float[] w, float @Nullable [] bias) {
    return null;
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    ScalarFloatProduct product = floatProduct();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    floatProducts.giveBack(product);
  }

  @Override
  public boolean descend(
      int m, int k, int n, float[] x, float[] dy, float[] w, float shrink, float rate, float l2) {
    return false;
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx) {
    ScalarFloatProduct product = floatProduct();
    product.multiplyTransposedRight(team, m, k, n, dy, w, dx);
    floatProducts.giveBack(product);
  }

  @Override
  public void sumRows(int m, int n, float[] a, float @Nullable [] b, float[] sums, boolean add) {
    ColumnSums job = columnSum();
    job.run(team, m, n, a, b, sums, add);
    columnSums.giveBack(job);
  }

  @Override
  public double sumOfSquares(float[] a) {
    Team.Scratch memory = memory();
    double sum = Lanes.squares(a, 0, a.length, 0, memory.doubles(Lanes.COUNT));
    scratch.giveBack(memory);
    return sum;
  }

  /** 0 x is 0 where x is finite, NaN otherwise; C2 vectorises the sums. */
  @Override
  public boolean isFinite(float[] a, float factor) {
    Team.Scratch memory = memory();
    float[] lanes = memory.floats(LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    for (int i = 0; i < a.length; i += LANES) {
      int count = Math.min(LANES, a.length - i);
      for (int l = 0; l < count; l++) {
        lanes[l] += 0 * (factor * a[i + l]);
      }
    }
    boolean finite = true;
    for (int l = 0; l < LANES; l++) {
      finite &= lanes[l] == 0;
    }
    scratch.giveBack(memory);
    return finite;
  }

  @Override
  public void multiply(
      int m, int k, int n, ByteMatrix x, float[] w, float @Nullable [] bias, float[] y) {
    Team.Scratch memory = memory();
    float[] numbers = memory.floats(m * k);
    gather(x, numbers);
    multiply(m, k, n, numbers, w, bias, y);
    scratch.giveBack(memory);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, ByteMatrix x, float[] dy, float[] dw, boolean add) {
    Team.Scratch memory = memory();
    float[] numbers = memory.floats(m * k);
    gather(x, numbers);
    multiplyTransposedLeft(m, k, n, numbers, dy, dw, add);
    scratch.giveBack(memory);
  }

  /** They would gather once for each product. */
  @Override
  public boolean multipliesBytes() {
    return false;
  }

  @Override
  public void gather(ByteMatrix x, float[] y) {
    byte[] bytes = x.bytes();
    float[] subtrahend = x.subtrahend();
    float[] divisor = x.divisor();
    int width = x.width();
    for (int i = 0; i < x.rows(); i++) {
      int from = x.start(i);
      int to = i * width;
      for (int j = 0; j < width; j++) {
        y[to + j] = (bytes[from + j] & 0xff) - subtrahend[j];
      }
      if (divisor != null) {
        for (int j = 0; j < width; j++) {
          y[to + j] /= divisor[j];
        }
      }
    }
  }

  // float64.

  @Override
  public void multiply(
      int m, int k, int n, double[] x, double[] w, double @Nullable [] bias, double[] y) {
    ScalarDoubleProduct product = doubleProduct();
    product.multiply(team, m, k, n, x, w, bias, y);
    doubleProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, double[] x, double[] dy, double[] dw, boolean add) {
    ScalarDoubleProduct product = doubleProduct();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    doubleProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, double[] dy, double[] w, double[] dx) {
    ScalarDoubleProduct product = doubleProduct();
    product.multiplyTransposedRight(team, m, k, n, dy, w, dx);
    doubleProducts.giveBack(product);
  }

  @Override
  public void sumRows(int m, int n, double[] a, double @Nullable [] b, double[] sums, boolean add) {
    ColumnSums job = columnSum();
    job.run(team, m, n, a, b, sums, add);
    columnSums.giveBack(job);
  }

  @Override
  public double sumOfSquares(double[] a) {
    Team.Scratch memory = memory();
    double sum = Lanes.squares(a, 0, a.length, 0, memory.doubles(Lanes.COUNT));
    scratch.giveBack(memory);
    return sum;
  }

  @Override
  public boolean isFinite(double[] a) {
    Team.Scratch memory = memory();
    double[] lanes = memory.doubles(LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    for (int i = 0; i < a.length; i += LANES) {
      int count = Math.min(LANES, a.length - i);
      for (int l = 0; l < count; l++) {
        lanes[l] += 0 * a[i + l];
      }
    }
    boolean finite = true;
    for (int l = 0; l < LANES; l++) {
      finite &= lanes[l] == 0;
    }
    scratch.giveBack(memory);
    return finite;
  }

  @Override
  public void gatherBytes(byte[] bytes, int origin, int[] rows, double[] mean, double[] y) {
    int width = mean.length;
    for (int i = 0; i < rows.length; i++) {
      int from = origin + rows[i] * width;
      int to = i * width;
      for (int j = 0; j < width; j++) {
        y[to + j] = (bytes[from + j] & 0xff) - mean[j];
      }
    }
  }
}

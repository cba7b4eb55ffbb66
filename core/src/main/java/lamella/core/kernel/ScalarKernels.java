package lamella.core.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Plain loops: what runs where the Vector API is absent, and the oracle of all other kernels. */
class ScalarKernels implements Kernels {
  /** Virtual lanes of a sum over a whole tensor, whatever the hardware has. */
  static final int LANES = 64;

  final Team team;
  private final Pool<ScalarFloatProduct> floatProducts =
      new Pool<>() {
        @Override
        protected ScalarFloatProduct make() {
          return new ScalarFloatProduct();
        }
      };
  final Pool<Team.Scratch> scratch =
      new Pool<>() {
        @Override
        protected Team.Scratch make() {
          return new Team.Scratch();
        }
      };
  private final Pool<ScalarDoubleProduct> doubleProducts =
      new Pool<>() {
        @Override
        protected ScalarDoubleProduct make() {
          return new ScalarDoubleProduct();
        }
      };

  ScalarKernels(Team team) {
    this.team = team;
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
    ScalarFloatProduct product = floatProducts.borrow();
    product.multiply(team, m, k, n, x, w, bias, y);
    floatProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    ScalarFloatProduct product = floatProducts.borrow();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    floatProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx) {
    ScalarFloatProduct product = floatProducts.borrow();
    product.multiplyTransposedRight(team, m, k, n, dy, w, dx);
    floatProducts.giveBack(product);
  }

  @Override
  public void sumRows(int m, int n, float[] a, float[] sums, boolean add) {
    if (!add) {
      Arrays.fill(sums, 0, n, 0);
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[j] += a[i * n + j];
      }
    }
  }

  @Override
  public double sumOfSquares(float[] a) {
    Team.Scratch memory = scratch.borrow();
    double[] lanes = memory.doubles(LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    int i = 0;
    for (; i <= a.length - LANES; i += LANES) {
      for (int l = 0; l < LANES; l++) {
        lanes[l] = Math.fma((double) a[i + l], a[i + l], lanes[l]);
      }
    }
    for (int l = 0; i + l < a.length; l++) {
      lanes[l] = Math.fma((double) a[i + l], a[i + l], lanes[l]);
    }
    double sum = halve(lanes);
    scratch.giveBack(memory);
    return sum;
  }

  /** 0 x is 0 where x is finite, NaN otherwise; C2 vectorises the sums. */
  @Override
  public boolean isFinite(float[] a) {
    Team.Scratch memory = scratch.borrow();
    float[] lanes = memory.floats(LANES);
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
  public void gatherBytes(byte[] bytes, int origin, int[] rows, float[] mean, float[] y) {
    int width = mean.length;
    for (int i = 0; i < rows.length; i++) {
      int from = origin + rows[i] * width;
      int to = i * width;
      for (int j = 0; j < width; j++) {
        y[to + j] = (bytes[from + j] & 0xff) - mean[j];
      }
    }
  }

  /** Adds the upper half of the lanes to the lower half until one is left. */
  private static double halve(double[] lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }

  // float64.

  @Override
  public void multiply(
      int m, int k, int n, double[] x, double[] w, double @Nullable [] bias, double[] y) {
    ScalarDoubleProduct product = doubleProducts.borrow();
    product.multiply(team, m, k, n, x, w, bias, y);
    doubleProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, double[] x, double[] dy, double[] dw, boolean add) {
    ScalarDoubleProduct product = doubleProducts.borrow();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    doubleProducts.giveBack(product);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, double[] dy, double[] w, double[] dx) {
    ScalarDoubleProduct product = doubleProducts.borrow();
    product.multiplyTransposedRight(team, m, k, n, dy, w, dx);
    doubleProducts.giveBack(product);
  }

  @Override
  public void sumRows(int m, int n, double[] a, double[] sums, boolean add) {
    if (!add) {
      Arrays.fill(sums, 0, n, 0);
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[j] += a[i * n + j];
      }
    }
  }

  @Override
  public double sumOfSquares(double[] a) {
    Team.Scratch memory = scratch.borrow();
    double[] lanes = memory.doubles(LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    int i = 0;
    for (; i <= a.length - LANES; i += LANES) {
      for (int l = 0; l < LANES; l++) {
        lanes[l] = Math.fma(a[i + l], a[i + l], lanes[l]);
      }
    }
    for (int l = 0; i + l < a.length; l++) {
      lanes[l] = Math.fma(a[i + l], a[i + l], lanes[l]);
    }
    double sum = halve(lanes);
    scratch.giveBack(memory);
    return sum;
  }

  @Override
  public boolean isFinite(double[] a) {
    Team.Scratch memory = scratch.borrow();
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

package lamella.core.kernel;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lamella.core.RowRun;
import lamella.core.formula.FormulaRun;
import org.jspecify.annotations.Nullable;

/**
 * Every kernel, loops over rows, and formulas, on generated operands: what the bit-equality tests
 * run on two implementations, in one JVM or in several.
 *
 * <p>Operands hold ordinary numbers of several magnitudes; some also zeros of both signs,
 * subnormals, infinities and NaN.
 */
final class KernelRun {
  /** Calls one kernel and returns all it wrote, as doubles. */
  interface Call {
    double[] on(Kernels kernels);
  }

  /** A kernel with its operands. */
  record Case(String name, Call call) {
    @Override
    public String toString() {
      return name;
    }
  }

  private KernelRun() {}

  /** Products of m, k, n and everything else at length m n. */
  static Stream<Case> cases(int m, int k, int n) {
    return Stream.concat(Stream.concat(products(m, k, n), productsOfBytes(m, k, n)), others(m, n));
  }

  static Stream<Case> products(int m, int k, int n) {
    String size = " m=" + m + " k=" + k + " n=" + n;
    float[] x = floats(m * k, 1);
    float[] w = floats(k * n, 2);
    float[] dy = floats(m * n, 3);
    float[] bias = floats(n, 4);
    double[] xd = doubles(x);
    double[] wd = doubles(w);
    double[] dyd = doubles(dy);
    double[] biasd = doubles(bias);
    return Stream.of(
        new Case(
            "multiply" + size,
            kernels -> into(m * n, y -> kernels.multiply(m, k, n, x, w, null, y))),
        new Case(
            "multiply with bias" + size,
            kernels -> into(m * n, y -> kernels.multiply(m, k, n, x, w, bias, y))),
        new Case("packed multiply" + size, kernels -> packed(kernels, m, k, n, x, w, null)),
        new Case(
            "packed multiply with bias" + size, kernels -> packed(kernels, m, k, n, x, w, bias)),
        new Case(
            "multiplyTransposedLeft" + size,
            kernels -> into(k * n, y -> kernels.multiplyTransposedLeft(m, k, n, x, dy, y, false))),
        new Case(
            "multiplyTransposedLeft, added" + size,
            kernels -> onto(w, y -> kernels.multiplyTransposedLeft(m, k, n, x, dy, y, true))),
        new Case("descend" + size, kernels -> descended(kernels, m, k, n, x, dy, w, 0.75f)),
        new Case("descend without l2" + size, kernels -> descended(kernels, m, k, n, x, dy, w, 0)),
        new Case(
            "multiplyTransposedRight" + size,
            kernels -> into(m * k, y -> kernels.multiplyTransposedRight(m, k, n, dy, w, y))),
        new Case(
            "double multiply with bias" + size,
            kernels -> intoDouble(m * n, y -> kernels.multiply(m, k, n, xd, wd, biasd, y))),
        new Case(
            "double multiplyTransposedLeft, added" + size,
            kernels -> {
              double[] y = wd.clone();
              kernels.multiplyTransposedLeft(m, k, n, xd, dyd, y, true);
              return y;
            }),
        new Case(
            "double multiplyTransposedRight" + size,
            kernels ->
                intoDouble(m * k, y -> kernels.multiplyTransposedRight(m, k, n, dyd, wd, y))));
  }

  static Stream<Case> productsOfBytes(int m, int k, int n) {
    String size = " m=" + m + " k=" + k + " n=" + n;
    SplittableRandom random = new SplittableRandom(11);
    byte[] bytes = new byte[3 + (m + 2) * k];
    random.nextBytes(bytes);
    int[] rows = random.ints(m, 0, m + 2).toArray();
    ByteMatrix less = shown(bytes, 3, rows, floats(k, 12), null);
    ByteMatrix divided = shown(bytes, 3, rows, floats(k, 12), floats(k, 13));
    float[] w = floats(k * n, 2);
    float[] dy = floats(m * n, 3);
    float[] bias = floats(n, 4);
    return Stream.of(
        new Case("gather" + size, kernels -> into(m * k, y -> kernels.gather(less, y))),
        new Case("gather, divided" + size, kernels -> into(m * k, y -> kernels.gather(divided, y))),
        new Case(
            "multiply bytes" + size,
            kernels -> into(m * n, y -> kernels.multiply(m, k, n, less, w, null, y))),
        new Case(
            "multiply bytes, divided, with bias" + size,
            kernels -> into(m * n, y -> kernels.multiply(m, k, n, divided, w, bias, y))),
        new Case(
            "multiplyTransposedLeft of bytes" + size,
            kernels ->
                into(k * n, y -> kernels.multiplyTransposedLeft(m, k, n, less, dy, y, false))),
        new Case(
            "multiplyTransposedLeft of bytes, divided, added" + size,
            kernels ->
                onto(w, y -> kernels.multiplyTransposedLeft(m, k, n, divided, dy, y, true))));
  }

  /** Rows of bytes as a matrix. */
  static ByteMatrix shown(
      byte[] bytes, int origin, int[] rows, float[] subtrahend, float @Nullable [] divisor) {
    ByteMatrix matrix = new ByteMatrix(rows.length, subtrahend.length);
    matrix.show(bytes, origin, rows, subtrahend, divisor);
    return matrix;
  }

  static Stream<Case> others(int m, int n) {
    int length = m * n;
    String size = " [" + m + ", " + n + "]";
    float[] dy = floats(length, 6);
    float[] logits = floats(length, 7);
    double[] logitsd = doubles(logits);
    SplittableRandom random = new SplittableRandom(8);
    byte[] bytes = new byte[length + n];
    random.nextBytes(bytes);
    int[] rows = random.ints(m, 0, m).toArray();
    float[] mean = floats(n, 9);
    return Stream.of(
        new Case("sumRows" + size, k -> into(n, y -> k.sumRows(m, n, dy, null, y, false))),
        new Case("sumRows, added" + size, k -> onto(mean, y -> k.sumRows(m, n, dy, null, y, true))),
        new Case(
            "sumRows of products" + size, k -> into(n, y -> k.sumRows(m, n, dy, logits, y, false))),
        new Case(
            "sumRows of products, added" + size,
            k -> onto(mean, y -> k.sumRows(m, n, dy, logits, y, true))),
        new Case(
            "double sumRows of products" + size,
            k -> intoDouble(n, y -> k.sumRows(m, n, doubles(dy), logitsd, y, false))),
        new Case("sumOfSquares" + size, k -> new double[] {k.sumOfSquares(dy)}),
        new Case("double sumOfSquares" + size, k -> new double[] {k.sumOfSquares(logitsd)}),
        new Case(
            "double gatherBytes" + size,
            k -> intoDouble(length, y -> k.gatherBytes(bytes, n, rows, doubles(mean), y))),
        new Case(
            "double sumRows" + size,
            k -> intoDouble(n, y -> k.sumRows(m, n, doubles(dy), null, y, false))),
        new Case("isFinite" + size, k -> new double[] {k.isFinite(dy, 1) ? 1 : 0}),
        new Case("double isFinite" + size, k -> new double[] {k.isFinite(logitsd) ? 1 : 0}));
  }

  /** By pieces of the gradient, where that is done; else by all of it, and its definition. */
  private static double[] descended(
      Kernels kernels, int m, int k, int n, float[] x, float[] dy, float[] start, float l2) {
    float[] w = start.clone();
    w[0] = -0f;
    if (!kernels.descend(m, k, n, x, dy, w, 0.875f, 0.3f, l2)) {
      float[] g = new float[k * n];
      kernels.multiplyTransposedLeft(m, k, n, x, dy, g, false);
      for (int i = 0; i < g.length; i++) {
        w[i] = 0.875f * w[i] - 0.3f * (l2 == 0 ? g[i] : g[i] + l2 * w[i]);
      }
    }
    return doubles(w);
  }

  /** By a packed copy of w, where there is one. */
  private static double[] packed(
      Kernels kernels, int m, int k, int n, float[] x, float[] w, float @Nullable [] bias) {
    PackedWeights copy = kernels.pack(k, n, w, bias);
    return copy == null
        ? into(m * n, y -> kernels.multiply(m, k, n, x, w, bias, y))
        : into(m * n, y -> new PackedProduct(copy).multiply(copy, m, x, y));
  }

  private static double[] into(int length, java.util.function.Consumer<float[]> kernel) {
    return onto(new float[length], kernel);
  }

  private static double[] onto(float[] start, java.util.function.Consumer<float[]> kernel) {
    float[] y = start.clone();
    kernel.accept(y);
    return doubles(y);
  }

  private static double[] intoDouble(int length, java.util.function.Consumer<double[]> kernel) {
    double[] y = new double[length];
    kernel.accept(y);
    return y;
  }

  static double[] doubles(float[] a) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i]).toArray();
  }

  /** Numbers of both signs between 1e-3 and 1e1 in size. */
  static float[] floats(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + length);
    float[] a = new float[length];
    for (int i = 0; i < length; i++) {
      a[i] =
          (float)
              ((random.nextBoolean() ? 1 : -1) * StrictMath.pow(10, -3 + 4 * random.nextDouble()));
    }
    return a;
  }

  /**
   * Prints a digest of each kernel's results over many sizes: what one JVM says to compare with
   * another.
   */
  public static void main(String[] args) {
    Kernels kernels = Kernels.instance();
    List<int[]> sizes =
        args.length > 0 && args[0].equals("short")
            ? List.of(new int[] {3, 5, 2}, new int[] {7, 11, 13})
            : List.of(
                new int[] {1, 1, 1},
                new int[] {2, 3, 1},
                new int[] {1, 70, 64},
                new int[] {5, 7, 33},
                new int[] {6, 13, 64},
                new int[] {7, 130, 65},
                new int[] {13, 31, 70},
                new int[] {50, 300, 64},
                new int[] {67, 129, 131},
                new int[] {101, 257, 97});
    BiConsumer<String, double[]> print =
        (name, result) -> {
          long digest = 17;
          for (double value : result) {
            digest = digest * 1_000_003 + Double.doubleToLongBits(value); // every NaN is the same
          }
          System.out.println(name + " " + Long.toHexString(digest));
        };
    for (int[] size : sizes) {
      cases(size[0], size[1], size[2])
          .forEach(test -> print.accept(test.name(), test.call().on(kernels)));
    }
    RowRun.run(print);
    boolean few = args.length > 0 && args[0].equals("short");
    FormulaRun.run(few ? 30 : 284, print);
    System.err.println(kernels.vectorBits() + " bits, " + kernels.threads() + " threads");
  }
}

package lamella.core;

import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/** Sums of rows of many widths, some by one thread and some by all: what JVMs are compared by. */
public final class RowRun {
  private RowRun() {}

  /** Writes a row's sum, squares and product into the first three columns. */
  static final class Sums extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] x = arrays[1];
      y[from] = (float) sum(x, from, to, lanes);
      y[from + 1] = (float) squares(x, from, to, 0.25, lanes);
      y[from + 2] = (float) dot(x, arrays[2], from, to, lanes);
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] x = arrays[1];
      y[from] = sum(x, from, to, lanes);
      y[from + 1] = squares(x, from, to, 0.25, lanes);
      y[from + 2] = dot(x, arrays[2], from, to, lanes);
    }
  }

  /** Numbers of both signs and several sizes. */
  static Tensor numbers(DType dtype, int rows, int width, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor tensor = Tensor.zeros(dtype, Shape.of(rows, width));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, random.nextGaussian() * Math.pow(10, random.nextInt(4)));
    }
    return tensor;
  }

  /**
   * Computes, and shows each result.
   *
   * @param print is given a name and numbers
   */
  public static void run(BiConsumer<String, double[]> print) {
    for (DType dtype : DType.values()) {
      for (int[] size :
          new int[][] {{1, 3}, {7, 10}, {5, 64}, {3, 65}, {2, 1000}, {300, 257}, {9000, 5}}) {
        Tensor x = numbers(dtype, size[0], size[1], 1);
        Tensor y = Tensor.zeros(dtype, x.shape());
        new Sums().over(y, x, numbers(dtype, size[0], size[1], 2));
        print.accept("rows " + x, y.toDoubleArray());
      }
    }
  }
}

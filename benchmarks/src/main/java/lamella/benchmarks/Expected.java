package lamella.benchmarks;

import java.util.List;

/**
 * What a network predicts, by plain loops in float64: every library's outputs are held against it
 * before anything is timed.
 */
public final class Expected {
  /** The largest difference, as a share of the largest output. */
  private static final double TOLERANCE = 1e-5;

  /** Rows of a batch that are computed, spread over it. */
  private static final int ROWS = 16;

  private Expected() {}

  /**
   * Compares a library's outputs, row by row.
   *
   * @param workload one that predicts
   * @param outputs [batch, outputs] for {@link Data#inputs}
   * @throws IllegalStateException if they are wrong; says where
   */
  public static void check(Workload workload, float[] outputs) {
    int columns = workload.outputs();
    if (outputs.length != workload.batch() * columns) {
      throw new IllegalStateException(
          workload + ": expects " + workload.batch() * columns + " outputs, got " + outputs.length);
    }
    int step = Math.max(1, workload.batch() / ROWS);
    double[][] expected = outputs(workload, step);
    for (int i = 0; i < expected.length; i++) {
      check(workload, i * step, expected[i], outputs, i * step * columns);
    }
  }

  /** Compares the outputs of one row, which stand from {@code begin} on. */
  static void check(Workload workload, int row, double[] expected, float[] outputs, int begin) {
    double largest = 1e-3;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int column = 0; column < expected.length; column++) {
      float got = outputs[begin + column];
      if (!(Math.abs(got - expected[column]) <= TOLERANCE * largest)) {
        throw new IllegalStateException(
            workload
                + ": output ["
                + row
                + ", "
                + column
                + "] is to be "
                + expected[column]
                + ", and is "
                + got);
      }
    }
  }

  /** The outputs for every so many-th row of the inputs: linear layers with ReLU between them. */
  static double[][] outputs(Workload workload, int step) {
    List<Integer> widths = workload.widths();
    float[] inputs = Data.inputs(workload.batch(), workload.inputs());
    double[][] rows = new double[(workload.batch() + step - 1) / step][workload.inputs()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < workload.inputs(); j++) {
        rows[i][j] = inputs[i * step * workload.inputs() + j];
      }
    }
    for (int layer = 0; layer + 1 < widths.size(); layer++) {
      int out = widths.get(layer + 1);
      float[] weights = Data.weights(widths.get(layer), out);
      float[] biases = Data.biases(out);
      for (int i = 0; i < rows.length; i++) {
        rows[i] = linear(rows[i], weights, biases);
        for (int j = 0; j < out && layer + 2 < widths.size(); j++) {
          rows[i][j] = Math.max(0, rows[i][j]);
        }
      }
    }
    return rows;
  }

  private static double[] linear(double[] x, float[] weights, float[] biases) {
    double[] y = new double[biases.length];
    for (int j = 0; j < y.length; j++) {
      y[j] = biases[j];
    }
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        y[j] += x[i] * weights[i * y.length + j];
      }
    }
    return y;
  }
}

package lamella.layers;

import lamella.core.Loop;

/** sum = a + b. */
final class Addition extends Loop {
  @Override
  protected void run(float[][] arrays, int from, int to) {
    float[] sum = arrays[0];
    float[] a = arrays[1];
    float[] b = arrays[2];
    for (int i = from; i < to; i++) {
      sum[i] = a[i] + b[i];
    }
  }

  @Override
  protected void run(double[][] arrays, int from, int to) {
    double[] sum = arrays[0];
    double[] a = arrays[1];
    double[] b = arrays[2];
    for (int i = from; i < to; i++) {
      sum[i] = a[i] + b[i];
    }
  }
}

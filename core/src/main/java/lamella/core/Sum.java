package lamella.core;

/** a = a + b. */
final class Sum extends Loop {
  static final Sum INSTANCE = new Sum();

  private Sum() {}

  @Override
  protected void run(float[][] arrays, int from, int to) {
    float[] a = arrays[0];
    float[] b = arrays[1];
    for (int i = from; i < to; i++) {
      a[i] += b[i];
    }
  }

  @Override
  protected void run(double[][] arrays, int from, int to) {
    double[] a = arrays[0];
    double[] b = arrays[1];
    for (int i = from; i < to; i++) {
      a[i] += b[i];
    }
  }
}

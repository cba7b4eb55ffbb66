package lamella.core;

/** a = factor a, the factor rounded to the type of a. */
final class Multiple extends Loop {
  private double factor;

  Multiple by(double number) {
    factor = number;
    return this;
  }

  @Override
  protected void run(float[][] arrays, int from, int to) {
    float[] a = arrays[0];
    float by = (float) factor;
    for (int i = from; i < to; i++) {
      a[i] *= by;
    }
  }

  @Override
  protected void run(double[][] arrays, int from, int to) {
    double[] a = arrays[0];
    double by = factor;
    for (int i = from; i < to; i++) {
      a[i] *= by;
    }
  }
}

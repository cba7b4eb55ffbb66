package lamella.layers;

import lamella.core.Loop;

/**
 * Cosines of many numbers and what is left of gradients behind them: in float32 to about two units
 * in the last place of 1.
 *
 * <p>A number a is k π + r with a whole number k and |r| at most π/2; then sin a = sin r for an
 * even k, -sin r for an odd one. cos a is the same with k + 1/2 and the other sign. The sine of r
 * is r plus r³ times a polynomial in r².
 */
final class Cosine {
  /** y = cos a, of tensors y and a. */
  static final Loop VALUES = new Values();

  /** da = -dy sin a, of tensors da, a and dy. */
  static final Loop GRADIENTS = new Gradients();

  private static final float INVERSE_PI = (float) (1 / Math.PI);
  private static final float PI = (float) Math.PI;

  /** What is left of π. */
  private static final float PI_REST = (float) (Math.PI - (float) Math.PI);

  /** Added and subtracted again, it leaves the nearest whole number, of floats up to 2^22. */
  private static final float ROUNDING = 12582912;

  /** Farther out k and its halves are no longer exact. */
  private static final float LARGE = 100_000;

  private static final float C3 = -0.16666667f;
  private static final float C5 = 0.008333333f;
  private static final float C7 = -0.00019841087f;
  private static final float C9 = 2.7536469e-06f;
  private static final float C11 = -2.408028e-08f;

  private Cosine() {}

  /** Whether some of the numbers are farther out than the loops below go. */
  private static boolean isLarge(float[] a, int from, int to) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(a[i]));
    }
    return !(largest <= LARGE);
  }

  private static final class Values extends Loop {
    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] y = arrays[0];
      float[] a = arrays[1];
      for (int i = from; i < to; i++) {
        float k = Math.fma(a[i], INVERSE_PI, -0.5f) + ROUNDING - ROUNDING;
        float half = k * 0.5f + ROUNDING - ROUNDING;
        float minusSign = 2 * Math.abs(k - 2 * half) - 1;
        float turns = -0.5f - k;
        float r = Math.fma(turns, PI_REST, Math.fma(turns, PI, a[i]));
        float square = r * r;
        float p = Math.fma(square, Math.fma(square, C11, C9), C7);
        p = Math.fma(square, Math.fma(square, p, C5), C3);
        y[i] = minusSign * Math.fma(p * square, r, r);
      }
      if (isLarge(a, from, to)) {
        for (int i = from; i < to; i++) {
          y[i] = Math.abs(a[i]) > LARGE ? (float) StrictMath.cos(a[i]) : y[i];
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] y = arrays[0];
      double[] a = arrays[1];
      for (int i = from; i < to; i++) {
        y[i] = StrictMath.cos(a[i]);
      }
    }
  }

  private static final class Gradients extends Loop {
    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] da = arrays[0];
      float[] a = arrays[1];
      float[] dy = arrays[2];
      for (int i = from; i < to; i++) {
        float k = a[i] * INVERSE_PI + ROUNDING - ROUNDING;
        float half = k * 0.5f + ROUNDING - ROUNDING;
        float minusSign = 2 * Math.abs(k - 2 * half) - 1;
        float r = Math.fma(-k, PI_REST, Math.fma(-k, PI, a[i]));
        float square = r * r;
        float p = Math.fma(square, Math.fma(square, C11, C9), C7);
        p = Math.fma(square, Math.fma(square, p, C5), C3);
        da[i] = dy[i] * (minusSign * Math.fma(p * square, r, r));
      }
      if (isLarge(a, from, to)) {
        for (int i = from; i < to; i++) {
          da[i] = Math.abs(a[i]) > LARGE ? dy[i] * (float) -StrictMath.sin(a[i]) : da[i];
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] da = arrays[0];
      double[] a = arrays[1];
      double[] dy = arrays[2];
      for (int i = from; i < to; i++) {
        da[i] = -dy[i] * StrictMath.sin(a[i]);
      }
    }
  }
}

package lamella.losses;

import lamella.core.Loop;

/** e^x in place. */
@SuppressWarnings("FloatingPointLiteralPrecision") // the constants as published
final class Exp extends Loop {
  static final Exp EXP = new Exp();

  private Exp() {}

  @Override
  protected void run(float[][] arrays, int from, int to) {
    float[] a = arrays[0];
    for (int i = from; i < to; i++) {
      a[i] = exp(a[i]);
    }
  }

  @Override
  protected void run(double[][] arrays, int from, int to) {
    double[] a = arrays[0];
    for (int i = from; i < to; i++) {
      a[i] = StrictMath.exp(a[i]);
    }
  }

  private static float exp(float x) {
    float t = Math.max(-87f, Math.min(89f, x));
    float n = Math.fma(t, 1.44269504f, 12582912f) - 12582912f;
    float r = Math.fma(n, 2.12194440e-4f, Math.fma(n, -0.693359375f, t));
    float q = Math.fma(1.9875691500e-4f, r, 1.3981999507e-3f);
    q = Math.fma(q, r, 8.3334519073e-3f);
    q = Math.fma(q, r, 4.1665795894e-2f);
    q = Math.fma(q, r, 1.6666665459e-1f);
    q = Math.fma(q, r, 5.0000001201e-1f);
    float p = 1 + Math.fma(q * r, r, r);
    int half = (int) n >> 1;
    float result =
        p
            * Float.intBitsToFloat((half + 127) << 23)
            * Float.intBitsToFloat(((int) n - half + 127) << 23);
    return x < -87f ? 0 : result;
  }
}

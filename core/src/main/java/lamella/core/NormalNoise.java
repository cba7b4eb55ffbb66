package lamella.core;

/**
 * Many numbers of a normal distribution of mean 0, fast: for noise, where their number counts and
 * the last digits of the distribution do not. Each is a function of a state and its index, as
 * {@link KeyedRandom}'s are.
 *
 * <p>Number i takes 32 bits: those of triple32 of i plus the lower half of the state, where the
 * upper half is added after the first of its three multiplications. The lowest bit is the sign; the
 * others are h, and p = (h + 1/2) 2<sup>-32</sup>, in (0, 1/2), is the share of a normal
 * distribution that lies above the number's size z. That is computed as a polynomial of degree 9 in
 * the eighth root of p, in float32, from operations that every processor rounds alike.
 *
 * <p>The distribution function is within 0.00005 of the normal one's, and z within 0.0004 up to 3,
 * 0.005 up to 5 and 0.007 up to 6.343, the largest number. The mean is 0 within 0.00006, the
 * standard deviation 1 within 0.000001, the fourth moment 3 within 0.00002. {@link
 * KeyedRandom#gaussian(int, int)} is exact to the last digits of a double.
 *
 * <p>Source of triple32: C. Wellons, "Prospecting for hash functions" (2018).
 */
public final class NormalNoise {
  private static final int[] INDICES = KeyedRandom.INDICES;

  /** Numbers of one loop. */
  private static final int MOST = INDICES.length;

  // z = P(t), where t is in [-1, 1] and linear in the eighth root of p 2^32. The coefficients make
  // the greatest error of z times the fourth root of p least, by Lawson's iteration.
  private static final float SLOPE = 2.340539f / 16;
  private static final float OFFSET = -1.1462836f;
  private static final float P0 = 2.715792f;
  private static final float P1 = -2.311108f;
  private static final float P2 = 0.17124084f;
  private static final float P3 = -0.3967183f;
  private static final float P4 = 0.2741888f;
  private static final float P5 = -0.41178182f;
  private static final float P6 = -0.42063853f;
  private static final float P7 = 0.5201525f;
  private static final float P8 = 0.37764293f;
  private static final float P9 = -0.5186555f;

  private NormalNoise() {}

  /**
   * Fills a part of an array with the numbers of the indices first, first + 1, ...
   *
   * @param to filled from {@code from} to {@code from + count - 1}
   * @param from the first element
   * @param count how many
   * @param state any number; another one gives unrelated numbers
   * @param first the first element's index
   * @param deviation the standard deviation
   */
  public static void fill(
      float[] to, int from, int count, long state, int first, double deviation) {
    for (int done = 0; done < count; done += MOST) {
      int length = Math.min(MOST, count - done);
      fill(to, from + done, length, (int) state + first + done, (int) (state >>> 32), deviation);
    }
  }

  /**
   * Fills a part of an array with the same numbers, rounded to float32, times a deviation in
   * float64.
   *
   * @param to filled from {@code from} to {@code from + count - 1}
   * @param from the first element
   * @param count how many
   * @param state any number; another one gives unrelated numbers
   * @param first the first element's index
   * @param deviation the standard deviation
   */
  public static void fill(
      double[] to, int from, int count, long state, int first, double deviation) {
    for (int done = 0; done < count; done += MOST) {
      int length = Math.min(MOST, count - done);
      fill(to, from + done, length, (int) state + first + done, (int) (state >>> 32), deviation);
    }
  }

  // Without a condition in them, and with indices from an array, C2 makes vectors of these loops.

  private static void fill(float[] to, int from, int count, int low, int high, double deviation) {
    float scale = (float) deviation;
    for (int i = 0; i < count; i++) {
      to[from + i] = scale * number(low + INDICES[i], high);
    }
  }

  private static void fill(double[] to, int from, int count, int low, int high, double deviation) {
    for (int i = 0; i < count; i++) {
      to[from + i] = deviation * number(low + INDICES[i], high);
    }
  }

  private static float number(int first, int second) {
    return of(KeyedRandom.bits(first, second));
  }

  /** The number that 32 bits stand for. */
  static float of(int bits) {
    float root = (bits >>> 1) + 0.5f;
    root = (float) Math.sqrt((float) Math.sqrt((float) Math.sqrt(root)));
    float t = Math.fma(root, SLOPE, OFFSET);
    float z = Math.fma(t, P9, P8);
    z = Math.fma(t, z, P7);
    z = Math.fma(t, z, P6);
    z = Math.fma(t, z, P5);
    z = Math.fma(t, z, P4);
    z = Math.fma(t, z, P3);
    z = Math.fma(t, z, P2);
    z = Math.fma(t, z, P1);
    z = Math.fma(t, z, P0);
    return (1 - ((bits & 1) << 1)) * z;
  }
}

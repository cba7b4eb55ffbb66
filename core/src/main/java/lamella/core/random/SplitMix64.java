package lamella.core.random;

import java.util.random.RandomGenerator;
import lamella.core.KeyedRandom;

/**
 * A small and fast random generator whose every number is fixed by its definition, whatever the
 * platform, and of which there are as many unrelated streams as one can name: for numbers that are
 * a function of what they are for, as {@link KeyedRandom}'s are, and not of what was drawn before.
 *
 * <p>Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014).
 */
public final class SplitMix64 implements RandomGenerator {
  private long state;

  /**
   * A generator in this state.
   *
   * @param seed any number
   */
  public SplitMix64(long seed) {
    state = seed;
  }

  /**
   * {@return one of many unrelated streams}
   *
   * @param seed of all of them
   * @param number which one
   */
  public static SplitMix64 stream(long seed, long number) {
    return new SplitMix64(mix(mix(seed) + number));
  }

  /**
   * Begins one of many unrelated streams, in the state m(m(m(m(a) + b) + c) + d), where m is {@link
   * KeyedRandom#mix}.
   *
   * @param a the first of what names it, as a seed
   * @param b the second
   * @param c the third
   * @param d the fourth
   */
  public void restart(long a, long b, long c, long d) {
    state = mix(mix(mix(mix(a) + b) + c) + d);
  }

  @Override
  public long nextLong() {
    state += 0x9e3779b97f4a7c15L;
    return mix(state);
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /**
   * {@return a number that is uniform in [low, high)}
   *
   * @param low the least
   * @param high the end
   */
  public double between(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** In [0, bound), as uniform as 53 bits allow. */
  @Override
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("SplitMix64: bound must be positive, got " + bound);
    }
    return (int) (bound * nextDouble());
  }

  private static long mix(long value) {
    return KeyedRandom.mix(value);
  }
}

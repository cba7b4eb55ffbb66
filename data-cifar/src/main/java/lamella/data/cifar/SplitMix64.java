package lamella.data.cifar;

import java.util.random.RandomGenerator;

/**
 * A small random generator whose every number is fixed by its definition, whatever the platform.
 *
 * <p>Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014).
 */
final class SplitMix64 implements RandomGenerator {
  private long state;

  SplitMix64(long seed) {
    state = seed;
  }

  /** One of many unrelated streams. */
  static SplitMix64 stream(long seed, long number) {
    return new SplitMix64(mix(mix(seed) + number));
  }

  /** Begins one of many unrelated streams, which these numbers name. */
  void restart(long seed, long epoch, long image, long step) {
    state = mix(mix(mix(mix(seed) + epoch) + image) + step);
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

  /** Uniform in [low, high). */
  double between(double low, double high) {
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
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

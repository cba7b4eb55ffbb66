package lamella.core.random;

import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import lamella.core.Stateful;

/**
 * NumPy's legacy {@code RandomState}, bit for bit: the Mersenne Twister MT19937 with NumPy's ways
 * of making doubles, normals and bounded integers of its 32-bit words.
 *
 * <p>{@code nextDouble()} is {@code random_sample()}, {@code nextGaussian()} is {@code randn()},
 * {@code nextInt(b)} is {@code randint(0, b)} and, called n times, {@code choice(b, n,
 * replace=True)}; {@link java.util.Collections#shuffle(java.util.List, RandomGenerator)} is {@code
 * shuffle}. Each method says which call of NumPy's it is, and a stream is as many calls. Any order
 * of calls gives what the same calls give in NumPy, on a processor with fused multiply-add. What
 * NumPy's RandomState has not ({@code float}s, equidistant doubles) is refused. Not safe to share
 * between threads.
 *
 * <p>Source: M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998); normals by G.
 * Marsaglia's polar method. Not for secrets: 624 outputs reveal the rest.
 */
public final class NumPyRandom implements RandomGenerator, Stateful {
  private static final int N = 624;
  private static final int M = 397;

  private final int[] words = new int[N];
  private int next = N;
  private boolean hasGaussian;
  private double gaussian;

  /**
   * {@code RandomState(seed)}.
   *
   * @param seed 0 to 2^32 - 1; 0 is a seed like any other
   * @throws IllegalArgumentException outside this range, where NumPy has no such seed either
   */
  public NumPyRandom(long seed) {
    if (seed < 0 || seed > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException(
          "NumPyRandom: seed must lie in [0, 4294967295], got " + seed);
    }
    words[0] = (int) seed;
    for (int i = 1; i < N; i++) {
      words[i] = 1812433253 * (words[i - 1] ^ (words[i - 1] >>> 30)) + i;
    }
  }

  private NumPyRandom(State state) {
    set(state);
  }

  private void set(State state) {
    System.arraycopy(state.words, 0, words, 0, N);
    next = state.next;
    hasGaussian = state.hasGaussian;
    gaussian = state.gaussian;
  }

  /** The next 32-bit word of the twister: {@code randint(0, 2**32, dtype=uint32)}. */
  @Override
  public int nextInt() {
    if (next == N) {
      twist();
    }
    int y = words[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < N; i++) {
      int y = (words[i] & 0x80000000) | (words[(i + 1) % N] & 0x7fffffff);
      words[i] = words[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) * 0x9908b0df);
    }
    next = 0;
  }

  /**
   * The next 64 bits, the first word high, the second low: {@code randint(0, 2**64, dtype=uint64)}.
   */
  @Override
  public long nextLong() {
    long high = nextInt() & 0xFFFF_FFFFL;
    return (high << 32) | (nextInt() & 0xFFFF_FFFFL);
  }

  /** Uniform in [0, 1) with 53 random bits: {@code random_sample()}. */
  @Override
  public double nextDouble() {
    double a = nextInt() >>> 5;
    double b = nextInt() >>> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
  }

  /**
   * Standard normal by the polar method: {@code randn()}. The second number of each pair is kept
   * for the next call.
   */
  @Override
  public double nextGaussian() {
    if (hasGaussian) {
      double second = gaussian;
      hasGaussian = false;
      gaussian = 0;
      return second;
    }
    double x1;
    double x2;
    double r2;
    do {
      x1 = 2.0 * nextDouble() - 1.0;
      x2 = 2.0 * nextDouble() - 1.0;
      r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1.0 || r2 == 0.0);
    double f = Math.sqrt(-2.0 * CLogarithm.log(r2) / r2);
    gaussian = f * x1;
    hasGaussian = true;
    return f * x2;
  }

  /**
   * Uniform in [0, bound): {@code randint(0, bound)}, masked rejection on 32-bit words.
   *
   * @throws IllegalArgumentException if bound is below 1
   */
  @Override
  public int nextInt(int bound) {
    return (int) nextLong(bound);
  }

  /**
   * Uniform in [0, bound): {@code randint(0, bound, dtype=int64)}; words of 32 bits where they
   * suffice, else of 64.
   *
   * @throws IllegalArgumentException if bound is below 1
   */
  @Override
  public long nextLong(long bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("NumPyRandom: bound must be at least 1, got " + bound);
    }
    return upTo(bound - 1);
  }

  /** Uniform in [0, max], both without sign; 0 takes nothing from the stream. */
  private long upTo(long max) {
    if (max == 0) {
      return 0;
    }
    long mask = -1L >>> Long.numberOfLeadingZeros(max);
    boolean one = mask == (mask & 0xFFFF_FFFFL);
    long value;
    do {
      value = (one ? nextInt() & 0xFFFF_FFFFL : nextLong()) & mask;
    } while (Long.compareUnsigned(value, max) > 0);
    return value;
  }

  /**
   * Uniform in [origin, bound): {@code randint(origin, bound)}.
   *
   * @throws IllegalArgumentException if bound is not above origin
   */
  @Override
  public int nextInt(int origin, int bound) {
    return (int) nextLong(origin, bound);
  }

  /**
   * Uniform in [origin, bound): {@code randint(origin, bound, dtype=int64)}.
   *
   * @throws IllegalArgumentException if bound is not above origin
   */
  @Override
  public long nextLong(long origin, long bound) {
    requireAbove(origin, bound);
    return origin + upTo(bound - 1 - origin);
  }

  private static void requireAbove(long origin, long bound) {
    if (origin >= bound) {
      throw new IllegalArgumentException(
          "NumPyRandom: bound must be above origin " + origin + ", got " + bound);
    }
  }

  /** {@code randint(0, 2, dtype=bool)}: a word's lowest bit. */
  @Override
  public boolean nextBoolean() {
    return (nextInt() & 1) != 0;
  }

  /**
   * {@code bytes(n)}: words, their lowest byte first. What is left of the last one is lost; it is
   * taken even where there are no bytes, as NumPy does.
   */
  @Override
  public void nextBytes(byte[] bytes) {
    int i = 0;
    do {
      int word = nextInt();
      for (int k = 0; k < Integer.BYTES && i < bytes.length; k++) {
        bytes[i++] = (byte) word;
        word >>>= Byte.SIZE;
      }
    } while (i < bytes.length);
  }

  /**
   * Uniform in [0, bound): {@code uniform(0, bound)}.
   *
   * @throws IllegalArgumentException if bound is not positive and finite
   */
  @Override
  public double nextDouble(double bound) {
    return nextDouble(0, bound);
  }

  /**
   * Uniform in [origin, bound), or bound itself where the result is rounded up to it: {@code
   * uniform(origin, bound)}, origin + (bound - origin) U.
   *
   * @throws IllegalArgumentException if bound is not above origin, or bound - origin not finite
   */
  @Override
  public double nextDouble(double origin, double bound) {
    return origin + requireRange(origin, bound) * nextDouble();
  }

  private static double requireRange(double origin, double bound) {
    double range = bound - origin;
    if (!(origin < bound && range < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "NumPyRandom: bound must be above origin "
              + origin
              + " and bound - origin finite, got "
              + bound);
    }
    return range;
  }

  /**
   * Normal: {@code normal(mean, standardDeviation)}.
   *
   * @throws IllegalArgumentException if the standard deviation is negative or NaN
   */
  @Override
  public double nextGaussian(double mean, double standardDeviation) {
    if (!(standardDeviation >= 0)) {
      throw new IllegalArgumentException(
          "NumPyRandom: the standard deviation must be >= 0, got " + standardDeviation);
    }
    return mean + standardDeviation * nextGaussian();
  }

  /** Exponential of mean 1: {@code standard_exponential()}, -log(1 - U). */
  @Override
  public double nextExponential() {
    return -CLogarithm.log(1.0 - nextDouble());
  }

  // Streams: the same calls, as often as is asked for.

  @Override
  public IntStream ints() {
    return IntStream.generate(this::nextInt);
  }

  @Override
  public IntStream ints(long count) {
    return ints().limit(count);
  }

  @Override
  public IntStream ints(int origin, int bound) {
    requireAbove(origin, bound);
    return IntStream.generate(() -> nextInt(origin, bound));
  }

  @Override
  public IntStream ints(long count, int origin, int bound) {
    return ints(origin, bound).limit(count);
  }

  @Override
  public LongStream longs() {
    return LongStream.generate(this::nextLong);
  }

  @Override
  public LongStream longs(long count) {
    return longs().limit(count);
  }

  @Override
  public LongStream longs(long origin, long bound) {
    requireAbove(origin, bound);
    return LongStream.generate(() -> nextLong(origin, bound));
  }

  @Override
  public LongStream longs(long count, long origin, long bound) {
    return longs(origin, bound).limit(count);
  }

  @Override
  public DoubleStream doubles() {
    return DoubleStream.generate(this::nextDouble);
  }

  @Override
  public DoubleStream doubles(long count) {
    return doubles().limit(count);
  }

  @Override
  public DoubleStream doubles(double origin, double bound) {
    requireRange(origin, bound);
    return DoubleStream.generate(() -> nextDouble(origin, bound));
  }

  @Override
  public DoubleStream doubles(long count, double origin, double bound) {
    return doubles(origin, bound).limit(count);
  }

  // What RandomState has not.

  /**
   * @throws UnsupportedOperationException always: RandomState has doubles only
   */
  @Override
  public float nextFloat() {
    throw none("nextFloat", "; use nextDouble");
  }

  /**
   * @throws UnsupportedOperationException always: RandomState has doubles only
   */
  @Override
  public float nextFloat(float bound) {
    throw none("nextFloat", "; use nextDouble");
  }

  /**
   * @throws UnsupportedOperationException always: RandomState has doubles only
   */
  @Override
  public float nextFloat(float origin, float bound) {
    throw none("nextFloat", "; use nextDouble");
  }

  /**
   * @throws UnsupportedOperationException always: RandomState has no such stream
   */
  @Override
  public DoubleStream equiDoubles(
      double left, double right, boolean isLeftIncluded, boolean isRightIncluded) {
    throw none("equiDoubles", "; use doubles(origin, bound)");
  }

  private static UnsupportedOperationException none(String method, String hint) {
    return new UnsupportedOperationException(
        "NumPyRandom: NumPy's RandomState has nothing like " + method + hint);
  }

  /** It stays: programs depend on its numbers. */
  @Override
  public boolean isDeprecated() {
    return false;
  }

  /** {@return where this generator stands; {@link State#resume} continues from there} */
  public State state() {
    return new State(words.clone(), next, hasGaussian, gaussian);
  }

  @Override
  public void save(lamella.core.SavedState state) {
    state.put("words", words);
    state.put("next", next);
    state.put("has_gaussian", hasGaussian ? 1 : 0);
    state.put("gaussian", gaussian);
  }

  @Override
  public void load(lamella.core.SavedState state) {
    set(
        State.of(
            state.integers("words"),
            (int) state.integer("next", 0, N),
            state.integer("has_gaussian", 0, 1) == 1,
            state.number("gaussian")));
  }

  /**
   * A generator's position in its stream: 624 words, the next one's index, and a normal that waits.
   */
  public static final class State {
    private final int[] words;
    private final int next;
    private final boolean hasGaussian;
    private final double gaussian;

    private State(int[] words, int next, boolean hasGaussian, double gaussian) {
      this.words = words;
      this.next = next;
      this.hasGaussian = hasGaussian;
      this.gaussian = gaussian;
    }

    /**
     * {@return the state NumPy's {@code get_state()} shows: {@code ('MT19937', words, next,
     * hasGaussian, gaussian)}}
     *
     * @param words the 624 of the twister; copied
     * @param next which word is used next, 624 for none of these
     * @param hasGaussian whether a normal is left over
     * @param gaussian the normal left over
     * @throws IllegalArgumentException if there are not 624 words or next is not in [0, 624]
     */
    public static State of(int[] words, int next, boolean hasGaussian, double gaussian) {
      if (words.length != N || next < 0 || next > N) {
        throw new IllegalArgumentException(
            "NumPyRandom: a state has 624 words and a position in [0, 624], got "
                + words.length
                + " and "
                + next);
      }
      return new State(words.clone(), next, hasGaussian, gaussian);
    }

    /** {@return a new generator that continues from here} */
    public NumPyRandom resume() {
      return new NumPyRandom(this);
    }

    /** {@return the 624 words of the twister} */
    public int[] words() {
      return words.clone();
    }

    /** {@return the index of the word to be used next; 624: make new ones first} */
    public int next() {
      return next;
    }

    /** {@return whether a normal is left over from the last pair} */
    public boolean hasGaussian() {
      return hasGaussian;
    }

    /** {@return the normal left over} */
    public double gaussian() {
      return gaussian;
    }
  }
}

package lamella.core;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Random numbers that are a function of their key and place, not of what was drawn before: {@link
 * Pass#random}.
 *
 * <p>The key is (seed, step, layer's place, slot). For each row of a batch there is a SplitMix64
 * generator that begins in the state m(key + row), where m is its finaliser; number {@code index}
 * of the row is that generator's output {@code index}, found without those before. So the numbers
 * are the same for any number of threads, in whatever order they are asked for, whether a batch is
 * whole or cut into parts, and whatever the type of the tensors they go to.
 *
 * <p>A uniform number is a multiple of 2<sup>-53</sup> in [0, 1). Methods that fill a tensor take
 * its first dimension as the rows of the batch.
 *
 * <p>Source of the generator: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
 * generators" (2014); of the normal distribution's quantile: M. Wichura, "Algorithm AS 241" (1988);
 * of triple32: C. Wellons, "Prospecting for hash functions" (2018).
 */
public final class KeyedRandom {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final int BITS = 53;
  private static final double UNIT = 0x1p-53;

  /** 0, 1, 2, ...: numbers of which C2 makes vectors, where it makes none of a loop's counter. */
  static final int[] INDICES = IntStream.range(0, 512).toArray();

  /** In place of a row, for numbers that are the same for all rows. */
  private static final long NO_ROW = -1;

  private long key;
  private long firstRow;
  private @Nullable Bernoulli bernoulli;
  private @Nullable Noise noise;

  /** Package-private: a pass sets the key. */
  KeyedRandom() {}

  /**
   * {@return numbers for a key of one's own}
   *
   * @param seed any number
   * @param step any number
   * @param place what else tells these numbers from others
   */
  public static KeyedRandom of(long seed, long step, long place) {
    KeyedRandom random = new KeyedRandom();
    random.set(mix(mix(mix(seed) + step) + place), 0);
    return random;
  }

  void set(long newKey, long newFirstRow) {
    key = newKey;
    firstRow = newFirstRow;
  }

  /**
   * {@return the bits of a number, mixed so that each depends on all of them} SplitMix64's
   * finaliser, a one-to-one function.
   *
   * @param value any number
   */
  public static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Where the generator of a row of the batch begins. */
  private long state(int row) {
    return mix(key + firstRow + row);
  }

  private static double uniform(long state, int index) {
    return (mix(state + (index + 1L) * GOLDEN_GAMMA) >>> (Long.SIZE - BITS)) * UNIT;
  }

  /**
   * {@return a number in [0, 1)}
   *
   * @param row of the batch
   * @param index within the row
   */
  public double uniform(int row, int index) {
    return uniform(state(row), index);
  }

  /**
   * {@return a number in [0, 1) that is the same for all rows, also in other parts of the batch}
   *
   * @param index which one
   */
  public double uniform(int index) {
    return uniform(mix(key + NO_ROW), index);
  }

  /**
   * {@return a number of the standard normal distribution}
   *
   * @param row of the batch
   * @param index within the row
   */
  public double gaussian(int row, int index) {
    return NormalQuantile.of(middle(state(row), index));
  }

  /** The middle of one of 2^52 equal parts of [0, 1): neither 0 nor 1. */
  private static double middle(long state, int index) {
    long part = mix(state + (index + 1L) * GOLDEN_GAMMA) >>> (Long.SIZE - BITS + 1);
    return (part + 0.5) * (2 * UNIT);
  }

  /**
   * Makes each element {@code value} with this probability, and 0 otherwise: the mask of a dropout.
   * One thread at a time may call it.
   *
   * <p>Each element takes 32 bits of its own: those of triple32 of the index plus the lower half of
   * the row's state, where the upper half is added after the first of its three multiplications. It
   * is kept where the upper 31 bits are below 2<sup>31</sup> keep.
   *
   * @param mask filled, {@code [n, ...]}
   * @param keep the probability of {@code value}
   * @param value for example 1 / keep
   * @throws IllegalArgumentException if keep is not in [0, 1], or value is not finite
   */
  public void bernoulli(Tensor mask, double keep, double value) {
    if (!(keep >= 0 && keep <= 1)) {
      throw new IllegalArgumentException(
          "KeyedRandom: a probability must lie in [0, 1], got " + keep);
    }
    requireFinite("value", value);
    Bernoulli loop = bernoulli;
    if (loop == null) {
      loop = new Bernoulli();
      bernoulli = loop;
    }
    loop.width = Math.max(1, width(mask));
    loop.below = (int) (long) Math.rint(keep * 0x1p31);
    loop.value = value;
    loop.over(mask);
  }

  /** Fills a mask, on all cores and in vectors of 32-bit numbers. */
  private final class Bernoulli extends Loop {
    private int width;

    /** 2^31 keep, which as an int may be negative. */
    private int below;

    private double value;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      int end;
      for (int i = from; i < to; i = end) {
        end = end(i, to);
        long state = state(i / width);
        fill(arrays[0], i, end - i, (int) state + i % width, (int) (state >>> 32));
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      int end;
      for (int i = from; i < to; i = end) {
        end = end(i, to);
        long state = state(i / width);
        fill(arrays[0], i, end - i, (int) state + i % width, (int) (state >>> 32));
      }
    }

    /** Of the elements from i on that are of one row and no more than there are indices. */
    private int end(int i, int to) {
      return i + Math.min(Math.min(to - i, width - i % width), INDICES.length);
    }

    // Without a condition in them, and with indices from an array, C2 makes vectors of these loops.

    private void fill(float[] mask, int from, int count, int low, int high) {
      int limit = below;
      float kept = (float) value;
      for (int i = 0; i < count; i++) {
        mask[from + i] =
            (((bits(low + INDICES[i], high) >>> 1) - limit) >>> (Integer.SIZE - 1)) * kept;
      }
    }

    private void fill(double[] mask, int from, int count, int low, int high) {
      int limit = below;
      double kept = value;
      for (int i = 0; i < count; i++) {
        mask[from + i] =
            (((bits(low + INDICES[i], high) >>> 1) - limit) >>> (Integer.SIZE - 1)) * kept;
      }
    }
  }

  /** The finaliser triple32 of the first number, the second added within. */
  static int bits(int first, int second) {
    int z = (first ^ (first >>> 17)) * 0xed5ad4bb;
    z = ((z ^ (z >>> 11)) + second) * 0xac4c1b51;
    z = (z ^ (z >>> 15)) * 0x31848bab;
    return z ^ (z >>> 14);
  }

  /**
   * Fills with numbers that are uniform in [low, high); rounded to float32, {@code high} itself can
   * come out.
   *
   * @param tensor filled, {@code [n, ...]}
   * @param low the least
   * @param high the end
   * @throws IllegalArgumentException if one is not finite
   */
  public void uniform(Tensor tensor, double low, double high) {
    requireFinite("low", low);
    requireFinite("high", high);
    int rows = tensor.shape().dimension(0);
    int width = width(tensor);
    for (int row = 0; row < rows; row++) {
      long state = state(row);
      for (int i = 0; i < width; i++) {
        tensor.set(row * width + i, low + (high - low) * uniform(state, i));
      }
    }
  }

  /**
   * Fills with numbers of the normal distribution of mean 0.
   *
   * @param tensor filled, {@code [n, ...]}
   * @param deviation the standard deviation
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public void gaussian(Tensor tensor, double deviation) {
    requireDeviation(deviation);
    int rows = tensor.shape().dimension(0);
    int width = width(tensor);
    for (int row = 0; row < rows; row++) {
      long state = state(row);
      for (int i = 0; i < width; i++) {
        tensor.set(row * width + i, deviation * NormalQuantile.of(middle(state, i)));
      }
    }
  }

  /**
   * Fills with numbers of nearly the normal distribution of mean 0, many times as fast as {@link
   * #gaussian(Tensor, double)}: those of {@link NormalNoise} of the row's state and the index. One
   * thread at a time may call it.
   *
   * @param tensor filled, {@code [n, ...]}
   * @param deviation the standard deviation
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public void noise(Tensor tensor, double deviation) {
    requireDeviation(deviation);
    Noise loop = noise;
    if (loop == null) {
      loop = new Noise();
      noise = loop;
    }
    loop.width = Math.max(1, width(tensor));
    loop.deviation = deviation;
    loop.over(tensor);
  }

  /** Fills a tensor with noise on all cores. */
  private final class Noise extends Loop {
    private int width;
    private double deviation;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      int end;
      for (int i = from; i < to; i = end) {
        end = Math.min(to, i + width - i % width);
        NormalNoise.fill(arrays[0], i, end - i, state(i / width), i % width, deviation);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      int end;
      for (int i = from; i < to; i = end) {
        end = Math.min(to, i + width - i % width);
        NormalNoise.fill(arrays[0], i, end - i, state(i / width), i % width, deviation);
      }
    }
  }

  private static void requireDeviation(double deviation) {
    requireFinite("deviation", deviation);
    if (deviation < 0) {
      throw new IllegalArgumentException(
          "KeyedRandom: deviation must not be negative, got " + deviation);
    }
  }

  private static int width(Tensor tensor) {
    return tensor.size() / Math.max(1, tensor.shape().dimension(0));
  }

  private static void requireFinite(String what, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("KeyedRandom: " + what + " must be finite, got " + value);
    }
  }
}

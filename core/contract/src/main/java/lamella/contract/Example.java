package lamella.contract;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.core.DoubleTensor;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * One generated case: an input, and a seed for all that need not be readable: the layer's
 * parameters, output gradients, directions.
 *
 * @param input float64, {@code [n, ...]}, its values exact in float32
 * @param seed for {@link #random}
 */
public record Example(Tensor input, long seed) {
  private static final int LARGEST_BATCH = 5;

  /** Powers of ten of a tensor's values; mostly about 1, but layers also fail far from it. */
  private static final int[] EXPONENTS = {0, 0, 0, 0, 0, 0, 0, -1, 1, 1, 2, -2, 3, -3, 4};

  /**
   * {@return a case for a layer that takes this shape: n from 1 to 5, values of many sizes}
   *
   * @param shape of one example
   * @param random draws the case
   */
  public static Example random(Shape shape, RandomGenerator random) {
    int n = 1 + random.nextInt(LARGEST_BATCH);
    Tensor input = DoubleTensor.zeros(shape.batch(n));
    boolean mixed = random.nextInt(3) == 0;
    int exponent = EXPONENTS[random.nextInt(EXPONENTS.length)];
    for (int i = 0; i < input.size(); i++) {
      int own = mixed ? EXPONENTS[random.nextInt(EXPONENTS.length)] : exponent;
      input.set(i, distinct(offKink(random.nextInt(-100, 100), own), i));
    }
    return new Example(input, random.nextLong());
  }

  /**
   * {@return a value that is no multiple of a tenth of a power of ten, where kinks usually are: (k
   * + 0.37) / 10 times a power of ten, rounded to float32}
   *
   * @param k a whole number
   * @param exponent the power of ten
   */
  public static double offKink(int k, int exponent) {
    return (float) ((k + 0.37) / 10 * Math.pow(10, exponent));
  }

  /** A value a little larger for each place: two that are equal are a kink of their maximum. */
  static double distinct(double value, int place) {
    return (float) (value * (1 + place * 0x1p-13));
  }

  /** {@return the generator of this case; a new one at each call, always the same numbers} */
  public RandomGenerator random() {
    return new SplittableRandom(seed);
  }

  /** The rows, for small inputs in full. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(input.shape()).append(" = [");
    int width = input.size() / input.shape().dimension(0);
    int shown = Math.min(input.size(), 60);
    for (int i = 0; i < shown; i++) {
      text.append(i % width == 0 ? (i == 0 ? "[" : "], [") : ", ").append((float) input.get(i));
    }
    return text.append(shown < input.size() ? ", ...]]" : "]]")
        .append(", seed ")
        .append(seed)
        .toString();
  }
}

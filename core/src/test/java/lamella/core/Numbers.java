package lamella.core;

import java.util.SplittableRandom;

/** Tensors for tests. */
final class Numbers {
  private Numbers() {}

  /** Multiples of 1/8 in [-2, 2]: their products and small sums are exact. */
  static Tensor eighths(DType dtype, Shape shape, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor tensor = Tensor.zeros(dtype, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, random.nextInt(-16, 17) / 8.0);
    }
    return tensor;
  }

  /** Uniform in [-1, 1). */
  static Tensor uniform(DType dtype, Shape shape, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor tensor = Tensor.zeros(dtype, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, random.nextDouble(-1, 1));
    }
    return tensor;
  }
}

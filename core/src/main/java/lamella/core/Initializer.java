package lamella.core;

import java.util.random.RandomGenerator;

/** Draws the initial values of a weight matrix {@code [inputs, outputs]}, row by row. */
@FunctionalInterface
public interface Initializer {

  /**
   * Fills the tensor in row-major order; values are drawn as doubles and rounded to its type.
   *
   * @param weight filled
   * @param inputs the width of the layer's input
   * @param outputs the width of its output
   * @param random where the numbers come from
   */
  void fill(Tensor weight, int inputs, int outputs, RandomGenerator random);

  /** {@return an initialiser of zeros} */
  static Initializer zeros() {
    return (weight, inputs, outputs, random) -> weight.fill(0);
  }

  /**
   * {@return an initialiser that draws from the normal distribution with mean 0 and this deviation}
   *
   * @param standardDeviation finite
   */
  static Initializer normal(double standardDeviation) {
    requireFinite(standardDeviation);
    return (weight, inputs, outputs, random) -> drawNormal(weight, standardDeviation, random);
  }

  /**
   * {@return an initialiser that draws from the normal distribution with variance 2 / inputs, which
   * keeps the scale of signals through ReLU layers}
   *
   * <p>Source: K. He et al., "Delving deep into rectifiers" (2015).
   */
  static Initializer he() {
    return (weight, inputs, outputs, random) -> drawNormal(weight, Math.sqrt(2.0 / inputs), random);
  }

  /**
   * {@return an initialiser that draws from the normal distribution with variance 1 / inputs; for
   * SELU networks}
   *
   * <p>Source: Y. LeCun et al., "Efficient BackProp" (1998); G. Klambauer et al., "Self-normalizing
   * neural networks" (2017).
   */
  static Initializer leCun() {
    return (weight, inputs, outputs, random) -> drawNormal(weight, Math.sqrt(1.0 / inputs), random);
  }

  /**
   * {@return an initialiser that draws uniformly from ±sqrt(6 / (inputs + outputs)); for output
   * layers and symmetric activations}
   *
   * <p>Source: X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward
   * neural networks" (2010).
   */
  static Initializer glorot() {
    return (weight, inputs, outputs, random) -> {
      double limit = Math.sqrt(6.0 / (inputs + outputs));
      for (int i = 0; i < weight.size(); i++) {
        weight.set(i, limit * (2 * random.nextDouble() - 1));
      }
    };
  }

  private static void drawNormal(Tensor weight, double standardDeviation, RandomGenerator random) {
    for (int i = 0; i < weight.size(); i++) {
      weight.set(i, standardDeviation * random.nextGaussian());
    }
  }

  private static void requireFinite(double standardDeviation) {
    if (!(standardDeviation >= 0 && standardDeviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Initializer: standard deviation must be finite and >= 0, got " + standardDeviation);
    }
  }
}

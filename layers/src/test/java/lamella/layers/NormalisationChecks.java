package lamella.layers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * Known results of layers that normalise: what a contract of layers cannot see, since another
 * convention is a right layer, too. Where a result is that of another convention, the error names
 * it.
 */
final class NormalisationChecks {
  private static final double EPSILON = 1e-5;

  private NormalisationChecks() {}

  private static Tensor row(DType dtype, double... numbers) {
    return DoubleTensor.of(Shape.of(1, numbers.length), numbers).to(dtype);
  }

  /** Throws unless it is the expected number; {@code others} are what faults would give. */
  private static void require(
      String what, double expected, double actual, double tolerance, Map<String, Double> others) {
    if (Math.abs(actual - expected) <= tolerance) {
      return;
    }
    for (Map.Entry<String, Double> other : others.entrySet()) {
      if (Math.abs(actual - other.getValue()) <= tolerance) {
        throw new AssertionError(
            what + ": expected " + expected + ", got " + actual + ": " + other.getKey());
      }
    }
    throw new AssertionError(what + ": expected " + expected + ", got " + actual);
  }

  private static Map<String, Double> others(Object... pairs) {
    Map<String, Double> others = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      others.put((String) pairs[i], (Double) pairs[i + 1]);
    }
    return others;
  }

  /**
   * Normalisation by the row, of gain 1, bias 0, ε 1e-5.
   *
   * @param layers makes one of so many features
   */
  static void layerNorm(IntFunction<Layer> layers) {
    require(
        "the first of [1, 2, 3, 4]",
        -1.34163542,
        layers.apply(4).forward(row(DType.FLOAT32, 1, 2, 3, 4)).get(0),
        5e-7,
        others(
            "the variance is the unbiased one",
            -1.5 / Math.sqrt(5.0 / 3 + EPSILON),
            "epsilon stands outside of the root",
            -1.5 / (Math.sqrt(1.25) + EPSILON)));
    double small = 1e-3;
    double variance = 1.25 * small * small;
    require(
        "the first of a row of variance 1.25e-6",
        -1.5 * small / Math.sqrt(variance + EPSILON),
        layers.apply(4).forward(row(DType.FLOAT32, small, 2 * small, 3 * small, 4 * small)).get(0),
        1e-6,
        others(
            "epsilon stands outside of the root",
            -1.5 * small / (Math.sqrt(variance) + EPSILON),
            "the variance is the unbiased one",
            -1.5 * small / Math.sqrt(variance * 4 / 3 + EPSILON)));
    FloatTensor large = FloatTensor.zeros(Shape.of(1, 16));
    for (int i = 0; i < 16; i++) {
      large.array()[i] = (float) (1e4 + i * 1e-3);
    }
    double first = layers.apply(16).forward(large).get(0);
    if (!(Math.abs(first + 1.33133335) <= 2e-6)) {
      throw new AssertionError(
          "the first of a row of mean 1e4 and deviation 4.6e-3: expected -1.33133335, got "
              + first
              + ": the variance cancels where the mean is large (take it from x - mean)");
    }
  }

  /**
   * Normalisation by the column, of gain 1, bias 0, momentum 0.1, ε 1e-5, whose statistics are
   * named mean and variance.
   *
   * @param layers makes one of so many features
   */
  static void batchNorm(IntFunction<Layer> layers) {
    Layer norm = layers.apply(1);
    Tensor column = FloatTensor.of(Shape.of(4, 1), 1, 2, 3, 4);
    Pass pass = Pass.forTraining();
    require(
        "the first of [1, 2, 3, 4] in training",
        -1.34163542,
        norm.forward(column, pass).get(0),
        5e-7,
        others(
            "training uses the running statistics, not the batch's",
            1 / Math.sqrt(1 + EPSILON),
            "the batch is normalised by the unbiased variance",
            -1.5 / Math.sqrt(5.0 / 3 + EPSILON)));
    pass.commit();
    require(
        "the running mean after [1, 2, 3, 4]",
        0.25,
        statistic(norm, "mean"),
        1e-6,
        others("the momentum is the weight of the old value", 2.25));
    require(
        "the running variance after [1, 2, 3, 4]",
        1.0666667,
        statistic(norm, "variance"),
        1e-6,
        others(
            "the running variance is the biased one",
            1.025,
            "the momentum is the weight of the old value",
            0.1 + 0.9 * 5 / 3));
    require(
        "the prediction for 1 after that",
        0.75 / Math.sqrt(1.0666667 + EPSILON),
        norm.forward(FloatTensor.of(Shape.of(1, 1), 1)).get(0),
        1e-6,
        others("a prediction uses the statistics of its batch", 0.0));
  }

  private static double statistic(Layer layer, String name) {
    for (Parameter parameter : layer.parameters()) {
      if (parameter.name().equals(name)) {
        return parameter.value().get(0);
      }
    }
    throw new AssertionError(layer + " has no statistic " + name);
  }

  /** Probabilities of a row, in both types. */
  static void softmax(Layer softmax) {
    for (DType dtype : DType.values()) {
      Tensor y = softmax.forward(row(dtype, 1000, 999, -1000));
      double[] expected = {1 / (1 + Math.exp(-1)), Math.exp(-1) / (1 + Math.exp(-1)), 0};
      for (int j = 0; j < 3; j++) {
        if (!(Math.abs(y.get(j) - expected[j]) <= 1e-6)) {
          throw new AssertionError(
              "softmax of [1000, 999, -1000] in "
                  + dtype
                  + ": expected "
                  + expected[j]
                  + " at "
                  + j
                  + ", got "
                  + y.get(j)
                  + ": the exponential overflows (subtract the row's maximum)");
        }
      }
    }
  }
}

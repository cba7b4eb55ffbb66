package lamella.check;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import lamella.check.GradientReport.Outcome;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * Compares backward with central differences of forward, in float64: for the input and for every
 * parameter that is trained.
 *
 * {@snippet file="SnippetsTest.java" region="gradient-check"}
 *
 * <p>What is differentiated is &lt;r, f(x)&gt; with random weights r of size 0.5 to 1.5 and either
 * sign. Tensors of up to {@link #withElementLimit} elements are compared element by element; larger
 * ones in random directions, in which all elements move at once, and in a sample of elements; if a
 * direction is wrong, halving it finds the element. Steps follow the size of each element.
 *
 * <p>At a kink, as of ReLU at 0, there is no derivative to compare with. Biases that start at 0 and
 * units that are dead for an example put whole layers there. Then the comparison is made beside it:
 * at points at which every number of the input and of the parameters is a little off. What can be
 * decided neither there nor at the point itself, because numbers cancel or nothing depends on
 * anything, is <em>not decided</em>: the report names each such element and says what to change.
 * Its outcome is right, wrong, or, if too much is not decided, just that.
 *
 * <p>On the way it looks for what makes numbers meaningless or wrong only sometimes: noise between
 * two forwards; an input, output gradient or parameter that was changed; values of an earlier or of
 * another pass; gradients that overwrite instead of adding up.
 *
 * <p>Layers run as in training, all in one step of one seed, so that one that draws random numbers
 * by {@link lamella.core.Pass#random} is a function like any other.
 *
 * <p>While it runs, the layer's parameters hold float64 copies of their values; afterwards they
 * hold their own tensors again. Nobody else may use the layer meanwhile. Immutable; the same random
 * generator gives the same report.
 *
 * <p>Steps of order cbrt(eps) and the check for kinks as in torch7's {@code Jacobian} and PyTorch's
 * {@code gradcheck}; extrapolation by L. F. Richardson (1911).
 */
public final class GradientCheck {
  private static final long DEFAULT_SEED = 2025;

  /** Of inputs, where the caller gives none. */
  private static final int MOST_DRAWS = 10;

  private final double relativeTolerance;
  private final double absoluteTolerance;
  private final double mostSkipped;
  private final int elementLimit;
  private final boolean byInput;

  /** Relative tolerance 1e-6, absolute 0, at most 5 % undecided, element by element up to 512. */
  public GradientCheck() {
    this(1e-6, 0, 0.05, 512, true);
  }

  private GradientCheck(
      double relativeTolerance,
      double absoluteTolerance,
      double mostSkipped,
      int elementLimit,
      boolean byInput) {
    this.relativeTolerance = relativeTolerance;
    this.absoluteTolerance = absoluteTolerance;
    this.mostSkipped = mostSkipped;
    this.elementLimit = elementLimit;
    this.byInput = byInput;
  }

  /**
   * With another tolerance: accepts |a - n| &le; relative max(|a|, |n|) + absolute, plus the
   * estimated error of the differences n themselves; so the absolute one may be 0.
   *
   * @param relative to the larger of the two
   * @param absolute where both are near 0
   * @return a new check like this one
   * @throws IllegalArgumentException if one is negative or not finite
   */
  public GradientCheck withTolerance(double relative, double absolute) {
    requireNotNegative("relative tolerance", relative);
    requireNotNegative("absolute tolerance", absolute);
    return new GradientCheck(relative, absolute, mostSkipped, elementLimit, byInput);
  }

  /**
   * {@return a check like this one with another limit to the share of comparisons that may be
   * undecided before all of it is}
   *
   * @param share in [0, 1]
   * @throws IllegalArgumentException unless it lies in [0, 1]
   */
  public GradientCheck withMostSkipped(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "GradientCheck: most skipped, a share, must lie in [0, 1], got " + share);
    }
    return new GradientCheck(relativeTolerance, absoluteTolerance, share, elementLimit, byInput);
  }

  /**
   * {@return a check like this one with another size for the largest tensor that is compared
   * element by element}
   *
   * @param elements larger tensors are compared along random directions
   * @throws IllegalArgumentException if it is negative
   */
  public GradientCheck withElementLimit(int elements) {
    requireNotNegative("element limit", elements);
    return new GradientCheck(relativeTolerance, absoluteTolerance, mostSkipped, elements, byInput);
  }

  /**
   * {@return a check like this one of the parameters' gradients alone} For a layer that is not
   * differentiable by its input, as one that takes whole numbers for places in a table: the input
   * is given to it as it is, and never changed.
   */
  public GradientCheck withoutInput() {
    return new GradientCheck(
        relativeTolerance, absoluteTolerance, mostSkipped, elementLimit, false);
  }

  private static void requireNotNegative(String what, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "GradientCheck: " + what + " must be finite and >= 0, got " + value);
    }
  }

  /**
   * Checks a layer on three standard normal examples of this shape; on others, a few times, as long
   * as these decide nothing.
   *
   * @param layer the one to check
   * @param example the shape of one input
   * @return what was compared and found
   */
  public GradientReport run(Layer layer, Shape example) {
    RandomGenerator random = defaultRandom();
    GradientReport report = run(layer, normal(example, random), random);
    for (int i = 1; i < MOST_DRAWS && report.outcome() == Outcome.NOT_DECIDED; i++) {
      report = run(layer, normal(example, random), random);
    }
    return report;
  }

  private static Tensor normal(Shape example, RandomGenerator random) {
    Tensor input = DoubleTensor.zeros(example.batch(3));
    for (int i = 0; i < input.size(); i++) {
      input.set(i, random.nextGaussian());
    }
    return input;
  }

  /**
   * Checks a network on three standard normal examples; on others, a few times, as long as these
   * decide nothing.
   *
   * @param network the one to check
   * @return what was compared and found
   */
  public GradientReport run(Network network) {
    return run(network, network.inputShape());
  }

  /**
   * Checks a layer on this input, {@code [n, ...]}, of either type.
   *
   * @param layer the one to check
   * @param input away from kinks, if that can be: there, the comparison is made beside it
   * @return what was compared and found
   */
  public GradientReport run(Layer layer, Tensor input) {
    return run(layer, input, defaultRandom());
  }

  /**
   * Checks a layer on this input with random weights and directions of one's own.
   *
   * @param layer the one to check
   * @param input away from kinks, if that can be: there, the comparison is made beside it
   * @param random where weights and directions come from
   * @return what was compared and found
   */
  public GradientReport run(Layer layer, Tensor input, RandomGenerator random) {
    List<Parameter> parameters = layer.parameters();
    List<Tensor> originals = new ArrayList<>();
    for (Parameter parameter : parameters) {
      originals.add(parameter.value());
    }
    try {
      for (Parameter parameter : parameters) {
        parameter.setValue(parameter.value().to(DType.FLOAT64));
      }
      return new LayerCheck(this, layer, (DoubleTensor) input.to(DType.FLOAT64), random).run();
    } finally {
      for (int i = 0; i < originals.size(); i++) {
        parameters.get(i).setValue(originals.get(i));
      }
    }
  }

  /**
   * Checks a loss for these outputs, {@code [n, ...]}, of either type.
   *
   * @param <T> what the loss compares outputs with
   * @param loss the one to check
   * @param output what a network might give
   * @param target one for each row
   * @return what was compared and found
   */
  public <T> GradientReport run(Loss<T> loss, Tensor output, T target) {
    return run(loss, output, target, defaultRandom());
  }

  /**
   * Checks a loss with random directions of one's own.
   *
   * @param <T> what the loss compares outputs with
   * @param loss the one to check
   * @param output what a network might give
   * @param target one for each row
   * @param random where the directions come from
   * @return what was compared and found
   */
  public <T> GradientReport run(Loss<T> loss, Tensor output, T target, RandomGenerator random) {
    return new LossCheck<>(this, loss, (DoubleTensor) output.to(DType.FLOAT64), target, random)
        .run();
  }

  /** Whether the gradient of the input is compared, too. */
  boolean byInput() {
    return byInput;
  }

  double mostSkipped() {
    return mostSkipped;
  }

  private static RandomGenerator defaultRandom() {
    return new SplittableRandom(DEFAULT_SEED);
  }

  /**
   * Compares the gradient of one tensor.
   *
   * @param values the tensor's live array
   * @param analytic what backward says of each element
   * @param function the outputs for what {@code values} holds at the moment
   * @param weights r
   * @param output the outputs for what {@code values} holds now
   * @param nearby points to compare at where that cannot be done here
   * @param tensor the tensor's place among those that move there
   * @param isPlain whether at most one kink can depend on an element
   * @param rounding what backward's own rounding may leave of a gradient that is 0
   */
  Comparison compare(
      double[] values,
      double[] analytic,
      Supplier<double[]> function,
      double[] weights,
      double[] output,
      Nearby nearby,
      int tensor,
      boolean isPlain,
      double rounding,
      RandomGenerator random) {
    Comparison.Estimators estimators =
        (base, noise) ->
            new SlopeEstimator(
                function,
                weights,
                base,
                noise,
                isPlain,
                rounding,
                relativeTolerance,
                absoluteTolerance);
    Comparison comparison =
        new Comparison(
            values,
            analytic,
            estimators.at(output, nearby.noise(output)),
            estimators,
            nearby,
            tensor,
            isPlain);
    if (values.length <= elementLimit) {
      comparison.allElements();
    } else {
      comparison.directionsAndSample(random);
    }
    return comparison;
  }
}

package lamella.losses;

import java.util.Arrays;
import lamella.core.Outputs;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Sigmoid and cross-entropy in one, for answers of yes or no: of an output x and its target y, 0
 * for no and 1 for yes, max(x, 0) - x y + log(1 + exp(-|x|)); L = the mean over rows and outputs.
 * Its gradient is sigmoid(x) - y, by the number of rows and outputs.
 *
 * <p>Nothing overflows for large outputs, and there is no epsilon: an output of -100 that should be
 * yes costs 100.
 *
 * <p>With a positive weight p, y of what an output costs is multiplied by p, which makes up for
 * answers of yes that are rare: -(p y log sigmoid(x) + (1 - y) log(1 - sigmoid(x))). It is
 * PyTorch's {@code pos_weight}, and does not stand in the divisor.
 *
 * <p><b>Shapes:</b> outputs x {@code [n, 1]}, labels {@code int[n]} of 0 and 1, gradient as the
 * outputs. For several questions at once, or targets between 0 and 1, {@link #withProbabilities}.
 */
public final class BinaryCrossEntropy extends MeanLoss<int[]> {
  private final BinaryProbabilities ofProbabilities;
  private final Spare targets = new Spare();

  /** The loss in which yes and no count alike. */
  public BinaryCrossEntropy() {
    this(new BinaryProbabilities());
  }

  private BinaryCrossEntropy(BinaryProbabilities ofProbabilities) {
    this.ofProbabilities = ofProbabilities;
  }

  /**
   * {@return a loss like this one in which what should be yes counts more, or less}
   *
   * @param weights one for all outputs, or one for each, for example the number of examples that
   *     are no by those that are yes; copied
   * @throws IllegalArgumentException if there is none, or one is not finite and above 0
   */
  public BinaryCrossEntropy withPositiveWeight(double... weights) {
    if (weights.length == 0) {
      throw new IllegalArgumentException(
          "BinaryCrossEntropy: expects a positive weight for all outputs, or one for each, got"
              + " none");
    }
    for (int output = 0; output < weights.length; output++) {
      if (!(weights[output] > 0 && weights[output] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "BinaryCrossEntropy: the positive weight"
                + (weights.length == 1 ? "" : " of output " + output)
                + " must be finite and above 0, got "
                + weights[output]);
      }
    }
    return new BinaryCrossEntropy(new BinaryProbabilities(weights.clone()));
  }

  /**
   * {@return this loss for targets of any number of outputs, each a question of its own: 0 for no,
   * 1 for yes, and the probability of yes between them}
   *
   * <p><b>Shapes:</b> outputs {@code [n, ...]}, targets the same, in [0, 1], of any type; gradient
   * as the outputs. Weights for each output stand for the last dimension.
   */
  public MeanLoss<Tensor> withProbabilities() {
    return ofProbabilities;
  }

  @Override
  protected void requireFit(Tensor output, int[] labels) {
    if (output.shape().rank() != 2 || output.shape().last() != 1) {
      throw new IllegalArgumentException(
          this
              + ": expects outputs [n, 1] for labels, got "
              + output.shape()
              + "; for several questions at once use withProbabilities(), for one class of several"
              + " SoftmaxCrossEntropy");
    }
    ofProbabilities.requireWeights(this, output);
    requireRows(output, "labels", labels.length);
    for (int row = 0; row < labels.length; row++) {
      if (labels[row] != 0 && labels[row] != 1) {
        throw new IllegalArgumentException(
            this + ": label " + labels[row] + " at row " + row + " must be 0 for no or 1 for yes");
      }
    }
  }

  @Override
  protected double sum(
      Tensor output,
      int[] labels,
      double @Nullable [] exampleWeights,
      @Nullable Tensor gradient,
      double divisor) {
    Tensor target = targets.borrow(output.dtype(), output.shape());
    for (int row = 0; row < labels.length; row++) {
      target.set(row, labels[row]);
    }
    double sum = ofProbabilities.sum(output, target, exampleWeights, gradient, divisor);
    targets.giveBack(target);
    return sum;
  }

  /** Answers of yes or no. */
  @Override
  public Outputs outputs() {
    return Outputs.YES_NO;
  }

  /** {@code BinaryCrossEntropy}, and its weights if it has any. */
  @Override
  public String toString() {
    return "BinaryCrossEntropy" + numbers(ofProbabilities.positive());
  }

  /** What stands behind a name. */
  static String numbers(double @Nullable [] positive) {
    return positive == null
        ? ""
        : positive.length == 1
            ? "(positive weight " + positive[0] + ")"
            : "(positive weights " + Arrays.toString(positive) + ")";
  }
}

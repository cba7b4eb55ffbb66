package lamella.losses;

import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;

/**
 * The mean of a loss over the members of an ensemble that one network computes: L = 1/k Σ_m l(z_m,
 * target), z_m the outputs of member m.
 *
 * {@snippet file="SnippetsTest.java" region="each-member"}
 *
 * <p>Each member learns the targets by itself; a loss of the members' mean would let them make up
 * for each other's errors on the training data, and they would agree less on others. Their mean,
 * the prediction, is taken by a last layer that comes behind them after the training.
 *
 * <p>Weights of rows and of classes, and what is refused, are those of the members' loss.
 *
 * <p><b>Shapes:</b> outputs {@code [n, k * c]}, the c outputs of the first member, then those of
 * the second, and so on; targets of n rows as the members' loss takes them for {@code [n, c]}.
 *
 * <p>Source: Y. Gorishniy et al., "TabM: advancing tabular deep learning with parameter-efficient
 * ensembling" (2024).
 *
 * @param <T> the targets of a batch: {@code int[]} labels, or a {@link Tensor}
 */
public final class EachMember<T> implements Loss<T> {
  private final Loss<T> loss;
  private final int members;

  /** Memory for a member's outputs and for their gradient. */
  private final Spare outputs = new Spare();

  private final Spare gradients = new Spare();

  private EachMember(Loss<T> loss, int members) {
    this.loss = loss;
    this.members = members;
  }

  /**
   * {@return the mean of a loss over members}
   *
   * @param <T> the targets of a batch
   * @param loss of one member
   * @param members how many there are, at least 1
   * @throws IllegalArgumentException if there are less
   */
  public static <T> EachMember<T> of(Loss<T> loss, int members) {
    if (members < 1) {
      throw new IllegalArgumentException("EachMember: needs at least one member, got " + members);
    }
    return new EachMember<>(loss, members);
  }

  /**
   * The mean loss of the members.
   *
   * @throws ShapeException if the outputs are not of members, or the gradient is of another shape
   * @throws IllegalArgumentException as the members' loss throws it
   */
  @Override
  public double valueAndGradient(Tensor output, T target, Tensor outputGradient) {
    return compute(output, target, outputGradient, Double.NaN);
  }

  @Override
  public double valueAndGradient(Tensor output, T target, Tensor outputGradient, double divisor) {
    return compute(output, target, outputGradient, divisor);
  }

  private double compute(Tensor output, T target, Tensor gradient, double divisor) {
    Tensor z = borrow(outputs, output);
    requireGradient(output, gradient);
    Tensor dz = gradients.borrow(z.dtype(), z.shape());
    double sum = 0;
    for (int m = 0; m < members; m++) {
      take(output, m, z);
      try {
        sum +=
            Double.isNaN(divisor)
                ? loss.valueAndGradient(z, target, dz)
                : loss.valueAndGradient(z, target, dz, divisor);
      } catch (IllegalArgumentException e) {
        throw ofMember(e);
      }
      put(dz, m, gradient);
    }
    gradient.markChanged();
    outputs.giveBack(z);
    gradients.giveBack(dz);
    return sum / members;
  }

  @Override
  public double value(Tensor output, T target) {
    Tensor z = borrow(outputs, output);
    double sum = 0;
    for (int m = 0; m < members; m++) {
      take(output, m, z);
      try {
        sum += loss.value(z, target);
      } catch (IllegalArgumentException e) {
        throw ofMember(e);
      }
    }
    outputs.giveBack(z);
    return sum / members;
  }

  /** That of one member's batch, which is the same for all. */
  @Override
  public double weight(Tensor output, T target) {
    Tensor z = borrow(outputs, output);
    take(output, 0, z);
    try {
      return loss.weight(z, target);
    } catch (IllegalArgumentException e) {
      throw ofMember(e);
    } finally {
      outputs.giveBack(z);
    }
  }

  /** What the members' loss says, as an error of this one. */
  private IllegalArgumentException ofMember(IllegalArgumentException e) {
    return e instanceof ShapeException shape
        ? new ShapeException(this + ": of each member", shape.expected(), shape.actual())
        : new IllegalArgumentException(this + ": " + e.getMessage(), e);
  }

  /** Numbers: what the members' outputs mean, their mean does. */
  @Override
  public Outputs outputs() {
    return Outputs.NUMBERS;
  }

  /** Memory for the outputs of one member. */
  private Tensor borrow(Spare spare, Tensor output) {
    Shape shape = output.shape();
    if (shape.rank() != 2 || shape.last() % members != 0) {
      throw new ShapeException(
          this + ": outputs of " + members + " members", Shape.of(members).openBatch(), shape);
    }
    return spare.borrow(output.dtype(), shape.dimension(0), shape.last() / members);
  }

  private void requireGradient(Tensor output, Tensor gradient) {
    if (!gradient.shape().equals(output.shape())) {
      throw new ShapeException(this + " gradient", output.shape(), gradient.shape());
    }
    if (gradient.dtype() != output.dtype()) {
      throw new IllegalArgumentException(
          this + ": expects a gradient of type " + output.dtype() + ", got " + gradient.dtype());
    }
  }

  /** z = the outputs of a member. */
  private void take(Tensor output, int member, Tensor z) {
    int width = z.shape().last();
    int rows = z.shape().dimension(0);
    for (int row = 0; row < rows; row++) {
      int from = (row * members + member) * width;
      if (output instanceof FloatTensor all) {
        System.arraycopy(all.array(), from, ((FloatTensor) z).array(), row * width, width);
      } else {
        System.arraycopy(
            ((DoubleTensor) output).array(), from, ((DoubleTensor) z).array(), row * width, width);
      }
    }
    z.markChanged();
  }

  /** A member's part of the gradient = 1/k of its own. */
  private void put(Tensor dz, int member, Tensor gradient) {
    int width = dz.shape().last();
    int rows = dz.shape().dimension(0);
    if (gradient instanceof FloatTensor all) {
      float[] from = ((FloatTensor) dz).array();
      float[] to = all.array();
      float share = (float) (1.0 / members);
      for (int i = 0; i < rows * width; i++) {
        to[(i / width * members + member) * width + i % width] = share * from[i];
      }
    } else {
      double[] from = ((DoubleTensor) dz).array();
      double[] to = ((DoubleTensor) gradient).array();
      double share = 1.0 / members;
      for (int i = 0; i < rows * width; i++) {
        to[(i / width * members + member) * width + i % width] = share * from[i];
      }
    }
  }

  /** For example {@code EachMember(SoftmaxCrossEntropy, 4)}. */
  @Override
  public String toString() {
    return "EachMember(" + loss + ", " + members + ")";
  }
}

package lamella.losses;

import lamella.core.formula.Expression;
import lamella.core.formula.Formula;

/**
 * The mean squared error, for numbers: L = mean over rows and outputs of (output - target)², with
 * gradient 2 (output - target) / (n outputs).
 *
 * <p>Without a factor ½ and by the number of outputs too, as PyTorch and Keras have it; where it is
 * defined otherwise, learning rates differ by that factor.
 *
 * <p><b>Shapes:</b> outputs {@code [n, ...]}, targets the same, of any type; gradient as the
 * outputs.
 */
public final class SquaredError extends PointwiseLoss {
  /** The loss; stateless. */
  public SquaredError() {
    super(Formula.of((output, target) -> square(output.minus(target))));
  }

  private static Expression square(Expression x) {
    return x.times(x);
  }
}

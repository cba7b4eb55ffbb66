package lamella.losses;

import lamella.core.formula.Formula;

/**
 * The mean absolute error, for numbers: L = mean over rows and outputs of |output - target|. What
 * makes it smallest is the median of the targets, which outliers do not move. Its gradient is the
 * sign of the error, 0 at 0, by the number of rows and outputs.
 *
 * <p><b>Shapes:</b> outputs {@code [n, ...]}, targets the same, of any type; gradient as the
 * outputs.
 */
public final class AbsoluteError extends PointwiseLoss {
  /** The loss; stateless. */
  public AbsoluteError() {
    super(Formula.of((output, target) -> output.minus(target).abs()));
  }
}

package lamella.losses;

import lamella.core.formula.Expression;
import lamella.core.formula.Formula;

/**
 * The quantile loss, also called pinball loss: with the error e = target - output of an output, q e
 * where e &ge; 0, else (q - 1) e; L = the mean over rows and outputs. What makes it smallest is the
 * q-quantile of the targets: with q = 0.9, nine targets in ten lie below the output.
 *
 * <p>Its gradient is -q where the output is too low and 1 - q where it is not, by the number of
 * rows and outputs. With q = 0.5 it is half of {@link AbsoluteError}.
 *
 * <p><b>Shapes:</b> outputs {@code [n, ...]}, targets the same, of any type; gradient as the
 * outputs.
 *
 * <p>Source: R. Koenker, G. Bassett, "Regression quantiles" (1978).
 */
public final class QuantileLoss extends PointwiseLoss {
  private final double quantile;

  /**
   * The loss.
   *
   * @param quantile q, the part of the targets that shall lie below the output
   * @throws IllegalArgumentException unless 0 &lt; q &lt; 1
   */
  public QuantileLoss(double quantile) {
    super(Formula.of((output, target) -> pinball(target.minus(output), quantile)));
    if (!(quantile > 0 && quantile < 1)) {
      throw new IllegalArgumentException(
          "QuantileLoss: the quantile must lie in (0, 1), got " + quantile);
    }
    this.quantile = quantile;
  }

  private static Expression pinball(Expression error, double quantile) {
    return error.times(quantile).max(error.times(quantile - 1));
  }

  /** For example {@code QuantileLoss(0.9)}. */
  @Override
  public String toString() {
    return "QuantileLoss(" + quantile + ")";
  }
}

package lamella.losses;

import lamella.core.formula.Expression;
import lamella.core.formula.Formula;

/**
 * Huber's loss, for numbers with outliers: with the error e = output - target of an output, e² / 2
 * where |e| &le; δ, else δ (|e| - δ / 2); L = the mean over rows and outputs. Its gradient is e, at
 * most δ in size, by the number of rows and outputs.
 *
 * <p>It is PyTorch's HuberLoss; what is called a smooth L1 loss is this one divided by δ.
 *
 * <p><b>Shapes:</b> outputs {@code [n, ...]}, targets the same, of any type; gradient as the
 * outputs.
 *
 * <p>Source: P. J. Huber, "Robust estimation of a location parameter" (1964).
 */
public final class Huber extends PointwiseLoss {
  private final double delta;

  /**
   * The loss.
   *
   * @param delta δ, the error from which on the loss grows as the error does and no longer as its
   *     square; in the targets' unit
   * @throws IllegalArgumentException unless it is finite and above 0
   */
  public Huber(double delta) {
    super(Formula.of((output, target) -> huber(output.minus(target), delta)));
    if (!(delta > 0 && delta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("Huber: delta must be finite and above 0, got " + delta);
    }
    this.delta = delta;
  }

  /** With c = e cut to [-δ, δ]: c (e - c / 2). */
  private static Expression huber(Expression error, double delta) {
    Expression cut = error.max(-delta).min(delta);
    return cut.times(error.minus(cut.times(0.5)));
  }

  /** For example {@code Huber(1.0)}. */
  @Override
  public String toString() {
    return "Huber(" + delta + ")";
  }
}

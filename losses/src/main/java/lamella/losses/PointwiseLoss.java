package lamella.losses;

import lamella.core.Outputs;
import lamella.core.Tensor;
import lamella.core.formula.Formula;
import org.jspecify.annotations.Nullable;

/**
 * Base of losses that are one function of an output and its target, written as a formula: L = mean
 * over rows and outputs of f(output, target).
 *
 * {@snippet lang=java :
 * public final class LogCosh extends PointwiseLoss {
 *   public LogCosh() {
 *     super(Formula.of((output, target) -> logCosh(output.minus(target))));
 *   }
 *
 *   private static Expression logCosh(Expression e) {
 *     return e.plus(e.times(-2).softplus()).minus(Math.log(2));
 *   }
 * }
 * }
 *
 * <p>Where rows have weights, L = Σ w_i l_i / Σ w_i with l_i the mean over the outputs of row i.
 * Sums are taken in float64, from the first element to the last.
 *
 * <p><b>Shapes:</b> outputs {@code [n, ...]}, targets the same, of any type; gradient as the
 * outputs.
 */
public abstract class PointwiseLoss extends MeanLoss<Tensor> {
  private final Formula formula;
  private final Spare values = new Spare();
  private final Spare converted = new Spare();
  private final OutputRows rows = new OutputRows();

  /**
   * For subclasses.
   *
   * @param formula of two inputs, the output and its target
   * @throws IllegalArgumentException if it has one
   */
  protected PointwiseLoss(Formula formula) {
    if (formula.inputs() != 2) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": expects a formula of output and target, got one of "
              + formula.inputs()
              + " input");
    }
    this.formula = formula;
  }

  /** {@return f} */
  public final Formula formula() {
    return formula;
  }

  @Override
  protected void requireFit(Tensor output, Tensor target) {
    if (output.shape().rank() == 0) {
      throw new IllegalArgumentException(this + ": expects outputs [n, ...], got []");
    }
    requireLike(output, target);
  }

  @Override
  protected final double sum(
      Tensor output,
      Tensor target,
      double @Nullable [] exampleWeights,
      @Nullable Tensor gradient,
      double divisor) {
    boolean sameType = target.dtype() == output.dtype();
    Tensor t = sameType ? target : converted.borrow(output.dtype(), output.shape());
    if (!sameType) {
      t.copyFrom(target);
    }
    double sum;
    if (gradient == null) {
      Tensor memory = values.borrow(output.dtype(), output.shape());
      formula.values(output, t, memory);
      sum = rows.sum(this, memory, target, exampleWeights);
      values.giveBack(memory);
    } else {
      formula.values(output, t, gradient);
      sum = rows.sum(this, gradient, target, exampleWeights);
      formula.gradients(output, t, gradient);
      rows.scale(this, gradient, target, exampleWeights, divisor);
    }
    if (!sameType) {
      converted.giveBack(t);
    }
    return sum;
  }

  /** Numbers. */
  @Override
  public Outputs outputs() {
    return Outputs.NUMBERS;
  }
}

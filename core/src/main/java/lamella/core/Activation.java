package lamella.core;

import lamella.core.formula.Formula;
import org.jspecify.annotations.Nullable;

/**
 * A layer that applies one function, written as a formula, to every element: y = f(x), dL/dx =
 * dL/dy f'(x).
 *
 * <p>The formula is all that there is to write: see {@link Formula} for what comes from it.
 *
 * {@snippet lang=java :
 * public final class Snake extends Activation {
 *   public Snake() {
 *     super(Formula.of(x -> x.plus(x.sin().times(x.sin()))));
 *   }
 * }
 * }
 *
 * <p>A function that is no formula is written in plain Java, see {@link Elementwise}.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 */
public abstract class Activation implements Layer {
  private final Formula formula;

  /**
   * For subclasses.
   *
   * @param formula of one input
   * @throws IllegalArgumentException if it has two
   */
  protected Activation(Formula formula) {
    if (formula.inputs() != 1) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": an activation is a formula of one input, got one of "
              + formula.inputs());
    }
    this.formula = formula;
  }

  /** {@return the function} */
  public final Formula formula() {
    return formula;
  }

  @Override
  public final Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public final Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    formula.values(input, output);
    pass.outputFilled(this);
    return output;
  }

  @Override
  public final @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor output = formula.slopeUsesValue() ? pass.recallOutput(this) : input;
    Tensor inputGradient = pass.inputGradient(this);
    formula.gradients(input, output, outputGradient, inputGradient);
    return inputGradient;
  }

  /** The class's own name, for example {@code ReLU}. */
  @Override
  public String toString() {
    return getClass().getSimpleName();
  }
}

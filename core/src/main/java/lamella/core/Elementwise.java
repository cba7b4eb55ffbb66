package lamella.core;

import org.jspecify.annotations.Nullable;

/**
 * A layer that applies one function to every element: y = f(x), dL/dx = dL/dy f'(x).
 *
 * <p>To write an activation, extend this class and give {@link #value} and {@link #slope}; that is
 * all. The four array methods may be overridden where speed matters.
 *
 * {@snippet file="Softplus.java"}
 *
 * <p><b>Shapes:</b> any {@code -> } the same.
 */
public abstract class Elementwise implements Layer {

  /** For subclasses. */
  protected Elementwise() {}

  /**
   * {@return f(x); NaN for NaN} NaN must give NaN.
   *
   * @param x any number
   */
  protected abstract double value(double x);

  /**
   * {@return f'(x)}
   *
   * @param x any number
   * @param y f(x), where that makes the slope cheaper
   */
  protected abstract double slope(double x, double y);

  /**
   * y[i] = f(x[i]) for all i.
   *
   * @param x not changed
   * @param y filled, as long as x
   */
  protected void values(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) value(x[i]);
    }
  }

  /**
   * y[i] = f(x[i]) for all i.
   *
   * @param x not changed
   * @param y filled, as long as x
   */
  protected void values(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = value(x[i]);
    }
  }

  /**
   * dx[i] = dy[i] f'(x[i]) for all i, given y[i] = f(x[i]).
   *
   * @param x what forward was given
   * @param y what forward gave
   * @param dy dL/dy; not changed
   * @param dx filled with dL/dx
   */
  protected void gradients(float[] x, float[] y, float[] dy, float[] dx) {
    for (int i = 0; i < x.length; i++) {
      dx[i] = (float) (dy[i] * slope(x[i], y[i]));
    }
  }

  /**
   * dx[i] = dy[i] f'(x[i]) for all i, given y[i] = f(x[i]).
   *
   * @param x what forward was given
   * @param y what forward gave
   * @param dy dL/dy; not changed
   * @param dx filled with dL/dx
   */
  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
    for (int i = 0; i < x.length; i++) {
      dx[i] = dy[i] * slope(x[i], y[i]);
    }
  }

  @Override
  public final Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public final Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    switch (input) {
      case FloatTensor x -> values(x.array(), ((FloatTensor) output).array());
      case DoubleTensor x -> values(x.array(), ((DoubleTensor) output).array());
    }
    pass.outputFilled(this);
    return output;
  }

  @Override
  public final @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor output = pass.recallOutput(this);
    Tensor inputGradient = pass.inputGradient(this);
    switch (input) {
      case FloatTensor x ->
          gradients(
              x.array(),
              ((FloatTensor) output).array(),
              ((FloatTensor) outputGradient).array(),
              ((FloatTensor) inputGradient).array());
      case DoubleTensor x ->
          gradients(
              x.array(),
              ((DoubleTensor) output).array(),
              ((DoubleTensor) outputGradient).array(),
              ((DoubleTensor) inputGradient).array());
    }
    return inputGradient;
  }

  /** The class's own name, for example {@code ReLU}. */
  @Override
  public String toString() {
    return getClass().getSimpleName();
  }
}

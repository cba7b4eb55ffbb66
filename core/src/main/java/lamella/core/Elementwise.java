package lamella.core;

import org.jspecify.annotations.Nullable;

/**
 * A layer that applies one function, written in plain Java, to every element: y = f(x), dL/dx =
 * dL/dy f'(x).
 *
 * <p>To write an activation, extend this class and give {@link #value} and {@link #slope}; that is
 * all. Numbers are computed one by one, in float64, and rounded to the layer's type. A function
 * that can be said as a formula is better an {@link Activation}: it is computed in vectors, has its
 * slope derived, and its form in ONNX.
 *
 * {@snippet file="Arctan.java"}
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

  @Override
  public final Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public final Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    switch (input) {
      case FloatTensor x -> {
        float[] y = ((FloatTensor) output).array();
        for (int i = 0; i < y.length; i++) {
          y[i] = (float) value(x.array()[i]);
        }
      }
      case DoubleTensor x -> {
        double[] y = ((DoubleTensor) output).array();
        for (int i = 0; i < y.length; i++) {
          y[i] = value(x.array()[i]);
        }
      }
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
      case FloatTensor x -> {
        float[] y = ((FloatTensor) output).array();
        float[] dy = ((FloatTensor) outputGradient).array();
        float[] dx = ((FloatTensor) inputGradient).array();
        for (int i = 0; i < dx.length; i++) {
          dx[i] = (float) (dy[i] * slope(x.array()[i], y[i]));
        }
      }
      case DoubleTensor x -> {
        double[] y = ((DoubleTensor) output).array();
        double[] dy = ((DoubleTensor) outputGradient).array();
        double[] dx = ((DoubleTensor) inputGradient).array();
        for (int i = 0; i < dx.length; i++) {
          dx[i] = dy[i] * slope(x.array()[i], y[i]);
        }
      }
    }
    return inputGradient;
  }

  /** The class's own name, for example {@code ReLU}. */
  @Override
  public String toString() {
    return getClass().getSimpleName();
  }
}

package lamella.contract.mutants;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An activation of two functions: y = f(x), and its slope of x and y; with the loops over arrays to
 * override, where a fault is to be in one type only.
 */
class Activation implements Layer {
  final String name;
  final DoubleUnaryOperator value;
  final DoubleBinaryOperator slope;

  Activation(String name, DoubleUnaryOperator value, DoubleBinaryOperator slope) {
    this.name = name;
    this.value = value;
    this.slope = slope;
  }

  double value(double x) {
    return value.applyAsDouble(x);
  }

  double slope(double x, double y) {
    return slope.applyAsDouble(x, y);
  }

  protected void values(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) value(x[i]);
    }
  }

  protected void values(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = value(x[i]);
    }
  }

  protected void gradients(float[] x, float[] y, float[] dy, float[] dx) {
    for (int i = 0; i < x.length; i++) {
      dx[i] = (float) (dy[i] * slope(x[i], y[i]));
    }
  }

  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
    for (int i = 0; i < x.length; i++) {
      dx[i] = dy[i] * slope(x[i], y[i]);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    switch (input) {
      case FloatTensor x -> values(x.array(), ((FloatTensor) output).array());
      case DoubleTensor x -> values(x.array(), ((DoubleTensor) output).array());
    }
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
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

  @Override
  public String toString() {
    return name;
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static Activation swish() {
    return new Activation(
        "Swish", x -> x * sigmoid(x), (x, y) -> sigmoid(x) + y * (1 - sigmoid(x)));
  }

  static Activation relu() {
    return new Activation("ReLU", x -> x <= 0 ? 0 : x, (x, y) -> x <= 0 ? 0 : 1);
  }

  static Activation tanh() {
    return new Activation("Tanh", Math::tanh, (x, y) -> 1 - y * y);
  }

  static final double LAMBDA = 1.0507009873554805;
  static final double ALPHA = 1.6732632423543772;

  static Activation selu() {
    return new Activation(
        "SELU",
        x -> LAMBDA * (x > 0 ? x : ALPHA * Math.expm1(x)),
        (x, y) -> LAMBDA * (x > 0 ? 1 : ALPHA * Math.exp(x)));
  }
}

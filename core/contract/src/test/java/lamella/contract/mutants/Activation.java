package lamella.contract.mutants;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import lamella.core.Elementwise;

/** An activation of two functions: y = f(x), and its slope of x and y. */
class Activation extends Elementwise {
  final String name;
  final DoubleUnaryOperator value;
  final DoubleBinaryOperator slope;

  Activation(String name, DoubleUnaryOperator value, DoubleBinaryOperator slope) {
    this.name = name;
    this.value = value;
    this.slope = slope;
  }

  @Override
  protected double value(double x) {
    return value.applyAsDouble(x);
  }

  @Override
  protected double slope(double x, double y) {
    return slope.applyAsDouble(x, y);
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

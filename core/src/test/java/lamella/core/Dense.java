package lamella.core;

import java.util.List;
import lamella.core.Parameter.Role;

/** A dense layer for tests of core, which has none of its own: y = x W + b. */
final class Dense implements Layer {
  final Parameter weight;
  final Parameter bias;
  private final Shape input;
  private final int outputs;

  /**
   * Weights 0.5, -0.25, 0.75, ... that repeat with a period of 7; no two rows or columns are equal.
   */
  Dense(int inputs, int outputs) {
    this.input = Shape.batchOf(inputs);
    this.outputs = outputs;
    double[] pattern = {0.5, -0.25, 0.75, 1.5, -1, 0.125, -0.625};
    FloatTensor w = FloatTensor.zeros(Shape.of(inputs, outputs));
    for (int i = 0; i < w.size(); i++) {
      w.set(i, pattern[i % pattern.length] * (1 + i / pattern.length));
    }
    weight = new Parameter("weight", Role.WEIGHT, w);
    bias = new Parameter("bias", Role.BIAS, FloatTensor.zeros(Shape.of(outputs)));
    for (int j = 0; j < outputs; j++) {
      bias.value().set(j, 0.25 * (j + 1));
    }
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight, bias);
  }

  @Override
  public Shape outputShape(Shape shape) {
    if (!input.accepts(shape)) {
      throw new ShapeException(this, input, shape);
    }
    return shape.withLast(outputs);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor y = pass.output(this, x);
    pass.multiply(x, weight, bias, y);
    return y;
  }

  @Override
  public Tensor backward(Tensor dy, Pass pass) {
    Tensor x = pass.recall(this, dy);
    Products.multiplyTransposedLeft(x, dy, pass.gradient(weight), true);
    Products.sumRows(dy, pass.gradient(bias), true);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor dx = pass.inputGradient(this);
    Products.multiplyTransposedRight(dy, weight.value(), dx);
    return dx;
  }

  @Override
  public String toString() {
    return "Dense(" + input.last() + " -> " + outputs + ")";
  }
}

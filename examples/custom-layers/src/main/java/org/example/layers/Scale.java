package org.example.layers;

import java.util.List;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;

/** y = x s: every column has a factor, and the factors are learned. */
public final class Scale implements Layer {
  private final Parameter factors;

  public Scale(int columns) {
    Tensor ones = FloatTensor.zeros(Shape.of(columns));
    ones.fill(1);
    factors = new Parameter("factors", Parameter.Role.WEIGHT, ones);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(factors);
  }

  @Override
  public Shape outputShape(Shape input) {
    Shape expected = factors.shape().openBatch();
    if (!expected.accepts(input)) {
      throw new ShapeException(this, expected, input);
    }
    return input;
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor y = pass.output(this, x); // checks x, remembers it, gives the tensor to fill
    Tensor s = factors.value();
    for (int i = 0; i < x.size(); i++) {
      y.set(i, x.get(i) * s.get(i % s.size()));
    }
    return y;
  }

  @Override
  public Tensor backward(Tensor dy, Pass pass) {
    Tensor x = pass.recall(this, dy); // the input of the forward before
    Tensor ds = pass.gradient(factors); // to be added to
    for (int i = 0; i < x.size(); i++) {
      int column = i % ds.size();
      ds.set(column, ds.get(column) + x.get(i) * dy.get(i));
    }
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor dx = pass.inputGradient(this); // to be filled
    for (int i = 0; i < x.size(); i++) {
      dx.set(i, dy.get(i) * factors.value().get(i % ds.size()));
    }
    return dx;
  }

  @Override
  public String toString() {
    return "Scale" + factors.shape();
  }

  static LayerFormat<Scale> format() {
    return LayerFormat.of("org.example.Scale", Scale.class, saved -> new Scale(saved.tensor("factors").size()))
        .withOnnx((scale, graph, x) -> graph.node("Mul", x, graph.parameter(scale.factors)));
  }
}

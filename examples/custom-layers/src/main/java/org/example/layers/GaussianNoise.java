package org.example.layers;

import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;

/** y = x + deviation z in training, z normal and drawn anew in each step; y = x in inference. */
public record GaussianNoise(double deviation) implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor y = pass.output(this, x);
    if (!pass.isTraining()) {
      y.copyFrom(x);
      return y;
    }
    pass.random(this).gaussian(y, deviation); // a function of seed, step, place in the network and row
    for (int i = 0; i < x.size(); i++) {
      y.set(i, x.get(i) + y.get(i));
    }
    return y;
  }

  @Override
  public Tensor backward(Tensor dy, Pass pass) {
    pass.recall(this, dy);
    Tensor dx = pass.needsInputGradient() ? pass.inputGradient(this) : null;
    if (dx != null) {
      dx.copyFrom(dy);
    }
    return dx;
  }

  static LayerFormat<GaussianNoise> format() {
    return LayerFormat.of("org.example.Noise", GaussianNoise.class, saved -> new GaussianNoise(saved.number("deviation")))
        .withOption("deviation", GaussianNoise::deviation)
        .withOnnx((noise, graph, x) -> graph.node("Identity", x));
  }
}

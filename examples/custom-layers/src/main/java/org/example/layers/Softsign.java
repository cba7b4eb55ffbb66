package org.example.layers;

import lamella.core.Elementwise;
import lamella.core.io.LayerFormat;

/** y = x / (1 + |x|); dy/dx = 1 / (1 + |x|)^2. In ONNX it is an operator of this name. */
public final class Softsign extends Elementwise {
  @Override
  protected double value(double x) {
    return x / (1 + Math.abs(x));
  }

  @Override
  protected double slope(double x, double y) {
    double s = 1 / (1 + Math.abs(x));
    return s * s;
  }

  static LayerFormat<Softsign> format() {
    return LayerFormat.of("org.example.Softsign", Softsign.class, Softsign::new)
          .withOnnx((softsign, graph, x) -> graph.node("Softsign", x));
  }
}

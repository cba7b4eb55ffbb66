package org.example.layers;

import lamella.core.Elementwise;
import lamella.core.onnx.OnnxGraph;
import lamella.core.onnx.OnnxLayer;

/** y = x / (1 + |x|); dy/dx = 1 / (1 + |x|)^2. In ONNX it is an operator of this name. */
public final class Softsign extends Elementwise implements OnnxLayer {
  @Override
  protected double value(double x) {
    return x / (1 + Math.abs(x));
  }

  @Override
  protected double slope(double x, double y) {
    double s = 1 / (1 + Math.abs(x));
    return s * s;
  }

  @Override
  public String toOnnx(OnnxGraph graph, String input) {
    return graph.node("Softsign", input);
  }
}

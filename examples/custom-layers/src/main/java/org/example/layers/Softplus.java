package org.example.layers;

import lamella.core.Elementwise;
import lamella.core.io.LayerFormat;

/** y = log(1 + exp(x)), a smooth ReLU; dy/dx = 1 / (1 + exp(-x)). */
public final class Softplus extends Elementwise {
  @Override
  protected double value(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  @Override
  protected double slope(double x, double y) {
    return 1 / (1 + Math.exp(-x));
  }

  static LayerFormat<Softplus> format() {
    return LayerFormat.of("org.example.Softplus", Softplus.class, Softplus::new);
  }
}

package org.example.layers;

import lamella.core.Elementwise;
import lamella.core.io.LayerFormat;

/** y = arctan(x), between -π/2 and π/2; dy/dx = 1 / (1 + x^2). */
public final class Arctan extends Elementwise {
  @Override
  protected double value(double x) {
    return Math.atan(x);
  }

  @Override
  protected double slope(double x, double y) {
    return 1 / (1 + x * x);
  }

  static LayerFormat<Arctan> format() {
    return LayerFormat.of("org.example.Arctan", Arctan.class, Arctan::new);
  }
}

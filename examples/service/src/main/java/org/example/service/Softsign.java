package org.example.service;

import lamella.core.Elementwise;
import lamella.core.io.LayerFormat;

/** y = x / (1 + |x|): a layer of the service's own, with a format of its own beside Lamella's. */
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
    return LayerFormat.of("org.example.Softsign", Softsign.class, Softsign::new);
  }
}

package org.example.layers;

import lamella.core.Activation;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;

/** y = x tanh(log(1 + exp(x))). Source: D. Misra (2019). */
public final class Mish extends Activation {
  public Mish() {
    super(Formula.of(x -> x.times(x.softplus().tanh())));
  }

  static LayerFormat<Mish> format() {
    return LayerFormat.of("org.example.Mish", Mish.class, Mish::new);
  }
}

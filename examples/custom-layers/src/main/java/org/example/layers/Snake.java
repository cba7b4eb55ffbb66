package org.example.layers;

import lamella.core.Activation;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;

/** y = x + sin(x)^2, for what repeats itself. Source: L. Ziyin et al. (2020). */
public final class Snake extends Activation {
  public Snake() {
    super(Formula.of(x -> x.plus(x.sin().times(x.sin()))));
  }

  static LayerFormat<Snake> format() {
    return LayerFormat.of("org.example.Snake", Snake.class, Snake::new);
  }
}

package lamella.layers;

import lamella.core.Activation;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;

/**
 * Logistic function: y = 1 / (1 + exp(-x)), between 0 and 1; dy/dx = y (1 - y).
 *
 * <p>For answers of yes or no, leave it out: losses and predictors take the numbers that would go
 * into it, and lose nothing where y is nearly 0 or 1.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 */
public final class Sigmoid extends Activation {
  /** A logistic function. */
  public Sigmoid() {
    super(Formula.of(Expression::sigmoid));
  }

  /** How files keep this layer. */
  static LayerFormat<Sigmoid> format() {
    return LayerFormat.of("lamella.Sigmoid", Sigmoid.class, Sigmoid::new)
        .fromOnnx("Sigmoid", node -> new Sigmoid());
  }
}

package lamella.layers;

import lamella.core.Activation;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;

/**
 * Hyperbolic tangent: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), between -1 and 1; dy/dx = 1 -
 * y².
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 */
public final class Tanh extends Activation {
  /** A hyperbolic tangent. */
  public Tanh() {
    super(Formula.of(Expression::tanh));
  }

  /** How files keep this layer. */
  static LayerFormat<Tanh> format() {
    return LayerFormat.of("lamella.Tanh", Tanh.class, Tanh::new)
        .fromOnnx("Tanh", node -> new Tanh());
  }
}

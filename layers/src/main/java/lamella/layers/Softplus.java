package lamella.layers;

import lamella.core.Activation;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;

/**
 * Softplus: y = log(1 + exp(x)), a smooth ReLU; dy/dx = 1 / (1 + exp(-x)).
 *
 * <p>Computed as max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: C. Dugas et al., "Incorporating second-order functional knowledge for better option
 * pricing" (2001).
 */
public final class Softplus extends Activation {
  /** A softplus. */
  public Softplus() {
    super(Formula.of(Expression::softplus));
  }

  /** How files keep this layer. */
  static LayerFormat<Softplus> format() {
    return LayerFormat.of("lamella.Softplus", Softplus.class, Softplus::new)
        .fromOnnx("Softplus", node -> new Softplus());
  }
}

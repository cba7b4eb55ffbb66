package lamella.layers;

import lamella.core.Activation;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;

/**
 * Swish, also called SiLU: y = x s with s = 1 / (1 + exp(-x)); dy/dx = s + y (1 - s).
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: P. Ramachandran et al., "Searching for activation functions" (2017).
 */
public final class Swish extends Activation {
  /** A Swish unit. */
  public Swish() {
    super(Formula.of(x -> x.times(x.sigmoid())).withSlope(Swish::slope));
  }

  private static Expression slope(Expression x, Expression y) {
    Expression s = x.sigmoid();
    return s.plus(y.times(Expression.of(1).minus(s)));
  }

  /** How files keep this layer. */
  static LayerFormat<Swish> format() {
    return LayerFormat.of("lamella.Swish", Swish.class, Swish::new);
  }
}

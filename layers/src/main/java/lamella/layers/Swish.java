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
  /** From -2000 down σ(x) is 0, and from 2000 on 1; infinity times 0 would be NaN. */
  private static final double FAR = 2000;

  /** A Swish unit. */
  public Swish() {
    super(Formula.of(x -> finite(x).times(x.sigmoid())).withSlope(Swish::slope));
  }

  private static Expression finite(Expression x) {
    return x.plus(FAR).ifPositive(x, Expression.of(0));
  }

  private static Expression slope(Expression x, Expression y) {
    Expression s = x.sigmoid();
    return s.plus(y.min(FAR).times(Expression.of(1).minus(s)));
  }

  /** How files keep this layer. */
  static LayerFormat<Swish> format() {
    return LayerFormat.of("lamella.Swish", Swish.class, Swish::new)
        .withOnnx((swish, graph, x) -> graph.formula(Formula.of(z -> z.times(z.sigmoid())), x))
        .fromOnnx("Swish", node -> node.number("alpha", 1) == 1 ? new Swish() : null);
  }
}

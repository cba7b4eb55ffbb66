package lamella.layers;

import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;

/**
 * Mish: y = x tanh(log(1 + exp(x))).
 *
 * <p>With e = exp(x) and m = e (e + 2), y = x t with t = m / (m + 2), and dy/dx = t + 4 x (t - e /
 * (m + 2)) / (m + 2).
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: D. Misra, "Mish: a self regularized non-monotonic activation function" (2019).
 */
public final class Mish extends Activation {
  /** From here down the factor of x is 0, and infinity times it would be NaN. */
  private static final double LEAST = -1000;

  /** From here on the slope is 1. */
  private static final double SATURATED = 40;

  /** A Mish unit. */
  public Mish() {
    super(Formula.of(x -> finite(x).times(x.softplus().tanh())).withSlope(Mish::slope));
  }

  /** With q = e / (m + 2): t = q (e + 2), and t - q = q (e + 1). */
  private static Expression slope(Expression x, Expression y) {
    Expression bounded = x.min(SATURATED);
    Expression e = bounded.exp();
    Expression more = e.plus(2);
    Expression reciprocal = Expression.of(1).over(e.fma(more, Expression.of(2)));
    Expression factor = finite(bounded).times(4).times(reciprocal);
    return e.times(reciprocal).times(factor.fma(e.plus(1), more));
  }

  /** What is multiplied with 0 at minus infinity. */
  private static Expression finite(Expression x) {
    return x.minus(LEAST).ifPositive(x, Expression.of(0));
  }

  /** How files keep this layer. */
  static LayerFormat<Mish> format() {
    return LayerFormat.of("lamella.Mish", Mish.class, Mish::new)
        .withOnnx(Mish::toOnnx)
        .fromOnnx("Mish", node -> new Mish());
  }

  /** Mish where there is this operator; in float64, of which runtimes have none, its formula. */
  private String toOnnx(OnnxGraph graph, String x) {
    return graph.opset() >= 18 && graph.dtype() == DType.FLOAT32
        ? graph.node("Mish", x)
        : graph.formula(Formula.of(z -> z.times(z.softplus().tanh())), x);
  }
}

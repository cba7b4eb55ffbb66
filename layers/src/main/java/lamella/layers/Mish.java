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
 * <p>With e = exp(x) and m = e (e + 2), y = x m / (m + 2) and dy/dx = (m + 4 x (e² + e) / (m + 2))
 * / (m + 2).
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

  private static final Formula ONNX = Formula.of(x -> x.times(x.softplus().tanh()));

  /** A Mish unit. */
  public Mish() {
    super(Formula.of(x -> x.max(LEAST).times(x.softplus().tanh())).withSlope(Mish::slope));
  }

  private static Expression slope(Expression input, Expression y) {
    Expression x = input.min(SATURATED).max(LEAST);
    Expression e = x.exp();
    Expression m = e.times(e.plus(2));
    Expression reciprocal = Expression.of(1).over(e.fma(e.plus(2), Expression.of(2)));
    Expression change = x.times(4).times(e.fma(e, e)).times(reciprocal);
    return m.plus(change).times(reciprocal);
  }

  /** How files keep this layer. */
  static LayerFormat<Mish> format() {
    return LayerFormat.of("lamella.Mish", Mish.class, Mish::new).withOnnx(Mish::toOnnx);
  }

  /** Mish where there is this operator; in float64, of which runtimes have none, its formula. */
  private String toOnnx(OnnxGraph graph, String x) {
    return graph.opset() >= 18 && graph.dtype() == DType.FLOAT32
        ? graph.node("Mish", x)
        : graph.formula(ONNX, x);
  }
}

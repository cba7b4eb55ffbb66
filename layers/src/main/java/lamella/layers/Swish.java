package lamella.layers;

import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;

/**
 * Swish, also called SiLU: y = x s with s = 1 / (1 + exp(-x)); dy/dx = s + y (1 - s).
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: P. Ramachandran et al., "Searching for activation functions" (2017).
 */
public final class Swish extends Activation {
  static final LayerFormat<Swish> FORMAT =
      LayerFormat.of("lamella.Swish", Swish.class, Swish::new)
          .withOnnx((swish, graph, x) -> toOnnx(graph, x));

  /** A Swish unit. */
  public Swish() {
    super(Formula.of(x -> x.times(x.sigmoid())).withSlope(Swish::slope));
  }

  private static Expression slope(Expression x, Expression y) {
    Expression s = x.sigmoid();
    return s.plus(y.times(Expression.of(1).minus(s)));
  }

  /**
   * x Sigmoid(x); in float64 x / (1 + exp(-x)), since onnxruntime up to 1.29 makes of the former an
   * operator that it has for float32 only (its issue 32421).
   */
  private static String toOnnx(OnnxGraph graph, String x) {
    if (graph.dtype() == DType.FLOAT32) {
      return graph.node("Mul", x, graph.node("Sigmoid", x));
    }
    String exp = graph.node("Exp", graph.node("Neg", x));
    return graph.node("Div", x, graph.node("Add", exp, graph.constant("one", 1)));
  }
}

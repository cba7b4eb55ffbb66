package lamella.layers;

import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.onnx.OnnxGraph;
import lamella.core.onnx.OnnxLayer;

/**
 * Swish, also called SiLU: y = x s with s = 1 / (1 + exp(-x)); dy/dx = s + y (1 - s).
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: P. Ramachandran et al., "Searching for activation functions" (2017).
 */
public final class Swish extends Activation implements OnnxLayer {

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
  @Override
  public String toOnnx(OnnxGraph graph, String input) {
    if (graph.dtype() == DType.FLOAT32) {
      return graph.node("Mul", input, graph.node("Sigmoid", input));
    }
    String exp = graph.node("Exp", graph.node("Neg", input));
    return graph.node("Div", input, graph.node("Add", exp, graph.constant("one", 1)));
  }
}

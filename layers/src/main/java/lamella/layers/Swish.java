package lamella.layers;

import lamella.core.DType;
import lamella.core.Elementwise;
import lamella.core.kernel.Kernels;
import lamella.core.onnx.OnnxGraph;
import lamella.core.onnx.OnnxLayer;

/**
 * Swish, also called SiLU: y = x s with s = 1 / (1 + exp(-x)); dy/dx = s + y (1 - s).
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: P. Ramachandran et al., "Searching for activation functions" (2017).
 */
public final class Swish extends Elementwise implements OnnxLayer {

  /** A Swish unit. */
  public Swish() {}

  @Override
  protected double value(double x) {
    return x * sigmoid(x);
  }

  @Override
  protected double slope(double x, double y) {
    double s = sigmoid(x);
    return s + y * (1 - s);
  }

  /** StrictMath: the same bits on every platform. */
  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  @Override
  protected void values(float[] x, float[] y) {
    Kernels.instance().swish(x, y);
  }

  @Override
  protected void gradients(float[] x, float[] y, float[] dy, float[] dx) {
    Kernels.instance().swishGradient(x, y, dy, dx);
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

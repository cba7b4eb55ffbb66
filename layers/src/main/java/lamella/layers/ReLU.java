package lamella.layers;

import lamella.core.Elementwise;
import lamella.core.kernel.Kernels;
import lamella.core.onnx.OnnxGraph;
import lamella.core.onnx.OnnxLayer;

/**
 * Rectified linear unit: y = max(0, x), dy/dx = 1 for x &gt; 0, else 0.
 *
 * <p>The slope at exactly 0 is 0. A unit whose input is negative for every example learns nothing
 * ("dead"); see {@link LeakyReLU}.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: V. Nair, G. Hinton, "Rectified linear units improve restricted Boltzmann machines"
 * (2010).
 */
public final class ReLU extends Elementwise implements OnnxLayer {

  /** A rectified linear unit. */
  public ReLU() {}

  @Override
  protected double value(double x) {
    return x <= 0 ? 0 : x;
  }

  @Override
  protected double slope(double x, double y) {
    return x <= 0 ? 0 : 1;
  }

  @Override
  protected void values(float[] x, float[] y) {
    Kernels.instance().relu(x, y);
  }

  @Override
  protected void gradients(float[] x, float[] y, float[] dy, float[] dx) {
    Kernels.instance().reluGradient(x, dy, dx);
  }

  @Override
  public String toOnnx(OnnxGraph graph, String input) {
    return graph.node("Relu", input);
  }
}

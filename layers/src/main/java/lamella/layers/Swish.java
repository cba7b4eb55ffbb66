package lamella.layers;

import lamella.core.Elementwise;
import lamella.core.kernel.Kernels;

/**
 * Swish, also called SiLU: y = x s with s = 1 / (1 + exp(-x)); dy/dx = s + y (1 - s).
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: P. Ramachandran et al., "Searching for activation functions" (2017).
 */
public final class Swish extends Elementwise {

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
}

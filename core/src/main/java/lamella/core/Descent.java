package lamella.core;

/**
 * A step of gradient descent with a penalty's gradient: W = s W - η (g + λ W), each operation
 * rounded; without penalty (λ = 0) W = s W - η g.
 *
 * <p>It is a {@link Loop} like any other, and one thing more: where the gradient is a product that
 * is not computed yet ({@link Pass#deferProducts}), W is changed by a piece of it as soon as there
 * is one, and no gradient is ever written to memory. The bits are the same.
 */
public final class Descent extends Loop {
  private double shrink;
  private double rate;
  private double l2;

  /** For one thread at a time. */
  public Descent() {}

  /**
   * Changes W.
   *
   * @param w W; marked as changed
   * @param gradient g; not changed
   * @param shrink s, rounded to the type of W, as are the others
   * @param rate η
   * @param l2 λ
   * @throws IllegalArgumentException if sizes or types differ
   */
  public void step(Tensor w, Tensor gradient, double shrink, double rate, double l2) {
    DeferredProduct product = gradient instanceof FloatTensor floats ? floats.deferred() : null;
    if (product != null
        && w instanceof FloatTensor values
        && w.shape().equals(gradient.shape())
        && product.descend(values.array(), (float) shrink, (float) rate, (float) l2)) {
      w.markChanged();
      return;
    }
    this.shrink = shrink;
    this.rate = rate;
    this.l2 = l2;
    over(w, gradient);
  }

  @Override
  protected void run(float[][] arrays, int from, int to) {
    float[] w = arrays[0];
    float[] g = arrays[1];
    float s = (float) shrink;
    float r = (float) rate;
    float l = (float) l2;
    if (l == 0) {
      for (int i = from; i < to; i++) {
        w[i] = s * w[i] - r * g[i];
      }
    } else {
      for (int i = from; i < to; i++) {
        w[i] = s * w[i] - r * (g[i] + l * w[i]);
      }
    }
  }

  @Override
  protected void run(double[][] arrays, int from, int to) {
    double[] w = arrays[0];
    double[] g = arrays[1];
    double s = shrink;
    double r = rate;
    double l = l2;
    if (l == 0) {
      for (int i = from; i < to; i++) {
        w[i] = s * w[i] - r * g[i];
      }
    } else {
      for (int i = from; i < to; i++) {
        w[i] = s * w[i] - r * (g[i] + l * w[i]);
      }
    }
  }
}

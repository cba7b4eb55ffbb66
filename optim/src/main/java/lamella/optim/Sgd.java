package lamella.optim;

import lamella.core.Descent;
import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Tensor;

/**
 * Stochastic gradient descent, with momentum if one likes: v = μ v + g, W = W - η v.
 *
 * {@snippet file="SnippetsTest.java" region="sgd"}
 *
 * <p>g is the gradient of the loss and of the penalty ({@link #withL2}): with the penalty ½ λ ‖W‖²
 * it is the loss's gradient + λ W for weights; biases are exempt. Without momentum (μ = 0, the
 * default) W = W - η g. Nesterov's momentum looks one step ahead: W = W - η (g + μ v), v the new
 * one. η follows a {@link Schedule}.
 *
 * <p>Momentum as in I. Sutskever et al., "On the importance of initialization and momentum in deep
 * learning" (2013), in the form that keeps η outside of v, as PyTorch does.
 */
public final class Sgd extends RuleOptimizer<Sgd> {
  private final double momentum;
  private final boolean nesterov;
  private final Descent descent = new Descent();
  private final DescentWithMomentum descentWithMomentum = new DescentWithMomentum();
  private final DescentAhead descentAhead = new DescentAhead();

  private Sgd(Settings settings, double momentum, boolean nesterov) {
    super(settings);
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  /**
   * {@return plain gradient descent at these rates}
   *
   * @param schedule the rate of each step
   */
  public static Sgd of(Schedule schedule) {
    return new Sgd(Settings.of(schedule), 0, false);
  }

  /**
   * {@return plain gradient descent at one rate}
   *
   * @param learningRate the rate of every step
   */
  public static Sgd of(double learningRate) {
    return of(Schedule.constant(learningRate));
  }

  /**
   * {@return a new optimiser like this one with momentum μ}
   *
   * @param factor μ
   * @throws IllegalArgumentException unless 0 &le; μ &lt; 1
   */
  public Sgd withMomentum(double factor) {
    if (!(factor >= 0 && factor < 1)) {
      throw new IllegalArgumentException("Sgd: momentum must lie in [0, 1), got " + factor);
    }
    return new Sgd(settings(), factor, nesterov);
  }

  /**
   * {@return a new optimiser like this one whose momentum is Nesterov's: W = W - η (g + μ v)}
   * Without momentum it makes no difference.
   *
   * <p>Source: Y. Nesterov (1983), in the form of PyTorch.
   */
  public Sgd withNesterov() {
    return new Sgd(settings(), momentum, true);
  }

  @Override
  protected Sgd with(Settings changed) {
    return new Sgd(changed, momentum, nesterov);
  }

  @Override
  protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
    if (momentum == 0) {
      descent.step(parameter.value(), gradient, now.shrink(), now.rate(), now.l2());
    } else if (nesterov) {
      descentAhead.rate = now.rate();
      descentAhead.l2 = now.l2();
      descentAhead.shrink = now.shrink();
      descentAhead.momentum = momentum;
      descentAhead.over(parameter.value(), gradient, kept.of("velocity"));
    } else {
      descentWithMomentum.rate = now.rate();
      descentWithMomentum.l2 = now.l2();
      descentWithMomentum.shrink = now.shrink();
      descentWithMomentum.momentum = momentum;
      descentWithMomentum.over(parameter.value(), gradient, kept.of("velocity"));
    }
  }

  /** The penalty alone is W *= 1 - η λ, which grows without bound where η λ > 2. */
  @Override
  public String explainDivergence(double rate) {
    String cause = super.explainDivergence(rate);
    double l2 = settings().l2();
    return rate * l2 > 2 && l2 > 1 ? cause + " for l2 " + l2 : cause;
  }

  @Override
  protected String numbers() {
    return (nesterov ? "Nesterov momentum " : "momentum ") + momentum;
  }

  /** v = momentum v + (g + l2 w); w = shrink w - rate v, each operation rounded. */
  private static final class DescentWithMomentum extends Loop {
    private double rate;
    private double l2;
    private double shrink;
    private double momentum;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] w = arrays[0];
      float[] g = arrays[1];
      float[] v = arrays[2];
      float r = (float) rate;
      float l = (float) l2;
      float s = (float) shrink;
      float m = (float) momentum;
      if (l == 0) {
        for (int i = from; i < to; i++) {
          float next = m * v[i] + g[i];
          v[i] = next;
          w[i] = s * w[i] - r * next;
        }
      } else {
        for (int i = from; i < to; i++) {
          float next = m * v[i] + (g[i] + l * w[i]);
          v[i] = next;
          w[i] = s * w[i] - r * next;
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] w = arrays[0];
      double[] g = arrays[1];
      double[] v = arrays[2];
      double r = rate;
      double l = l2;
      double s = shrink;
      double m = momentum;
      if (l == 0) {
        for (int i = from; i < to; i++) {
          double next = m * v[i] + g[i];
          v[i] = next;
          w[i] = s * w[i] - r * next;
        }
      } else {
        for (int i = from; i < to; i++) {
          double next = m * v[i] + (g[i] + l * w[i]);
          v[i] = next;
          w[i] = s * w[i] - r * next;
        }
      }
    }
  }

  /** v = momentum v + g with g + l2 w for g; w = shrink w - rate (g + momentum v). */
  private static final class DescentAhead extends Loop {
    private double rate;
    private double l2;
    private double shrink;
    private double momentum;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] w = arrays[0];
      float[] g = arrays[1];
      float[] v = arrays[2];
      float r = (float) rate;
      float l = (float) l2;
      float s = (float) shrink;
      float m = (float) momentum;
      for (int i = from; i < to; i++) {
        float slope = g[i] + l * w[i];
        float next = m * v[i] + slope;
        v[i] = next;
        w[i] = s * w[i] - r * (slope + m * next);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] w = arrays[0];
      double[] g = arrays[1];
      double[] v = arrays[2];
      double r = rate;
      double l = l2;
      double s = shrink;
      double m = momentum;
      for (int i = from; i < to; i++) {
        double slope = g[i] + l * w[i];
        double next = m * v[i] + slope;
        v[i] = next;
        w[i] = s * w[i] - r * (slope + m * next);
      }
    }
  }
}

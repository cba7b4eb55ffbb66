package lamella.optim;

import java.util.List;
import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Tensor;

/**
 * Stochastic gradient descent with L2 penalty and momentum: v = μ v + (g + λ W), W = W - η v.
 *
 * {@snippet file="SnippetsTest.java" region="sgd"}
 *
 * <p>λ is the strength of the penalty ½ λ ‖W‖², whose gradient is λ W; it falls on weights only,
 * biases are exempt. Without momentum (μ = 0, the default) W = W - η (g + λ W). η follows a {@link
 * Schedule}.
 *
 * <p>Momentum as in I. Sutskever et al., "On the importance of initialization and momentum in deep
 * learning" (2013), in the form that keeps η outside of v.
 */
public final class Sgd extends RuleOptimizer<Sgd> {
  private final double momentum;
  private final Descent descent = new Descent();
  private final DescentWithMomentum descentWithMomentum = new DescentWithMomentum();

  private Sgd(Settings settings, double momentum) {
    super(settings);
    this.momentum = momentum;
  }

  /**
   * {@return plain gradient descent at these rates}
   *
   * @param schedule the rate of each step
   */
  public static Sgd of(Schedule schedule) {
    return new Sgd(Settings.of(schedule), 0);
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
   * {@return a new optimiser like this one with the penalty ½ λ ‖W‖² on weights}
   *
   * @param strength λ
   * @throws IllegalArgumentException if λ is negative or not finite
   */
  public Sgd withL2(double strength) {
    if (!(strength >= 0 && strength < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("Sgd: l2 must be finite and >= 0, got " + strength);
    }
    return with(settings().withDecay(strength));
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
    return new Sgd(settings(), factor);
  }

  @Override
  protected Sgd with(Settings changed) {
    return new Sgd(changed, momentum);
  }

  @Override
  protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
    if (momentum == 0) {
      descent.rate = now.rate();
      descent.l2 = now.decay();
      descent.over(parameter.value(), gradient);
    } else {
      descentWithMomentum.rate = now.rate();
      descentWithMomentum.l2 = now.decay();
      descentWithMomentum.momentum = momentum;
      descentWithMomentum.over(parameter.value(), gradient, kept.of("velocity"));
    }
  }

  /** {@return the strength λ of the penalty} */
  public double l2() {
    return settings().decay();
  }

  /** ½ λ ‖W‖² over all weights. */
  @Override
  public double penalty(List<Parameter> parameters) {
    return halfSquares(parameters);
  }

  /** Decay by the penalty alone is W *= 1 - η λ, which grows without bound where η λ > 2. */
  @Override
  public String explainDivergence(double rate) {
    String cause = super.explainDivergence(rate);
    return rate * l2() > 2 && l2() > 1 ? cause + " for l2 " + l2() : cause;
  }

  @Override
  protected String numbers() {
    return "l2 " + l2() + ", momentum " + momentum;
  }

  /** w = w - rate (g + l2 w), each operation rounded; without l2 w - rate g. */
  private static final class Descent extends Loop {
    private double rate;
    private double l2;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] w = arrays[0];
      float[] g = arrays[1];
      float r = (float) rate;
      float l = (float) l2;
      if (l == 0) {
        for (int i = from; i < to; i++) {
          w[i] -= r * g[i];
        }
      } else {
        for (int i = from; i < to; i++) {
          w[i] -= r * (g[i] + l * w[i]);
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] w = arrays[0];
      double[] g = arrays[1];
      double r = rate;
      double l = l2;
      if (l == 0) {
        for (int i = from; i < to; i++) {
          w[i] -= r * g[i];
        }
      } else {
        for (int i = from; i < to; i++) {
          w[i] -= r * (g[i] + l * w[i]);
        }
      }
    }
  }

  /** v = momentum v + (g + l2 w); w = w - rate v, each operation rounded. */
  private static final class DescentWithMomentum extends Loop {
    private double rate;
    private double l2;
    private double momentum;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] w = arrays[0];
      float[] g = arrays[1];
      float[] v = arrays[2];
      float r = (float) rate;
      float l = (float) l2;
      float m = (float) momentum;
      if (l == 0) {
        for (int i = from; i < to; i++) {
          float next = m * v[i] + g[i];
          v[i] = next;
          w[i] -= r * next;
        }
      } else {
        for (int i = from; i < to; i++) {
          float next = m * v[i] + (g[i] + l * w[i]);
          v[i] = next;
          w[i] -= r * next;
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
      double m = momentum;
      if (l == 0) {
        for (int i = from; i < to; i++) {
          double next = m * v[i] + g[i];
          v[i] = next;
          w[i] -= r * next;
        }
      } else {
        for (int i = from; i < to; i++) {
          double next = m * v[i] + (g[i] + l * w[i]);
          v[i] = next;
          w[i] -= r * next;
        }
      }
    }
  }
}

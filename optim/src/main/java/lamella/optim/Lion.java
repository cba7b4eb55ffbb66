package lamella.optim;

import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Tensor;

/**
 * Lion, which steps by signs: u = sign(β1 m + (1 - β1) g), W = W (1 - η λ) - η u, m = β2 m + (1 -
 * β2) g. The sign of 0 is 0.
 *
 * {@snippet file="SnippetsTest.java" region="lion"}
 *
 * <p>It keeps one tensor for each parameter, half of what {@link AdamW} does. Every step moves
 * every element by η, so η should be 3 to 10 times smaller than for AdamW, and λ as many times
 * larger. λ is 0.01 unless {@link #withDecay} says otherwise, falls on weights only, and follows
 * the schedule with η. A penalty ({@link #withL2}) is part of g.
 *
 * <p>Source: X. Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023).
 */
public final class Lion extends RuleOptimizer<Lion> {
  /** The factor of the mean within the sign, unless another is given. */
  public static final double BETA1 = 0.9;

  /** The factor of the mean that is kept, unless another is given. */
  public static final double BETA2 = 0.99;

  /** The strength of decay, unless another is given. */
  public static final double DECAY = 0.01;

  private final double beta1;
  private final double beta2;
  private final Rule rule = new Rule();

  private Lion(Settings settings, double beta1, double beta2) {
    super(settings);
    this.beta1 = beta1;
    this.beta2 = beta2;
  }

  /**
   * {@return Lion at these rates, with β1 = 0.9, β2 = 0.99 and λ = 0.01}
   *
   * @param schedule the rate of each step
   */
  public static Lion of(Schedule schedule) {
    return new Lion(Settings.of(schedule).withDecay(DECAY), BETA1, BETA2);
  }

  /**
   * {@return Lion at one rate, with β1 = 0.9, β2 = 0.99 and λ = 0.01}
   *
   * @param learningRate the rate of every step
   */
  public static Lion of(double learningRate) {
    return of(Schedule.constant(learningRate));
  }

  /**
   * {@return a new optimiser like this one with other factors of the mean}
   *
   * @param first β1, within the sign
   * @param second β2, of the mean that is kept
   * @throws IllegalArgumentException unless both lie in [0, 1)
   */
  public Lion withBetas(double first, double second) {
    Betas.require("Lion", first, second);
    return new Lion(settings(), first, second);
  }

  @Override
  protected Lion with(Settings changed) {
    return new Lion(changed, beta1, beta2);
  }

  @Override
  protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
    rule.l2 = now.l2();
    rule.shrink = now.shrink();
    rule.rate = now.rate();
    rule.beta1 = beta1;
    rule.beta2 = beta2;
    rule.over(parameter.value(), gradient, kept.of("mean"));
  }

  @Override
  protected String numbers() {
    return "betas " + beta1 + " " + beta2;
  }

  private static final class Rule extends Loop {
    private double l2;
    private double shrink;
    private double rate;
    private double beta1;
    private double beta2;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] w = arrays[0];
      float[] g = arrays[1];
      float[] m = arrays[2];
      float l = (float) l2;
      float s = (float) shrink;
      float r = (float) rate;
      float b1 = (float) beta1;
      float c1 = (float) (1 - beta1);
      float b2 = (float) beta2;
      float c2 = (float) (1 - beta2);
      for (int i = from; i < to; i++) {
        float slope = g[i] + l * w[i];
        float mean = m[i];
        m[i] = b2 * mean + c2 * slope;
        w[i] = s * w[i] - r * Math.signum(b1 * mean + c1 * slope);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] w = arrays[0];
      double[] g = arrays[1];
      double[] m = arrays[2];
      double l = l2;
      double s = shrink;
      double r = rate;
      double b1 = beta1;
      double c1 = 1 - beta1;
      double b2 = beta2;
      double c2 = 1 - beta2;
      for (int i = from; i < to; i++) {
        double slope = g[i] + l * w[i];
        double mean = m[i];
        m[i] = b2 * mean + c2 * slope;
        w[i] = s * w[i] - r * Math.signum(b1 * mean + c1 * slope);
      }
    }
  }
}

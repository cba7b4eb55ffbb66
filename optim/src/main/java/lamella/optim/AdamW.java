package lamella.optim;

import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Tensor;
import lamella.core.Tiny;

/**
 * Adam with decay beside the gradient: m = β1 m + (1 - β1) g, v = β2 v + (1 - β2) g², W = W (1 - η
 * λ) - η m̂ / (√v̂ + ε) with m̂ = m / (1 - β1<sup>t</sup>) and v̂ = v / (1 - β2<sup>t</sup>), t the
 * number of this update from 1 on.
 *
 * {@snippet file="SnippetsTest.java" region="adamw"}
 *
 * <p>λ is 0.01 unless {@link #withDecay} says otherwise, falls on weights only, and follows the
 * schedule with η; with λ = 0 this is Adam. A penalty ({@link #withL2}) is something else: it is
 * part of g, and so of m and v. The conventions are PyTorch's: ε is added to the root, of v̂.
 * Squares of gradients at or below 2<sup>-51</sup> in size (in float64 2<sup>-484</sup>) count as
 * 0.
 *
 * <p>Sources: D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization" (2015); I. Loshchilov,
 * F. Hutter, "Decoupled Weight Decay Regularization" (2019).
 */
public final class AdamW extends RuleOptimizer<AdamW> {
  /** The factor of the running mean of gradients, unless another is given. */
  public static final double BETA1 = 0.9;

  /** The factor of the running mean of their squares, unless another is given. */
  public static final double BETA2 = 0.999;

  /** What is added to the root, unless another is given. */
  public static final double EPSILON = 1e-8;

  /** The strength of decay, unless another is given. */
  public static final double DECAY = 0.01;

  /** The smallest ε: gradients whose squares count as 0 are smaller. */
  private static final double LEAST_EPSILON = 1e-15;

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final Rule rule = new Rule();

  private AdamW(Settings settings, double beta1, double beta2, double epsilon) {
    super(settings);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  /**
   * {@return AdamW at these rates, with β1 = 0.9, β2 = 0.999, ε = 1e-8 and λ = 0.01}
   *
   * @param schedule the rate of each step
   */
  public static AdamW of(Schedule schedule) {
    return new AdamW(Settings.of(schedule).withDecay(DECAY), BETA1, BETA2, EPSILON);
  }

  /**
   * {@return AdamW at one rate, with β1 = 0.9, β2 = 0.999, ε = 1e-8 and λ = 0.01}
   *
   * @param learningRate the rate of every step
   */
  public static AdamW of(double learningRate) {
    return of(Schedule.constant(learningRate));
  }

  /**
   * {@return a new optimiser like this one with other factors of the running means}
   *
   * @param first β1, of the gradients
   * @param second β2, of their squares
   * @throws IllegalArgumentException unless both lie in [0, 1)
   */
  public AdamW withBetas(double first, double second) {
    Betas.require("AdamW", first, second);
    return new AdamW(settings(), first, second, epsilon);
  }

  /**
   * {@return a new optimiser like this one with another ε}
   *
   * @param added to the root
   * @throws IllegalArgumentException unless it is finite and at least 1e-15
   */
  public AdamW withEpsilon(double added) {
    if (!(added >= LEAST_EPSILON && added < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "AdamW: epsilon must be finite and >= " + LEAST_EPSILON + ", got " + added);
    }
    return new AdamW(settings(), beta1, beta2, added);
  }

  @Override
  protected AdamW with(Settings changed) {
    return new AdamW(changed, beta1, beta2, epsilon);
  }

  @Override
  protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
    long t = now.updates() + 1;
    rule.l2 = now.l2();
    rule.shrink = now.shrink();
    rule.beta1 = beta1;
    rule.beta2 = beta2;
    rule.epsilon = epsilon;
    rule.rate = now.rate() / (1 - power(beta1, t));
    rule.root = 1 / Math.sqrt(1 - power(beta2, t));
    rule.over(parameter.value(), gradient, kept.of("mean"), kept.of("square"));
  }

  /**
   * base^exponent by squaring: the same bits on every machine, and without the 96 bytes that {@code
   * StrictMath.pow} allocates.
   */
  private static double power(double base, long exponent) {
    double power = 1;
    double square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      power = (rest & 1) == 0 ? power : power * square;
      square *= square;
    }
    return power;
  }

  @Override
  protected String numbers() {
    return "betas " + beta1 + " " + beta2 + ", epsilon " + epsilon;
  }

  /**
   * What is squared in place of g: 0 at or below 2^-51, as the square would be too small to keep
   * (see {@link Tiny}), and slow to compute with; without a condition, as there.
   */
  private static float orZero(float g) {
    float one = Math.min(Math.abs(g) * 0x1p50f, 1);
    return g * ((one + 0x1p23f) - 0x1p23f);
  }

  /** The same at or below 2^-484. */
  private static double orZero(double g) {
    double one = Math.min(Math.abs(g) * 0x1p483, 1);
    return g * ((one + 0x1p52) - 0x1p52);
  }

  /** The rule with rate = η / (1 - β1^t) and root = 1 / √(1 - β2^t). */
  private static final class Rule extends Loop {
    private double l2;
    private double shrink;
    private double beta1;
    private double beta2;
    private double epsilon;
    private double rate;
    private double root;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] w = arrays[0];
      float[] g = arrays[1];
      float[] m = arrays[2];
      float[] v = arrays[3];
      float l = (float) l2;
      float s = (float) shrink;
      float b1 = (float) beta1;
      float c1 = (float) (1 - beta1);
      float b2 = (float) beta2;
      float c2 = (float) (1 - beta2);
      float e = (float) epsilon;
      float r = (float) rate;
      float q = (float) root;
      for (int i = from; i < to; i++) {
        float slope = g[i] + l * w[i];
        float mean = b1 * m[i] + c1 * slope;
        float factor = orZero(slope);
        float square = b2 * v[i] + c2 * (factor * factor);
        m[i] = mean;
        v[i] = square;
        w[i] = s * w[i] - r * mean / ((float) Math.sqrt(square) * q + e);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] w = arrays[0];
      double[] g = arrays[1];
      double[] m = arrays[2];
      double[] v = arrays[3];
      double l = l2;
      double s = shrink;
      double b1 = beta1;
      double c1 = 1 - beta1;
      double b2 = beta2;
      double c2 = 1 - beta2;
      double e = epsilon;
      double r = rate;
      double q = root;
      for (int i = from; i < to; i++) {
        double slope = g[i] + l * w[i];
        double mean = b1 * m[i] + c1 * slope;
        double factor = orZero(slope);
        double square = b2 * v[i] + c2 * (factor * factor);
        m[i] = mean;
        v[i] = square;
        w[i] = s * w[i] - r * mean / (Math.sqrt(square) * q + e);
      }
    }
  }
}

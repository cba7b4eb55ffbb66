package org.example.optim;

import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Tensor;
import lamella.optim.RuleOptimizer;
import lamella.optim.Schedule;
import lamella.optim.Slots;

/** v = 0.99 v + 0.01 g², W = W - η g / (√v + 1e-8). Source: T. Tieleman, G. Hinton (2012). */
public final class RmsProp extends RuleOptimizer<RmsProp> {
  private final Rule rule = new Rule();

  public RmsProp(double learningRate) {
    this(Settings.of(Schedule.constant(learningRate)));
  }

  private RmsProp(Settings settings) {
    super(settings);
  }

  @Override
  protected RmsProp with(Settings changed) {
    return new RmsProp(changed);
  }

  @Override
  protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
    rule.rate = now.rate();
    rule.l2 = now.l2();
    rule.shrink = now.shrink();
    rule.over(parameter.value(), gradient, kept.of("square"));
  }

  private static final class Rule extends Loop {
    private double rate;
    private double l2;
    private double shrink;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] w = arrays[0], g = arrays[1], v = arrays[2];
      float r = (float) rate, l = (float) l2, s = (float) shrink;
      for (int i = from; i < to; i++) {
        float slope = g[i] + l * w[i];
        v[i] = 0.99f * v[i] + 0.01f * slope * slope;
        w[i] = s * w[i] - r * slope / ((float) Math.sqrt(v[i]) + 1e-8f);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] w = arrays[0], g = arrays[1], v = arrays[2];
      for (int i = from; i < to; i++) {
        double slope = g[i] + l2 * w[i];
        v[i] = 0.99 * v[i] + 0.01 * slope * slope;
        w[i] = shrink * w[i] - rate * slope / (Math.sqrt(v[i]) + 1e-8);
      }
    }
  }
}

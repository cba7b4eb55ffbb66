package lamella.optim.contract;

import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Tensor;
import lamella.optim.RuleOptimizer;
import lamella.optim.Slots;

/**
 * Adam with decoupled decay: w = w (1 - η λ), m = β1 m + (1 - β1) g, v = β2 v + (1 - β2) g², w = w
 * - η m̂ / (√v̂ + ε). Source: I. Loshchilov, F. Hutter (2019).
 */
final class AdamW extends RuleOptimizer<AdamW> {
  private final Rule rule = new Rule();

  AdamW(Settings settings) {
    super(settings);
  }

  @Override
  protected AdamW with(Settings changed) {
    return new AdamW(changed);
  }

  @Override
  protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
    double t = now.updates() + 1.0;
    rule.shrink = 1 - now.rate() * now.decay();
    rule.rate = now.rate() / (1 - Math.pow(0.9, t));
    rule.root = 1 / Math.sqrt(1 - Math.pow(0.999, t));
    rule.over(parameter.value(), gradient, kept.of("mean"), kept.of("square"));
  }

  private static final class Rule extends Loop {
    private double shrink;
    private double rate;
    private double root;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        float g = arrays[1][i];
        float m = 0.9f * arrays[2][i] + 0.1f * g;
        float v = 0.999f * arrays[3][i] + 0.001f * g * g;
        arrays[2][i] = m;
        arrays[3][i] = v;
        arrays[0][i] =
            arrays[0][i] * (float) shrink
                - (float) rate * m / ((float) Math.sqrt(v) * (float) root + 1e-8f);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        double g = arrays[1][i];
        double m = 0.9 * arrays[2][i] + 0.1 * g;
        double v = 0.999 * arrays[3][i] + 0.001 * g * g;
        arrays[2][i] = m;
        arrays[3][i] = v;
        arrays[0][i] = arrays[0][i] * shrink - rate * m / (Math.sqrt(v) * root + 1e-8);
      }
    }
  }
}

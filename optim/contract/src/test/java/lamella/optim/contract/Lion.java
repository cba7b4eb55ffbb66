package lamella.optim.contract;

import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Tensor;
import lamella.optim.RuleOptimizer;
import lamella.optim.Slots;

/** u = sign(0.9 m + 0.1 g), w = w (1 - η λ) - η u, m = 0.99 m + 0.01 g. X. Chen et al. (2023). */
final class Lion extends RuleOptimizer<Lion> {
  private final Rule rule = new Rule();

  Lion(Settings settings) {
    super(settings);
  }

  @Override
  protected Lion with(Settings changed) {
    return new Lion(changed);
  }

  @Override
  protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
    rule.rate = now.rate();
    rule.shrink = 1 - now.rate() * now.decay();
    rule.over(parameter.value(), gradient, kept.of("mean"));
  }

  private static final class Rule extends Loop {
    private double rate;
    private double shrink;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        float u = Math.signum(0.9f * arrays[2][i] + 0.1f * arrays[1][i]);
        arrays[0][i] = arrays[0][i] * (float) shrink - (float) rate * u;
        arrays[2][i] = 0.99f * arrays[2][i] + 0.01f * arrays[1][i];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        double u = Math.signum(0.9 * arrays[2][i] + 0.1 * arrays[1][i]);
        arrays[0][i] = arrays[0][i] * shrink - rate * u;
        arrays[2][i] = 0.99 * arrays[2][i] + 0.01 * arrays[1][i];
      }
    }
  }
}

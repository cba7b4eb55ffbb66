package lamella.optim.contract;

import java.util.List;
import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Tensor;
import lamella.optim.RuleOptimizer;
import lamella.optim.Slots;

/**
 * v = μ v + (g + λ w), w = w - η (g + λ w + μ v). Source: Y. Nesterov (1983), as PyTorch has it.
 */
final class Nesterov extends RuleOptimizer<Nesterov> {
  private final double momentum;
  private final Rule rule = new Rule();

  Nesterov(Settings settings, double momentum) {
    super(settings);
    this.momentum = momentum;
  }

  @Override
  protected Nesterov with(Settings changed) {
    return new Nesterov(changed, momentum);
  }

  @Override
  protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
    rule.rate = now.rate();
    rule.l2 = now.decay();
    rule.momentum = momentum;
    rule.over(parameter.value(), gradient, kept.of("velocity"));
  }

  @Override
  public double penalty(List<Parameter> parameters) {
    return halfSquares(parameters);
  }

  @Override
  protected String numbers() {
    return "l2 " + settings().decay() + ", momentum " + momentum;
  }

  private static final class Rule extends Loop {
    private double rate;
    private double l2;
    private double momentum;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        float g = arrays[1][i] + (float) l2 * arrays[0][i];
        arrays[2][i] = (float) momentum * arrays[2][i] + g;
        arrays[0][i] -= (float) rate * (g + (float) momentum * arrays[2][i]);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        double g = arrays[1][i] + l2 * arrays[0][i];
        arrays[2][i] = momentum * arrays[2][i] + g;
        arrays[0][i] -= rate * (g + momentum * arrays[2][i]);
      }
    }
  }
}

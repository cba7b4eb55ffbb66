package lamella.optim.contract;

import lamella.core.Parameter.Role;
import lamella.optim.Optimizer;
import lamella.optim.RuleOptimizer.Settings;
import lamella.optim.Schedule;

class LionContractTest extends OptimizerContract {
  @Override
  protected Optimizer optimizer() {
    return new Lion(Settings.of(Schedule.inverseTime(0.1, 3)).withDecay(0.3));
  }

  @Override
  protected double rate(long step) {
    return 0.1 / (1 + step / 3.0);
  }

  @Override
  protected boolean decaysBesideTheGradient() {
    return true;
  }

  @Override
  protected double rule(double value, double gradient, Role role, long step, double[] state) {
    double sign = Math.signum(0.9 * state[0] + 0.1 * gradient);
    state[0] = 0.99 * state[0] + 0.01 * gradient;
    double shrunk = role.isDecayed() ? value * (1 - rate(step) * 0.3) : value;
    return shrunk - rate(step) * sign;
  }
}

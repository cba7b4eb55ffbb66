package lamella.optim.contract;

import lamella.core.Parameter.Role;
import lamella.optim.Optimizer;
import lamella.optim.RuleOptimizer.Settings;
import lamella.optim.Schedule;

class NesterovContractTest extends OptimizerContract {
  @Override
  protected Optimizer optimizer() {
    return new Nesterov(Settings.of(Schedule.inverseTime(0.1, 3)).withDecay(0.3), 0.8);
  }

  @Override
  protected double rate(long step) {
    return 0.1 / (1 + step / 3.0);
  }

  @Override
  protected double rule(double value, double gradient, Role role, long step, double[] state) {
    double g = gradient + (role.isDecayed() ? 0.3 * value : 0);
    state[0] = 0.8 * state[0] + g;
    return value - rate(step) * (g + 0.8 * state[0]);
  }
}

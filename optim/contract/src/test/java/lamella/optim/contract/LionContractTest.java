package lamella.optim.contract;

import lamella.core.Parameter.Role;
import lamella.optim.Lion;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;

class LionContractTest extends OptimizerContract {
  @Override
  protected Optimizer optimizer() {
    return Lion.of(Schedule.inverseTime(0.1, 3)).withL2(0.2).withDecay(decay());
  }

  @Override
  protected double rate(long step) {
    return 0.1 / (1 + step / 3.0);
  }

  @Override
  protected double decay() {
    return 0.3;
  }

  @Override
  protected double rule(double value, double gradient, Role role, long step, double[] state) {
    double g = gradient + (role.isDecayed() ? 0.2 * value : 0);
    double sign = Math.signum(0.9 * state[0] + 0.1 * g);
    state[0] = 0.99 * state[0] + 0.01 * g;
    double shrunk = role.isDecayed() ? value * (1 - rate(step) * 0.3) : value;
    return shrunk - rate(step) * sign;
  }
}

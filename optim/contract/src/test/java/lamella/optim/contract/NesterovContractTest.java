package lamella.optim.contract;

import lamella.core.Parameter.Role;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;
import lamella.optim.Sgd;

class NesterovContractTest extends OptimizerContract {
  @Override
  protected Optimizer optimizer() {
    return Sgd.of(Schedule.inverseTime(0.1, 3))
        .withL2(0.3)
        .withDecay(decay())
        .withMomentum(0.8)
        .withNesterov();
  }

  @Override
  protected double rate(long step) {
    return 0.1 / (1 + step / 3.0);
  }

  @Override
  protected double decay() {
    return 0.4;
  }

  @Override
  protected double rule(double value, double gradient, Role role, long step, double[] state) {
    double g = gradient + (role.isDecayed() ? 0.3 * value : 0);
    state[0] = 0.8 * state[0] + g;
    double shrunk = role.isDecayed() ? value * (1 - rate(step) * 0.4) : value;
    return shrunk - rate(step) * (g + 0.8 * state[0]);
  }
}

package lamella.optim.contract;

import lamella.core.Parameter.Role;
import lamella.optim.AdamW;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;

class AdamWContractTest extends OptimizerContract {
  @Override
  protected Optimizer optimizer() {
    return AdamW.of(Schedule.inverseTime(0.1, 3)).withL2(0.2).withDecay(decay());
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
    double t = step + 1.0;
    double g = gradient + (role.isDecayed() ? 0.2 * value : 0);
    state[0] = 0.9 * state[0] + 0.1 * g;
    state[1] = 0.999 * state[1] + 0.001 * g * g;
    double mean = state[0] / (1 - Math.pow(0.9, t));
    double square = state[1] / (1 - Math.pow(0.999, t));
    double shrunk = role.isDecayed() ? value * (1 - rate(step) * 0.3) : value;
    return shrunk - rate(step) * mean / (Math.sqrt(square) + 1e-8);
  }
}

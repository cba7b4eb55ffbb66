package lamella.optim.contract;

import lamella.core.Parameter.Role;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;
import lamella.optim.Sgd;

class SgdContractTest extends OptimizerContract {
  private static final double L2 = 0.3;
  private static final double MOMENTUM = 0.8;

  @Override
  protected Optimizer optimizer() {
    return Sgd.of(Schedule.inverseTime(0.1, 3)).withL2(L2).withMomentum(MOMENTUM);
  }

  @Override
  protected double rate(long step) {
    return 0.1 / (1 + step / 3.0);
  }

  @Override
  protected double rule(double value, double gradient, Role role, long step, double[] state) {
    state[0] = MOMENTUM * state[0] + gradient + (role == Role.WEIGHT ? L2 * value : 0);
    return value - rate(step) * state[0];
  }
}

package lamella.optim.contract;

import lamella.core.Parameter.Role;
import lamella.optim.Optimizer;
import lamella.optim.Sgd;

class PlainSgdContractTest extends OptimizerContract {
  @Override
  protected Optimizer optimizer() {
    return Sgd.of(0.05);
  }

  @Override
  protected double rate(long step) {
    return 0.05;
  }

  @Override
  protected double rule(double value, double gradient, Role role, long step, double[] state) {
    return value - 0.05 * gradient;
  }
}

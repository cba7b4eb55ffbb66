package lamella.optim;

import lamella.core.Parameter.Role;

class PlainSgdContractTest extends OptimizerContract {
  @Override
  Optimizer optimizer() {
    return Sgd.of(0.05);
  }

  @Override
  double rate(long step) {
    return 0.05;
  }

  @Override
  double rule(double value, double gradient, Role role, long step, double[] state) {
    return value - 0.05 * gradient;
  }
}

package org.example.optim;

import lamella.core.Parameter.Role;
import lamella.optim.Optimizer;
import lamella.optim.contract.OptimizerContract;

class RmsPropTest extends OptimizerContract {
  @Override
  protected Optimizer optimizer() {
    return new RmsProp(0.01);
  }

  @Override
  protected double rate(long step) {
    return 0.01;
  }

  @Override
  protected double rule(double w, double g, Role role, long step, double[] state) {
    state[0] = 0.99 * state[0] + 0.01 * g * g;
    return w - 0.01 * g / (Math.sqrt(state[0]) + 1e-8);
  }
}

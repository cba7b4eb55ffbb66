package lamella.losses;

import java.util.List;
import java.util.random.RandomGenerator;
import lamella.contract.LossChecks.Known;
import lamella.contract.LossContract;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.Tensor;

/** Known results: known.py. */
class SquaredErrorContractTest extends LossContract<Tensor> {
  @Override
  protected Loss<Tensor> loss() {
    return new SquaredError();
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(2, 3);
  }

  @Override
  protected Tensor targets(int n, RandomGenerator random) {
    Tensor targets = DoubleTensor.zeros(outputShape().batch(n));
    for (int i = 0; i < targets.size(); i++) {
      targets.set(i, random.nextGaussian());
    }
    return targets;
  }

  @Override
  protected double rule(double[] output, Tensor target, int row) {
    double sum = 0;
    for (int j = 0; j < output.length; j++) {
      double e = output[j] - target.get(row * output.length + j);
      sum += e * e;
    }
    return sum / output.length;
  }

  @Override
  protected List<Known<Tensor>> known() {
    return List.of(
        Known.of(
            DoubleTensor.of(Shape.of(1, 2), 1, 2), DoubleTensor.zeros(Shape.of(1, 2)), 2.5, 1, 2),
        Known.of(
            DoubleTensor.of(Shape.of(2, 3), 0.5, 1, 2, -3, 0, 0.25),
            DoubleTensor.of(Shape.of(2, 3), 0, 0, 0, 1, 0, -0.25),
            3.5833333333333335,
            1.0 / 6,
            2.0 / 6,
            4.0 / 6,
            -8.0 / 6,
            0,
            1.0 / 6));
  }
}

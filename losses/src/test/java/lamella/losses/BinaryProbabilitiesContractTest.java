package lamella.losses;

import java.util.List;
import java.util.random.RandomGenerator;
import lamella.contract.LossChecks.Known;
import lamella.contract.LossChecks.Refused;
import lamella.contract.LossContract;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.Tensor;

/** Known results: known.py. */
class BinaryProbabilitiesContractTest extends LossContract<Tensor> {
  private static final double[] POSITIVE = {2, 0.5, 3};

  @Override
  protected Loss<Tensor> loss() {
    return new BinaryCrossEntropy().withPositiveWeight(POSITIVE).withProbabilities();
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(3);
  }

  @Override
  protected Tensor targets(int n, RandomGenerator random) {
    Tensor targets = DoubleTensor.zeros(Shape.of(n, 3));
    for (int i = 0; i < targets.size(); i++) {
      targets.set(i, Math.clamp(random.nextDouble(-0.5, 1.5), 0.0, 1.0));
    }
    return targets;
  }

  @Override
  protected double rule(double[] output, Tensor target, int row) {
    double sum = 0;
    for (int j = 0; j < output.length; j++) {
      double y = target.get(row, j);
      sum += POSITIVE[j] * y * cost(-output[j]) + (1 - y) * cost(output[j]);
    }
    return sum / output.length;
  }

  /** What it costs to say so where the answer is no. */
  private static double cost(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  @Override
  protected List<Known<Tensor>> known() {
    return List.of(
        Known.of(
            DoubleTensor.of(Shape.of(2, 3), 2, -1, 0.5, 0, 3, -4),
            DoubleTensor.of(Shape.of(2, 3), 1, 0, 0.25, 1, 0.5, 0),
            0.7656863314320558,
            -0.03973430734070585,
            0.04482357022833252,
            0.03061483280046365,
            -0.16666666666666666,
            0.0774050991861375,
            0.0029977016603485924));
  }

  @Override
  protected List<Refused<Tensor>> refused() {
    Tensor output = DoubleTensor.zeros(Shape.of(2, 3));
    return List.of(
        new Refused<>(output, DoubleTensor.of(Shape.of(2, 3), 0, 1, 0, 1, 1.5, 0), 1),
        new Refused<>(output, DoubleTensor.of(Shape.of(2, 3), 0, 1, -0.25, 1, 1, 0), 0),
        new Refused<>(output, DoubleTensor.of(Shape.of(2, 3), 0, 1, 0, 1, 0, Double.NaN), 1));
  }
}

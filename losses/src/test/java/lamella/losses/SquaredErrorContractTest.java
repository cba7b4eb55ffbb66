package lamella.losses;

import java.util.random.RandomGenerator;
import lamella.contract.LossContract;
import lamella.core.DType;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.Tensor;

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
    Tensor targets = Tensor.zeros(DType.FLOAT64, Shape.of(n, 2, 3));
    for (int i = 0; i < targets.size(); i++) {
      targets.set(i, random.nextGaussian());
    }
    return targets;
  }

  @Override
  protected double rule(double[] output, Tensor target, int row) {
    double sum = 0;
    for (int j = 0; j < output.length; j++) {
      double difference = output[j] - target.get(row * output.length + j);
      sum += difference * difference;
    }
    return sum / output.length;
  }
}

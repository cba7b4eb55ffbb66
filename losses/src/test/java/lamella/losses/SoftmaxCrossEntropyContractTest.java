package lamella.losses;

import java.util.random.RandomGenerator;
import lamella.contract.LossContract;
import lamella.core.Loss;
import lamella.core.Shape;

class SoftmaxCrossEntropyContractTest extends LossContract<int[]> {
  @Override
  protected Loss<int[]> loss() {
    return new SoftmaxCrossEntropy();
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(4);
  }

  @Override
  protected int[] targets(int n, RandomGenerator random) {
    return random.ints(n, 0, 4).toArray();
  }

  @Override
  protected double rule(double[] output, int[] labels, int row) {
    double sum = 0;
    for (double z : output) {
      sum += Math.exp(z - output[labels[row]]);
    }
    return Math.log(sum);
  }
}

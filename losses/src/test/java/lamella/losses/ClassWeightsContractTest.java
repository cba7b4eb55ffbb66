package lamella.losses;

import java.util.random.RandomGenerator;
import lamella.contract.LossContract;
import lamella.core.Loss;
import lamella.core.Shape;

/** A mean by weight: parts of a batch contribute by the weight of the whole. */
class ClassWeightsContractTest extends LossContract<int[]> {
  @Override
  protected Loss<int[]> loss() {
    return new SoftmaxCrossEntropy().withClassWeights(1, 0.5, 4, 0.25);
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(4);
  }

  @Override
  protected int[] targets(int n, RandomGenerator random) {
    return random.ints(n, 0, 4).toArray();
  }
}

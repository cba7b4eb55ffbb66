package lamella.losses;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import lamella.contract.LossContract;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.Weighted;

class WeightedSoftmaxContractTest extends LossContract<Weighted<int[]>> {
  @Override
  protected Loss<Weighted<int[]>> loss() {
    return new SoftmaxCrossEntropy()
        .withSmoothing(0.1)
        .withClassWeights(1, 0.5, 3, 2)
        .withExampleWeights();
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(4);
  }

  @Override
  protected Weighted<int[]> targets(int n, RandomGenerator random) {
    return new Weighted<>(random.ints(n, 0, 4).toArray(), random.doubles(n, 0.5, 3).toArray());
  }

  @Override
  protected double rule(double[] output, Weighted<int[]> target, int row) {
    double sum = Arrays.stream(output).map(z -> Math.exp(z - max(output))).sum();
    double mean = Arrays.stream(output).average().getAsDouble();
    return max(output) + Math.log(sum) - 0.9 * output[target.targets()[row]] - 0.1 * mean;
  }

  private static double max(double[] output) {
    return Arrays.stream(output).max().getAsDouble();
  }
}

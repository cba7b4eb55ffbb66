package lamella.losses;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.contract.LossChecks.Known;
import lamella.contract.LossContract;
import lamella.core.DoubleTensor;
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

  /** By known.py. */
  @Override
  protected List<Known<Weighted<int[]>>> known() {
    return List.of(
        Known.of(
            DoubleTensor.of(Shape.of(3, 4), 2, 1, 0.1, -1, 0, 0, 1, 0.5, -1, 2, 0, 0.3),
            new Weighted<>(new int[] {0, 2, 1}, new double[] {1, 1, 1}),
            0.7951230263179674,
            -0.0637630330782361,
            0.046606998375689906,
            0.015652156247471564,
            0.001503878455074634,
            0.08803984223305521,
            0.08803984223305521,
            -0.3320448662031674,
            0.15596518173705703,
            0.0012665801123067475,
            -0.02154467804589967,
            0.008215926782623954,
            0.012062171150968973));
  }
}

package lamella.losses;

import java.util.List;
import java.util.random.RandomGenerator;
import lamella.contract.LossChecks.Known;
import lamella.contract.LossChecks.Refused;
import lamella.contract.LossContract;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Shape;

/** Known results: known.py. */
class BinaryCrossEntropyContractTest extends LossContract<int[]> {
  @Override
  protected Loss<int[]> loss() {
    return new BinaryCrossEntropy();
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(1);
  }

  @Override
  protected int[] targets(int n, RandomGenerator random) {
    return random.ints(n, 0, 2).toArray();
  }

  @Override
  protected double rule(double[] output, int[] labels, int row) {
    double x = output[0];
    return Math.max(x, 0) - x * labels[row] + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static Known<int[]> one(double x, int label, double value, double... gradient) {
    return Known.of(DoubleTensor.of(Shape.of(1, 1), x), new int[] {label}, value, gradient);
  }

  @Override
  protected List<Known<int[]>> known() {
    return List.of(
        one(100, 0, 100, 1),
        one(100, 1, 3.720075976020836e-44),
        one(-100, 1, 100, -1),
        one(0, 1, 0.6931471805599453, -0.5),
        Known.of(
            DoubleTensor.of(Shape.of(3, 1), 2, -1, 0.5),
            new int[] {1, 1, 0},
            0.8047555609137674,
            -0.03973430734070585,
            -0.2436861928766683,
            0.20748644373395153));
  }

  @Override
  protected List<Refused<int[]>> refused() {
    return List.of(
        new Refused<>(DoubleTensor.zeros(Shape.of(3, 1)), new int[] {0, 1, 2}, 2),
        new Refused<>(DoubleTensor.zeros(Shape.of(2, 1)), new int[] {-1, 1}, 0));
  }
}

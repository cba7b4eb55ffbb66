package lamella.losses;

import java.util.List;
import java.util.random.RandomGenerator;
import lamella.contract.LossChecks.Known;
import lamella.contract.LossContract;
import lamella.core.DoubleTensor;
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

  /** By known.py. */
  @Override
  protected List<Known<int[]>> known() {
    return List.of(
        Known.of(
            DoubleTensor.of(Shape.of(1, 3), 2, 1, 0.1),
            new int[] {0},
            0.41703001627783354,
            -0.3409988611140321,
            0.2424329707047139,
            0.0985658904093182),
        Known.of(
            DoubleTensor.of(Shape.of(3, 4), 2, 1, 0.1, -1, 0, 0, 1, 0.5, -1, 2, 0, 0.3),
            new int[] {0, 2, 1},
            0.5378832651800955,
            -0.12064454961735412,
            0.07824383089686819,
            0.03181156770454068,
            0.010589151015945285,
            0.052353254449860935,
            0.052353254449860935,
            -0.19102243310158373,
            0.08631592420186185,
            0.012133073670253576,
            -0.08963403413769899,
            0.03298111368120519,
            0.04451984678624025));
  }
}

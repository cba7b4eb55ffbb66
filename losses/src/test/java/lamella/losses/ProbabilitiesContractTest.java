package lamella.losses;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.contract.LossChecks.Refused;
import lamella.contract.LossContract;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.Tensor;

class ProbabilitiesContractTest extends LossContract<Tensor> {
  @Override
  protected Loss<Tensor> loss() {
    return new SoftmaxCrossEntropy().withProbabilities();
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(3);
  }

  @Override
  protected Tensor targets(int n, RandomGenerator random) {
    Tensor q = Tensor.zeros(DType.FLOAT64, Shape.of(n, 3));
    for (int row = 0; row < n; row++) {
      double first = random.nextDouble();
      double second = random.nextDouble() * (1 - first);
      q.set(row, 0, first);
      q.set(row, 1, second);
      q.set(row, 2, 1 - first - second);
    }
    return q;
  }

  @Override
  protected double rule(double[] output, Tensor target, int row) {
    double max = Arrays.stream(output).max().getAsDouble();
    double sum = Arrays.stream(output).map(z -> Math.exp(z - max)).sum();
    double result = 0;
    for (int j = 0; j < output.length; j++) {
      result -= target.get(row, j) * (output[j] - max - Math.log(sum));
    }
    return result;
  }

  @Override
  protected List<Refused<Tensor>> refused() {
    Tensor output = DoubleTensor.zeros(Shape.of(2, 3));
    return List.of(
        new Refused<>(output, DoubleTensor.of(Shape.of(2, 3), 1, 0, 0, 0.5, 0.4, 0), 1),
        new Refused<>(output, DoubleTensor.of(Shape.of(2, 3), 1.5, -0.5, 0, 1, 0, 0), 0),
        new Refused<>(output, DoubleTensor.of(Shape.of(2, 3), 1, 0, 0, 0, 1, Double.NaN), 1));
  }
}

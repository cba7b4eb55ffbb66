package lamella.losses;

import java.util.List;
import java.util.random.RandomGenerator;
import lamella.contract.LossChecks.Known;
import lamella.contract.LossContract;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.Weighted;

class EachMemberWeightedContractTest extends LossContract<Weighted<Tensor>> {
  @Override
  protected Loss<Weighted<Tensor>> loss() {
    return EachMember.of(new SquaredError().withExampleWeights(), 3);
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(6);
  }

  @Override
  protected Weighted<Tensor> targets(int n, RandomGenerator random) {
    Tensor targets = DoubleTensor.zeros(Shape.of(n, 2));
    for (int i = 0; i < targets.size(); i++) {
      targets.set(i, random.nextGaussian());
    }
    return new Weighted<>(targets, random.doubles(n, 0.5, 3).toArray());
  }

  /** By NumPy in float64, from the definition. */
  @Override
  protected List<Known<Weighted<Tensor>>> known() {
    return List.of(
        Known.of(
            DoubleTensor.of(
                Shape.of(3, 6),
                1.0,
                0.71,
                0.06,
                -0.36,
                0.0,
                -0.11,
                0.79,
                -0.63,
                -0.01,
                -0.1,
                -0.05,
                0.25,
                0.2,
                1.33,
                -0.09,
                1.56,
                -0.31,
                -0.48),
            new Weighted<>(
                DoubleTensor.of(Shape.of(3, 2), 0.1, 0.36, 0.27, 1.29, 1.14, 0.49),
                new double[] {1, 0.5, 3}),
            1.0048240740740741,
            0.06666666666666667,
            0.025925925925925925,
            -0.0029629629629629637,
            -0.05333333333333334,
            -0.007407407407407408,
            -0.03481481481481481,
            0.01925925925925926,
            -0.07111111111111111,
            -0.010370370370370372,
            -0.05148148148148149,
            -0.011851851851851851,
            -0.03851851851851852,
            -0.20888888888888887,
            0.18666666666666668,
            -0.2733333333333333,
            0.23777777777777778,
            -0.3222222222222222,
            -0.21555555555555558));
  }
}

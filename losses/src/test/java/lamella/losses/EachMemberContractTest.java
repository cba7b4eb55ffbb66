package lamella.losses;

import java.util.List;
import java.util.random.RandomGenerator;
import lamella.contract.LossChecks.Known;
import lamella.contract.LossContract;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Shape;

class EachMemberContractTest extends LossContract<int[]> {
  private static final int MEMBERS = 2;
  private static final int CLASSES = 4;

  @Override
  protected Loss<int[]> loss() {
    return EachMember.of(new SoftmaxCrossEntropy(), MEMBERS);
  }

  @Override
  protected Shape outputShape() {
    return Shape.of(MEMBERS * CLASSES);
  }

  @Override
  protected int[] targets(int n, RandomGenerator random) {
    return random.ints(n, 0, CLASSES).toArray();
  }

  @Override
  protected double rule(double[] output, int[] labels, int row) {
    double mean = 0;
    for (int m = 0; m < MEMBERS; m++) {
      double sum = 0;
      for (int j = 0; j < CLASSES; j++) {
        sum += Math.exp(output[m * CLASSES + j] - output[m * CLASSES + labels[row]]);
      }
      mean += Math.log(sum) / MEMBERS;
    }
    return mean;
  }

  /** By NumPy in float64, from the definition. */
  @Override
  protected List<Known<int[]>> known() {
    return List.of(
        Known.of(
            DoubleTensor.of(
                Shape.of(3, 8),
                0.44,
                -0.33,
                2.43,
                -0.25,
                0.11,
                1.58,
                -0.91,
                -0.59,
                0.19,
                -0.33,
                -1.19,
                -0.2,
                -0.36,
                0.6,
                -1.66,
                -0.7,
                1.15,
                1.86,
                -1.51,
                0.64,
                -0.98,
                -0.86,
                -0.87,
                -0.42),
            new int[] {0, 2, 1},
            1.8786687292225848,
            -0.14870713439880298,
            0.008315498140778069,
            0.13138356466084486,
            0.009008071597180046,
            -0.13981273306294037,
            0.1167940717050921,
            0.009683392581247504,
            0.013335268776600772,
            0.06605484095440517,
            0.03927096024029699,
            -0.15004868535676508,
            0.04472288416206293,
            0.036263428595821566,
            0.09470906857793822,
            -0.15678372944988653,
            0.025811232276126767,
            0.04499111578500564,
            -0.07515513044320132,
            0.0031470485434690397,
            0.027016966114726645,
            0.033370391671631326,
            -0.12904165512093171,
            0.0372506364256654,
            0.058420627023635006));
  }
}

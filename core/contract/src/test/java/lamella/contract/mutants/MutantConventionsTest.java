package lamella.contract.mutants;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import lamella.contract.LossChecks;
import lamella.contract.LossChecks.Known;
import lamella.contract.LossChecks.Refused;
import lamella.contract.mutants.MutantLossesTest.Mutant;
import lamella.contract.mutants.MutantLossesTest.WeightedCrossEntropy;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Losses that are right as mathematics, but not what they are said to be, and losses that take any
 * targets: known results and wrong targets reject every one of them.
 */
class MutantConventionsTest {
  private static final Shape THREE = Shape.of(3);

  /** The mean over rows and outputs of a function of output and target. */
  private abstract static class Pointwise implements Loss<Tensor> {
    abstract double value(double output, double target, int column);

    abstract double slope(double output, double target, int column);

    double divisor(Tensor output) {
      return output.size();
    }

    void check(Tensor target) {}

    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor gradient) {
      return valueAndGradient(output, target, gradient, weight(output, target));
    }

    @Override
    public double valueAndGradient(
        Tensor output, Tensor target, Tensor gradient, double givenDivisor) {
      if (!gradient.shape().equals(output.shape())) {
        throw new ShapeException(this + " gradient", output.shape(), gradient.shape());
      }
      if (!target.shape().equals(output.shape())) {
        throw new ShapeException(this + " targets", output.shape(), target.shape());
      }
      check(target);
      double divisor = divisor(output) * givenDivisor / weight(output, target);
      int width = output.shape().last();
      double sum = 0;
      for (int i = 0; i < output.size(); i++) {
        double o = output.get(i);
        sum += value(o, target.get(i), i % width);
        gradient.set(i, slope(o, target.get(i), i % width) / divisor);
      }
      return sum / divisor;
    }

    @Override
    public double value(Tensor output, Tensor target) {
      return valueAndGradient(output, target, Tensor.zeros(output.dtype(), output.shape()));
    }

    @Override
    public String toString() {
      return "Pointwise";
    }
  }

  private static class Squares extends Pointwise {
    @Override
    double value(double output, double target, int column) {
      return (output - target) * (output - target);
    }

    @Override
    double slope(double output, double target, int column) {
      return 2 * (output - target);
    }
  }

  private static class Huber extends Pointwise {
    static final double DELTA = 0.25;

    @Override
    double value(double output, double target, int column) {
      double e = Math.abs(output - target);
      return e <= DELTA ? e * e / 2 : line(e);
    }

    double line(double e) {
      return DELTA * (e - DELTA / 2);
    }

    @Override
    double slope(double output, double target, int column) {
      return Math.clamp(output - target, -DELTA, DELTA);
    }
  }

  private static class Quantile extends Pointwise {
    double tooLow() {
      return 0.9;
    }

    @Override
    double value(double output, double target, int column) {
      double e = target - output;
      return e >= 0 ? tooLow() * e : (tooLow() - 1) * e;
    }

    @Override
    double slope(double output, double target, int column) {
      return target >= output ? -tooLow() : 1 - tooLow();
    }
  }

  /** Each output has a weight of what should be yes. */
  private static class Binary extends Pointwise {
    private static final double[] POSITIVE = {2, 0.5, 3};
    private static final double[] ALIKE = {1, 1, 1};

    double[] ofYes() {
      return POSITIVE;
    }

    double[] ofNo() {
      return ALIKE;
    }

    /** -log(1 - sigmoid(x)). */
    double cost(double x) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    @Override
    double value(double x, double y, int column) {
      return ofYes()[column] * y * cost(-x) + ofNo()[column] * (1 - y) * cost(x);
    }

    @Override
    double slope(double x, double y, int column) {
      return ofNo()[column] * (1 - y) * sigmoid(x) - ofYes()[column] * y * sigmoid(-x);
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    @Override
    void check(Tensor target) {
      for (int i = 0; i < target.size(); i++) {
        if (!(target.get(i) >= 0 && target.get(i) <= 1)) {
          throw new IllegalArgumentException(
              this + ": target " + target.get(i) + " at row " + i / target.shape().last());
        }
      }
    }
  }

  private static Tensor matrix(double... elements) {
    return DoubleTensor.of(Shape.of(elements.length / 3, 3), elements);
  }

  private static Tensor normal(int n, RandomGenerator random) {
    Tensor targets = DoubleTensor.zeros(Shape.of(n, 3));
    for (int i = 0; i < targets.size(); i++) {
      targets.set(i, random.nextGaussian());
    }
    return targets;
  }

  private static Tensor parts(int n, RandomGenerator random) {
    Tensor targets = DoubleTensor.zeros(Shape.of(n, 3));
    for (int i = 0; i < targets.size(); i++) {
      targets.set(i, random.nextDouble());
    }
    return targets;
  }

  // Known results: by losses/src/test/resources/lamella/losses/known.py, Huber's by hand.

  private static LossChecks<Tensor> checks(Squares loss) {
    return new LossChecks<Tensor>(loss, THREE, MutantConventionsTest::normal)
        .withKnown(
            List.of(
                Known.of(
                    matrix(0.5, 1, 2, -3, 0, 0.25),
                    matrix(0, 0, 0, 1, 0, -0.25),
                    3.5833333333333335,
                    1.0 / 6,
                    2.0 / 6,
                    4.0 / 6,
                    -8.0 / 6,
                    0,
                    1.0 / 6)));
  }

  private static LossChecks<Tensor> checks(Huber loss) {
    return new LossChecks<Tensor>(loss, THREE, MutantConventionsTest::normal)
        .withKnown(
            List.of(
                Known.of(
                    matrix(0.5, 1, 2, -3, 0, 0.25),
                    matrix(0, 0, 0, 1, 0, -0.25),
                    1.84375 / 6,
                    0.25 / 6,
                    0.25 / 6,
                    0.25 / 6,
                    -0.25 / 6,
                    0,
                    0.25 / 6)));
  }

  private static LossChecks<Tensor> checks(Quantile loss) {
    return new LossChecks<Tensor>(loss, THREE, MutantConventionsTest::normal)
        .withKnown(
            List.of(
                Known.of(
                    matrix(0.5, 1, 2, -3, 4, 0.25),
                    matrix(0, 3, 0, 1, 0, -0.25),
                    1.0166666666666668,
                    0.1 / 6,
                    -0.9 / 6,
                    0.1 / 6,
                    -0.9 / 6,
                    0.1 / 6,
                    0.1 / 6)));
  }

  private static LossChecks<Tensor> checks(Binary loss) {
    return new LossChecks<Tensor>(loss, THREE, MutantConventionsTest::parts)
        .withKnown(
            List.of(
                Known.of(
                    matrix(2, -1, 0.5, 0, 3, -4),
                    matrix(1, 0, 0.25, 1, 0.5, 0),
                    0.7656863314320558,
                    -0.03973430734070585,
                    0.04482357022833252,
                    0.03061483280046365,
                    -0.16666666666666666,
                    0.0774050991861375,
                    0.0029977016603485924),
                Known.of(matrix(100, 100, 100), matrix(0, 0, 0), 100)))
        .withRefused(
            List.of(new Refused<>(matrix(1, 2, 3, 4, 5, 6), matrix(0, 1, 0, 0, 1.5, 0), 1)));
  }

  /** Of weights 1, 2, 3, 4 and a smoothing of a tenth. */
  private static LossChecks<int[]> checks(WeightedCrossEntropy loss) {
    return new LossChecks<int[]>(loss, Shape.of(4), (n, random) -> random.ints(n, 0, 4).toArray())
        .withKnown(
            List.of(
                Known.of(
                    DoubleTensor.of(Shape.of(3, 4), 2, 1, 0.1, -1, 0, 0, 1, 0.5, -1, 2, 0, 0.3),
                    new int[] {0, 2, 1},
                    0.7165192460814054,
                    -0.04782227480867709,
                    0.03495524878176743,
                    0.011739117185603673,
                    0.0011279088413059732,
                    0.0660298816747914,
                    0.0660298816747914,
                    -0.2490336496523756,
                    0.11697388630279278,
                    0.0037997403369202424,
                    -0.06463403413769901,
                    0.02464778034787186,
                    0.03618651345290692)));
  }

  @Test
  void theUnharmedLossesAreNotRejected() {
    assertNull(MutantLossesTest.rejection(checks(new Squares())));
    assertNull(MutantLossesTest.rejection(checks(new Huber())));
    assertNull(MutantLossesTest.rejection(checks(new Quantile())));
    assertNull(MutantLossesTest.rejection(checks(new Binary())));
    assertNull(MutantLossesTest.rejection(checks(new WeightedCrossEntropy())));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isRejectedByAMessageThatNamesTheFault(Mutant mutant) {
    String message = String.valueOf(MutantLossesTest.rejection(mutant.checks()));
    assertTrue(Pattern.compile(mutant.message(), Pattern.DOTALL).matcher(message).find(), message);
  }

  static List<Mutant> mutants() {
    return List.of(
        new Mutant(
            "half of the square",
            "the value .* is 1.79.*, known is 3.58.*: half of it, as with a factor of 1/2",
            checks(
                new Squares() {
                  @Override
                  double value(double output, double target, int column) {
                    return super.value(output, target, column) / 2;
                  }

                  @Override
                  double slope(double output, double target, int column) {
                    return super.slope(output, target, column) / 2;
                  }
                })),
        new Mutant(
            "a sum over the outputs",
            "known is 3.58.*: a sum over outputs",
            checks(
                new Squares() {
                  @Override
                  double divisor(Tensor output) {
                    return output.shape().dimension(0);
                  }
                })),
        new Mutant(
            "a sum over everything",
            "known is 3.58.*: a sum over rows and outputs",
            checks(
                new Squares() {
                  @Override
                  double divisor(Tensor output) {
                    return 1;
                  }
                })),
        new Mutant(
            "the last batch divided by the size of the ones before",
            "the mean over its rows|of that of the row alone",
            checks(
                new Squares() {
                  private int largest;

                  @Override
                  double divisor(Tensor output) {
                    largest = Math.max(largest, output.size());
                    return largest;
                  }
                })),
        new Mutant(
            "Huber's loss in the scale of the smooth L1 loss",
            "is 1.229.*, known is 0.307",
            checks(
                new Huber() {
                  @Override
                  double value(double output, double target, int column) {
                    return super.value(output, target, column) / DELTA;
                  }

                  @Override
                  double slope(double output, double target, int column) {
                    return super.slope(output, target, column) / DELTA;
                  }
                })),
        new Mutant(
            "Huber's loss with a jump",
            "is 0.333.*, known is 0.307",
            checks(
                new Huber() {
                  @Override
                  double line(double e) {
                    return DELTA * e;
                  }
                })),
        new Mutant(
            "the quantile of the other end",
            "known is 1.0166.*: that of outputs and targets exchanged",
            checks(
                new Quantile() {
                  @Override
                  double tooLow() {
                    return 1 - super.tooLow();
                  }
                })),
        new Mutant(
            "sigmoid and then log",
            "the value for outputs \\[100.0, 100.0, 100.0\\].* is Infinity, known is 100.0",
            checks(
                new Binary() {
                  @Override
                  double cost(double x) {
                    return -Math.log(1 - 1 / (1 + Math.exp(-x)));
                  }
                })),
        new Mutant(
            "the positive weight on what should be no",
            "is 0.\\d+, known is 0.7656",
            checks(
                new Binary() {
                  @Override
                  double[] ofYes() {
                    return super.ofNo();
                  }

                  @Override
                  double[] ofNo() {
                    return super.ofYes();
                  }
                })),
        new Mutant(
            "targets that are not checked",
            "targets \\[0.0, 1.0, 0.0, 0.0, 1.5, 0.0\\] are accepted; row 1 must be refused",
            checks(
                new Binary() {
                  @Override
                  void check(Tensor target) {}
                })),
        new Mutant(
            "half the smoothing",
            "is 0.\\d+, known is 0.7165",
            checks(
                new WeightedCrossEntropy() {
                  @Override
                  double target(int j, int label) {
                    return (j == label ? 1 - SMOOTHING / 2 : 0) + SMOOTHING / 2 / 4;
                  }
                })),
        new Mutant(
            "smoothing divided among the other classes",
            "is 0.\\d+, known is 0.7165",
            checks(
                new WeightedCrossEntropy() {
                  @Override
                  double target(int j, int label) {
                    return j == label ? 1 - SMOOTHING : SMOOTHING / 3;
                  }
                })),
        new Mutant(
            "the weights of classes divided by the number of rows",
            "is 1.433.*, known is 0.7165.*: divided by the number of rows instead of their weights",
            checks(
                new WeightedCrossEntropy() {
                  @Override
                  double divisor(Tensor z, int[] labels) {
                    return labels.length;
                  }
                })),
        new Mutant(
            "the weight of the label's class on it alone, and of each class on its smoothing",
            "is 0.\\d+, known is 0.7165",
            checks(
                new WeightedCrossEntropy() {
                  @Override
                  double target(int j, int label) {
                    return (j == label ? 1 - SMOOTHING : 0)
                        + SMOOTHING / 4 * classWeight(j) / classWeight(label);
                  }
                })));
  }
}

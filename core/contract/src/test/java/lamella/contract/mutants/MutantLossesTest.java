package lamella.contract.mutants;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import lamella.contract.Example;
import lamella.contract.LossChecks;
import lamella.core.DType;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.Weighted;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong losses: the contract rejects every one of them, and says what is wrong. */
class MutantLossesTest {
  private static final int CASES = 25;
  private static final int SEEDS = Integer.getInteger("lamella.contract.seeds", 200);
  private static final int CLASSES = 4;

  /** A correct softmax cross-entropy in plain loops, cut into pieces for mutants to get wrong. */
  static class CrossEntropy implements Loss<int[]> {
    @Override
    public double valueAndGradient(Tensor z, int[] labels, Tensor dz) {
      checkShape(z, dz);
      checkLabels(z, labels);
      int n = z.shape().dimension(0);
      double sum = 0;
      for (int row = 0; row < n; row++) {
        sum += row(z, row, labels[row], dz, 1.0 / n);
      }
      return mean(sum, n);
    }

    double mean(double sum, int n) {
      return sum / n;
    }

    void checkShape(Tensor z, Tensor dz) {
      if (!dz.shape().equals(z.shape())) {
        throw new ShapeException(this + " gradient", z.shape(), dz.shape());
      }
    }

    void checkLabels(Tensor z, int[] labels) {
      int n = z.shape().dimension(0);
      if (labels.length != n) {
        throw new IllegalArgumentException(
            this + ": expects " + n + " labels, got " + labels.length);
      }
      for (int row = 0; row < n; row++) {
        if (labels[row] < 0 || labels[row] >= z.shape().last()) {
          throw new IllegalArgumentException(this + ": label " + labels[row] + " at row " + row);
        }
      }
    }

    double row(Tensor z, int row, int label, Tensor dz, double scale) {
      int classes = z.shape().last();
      int start = row * classes;
      double largest = largest(z, start, classes);
      double ofLabel = z.get(start + label);
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += Math.exp(z.get(start + j) - largest);
      }
      for (int j = 0; j < classes; j++) {
        double p = Math.exp(z.get(start + j) - largest) / sum;
        dz.set(start + j, scale * gradient(p, j, label));
      }
      return Math.log(sum) - (ofLabel - largest);
    }

    double largest(Tensor z, int start, int classes) {
      double largest = z.get(start);
      for (int j = 1; j < classes; j++) {
        largest = Math.max(largest, z.get(start + j));
      }
      return largest;
    }

    double gradient(double p, int j, int label) {
      return j == label ? p - 1 : p;
    }

    @Override
    public double value(Tensor z, int[] labels) {
      return valueAndGradient(z, labels, scratch(z));
    }

    /** Not part of what is tested: a place for a gradient that nobody wants. */
    private static Tensor scratch(Tensor z) {
      return Tensor.zeros(z.dtype(), z.shape());
    }

    @Override
    public String toString() {
      return "CrossEntropy";
    }
  }

  /** Class c counts 1 + c; smoothed by a tenth. */
  static class WeightedCrossEntropy extends CrossEntropy {
    static final double SMOOTHING = 0.1;

    double classWeight(int label) {
      return 1 + label;
    }

    /** The weight of a row in the gradient. */
    double gradientWeight(int label) {
      return classWeight(label);
    }

    double divisor(Tensor z, int[] labels) {
      return weight(z, labels);
    }

    double target(int j, int label) {
      return (j == label ? 1 - SMOOTHING : 0) + SMOOTHING / CLASSES;
    }

    @Override
    public double weight(Tensor z, int[] labels) {
      double sum = 0;
      for (int label : labels) {
        sum += classWeight(label);
      }
      return sum;
    }

    @Override
    public double valueAndGradient(Tensor z, int[] labels, Tensor dz) {
      checkShape(z, dz);
      checkLabels(z, labels);
      return valueAndGradient(z, labels, dz, divisor(z, labels));
    }

    @Override
    public double valueAndGradient(Tensor z, int[] labels, Tensor dz, double divisor) {
      double sum = 0;
      for (int row = 0; row < labels.length; row++) {
        double scale = gradientWeight(labels[row]) / divisor;
        sum += classWeight(labels[row]) * row(z, row, labels[row], dz, scale);
      }
      return sum / divisor;
    }

    @Override
    double row(Tensor z, int row, int label, Tensor dz, double scale) {
      int start = row * CLASSES;
      double largest = largest(z, start, CLASSES);
      double sum = 0;
      for (int j = 0; j < CLASSES; j++) {
        sum += Math.exp(z.get(start + j) - largest);
      }
      double ofTarget = 0;
      for (int j = 0; j < CLASSES; j++) {
        ofTarget += target(j, label) * (z.get(start + j) - largest);
      }
      double all = 0;
      for (int j = 0; j < CLASSES; j++) {
        all += target(j, label);
      }
      for (int j = 0; j < CLASSES; j++) {
        double p = all * Math.exp(z.get(start + j) - largest) / sum;
        dz.set(start + j, scale * (p - target(j, label)));
      }
      return all * Math.log(sum) - ofTarget;
    }

    /** What its author says of a row. */
    static double rule(double[] z, int[] labels, int row) {
      double largest = Arrays.stream(z).max().getAsDouble();
      double sum = 0;
      double mean = 0;
      for (double output : z) {
        sum += Math.exp(output - largest);
        mean += (output - largest) / CLASSES;
      }
      double ofLabel = z[labels[row]] - largest;
      return Math.log(sum) - (1 - SMOOTHING) * ofLabel - SMOOTHING * mean;
    }
  }

  /** The mean squared error over rows and outputs; rows by the weights of their examples. */
  private static class WeightedSquares implements Loss<Weighted<Tensor>> {
    double weight(double[] weights, int row) {
      return weights[row];
    }

    double gradientWeight(double[] weights, int row) {
      return weight(weights, row);
    }

    double factor(int width) {
      return 1.0 / width;
    }

    @Override
    public double weight(Tensor y, Weighted<Tensor> target) {
      double sum = 0;
      for (int row = 0; row < target.weights().length; row++) {
        sum += weight(target.weights(), row);
      }
      return sum;
    }

    @Override
    public double valueAndGradient(Tensor y, Weighted<Tensor> target, Tensor dy) {
      return valueAndGradient(y, target, dy, weight(y, target));
    }

    @Override
    public double valueAndGradient(Tensor y, Weighted<Tensor> target, Tensor dy, double divisor) {
      if (!dy.shape().equals(y.shape())) {
        throw new ShapeException(this + " gradient", y.shape(), dy.shape());
      }
      if (!target.targets().shape().equals(y.shape())) {
        throw new ShapeException(this + " targets", y.shape(), target.targets().shape());
      }
      if (divisor == 0) {
        dy.fill(0);
        return 0;
      }
      int width = y.shape().last();
      double sum = 0;
      for (int i = 0; i < y.size(); i++) {
        double difference = y.get(i) - target.targets().get(i);
        double f = factor(width);
        sum += weight(target.weights(), i / width) * f * difference * difference;
        dy.set(i, gradientWeight(target.weights(), i / width) * 2 * f * difference / divisor);
      }
      return sum / divisor;
    }

    @Override
    public double value(Tensor y, Weighted<Tensor> target) {
      return valueAndGradient(y, target, Tensor.zeros(y.dtype(), y.shape()));
    }

    @Override
    public String toString() {
      return "WeightedSquares";
    }
  }

  private static LossChecks<int[]> weighted(Loss<int[]> loss) {
    return checks(loss).withRule(WeightedCrossEntropy::rule);
  }

  private static LossChecks<Weighted<Tensor>> squares(Loss<Weighted<Tensor>> loss) {
    return new LossChecks<Weighted<Tensor>>(
            loss,
            Shape.of(CLASSES),
            (n, random) -> {
              Tensor targets = Tensor.zeros(DType.FLOAT64, Shape.of(n, CLASSES));
              for (int i = 0; i < targets.size(); i++) {
                targets.set(i, random.nextGaussian());
              }
              return new Weighted<>(targets, random.doubles(n, 0.5, 2).toArray());
            })
        .withRule((output, target, row) -> {
          double sum = 0;
          for (int j = 0; j < output.length; j++) {
            double difference = output[j] - target.targets().get(row, j);
            sum += difference * difference;
          }
          return sum / output.length;
        });
  }

  record Mutant(String fault, String message, LossChecks<?> checks) {
    Mutant(String fault, String message, Loss<int[]> loss) {
      this(fault, message, MutantLossesTest.checks(loss));
    }

    @Override
    public String toString() {
      return fault;
    }
  }

  @Test
  void theUnharmedLossIsNotRejected() {
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      checks(new CrossEntropy()).numbers(Example.random(Shape.of(CLASSES), random));
    }
    checks(new CrossEntropy()).all(new SplittableRandom(1));
    for (int seed = 0; seed < SEEDS / 2; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      weighted(new WeightedCrossEntropy()).numbers(Example.random(Shape.of(CLASSES), random));
      squares(new WeightedSquares()).numbers(Example.random(Shape.of(CLASSES), random));
    }
    weighted(new WeightedCrossEntropy()).all(new SplittableRandom(1));
    squares(new WeightedSquares()).all(new SplittableRandom(1));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isRejectedByAMessageThatNamesTheFault(Mutant mutant) {
    String message = rejection(mutant.checks);
    if (message == null) {
      fail("not rejected");
    } else {
      assertTrue(Pattern.compile(mutant.message, Pattern.DOTALL).matcher(message).find(), message);
    }
  }

  private static LossChecks<int[]> checks(Loss<int[]> loss) {
    return new LossChecks<>(
        loss, Shape.of(CLASSES), (n, random) -> random.ints(n, 0, CLASSES).toArray());
  }

  static @Nullable String rejection(LossChecks<?> checks) {
    try {
      for (int seed = 0; seed < CASES; seed++) {
        checks.all(new SplittableRandom(seed));
      }
      return null;
    } catch (AssertionError e) {
      return e.getMessage();
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very same tensor
  static List<Mutant> mutants() {
    return List.of(
        new Mutant(
            "sum over the batch in value and gradient",
            "a sum over the batch instead of a mean",
            new CrossEntropy() {
              @Override
              double mean(double sum, int n) {
                return sum;
              }

              @Override
              double row(Tensor z, int row, int label, Tensor dz, double scale) {
                return super.row(z, row, label, dz, 1);
              }
            }),
        new Mutant(
            "a part of a batch as if it were all of it",
            "part of a batch of weight \\d.*the divisor is not used",
            new CrossEntropy() {
              @Override
              public double valueAndGradient(Tensor z, int[] labels, Tensor dz, double divisor) {
                return valueAndGradient(z, labels, dz);
              }
            }),
        new Mutant(
            "a part of a batch with the gradient of it and the value of all",
            "contribute .* to its loss, which is .*the divisor is not used",
            new CrossEntropy() {
              @Override
              public double valueAndGradient(Tensor z, int[] labels, Tensor dz, double divisor) {
                super.valueAndGradient(z, labels, dz, divisor);
                return value(z, labels);
              }
            }),
        new Mutant(
            "a weight that rows do not have",
            "the weight of a batch of \\d+ is .*, but those of its rows are|of that of the row alone",
            new CrossEntropy() {
              @Override
              public double weight(Tensor z, int[] labels) {
                return labels.length + 1;
              }
            }),
        new Mutant(
            "gradient of the sum, value of the mean",
            "a sum over the batch where a mean belongs",
            new CrossEntropy() {
              @Override
              double row(Tensor z, int row, int label, Tensor dz, double scale) {
                return super.row(z, row, label, dz, 1);
              }
            }),
        new Mutant(
            "sign of the gradient",
            "sign of the gradient",
            new CrossEntropy() {
              @Override
              double gradient(double p, int j, int label) {
                return -super.gradient(p, j, label);
              }
            }),
        new Mutant(
            "gradient off for one class",
            "wrong only in column 2 of 4|output \\[\\d, 2\\]",
            new CrossEntropy() {
              @Override
              double gradient(double p, int j, int label) {
                return super.gradient(p, j, label) * (j == 2 ? 1.01 : 1);
              }
            }),
        new Mutant(
            "gradient without the one of the label",
            "output \\[",
            new CrossEntropy() {
              @Override
              double gradient(double p, int j, int label) {
                return p;
              }
            }),
        new Mutant(
            "gradient of the label only",
            "output \\[",
            new CrossEntropy() {
              @Override
              double gradient(double p, int j, int label) {
                return j == label ? p - 1 : 0;
              }
            }),
        new Mutant(
            "labels smoothed in the gradient, not in the value",
            "output \\[",
            new CrossEntropy() {
              @Override
              double gradient(double p, int j, int label) {
                return p - (j == label ? 0.9 + 0.1 / CLASSES : 0.1 / CLASSES);
              }
            }),
        new Mutant(
            "a small number inside the logarithm, in the value only",
            "output \\[",
            new CrossEntropy() {
              @Override
              double row(Tensor z, int row, int label, Tensor dz, double scale) {
                return -Math.log(Math.exp(-super.row(z, row, label, dz, scale)) + 1e-4);
              }
            }),
        new Mutant(
            "no maximum subtracted",
            "NaN for finite outputs|not finite|gradient is NaN",
            new CrossEntropy() {
              @Override
              double largest(Tensor z, int start, int classes) {
                return 0;
              }
            }),
        new Mutant(
            "adds to the gradient",
            "does not overwrite all of the gradient",
            new CrossEntropy() {
              @Override
              double row(Tensor z, int row, int label, Tensor dz, double scale) {
                double[] before = dz.toDoubleArray();
                double value = super.row(z, row, label, dz, scale);
                int width = z.shape().last();
                for (int i = row * width; i < (row + 1) * width; i++) {
                  dz.set(i, dz.get(i) + before[i]);
                }
                return value;
              }
            }),
        new Mutant(
            "leaves the last row out of the gradient",
            "does not overwrite all of the gradient",
            new CrossEntropy() {
              @Override
              double row(Tensor z, int row, int label, Tensor dz, double scale) {
                boolean last = row == z.shape().dimension(0) - 1;
                return super.row(z, row, label, last ? dz.copy() : dz, scale);
              }
            }),
        new Mutant(
            "makes probabilities of the outputs in place",
            "changes the output",
            new CrossEntropy() {
              @Override
              double row(Tensor z, int row, int label, Tensor dz, double scale) {
                double value = super.row(z, row, label, dz, scale);
                z.set(row * z.shape().last(), 0.5);
                return value;
              }
            }),
        new Mutant(
            "changes a label",
            "changes the targets",
            new CrossEntropy() {
              @Override
              public double valueAndGradient(Tensor z, int[] labels, Tensor dz) {
                double value = super.valueAndGradient(z, labels, dz);
                labels[0] = 0;
                return value;
              }
            }),
        new Mutant(
            "value differs from valueAndGradient",
            "value says",
            new CrossEntropy() {
              @Override
              public double value(Tensor z, int[] labels) {
                return super.value(z, labels) + 1e-9;
              }
            }),
        new Mutant(
            "noise",
            "differ|does not overwrite",
            new CrossEntropy() {
              private final Random random = new Random(2);

              @Override
              double mean(double sum, int n) {
                return sum / n * (1 + 1e-9 * random.nextInt(100));
              }
            }),
        new Mutant(
            "average with the call before",
            "differ|value says",
            new CrossEntropy() {
              private double last;

              @Override
              double mean(double sum, int n) {
                double value = 0.9 * sum / n + 0.1 * last;
                last = value;
                return value;
              }
            }),
        new Mutant(
            "does not check labels",
            "label \\S+ throws .*must be an IllegalArgumentException",
            new CrossEntropy() {
              @Override
              void checkLabels(Tensor z, int[] labels) {
                if (labels.length != z.shape().dimension(0)) {
                  super.checkLabels(z, labels);
                }
              }
            }),
        new Mutant(
            "lets label = classes pass",
            "label 4 throws .*must be an IllegalArgumentException",
            new CrossEntropy() {
              @Override
              void checkLabels(Tensor z, int[] labels) {
                for (int label : labels) {
                  if (label != z.shape().last()) {
                    super.checkLabels(z, labels);
                  }
                }
                if (labels.length != z.shape().dimension(0)) {
                  super.checkLabels(z, labels);
                }
              }
            }),
        new Mutant(
            "does not name the row",
            "must name CrossEntropy and row",
            new CrossEntropy() {
              @Override
              void checkLabels(Tensor z, int[] labels) {
                try {
                  super.checkLabels(z, labels);
                } catch (IllegalArgumentException e) {
                  throw new IllegalArgumentException(this + ": bad label", e);
                }
              }
            }),
        new Mutant(
            "takes any number of labels",
            "targets for \\d rows are accepted",
            new CrossEntropy() {
              @Override
              void checkLabels(Tensor z, int[] labels) {
                if (labels.length <= z.shape().dimension(0)) {
                  super.checkLabels(z, labels);
                }
              }
            }),
        new Mutant(
            "does not check the gradient's shape",
            "must be a ShapeException",
            new CrossEntropy() {
              @Override
              void checkShape(Tensor z, Tensor dz) {}
            }),
        new Mutant(
            "0 for a NaN",
            "is NaN, but the loss is",
            new CrossEntropy() {
              @Override
              double mean(double sum, int n) {
                return Double.isNaN(sum) ? 0 : sum / n;
              }
            }),
        new Mutant(
            "halved in float32",
            "float32 differs from float64: gradient",
            new CrossEntropy() {
              @Override
              double row(Tensor z, int row, int label, Tensor dz, double scale) {
                return super.row(
                    z, row, label, dz, dz.dtype() == DType.FLOAT32 ? scale / 2 : scale);
              }
            }),
        new Mutant(
            "allocates",
            "allocates \\d+ bytes per steady step",
            new CrossEntropy() {
              @Override
              void checkShape(Tensor z, Tensor dz) {
                super.checkShape(z.copy(), dz);
              }
            }),
        new Mutant(
            "reads outputs after it has written the gradient",
            "written into its own output is wrong without a word",
            new CrossEntropy() {
              @Override
              double row(Tensor z, int row, int label, Tensor dz, double scale) {
                double value = super.row(z, row, label, dz, scale);
                int element = row * z.shape().last() + label;
                return value - z.get(element) + z.get(element) + (z == dz ? dz.get(element) : 0);
              }
            }),
        new Mutant(
            "refuses its own output as gradient too late",
            "refuses a gradient that is its own output, but has changed it",
            new CrossEntropy() {
              @Override
              public double valueAndGradient(Tensor z, int[] labels, Tensor dz) {
                double value = super.valueAndGradient(z, labels, dz);
                if (z == dz) {
                  throw new IllegalArgumentException(this + ": the gradient is the output");
                }
                return value;
              }
            }),
        new Mutant(
            "labels of the call before",
            "after a call with other targets",
            new CrossEntropy() {
              private int[] before = new int[0];

              @Override
              public double valueAndGradient(Tensor z, int[] labels, Tensor dz) {
                checkLabels(z, labels);
                int[] used = before.length == labels.length ? before : labels;
                before = labels.clone();
                return super.valueAndGradient(z, used, dz);
              }
            }),
        new Mutant(
            "the weights of classes not in the divisor",
            "the divisor is the number of rows instead of their weights",
            weighted(
                new WeightedCrossEntropy() {
                  @Override
                  double divisor(Tensor z, int[] labels) {
                    return labels.length;
                  }
                })),
        new Mutant(
            "the weights of classes not in the gradient",
            "output \\[|the gradient of row",
            weighted(
                new WeightedCrossEntropy() {
                  @Override
                  double gradientWeight(int label) {
                    return 1;
                  }
                })),
        new Mutant(
            "does not say how much a batch counts",
            "mean over its rows|the gradient of row",
            weighted(
                new WeightedCrossEntropy() {
                  @Override
                  public double weight(Tensor z, int[] labels) {
                    return labels.length;
                  }

                  @Override
                  double divisor(Tensor z, int[] labels) {
                    return labels.length;
                  }

                  @Override
                  public double valueAndGradient(Tensor z, int[] labels, Tensor dz) {
                    checkShape(z, dz);
                    checkLabels(z, labels);
                    return super.valueAndGradient(z, labels, dz, super.weight(z, labels));
                  }
                })),
        new Mutant(
            "smoothing divided among the other classes",
            "by its rule it is",
            weighted(
                new WeightedCrossEntropy() {
                  @Override
                  double target(int j, int label) {
                    return j == label ? 1 - SMOOTHING : SMOOTHING / (CLASSES - 1);
                  }
                })),
        new Mutant(
            "smoothing that takes nothing from the label",
            "by its rule it is",
            weighted(
                new WeightedCrossEntropy() {
                  @Override
                  double target(int j, int label) {
                    return (j == label ? 1 : 0) + SMOOTHING / CLASSES;
                  }
                })),
        new Mutant(
            "a part of a batch by its own weight",
            "as a part of a batch of weight",
            weighted(
                new WeightedCrossEntropy() {
                  @Override
                  public double valueAndGradient(
                      Tensor z, int[] labels, Tensor dz, double divisor) {
                    return super.valueAndGradient(z, labels, dz, weight(z, labels));
                  }
                })),
        new Mutant(
            "a sum over outputs where a mean is stated",
            "by its rule it is .*: a sum over outputs",
            squares(
                new WeightedSquares() {
                  @Override
                  double factor(int width) {
                    return 1;
                  }
                })),
        new Mutant(
            "half of the square",
            "by its rule it is",
            squares(
                new WeightedSquares() {
                  @Override
                  double factor(int width) {
                    return 0.5 / width;
                  }
                })),
        new Mutant(
            "no weights of examples at all",
            "ignores the weights of examples",
            squares(
                new WeightedSquares() {
                  @Override
                  double weight(double[] weights, int row) {
                    return 1;
                  }
                })),
        new Mutant(
            "no weights of examples in the gradient",
            "output \\[|the gradient of row",
            squares(
                new WeightedSquares() {
                  @Override
                  double gradientWeight(double[] weights, int row) {
                    return 1;
                  }
                })));
  }
}

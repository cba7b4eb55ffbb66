package lamella.losses;

import lamella.core.Loop;
import lamella.core.Outputs;
import lamella.core.Tensor;
import lamella.core.formula.Formula;
import org.jspecify.annotations.Nullable;

/** {@link BinaryCrossEntropy#withProbabilities}. */
final class BinaryProbabilities extends MeanLoss<Tensor> {
  private static final Formula SIGMOID = Formula.of(x -> x.sigmoid());

  /** log(1 + exp(-|x|)). */
  private static final Formula TAIL = Formula.of(x -> x.abs().negated().softplus());

  /** Makes p y (max(-x, 0) + t) + (1 - y) (max(x, 0) + t) of t, x, y, p y. */
  private static final Loop VALUE =
      new Loop() {
        @Override
        protected void run(float[][] arrays, int from, int to) {
          float[] t = arrays[0];
          float[] x = arrays[1];
          float[] y = arrays[2];
          float[] py = arrays[3];
          for (int i = from; i < to; i++) {
            t[i] = py[i] * (Math.max(-x[i], 0) + t[i]) + (1 - y[i]) * (Math.max(x[i], 0) + t[i]);
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to) {
          double[] t = arrays[0];
          double[] x = arrays[1];
          double[] y = arrays[2];
          double[] py = arrays[3];
          for (int i = from; i < to; i++) {
            t[i] = py[i] * (Math.max(-x[i], 0) + t[i]) + (1 - y[i]) * (Math.max(x[i], 0) + t[i]);
          }
        }
      };

  /** Makes (1 - y) s - p y (1 - s) of s = sigmoid(x), y, p y. */
  private static final Loop SLOPE =
      new Loop() {
        @Override
        protected void run(float[][] arrays, int from, int to) {
          float[] s = arrays[0];
          float[] y = arrays[1];
          float[] py = arrays[2];
          for (int i = from; i < to; i++) {
            s[i] = (1 - y[i]) * s[i] - py[i] * (1 - s[i]);
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to) {
          double[] s = arrays[0];
          double[] y = arrays[1];
          double[] py = arrays[2];
          for (int i = from; i < to; i++) {
            s[i] = (1 - y[i]) * s[i] - py[i] * (1 - s[i]);
          }
        }
      };

  private final double @Nullable [] positive;
  private final Spare values = new Spare();
  private final Spare converted = new Spare();
  private final Spare weighted = new Spare();
  private final OutputRows rows = new OutputRows();

  BinaryProbabilities() {
    positive = null;
  }

  /** One weight for all outputs, or one for each. */
  BinaryProbabilities(double[] positive) {
    this.positive = positive;
  }

  double @Nullable [] positive() {
    return positive;
  }

  void requireWeights(MeanLoss<?> loss, Tensor output) {
    if (positive != null && positive.length > 1 && positive.length != output.shape().last()) {
      throw new IllegalArgumentException(
          loss
              + ": has positive weights of "
              + positive.length
              + " outputs, got outputs "
              + output);
    }
  }

  @Override
  protected void requireFit(Tensor output, Tensor target) {
    if (output.shape().rank() == 0) {
      throw new IllegalArgumentException(this + ": expects outputs [n, ...], got []");
    }
    requireWeights(this, output);
    requireLike(output, target);
    for (int i = 0; i < target.size(); i++) {
      double y = target.get(i);
      if (!(y >= 0 && y <= 1)) {
        int width = OutputRows.width(output);
        throw new IllegalArgumentException(
            this
                + ": target "
                + (float) y
                + " at row "
                + i / width
                + ", output "
                + i % width
                + ", must lie in [0, 1]");
      }
    }
  }

  @Override
  protected double sum(
      Tensor output,
      Tensor target,
      double @Nullable [] exampleWeights,
      @Nullable Tensor gradient,
      double divisor) {
    boolean sameType = target.dtype() == output.dtype();
    Tensor y = sameType ? target : converted.borrow(output.dtype(), output.shape());
    if (!sameType) {
      y.copyFrom(target);
    }
    Tensor py = positive == null ? y : weighted.borrow(output.dtype(), output.shape());
    if (positive != null) {
      for (int i = 0; i < y.size(); i++) {
        py.set(i, positive[positive.length == 1 ? 0 : i % positive.length] * y.get(i));
      }
    }
    Tensor memory = values.borrow(output.dtype(), output.shape());
    TAIL.values(output, memory);
    VALUE.over(memory, output, y, py);
    double sum = rows.sum(this, memory, target, exampleWeights);
    if (gradient != null) {
      SIGMOID.values(output, gradient);
      SLOPE.over(gradient, y, py);
      rows.scale(this, gradient, target, exampleWeights, divisor);
    }
    values.giveBack(memory);
    if (positive != null) {
      weighted.giveBack(py);
    }
    if (!sameType) {
      converted.giveBack(y);
    }
    return sum;
  }

  /** Answers of yes or no. */
  @Override
  public Outputs outputs() {
    return Outputs.YES_NO;
  }

  /** For example {@code BinaryCrossEntropy of probabilities(positive weight 3.0)}. */
  @Override
  public String toString() {
    return "BinaryCrossEntropy of probabilities" + BinaryCrossEntropy.numbers(positive);
  }
}

package lamella.optim;

import java.util.List;
import lamella.core.Description;
import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;

/** The mean loss over all examples. */
final class LossMetrics<T> implements Metrics<T> {
  private final Loss<T> loss;
  private double sum;
  private double weight;
  private int examples;

  LossMetrics(Loss<T> loss) {
    this.loss = loss;
  }

  @Override
  public List<String> names() {
    return List.of("loss");
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    sum = 0;
    weight = 0;
    examples = 0;
  }

  @Override
  public void add(Tensor outputs, T targets) {
    int rows = outputs.shape().dimension(0);
    try {
      double mean = loss.value(outputs, targets);
      double ofBatch = loss.weight(outputs, targets);
      sum += ofBatch == 0 ? 0 : mean * ofBatch; // the mean of rows without weight is no number
      weight += ofBatch;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      int[] numbers = new int[rows];
      for (int row = 0; row < rows; row++) {
        numbers[row] = examples + row;
      }
      throw Mistakes.named("Evaluation", numbers, e);
    }
    examples += rows;
  }

  @Override
  public double[] values() {
    return new double[] {mean()};
  }

  /** NaN if there was none. */
  double mean() {
    return sum / weight;
  }

  /** For example {@code loss by SoftmaxCrossEntropy}. */
  @Override
  public String toString() {
    return "loss by " + Description.of(loss);
  }
}

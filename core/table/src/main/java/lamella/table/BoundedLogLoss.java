package lamella.table;

import java.util.List;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.optim.Metrics;

/**
 * The mean of -ln p, p the probability of the label's class but at least 1e-15, so that one row
 * that is wrong with certainty does not make the mean infinite. Outputs are logits.
 */
final class BoundedLogLoss implements Metrics<int[]> {
  static final String NAME = "bounded log-loss";

  private static final double LEAST = 1e-15;

  private double sum;
  private int examples;

  @Override
  public List<String> names() {
    return List.of(NAME);
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    sum = 0;
    examples = 0;
  }

  @Override
  public void add(Tensor outputs, int[] labels) {
    int classes = outputs.shape().last();
    for (int row = 0; row < labels.length; row++) {
      int from = row * classes;
      double ofLabel = outputs.get(from + labels[row]);
      double largest = outputs.get(from + outputs.argMax(row));
      double others = 0;
      for (int k = from; k < from + classes; k++) {
        others += StrictMath.exp(outputs.get(k) - largest);
      }
      double logOfP = ofLabel - largest - StrictMath.log(others);
      sum -= Math.max(logOfP, StrictMath.log(LEAST));
      examples++;
    }
  }

  @Override
  public double[] values() {
    return new double[] {sum / examples};
  }

  @Override
  public String toString() {
    return NAME;
  }
}

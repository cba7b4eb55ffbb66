package lamella.optim;

import java.util.List;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;

/** {@link Metrics#answers}. */
final class AnswerMetrics implements Metrics<Tensor> {
  private long right;
  private long total;

  @Override
  public List<String> names() {
    return List.of("accuracy");
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    if (meaning != Outputs.YES_NO) {
      throw new IllegalStateException(
          "Metrics: the accuracy of answers is for outputs that are "
              + Outputs.YES_NO
              + ", the network's are "
              + meaning
              + "; say Network.withOutputs(Outputs.YES_NO) if they are");
    }
    right = 0;
    total = 0;
  }

  @Override
  public void add(Tensor outputs, Tensor targets) {
    if (!targets.shape().equals(outputs.shape())) {
      throw new ShapeException("Metrics targets", outputs.shape(), targets.shape());
    }
    for (int i = 0; i < outputs.size(); i++) {
      double z = outputs.get(i);
      right += Double.isFinite(z) && (z > 0) == (targets.get(i) > 0.5) ? 1 : 0;
      total++;
    }
  }

  @Override
  public double[] values() {
    return new double[] {(double) right / total};
  }

  @Override
  public String toString() {
    return "accuracy of answers";
  }
}

package lamella.optim;

import java.util.List;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.TargetKind;
import lamella.core.Tensor;

/** {@link Metrics#byLabels}. */
record LabelMetrics<T>(TargetKind<T> kind, Metrics<int[]> metrics) implements Metrics<T> {
  @Override
  public List<String> names() {
    return metrics.names();
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    metrics.begin(meaning, output);
  }

  @Override
  public void add(Tensor outputs, T targets) {
    metrics.add(outputs, kind.labels(targets));
  }

  @Override
  public double[] values() {
    return metrics.values();
  }

  @Override
  public String toString() {
    return metrics.toString();
  }
}

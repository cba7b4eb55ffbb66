package lamella.optim;

import java.util.List;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.TargetKind;
import lamella.core.Tensor;

/** The fraction of examples classified rightly. */
final class AccuracyMetrics<T> implements Metrics<T> {
  private final TargetKind<T> kind;
  private ClassCounts counts = new ClassCounts(0);

  AccuracyMetrics(TargetKind<T> kind) {
    if (!kind.hasLabels()) {
      throw new IllegalArgumentException(
          "Metrics: an accuracy needs labels, and the targets are "
              + kind
              + "; use another metric");
    }
    this.kind = kind;
  }

  @Override
  public List<String> names() {
    return List.of("accuracy");
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    counts = new ClassCounts(meaning.requireClasses("Metrics", output));
  }

  @Override
  public void add(Tensor outputs, T targets) {
    counts.add(outputs, kind.labels(targets));
  }

  @Override
  public double[] values() {
    return new double[] {(double) counts.within(1) / counts.total()};
  }

  @Override
  public String toString() {
    return "accuracy";
  }
}

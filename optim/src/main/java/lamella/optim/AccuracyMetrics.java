package lamella.optim;

import java.util.List;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;

/** The fraction of examples classified rightly. */
final class AccuracyMetrics implements Metrics<int[]> {
  private ClassCounts counts = new ClassCounts(0);

  @Override
  public List<String> names() {
    return List.of("accuracy");
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    counts = new ClassCounts(meaning.requireClasses("Metrics", output));
  }

  @Override
  public void add(Tensor outputs, int[] labels) {
    counts.add(outputs, labels);
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

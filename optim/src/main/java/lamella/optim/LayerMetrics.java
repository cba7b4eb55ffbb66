package lamella.optim;

import java.util.List;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Outputs;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;

/** {@link Metrics#behind}. */
record LayerMetrics<T>(Layer layer, Metrics<T> metrics, Pass pass) implements Metrics<T> {
  @Override
  public List<String> names() {
    return metrics.names();
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    Outputs said = layer.outputMeaning();
    metrics.begin(
        said == Outputs.UNSPECIFIED ? meaning : said,
        layer.outputShape(output.openBatch()).example());
  }

  @Override
  public void add(Tensor outputs, T targets) {
    metrics.add(layer.forward(outputs, pass), targets);
    pass.release();
  }

  @Override
  public double[] values() {
    return metrics.values();
  }

  /** For example {@code accuracy behind MemberMean(4 of classes)}. */
  @Override
  public String toString() {
    return Description.of(metrics) + " behind " + Description.of(layer);
  }
}

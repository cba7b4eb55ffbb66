package lamella.optim;

import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/** One number of {@link ErrorSums}. */
final class ErrorMetrics implements Metrics<Tensor> {
  private final String name;
  private final ToDoubleFunction<ErrorSums> value;
  private @Nullable ErrorSums sums;

  ErrorMetrics(String name, ToDoubleFunction<ErrorSums> value) {
    this.name = name;
    this.value = value;
  }

  @Override
  public List<String> names() {
    return List.of(name);
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    sums = new ErrorSums("Metrics", name, meaning, output);
  }

  @Override
  public void add(Tensor outputs, Tensor targets) {
    sums().add(outputs, targets);
  }

  @Override
  public double[] values() {
    return new double[] {value.applyAsDouble(sums())};
  }

  private ErrorSums sums() {
    return Objects.requireNonNull(sums, "Metrics: add before begin");
  }

  @Override
  public String toString() {
    return name;
  }
}

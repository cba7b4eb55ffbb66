package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that are made of each example's probabilities and its class. However many they are, an
 * example's probabilities are computed once.
 */
final class ClassMetrics implements Metrics<int[]> {
  private final ClassMetric[] parts;
  private @Nullable Probabilities probabilities;
  private int examples;

  ClassMetrics(ClassMetric... parts) {
    this.parts = parts;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (ClassMetric part : parts) {
      names.add(part.name());
    }
    return names;
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    probabilities = new Probabilities("Metrics", meaning, output);
    examples = 0;
    for (ClassMetric part : parts) {
      part.begin(probabilities.classes());
    }
  }

  @Override
  public void add(Tensor outputs, int[] labels) {
    Probabilities of = Objects.requireNonNull(probabilities, "Metrics: add before begin");
    for (int row = 0; row < labels.length; row++) {
      if (labels[row] < 0 || labels[row] >= of.classes()) {
        throw new IllegalArgumentException(
            "Metrics: label "
                + labels[row]
                + " of example "
                + examples
                + " is outside [0, "
                + of.classes()
                + ")");
      }
      of.read(outputs, row);
      for (ClassMetric part : parts) {
        part.addNext(of, labels[row]);
      }
      examples++;
    }
  }

  @Override
  public double[] values() {
    double[] values = new double[parts.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = parts[i].value();
    }
    return values;
  }

  @Override
  public Metrics<int[]> and(Metrics<int[]> others) {
    if (others instanceof ClassMetrics more) {
      List<ClassMetric> all = new ArrayList<>(List.of(parts));
      all.addAll(List.of(more.parts));
      return new ClassMetrics(all.toArray(ClassMetric[]::new));
    }
    return Metrics.super.and(others);
  }

  /** For example {@code log-loss, accuracy}. */
  @Override
  public String toString() {
    return List.of(parts).stream().map(ClassMetric::toString).collect(Collectors.joining(", "));
  }
}

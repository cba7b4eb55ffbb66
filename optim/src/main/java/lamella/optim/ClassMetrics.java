package lamella.optim;

import java.util.List;
import java.util.Objects;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/** Base of numbers that are made of each example's probabilities and its class. */
abstract class ClassMetrics implements Metrics<int[]> {
  private final String name;
  private @Nullable Probabilities probabilities;
  private int examples;

  ClassMetrics(String name) {
    this.name = name;
  }

  /** Forgets what was added. */
  abstract void clear(int classes);

  /** Adds an example. */
  abstract void add(Probabilities of, int label);

  /** The number. */
  abstract double value();

  /** How many examples were added. */
  final int examples() {
    return examples;
  }

  @Override
  public final List<String> names() {
    return List.of(name);
  }

  @Override
  public final void begin(Outputs meaning, Shape output) {
    probabilities = new Probabilities("Metrics", meaning, output);
    examples = 0;
    clear(probabilities.classes());
  }

  @Override
  public final void add(Tensor outputs, int[] labels) {
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
      add(of, labels[row]);
      examples++;
    }
  }

  @Override
  public final double[] values() {
    return new double[] {value()};
  }

  @Override
  public String toString() {
    return name;
  }
}

package lamella.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.Description;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;

/** {@link Metrics#and}. */
record JoinedMetrics<T>(Metrics<T> first, Metrics<T> second) implements Metrics<T> {
  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(first.names());
    names.addAll(second.names());
    return names;
  }

  @Override
  public void begin(Outputs meaning, Shape output) {
    first.begin(meaning, output);
    second.begin(meaning, output);
  }

  @Override
  public void add(Tensor outputs, T targets) {
    first.add(outputs, targets);
    second.add(outputs, targets);
  }

  @Override
  public double[] values() {
    double[] left = first.values();
    double[] right = second.values();
    double[] values = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, values, left.length, right.length);
    return values;
  }

  /** So that neighbours that share what they compute of an example find each other. */
  @Override
  public Metrics<T> and(Metrics<T> others) {
    return new JoinedMetrics<>(first, second.and(others));
  }

  /** For example {@code loss by SoftmaxCrossEntropy, accuracy}. */
  @Override
  public String toString() {
    return Description.of(first) + ", " + Description.of(second);
  }
}

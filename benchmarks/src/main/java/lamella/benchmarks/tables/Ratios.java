package lamella.benchmarks.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lamella.benchmarks.TimedProcess;

/** Numbers of several rounds; what counts is their median, with the least and the greatest. */
final class Ratios {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  double median() {
    return TimedProcess.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The least and the greatest, as text. */
  String range() {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted.length == 0
        ? ""
        : String.format(Locale.ROOT, "%.2f to %.2f", sorted[0], sorted[sorted.length - 1]);
  }
}

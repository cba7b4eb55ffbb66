package lamella.examples.table;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import lamella.optim.History;

/**
 * A training as CSV, a line for each step after which something was measured, that is an epoch:
 * {@code epoch, step}, the mean {@code loss} of the steps since the line before, the last {@code
 * learning_rate}, and what was measured.
 */
public final class EpochHistory {
  private EpochHistory() {}

  /** Writes it. */
  public static void write(History history, Writer csv) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    Map<Long, Map<String, Double>> epochs = new TreeMap<>();
    for (History.Measurement measurement : history.measurements()) {
      names.add(measurement.name());
      epochs
          .computeIfAbsent(measurement.step(), step -> new LinkedHashMap<>())
          .put(measurement.name(), measurement.value());
    }
    StringBuilder line = new StringBuilder("epoch,step,loss,learning_rate");
    for (String name : names) {
      CsvText.append(line.append(','), name.replace(' ', '_').replace('-', '_'));
    }
    csv.append(line.append('\n'));
    int epoch = 0;
    List<History.Step> steps = history.steps();
    int next = 0;
    for (Map.Entry<Long, Map<String, Double>> measured : epochs.entrySet()) {
      double sum = 0;
      int first = next;
      while (next < steps.size() && steps.get(next).number() <= measured.getKey()) {
        sum += steps.get(next).loss();
        next++;
      }
      epoch++;
      List<String> fields = new ArrayList<>();
      fields.add(Integer.toString(epoch));
      fields.add(Long.toString(measured.getKey() + 1));
      fields.add(next == first ? "" : Double.toString(sum / (next - first)));
      fields.add(next == 0 ? "" : Double.toString(steps.get(next - 1).learningRate()));
      for (String name : names) {
        Double value = measured.getValue().get(name);
        fields.add(value == null ? "" : value.toString());
      }
      csv.append(String.join(",", fields)).append('\n');
    }
  }
}

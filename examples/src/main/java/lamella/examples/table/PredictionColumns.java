package lamella.examples.table;

import java.util.ArrayList;
import java.util.List;
import lamella.table.TableSchema;
import lamella.table.Task;

/**
 * Predictions as columns of CSV: {@code prediction}, and for each class {@code probability of
 * CLASS}.
 */
public final class PredictionColumns {
  private static final String PREDICTION = "prediction";
  private static final String PROBABILITY = "probability of ";

  private final List<String> names = new ArrayList<>();

  /** As they stand in a field; empty for numbers. */
  private final List<String> classes = new ArrayList<>();

  private final boolean probabilities;

  private PredictionColumns(TableSchema.Target target, boolean probabilities) {
    this.probabilities = probabilities;
    names.add(PREDICTION);
    if (target.task() == Task.CLASSIFICATION) {
      for (String label : target.classes()) {
        StringBuilder field = new StringBuilder();
        CsvText.append(field, label);
        classes.add(field.toString());
        if (probabilities) {
          names.add(PROBABILITY + label);
        }
      }
    }
  }

  /**
   * The columns for a model.
   *
   * @param target what it predicts
   * @param probabilities whether those of classes are among them
   */
  public static PredictionColumns of(TableSchema.Target target, boolean probabilities) {
    return new PredictionColumns(target, probabilities);
  }

  /** The columns' names, in order. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /** The numbers that a model says of a row: the probabilities of the classes, or one number. */
  public int outputs() {
    return Math.max(1, classes.size());
  }

  /** Appends the names as a line of CSV without its end. */
  public void appendNames(StringBuilder csv) {
    for (int i = 0; i < names.size(); i++) {
      if (i > 0) {
        csv.append(',');
      }
      CsvText.append(csv, names.get(i));
    }
  }

  /**
   * Appends what a model says of a row as a line of CSV without its end.
   *
   * @param outputs the row's probabilities, or its number, and others
   * @param offset of the row's first
   */
  public void append(double[] outputs, int offset, StringBuilder csv) {
    if (classes.isEmpty()) {
      CsvText.append(csv, outputs[offset]);
      return;
    }
    int best = 0;
    for (int k = 1; k < classes.size(); k++) {
      if (outputs[offset + k] > outputs[offset + best]) {
        best = k;
      }
    }
    csv.append(classes.get(best));
    if (probabilities) {
      for (int k = 0; k < classes.size(); k++) {
        CsvText.append(csv.append(','), outputs[offset + k]);
      }
    }
  }
}

package lamella.examples.table;

import java.util.HashSet;
import java.util.Set;
import lamella.table.Column;
import lamella.table.Task;

/** What a column is predicted as, where nobody says it. */
public final class TaskGuess {
  /** Whole numbers of so many values, or fewer, are taken for classes. */
  public static final int MOST_CLASSES = 10;

  private TaskGuess() {}

  /** Classes where there are texts, or whole numbers of few values; else a number. */
  public static Task of(Column target) {
    return target.isNumeric() ? ofNumbers(target) : Task.CLASSIFICATION;
  }

  private static Task ofNumbers(Column target) {
    Set<Double> values = new HashSet<>();
    for (int row = 0; row < target.size(); row++) {
      if (!target.isMissing(row)) {
        double value = target.number(row);
        if (value != Math.rint(value) || (values.add(value) && values.size() > MOST_CLASSES)) {
          return Task.REGRESSION;
        }
      }
    }
    return Task.CLASSIFICATION;
  }
}

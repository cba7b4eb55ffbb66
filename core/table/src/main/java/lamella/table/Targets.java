package lamella.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The targets of some rows. */
final class Targets {
  /** More classes than these are numbers or names, if there are nearly as many as rows. */
  private static final int MANY = 20;

  private final int[] rows;
  private final int[] labels;
  private final double[] numbers;
  private final int missing;
  private final int unknown;

  private Targets(int[] rows, int[] labels, double[] numbers, int missing, int unknown) {
    this.rows = rows;
    this.labels = labels;
    this.numbers = numbers;
    this.missing = missing;
    this.unknown = unknown;
  }

  /** The rows' numbers in the table. */
  int[] rows() {
    return rows;
  }

  /** The classes' numbers, one for each row; none for numbers. */
  int[] labels() {
    return labels;
  }

  /** In the target's units, one for each row; none for classes. */
  double[] numbers() {
    return numbers;
  }

  /** How many rows of the table have no target. */
  int missing() {
    return missing;
  }

  /** How many rows of the table have a class that training has not seen. */
  int unknown() {
    return unknown;
  }

  /** The rows that have a value in the target's column. */
  static int[] present(Column column) {
    int[] rows = new int[column.size()];
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      if (!column.isMissing(row)) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** What is predicted, of training rows that all have a target. */
  static TableSchema.Target target(Column column, TableSettings settings) {
    if (settings.task == Task.REGRESSION) {
      return new TableSchema.Target(column.name(), Task.REGRESSION, List.of(), settings.logarithm);
    }
    Set<String> classes = new LinkedHashSet<>();
    for (int row = 0; row < column.size(); row++) {
      String text = column.text(row);
      if (text != null) {
        classes.add(text);
      }
    }
    if (classes.size() < 2) {
      throw new IllegalArgumentException(
          "column \""
              + column.name()
              + "\" has one class only, \""
              + String.join("", classes)
              + "\", in all of "
              + Names.count(column.size(), "row", "rows")
              + "; two are needed");
    }
    if (classes.size() > MANY && classes.size() > column.size() / 2) {
      throw new IllegalArgumentException(
          "column \""
              + column.name()
              + "\" has "
              + classes.size()
              + " classes in "
              + column.size()
              + " rows, so that most of them come once; numbers are predicted by"
              + " TableModel.regressor");
    }
    return new TableSchema.Target(
        column.name(), Task.CLASSIFICATION, sorted(new ArrayList<>(classes)), false);
  }

  /** As numbers if all are, else as texts. */
  private static List<String> sorted(List<String> classes) {
    boolean areNumbers = classes.stream().noneMatch(text -> Double.isNaN(PlainNumber.parse(text)));
    if (areNumbers) {
      classes.sort(
          Comparator.comparingDouble(PlainNumber::parse).thenComparing(Comparator.naturalOrder()));
    } else {
      classes.sort(null);
    }
    return classes;
  }

  /** Those of a table's rows that have one. */
  static Targets of(TableSchema.Target target, Table table) {
    Column column = SchemaFit.require(table, target.name(), "to predict");
    return target.task() == Task.CLASSIFICATION ? labels(target, column) : numbers(target, column);
  }

  private static Targets labels(TableSchema.Target target, Column column) {
    int[] rows = new int[column.size()];
    int[] labels = new int[column.size()];
    int count = 0;
    int missing = 0;
    Map<String, Integer> classes = new HashMap<>();
    for (String name : target.classes()) {
      classes.put(name, classes.size());
    }
    for (int row = 0; row < column.size(); row++) {
      String text = column.text(row);
      Integer label = text == null ? null : classes.get(text);
      missing += text == null ? 1 : 0;
      if (label != null) {
        rows[count] = row;
        labels[count++] = label;
      }
    }
    return new Targets(
        Arrays.copyOf(rows, count),
        Arrays.copyOf(labels, count),
        new double[0],
        missing,
        column.size() - count - missing);
  }

  private static Targets numbers(TableSchema.Target target, Column column) {
    int[] rows = present(column);
    double[] numbers = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      numbers[i] = number(column, rows[i]);
      if (!Double.isFinite(numbers[i]) || (target.logarithm() && !(numbers[i] > 0))) {
        throw new IllegalArgumentException(
            "row "
                + (rows[i] + 1)
                + ": column \""
                + column.name()
                + "\": expects a "
                + (target.logarithm() ? "number above 0, as its logarithm is" : "finite number")
                + " predicted, got "
                + numbers[i]);
      }
    }
    return new Targets(rows, new int[0], numbers, column.size() - rows.length, 0);
  }

  private static double number(Column column, int row) {
    if (column.isNumeric()) {
      return column.number(row);
    }
    String text = column.text(row);
    double number = text == null ? Double.NaN : PlainNumber.parse(text);
    if (Double.isNaN(number)) {
      throw new IllegalArgumentException(
          "row "
              + (row + 1)
              + ": column \""
              + column.name()
              + "\": expects a number, got "
              + InputEncoder.quoted(String.valueOf(text))
              + "; classes are predicted by TableModel.classifier");
    }
    return number;
  }

  /** The weights of these rows; null if rows have none. */
  double @Nullable [] weights(Table table, @Nullable String name) {
    if (name == null) {
      return null;
    }
    Column column = SchemaFit.require(table, name, "with the rows' weights");
    double[] weights = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double weight = column.isMissing(rows[i]) ? Double.NaN : number(column, rows[i]);
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "row "
                + (rows[i] + 1)
                + ": column \""
                + name
                + "\": expects a weight, finite and not negative, got "
                + (Double.isNaN(weight) ? "none" : Double.toString(weight)));
      }
      weights[i] = weight;
    }
    return weights;
  }

  /** These rows of the table; the table itself if they are all. */
  Table of(Table table) {
    return rows.length == table.rows() ? table : table.rows(rows);
  }
}

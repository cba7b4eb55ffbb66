package lamella.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/** Makes a schema of training rows. */
final class SchemaFit {
  /**
   * Where the range of a column is so much smaller than its numbers, float32 loses digits of it.
   */
  private static final double SMALL_RANGE = 1.0 / 64;

  private SchemaFit() {}

  /**
   * {@return the schema}
   *
   * @param train rows that have a target
   * @param target what is predicted
   * @param ignored columns that the user leaves out
   * @param weights the column of rows' weights, if there is one
   */
  static TableSchema of(
      Table train, TableSchema.Target target, Set<String> ignored, @Nullable String weights) {
    List<TableSchema.Input> inputs = new ArrayList<>();
    Map<String, String> leftOut = new LinkedHashMap<>();
    for (String name : ignored) {
      require(train, name, "to be ignored");
      if (name.equals(target.name())) {
        throw new IllegalArgumentException(
            "column \"" + name + "\" is the target, and cannot be ignored");
      }
    }
    for (Column column : train.columns()) {
      String name = column.name();
      if (name.equals(target.name())) {
        continue;
      }
      if (name.equals(weights)) {
        leftOut.put(name, "it has the rows' weights");
      } else if (ignored.contains(name)) {
        leftOut.put(name, "it was to be ignored");
      } else {
        String reason = reason(column);
        if (reason == null) {
          inputs.add(input(column));
        } else {
          leftOut.put(name, reason);
        }
      }
    }
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException(
          "no column is left to predict \"" + target.name() + "\" from" + described(leftOut));
    }
    return new TableSchema(inputs, target, leftOut);
  }

  /** For example {@code ; left out: id (it names the row), name (it is text)}. */
  private static String described(Map<String, String> leftOut) {
    StringBuilder text = new StringBuilder();
    leftOut.forEach((name, reason) ->
        text.append(text.isEmpty() ? "; left out: " : ", ")
            .append(FileFormatException.plain(name))
            .append(" (")
            .append(reason)
            .append(')'));
    return text.append(text.isEmpty() ? "" : "; a column's kind can be set by hand").toString();
  }

  /** Refuses a table without a column. */
  static Column require(Table table, String name, String what) {
    if (!table.has(name)) {
      throw new IllegalArgumentException(
          "the table has no column \"" + name + "\" " + what + Names.hint(name, table.names()));
    }
    return table.column(name);
  }

  /** Why a column is no input; null if it is one. */
  private static @Nullable String reason(Column column) {
    return switch (column.kind()) {
      case CONSTANT -> whyConstant(column);
      case ID -> "it names the row: nearly every row has a value of its own";
      case DATE -> "it is a date or time, which no model takes as it is";
      case TEXT -> "it is text of which nearly every row has its own";
      case NUMBER, CATEGORY -> varies(column) ? null : whyConstant(column);
    };
  }

  private static String whyConstant(Column column) {
    for (int row = 0; row < column.size(); row++) {
      if (!column.isMissing(row)) {
        return "it has the same value in every training row";
      }
    }
    return "it has no value in any training row";
  }

  /** Whether two rows differ, be it that one of them has no value. */
  private static boolean varies(Column column) {
    boolean isNumber = column.isNumeric();
    boolean firstMissing = column.isMissing(0);
    String first = isNumber ? null : column.text(0);
    for (int row = 1; row < column.size(); row++) {
      if (column.isMissing(row) != firstMissing) {
        return true;
      }
      if (!firstMissing
          && (isNumber
              ? column.number(row) != column.number(0)
              : !Objects.equals(column.text(row), first))) {
        return true;
      }
    }
    return false;
  }

  private static TableSchema.Input input(Column column) {
    if (column.kind() == ColumnKind.NUMBER) {
      return new TableSchema.Input(column.name(), ColumnKind.NUMBER, List.of(), offset(column));
    }
    Set<String> categories = new LinkedHashSet<>();
    for (int row = 0; row < column.size(); row++) {
      String text = column.text(row);
      if (text != null) {
        categories.add(text);
      }
    }
    return new TableSchema.Input(column.name(), ColumnKind.CATEGORY, List.copyOf(categories), 0);
  }

  /** The least number, where differences to it are small and float32 would blur them; else 0. */
  private static double offset(Column column) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    boolean exact = true;
    for (int row = 0; row < column.size(); row++) {
      double number = column.number(row);
      if (Double.isInfinite(number)) {
        throw new IllegalArgumentException(
            "row "
                + (row + 1)
                + ": column \""
                + column.name()
                + "\": expects finite numbers, got "
                + number);
      }
      if (!Double.isNaN(number)) {
        least = Math.min(least, number);
        greatest = Math.max(greatest, number);
        exact &= (float) number == number;
      }
    }
    double size = Math.max(Math.abs(least), Math.abs(greatest));
    return !exact && greatest - least < SMALL_RANGE * size ? least : 0;
  }
}

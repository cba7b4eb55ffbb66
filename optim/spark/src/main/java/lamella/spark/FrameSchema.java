package lamella.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TableSchema;
import lamella.table.Task;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The {@link TableSchema} of a frame's plain columns: which are inputs, and the categories of each.
 *
 * <p>The rows of these columns come to the driver, once, and are put in an order of their values
 * there, so that categories have the same numbers however the frame is divided. Needs {@code
 * lamella-table}.
 */
final class FrameSchema {
  private FrameSchema() {}

  /**
   * {@return the schema as JSON}
   *
   * @param columns the inputs
   * @param label the column that is predicted
   * @param classes the names of its classes in order; empty for numbers
   * @throws IllegalArgumentException if a column is not there, or of a type that is neither number
   *     nor category
   */
  static String of(Dataset<Row> frame, String[] columns, String label, List<String> classes) {
    StructType schema = frame.schema();
    for (String column : columns) {
      requirePlain(schema.apply(Columns.require(schema, column)).dataType(), column);
      if (column.equals(label)) {
        throw new IllegalArgumentException(
            "featuresCols: column \"" + column + "\" is the label, and cannot be a feature");
      }
    }
    org.apache.spark.sql.Column[] chosen = new org.apache.spark.sql.Column[columns.length];
    for (int j = 0; j < columns.length; j++) {
      chosen[j] = functions.col("`" + columns[j].replace("`", "``") + "`");
    }
    List<Row> rows = new ArrayList<>(frame.select(chosen).collectAsList());
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("the frame has no rows to train with");
    }
    rows.sort(byValues(columns.length));
    List<Column> inputs = new ArrayList<>();
    for (int j = 0; j < columns.length; j++) {
      boolean isNumber =
          schema.apply(schema.fieldIndex(columns[j])).dataType() instanceof NumericType;
      inputs.add(column(columns[j], rows, j, isNumber));
    }
    // Of its own the target is two numbers that differ: what is predicted is said below.
    double[] targets = new double[rows.size()];
    targets[0] = 1;
    inputs.add(Column.numbers(label, targets));
    TableSchema.Target target =
        classes.isEmpty()
            ? new TableSchema.Target(label, Task.REGRESSION, List.of(), false)
            : new TableSchema.Target(label, Task.CLASSIFICATION, classes, false);
    return TableModel.regressor(label).schema(Table.of(inputs)).withTarget(target).toJson();
  }

  private static void requirePlain(DataType type, String column) {
    if (!(type instanceof NumericType
        || type instanceof StringType
        || type instanceof BooleanType)) {
      throw new IllegalArgumentException(
          "featuresCols: column \""
              + column
              + "\" expected to be of numbers, strings or booleans, is of type "
              + type.simpleString());
    }
  }

  private static Column column(String name, List<Row> rows, int j, boolean isNumber) {
    if (isNumber) {
      double[] numbers = new double[rows.size()];
      for (int i = 0; i < numbers.length; i++) {
        Object value = rows.get(i).get(j);
        numbers[i] = value == null ? Double.NaN : ((Number) value).doubleValue();
      }
      return Column.numbers(name, numbers);
    }
    @Nullable String[] texts = new @Nullable String[rows.size()];
    for (int i = 0; i < texts.length; i++) {
      Object value = rows.get(i).get(j);
      texts[i] = value == null ? null : value.toString();
    }
    return Column.categories(name, texts);
  }

  /** Column by column, null first; rows that are equal may stand in any order. */
  private static Comparator<Row> byValues(int columns) {
    return (a, b) -> {
      for (int j = 0; j < columns; j++) {
        int order = compare(a.get(j), b.get(j));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }

  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return Boolean.compare(a != null, b != null);
    }
    return a instanceof Number x && b instanceof Number y
        ? Double.compare(x.doubleValue(), y.doubleValue())
        : a.toString().compareTo(b.toString());
  }
}

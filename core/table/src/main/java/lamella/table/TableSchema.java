package lamella.table;

import java.util.List;
import java.util.Map;
import lamella.core.FloatTensor;

/**
 * What a model takes and gives: its input columns with their kinds and categories, and its target.
 * It makes the float32 row of a table's row that the network's head layers take.
 */
public final class TableSchema {
  private TableSchema() {}

  /**
   * An input column.
   *
   * @param name by which it is found in a table, a map or a record
   * @param kind {@link ColumnKind#NUMBER} or {@link ColumnKind#CATEGORY}
   * @param categories those of a category column: the first has code 1; empty for numbers
   * @param offset what is subtracted from a number, in float64, before it becomes a float32
   */
  public record Input(String name, ColumnKind kind, List<String> categories, double offset) {}

  /**
   * The column that is predicted.
   *
   * @param name in the training table
   * @param task what it is
   * @param classes in order, for classification; empty for numbers
   * @param logarithm whether the network predicts ln of the number
   */
  public record Target(String name, Task task, List<String> classes, boolean logarithm) {}

  /** {@return the input columns, in the order of an encoded row} */
  public List<Input> inputs() {
    throw new UnsupportedOperationException();
  }

  /** {@return what is predicted} */
  public Target target() {
    throw new UnsupportedOperationException();
  }

  /** {@return the encoded rows of a table, {@code [rows, inputs]}} Columns are found by name. */
  public FloatTensor encode(Table table) {
    throw new UnsupportedOperationException();
  }

  /**
   * Encodes one row.
   *
   * @param row values by column name: a {@link Number}, a text, a boolean, or null where missing
   * @param to where the numbers are put
   * @param offset the first number's place
   */
  public void encode(Map<String, ?> row, float[] to, int offset) {
    throw new UnsupportedOperationException();
  }

  /**
   * {@return what encodes the rows of a file with these columns} Checks once that all inputs are
   * there.
   */
  public RowEncoder encoder(TableRows rows) {
    throw new UnsupportedOperationException();
  }

  /** Encodes the row at which a {@link TableRows} is. For one thread. */
  public interface RowEncoder {
    /** Puts the row's numbers from an offset on. */
    void encode(float[] to, int offset) throws java.io.IOException;
  }

  /** {@return it as JSON, as it is kept in model files} */
  public String toJson() {
    throw new UnsupportedOperationException();
  }

  /** {@return the schema that a JSON text says} */
  public static TableSchema parse(String json) {
    throw new UnsupportedOperationException();
  }
}

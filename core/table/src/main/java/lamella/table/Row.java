package lamella.table;

import org.jspecify.annotations.Nullable;

/** A row of a table, whose values are found by the names of their columns. */
public final class Row {
  private final Table table;
  private final int index;

  Row(Table table, int index) {
    this.table = table;
    this.index = index;
  }

  /** {@return the row's number, from 0} */
  public int index() {
    return index;
  }

  /**
   * {@return whether the row has no value in a column}
   *
   * @param column its name
   * @throws IllegalArgumentException if there is no such column
   */
  public boolean isMissing(String column) {
    return table.column(column).isMissing(index);
  }

  /**
   * {@return the row's number in a column; NaN where it is missing}
   *
   * @param column its name
   * @throws IllegalArgumentException if there is no such column
   * @throws IllegalStateException if the column is of texts
   */
  public double number(String column) {
    return table.column(column).number(index);
  }

  /**
   * {@return the row's value in a column as text; null where it is missing}
   *
   * @param column its name
   * @throws IllegalArgumentException if there is no such column
   */
  public @Nullable String text(String column) {
    return table.column(column).text(index);
  }
}

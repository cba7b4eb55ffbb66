package lamella.table;

import java.util.List;

/** What there is in each column of a table. Its text is a table of a line for each. */
public final class TableSummary {
  private TableSummary() {}

  /**
   * What there is in one column.
   *
   * @param name the column's
   * @param kind what its values are
   * @param missing how many rows have no value
   * @param distinct how many different values there are
   * @param range the least and the greatest number, or the most frequent values with their numbers
   */
  public record Line(String name, ColumnKind kind, int missing, int distinct, String range) {}

  /** {@return the number of rows} */
  public int rows() {
    throw new UnsupportedOperationException();
  }

  /** {@return a line for each column, in order} */
  public List<Line> lines() {
    throw new UnsupportedOperationException();
  }
}

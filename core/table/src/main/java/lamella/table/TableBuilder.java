package lamella.table;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a table of a file's rows. */
final class TableBuilder {
  /** Fields of the first rows that are kept as texts, of all columns together, */
  private static final int FIRST_FIELDS = 1_000_000;

  /** but of so many rows at least and at most. */
  private static final int LEAST_ROWS = 16;

  private static final int MOST_ROWS = 1000;

  private final List<ColumnBuilder> columns = new ArrayList<>();

  /** Those that are still to be read. */
  private List<ColumnBuilder> open;

  private boolean isEmpty = true;

  /** Whether a column has decimal commas, or decimal points. */
  private boolean comma;

  private boolean point;

  /**
   * A table of these columns.
   *
   * @param kinds what the user says that columns are, by their names
   * @param given how all numbers are written, if the user says it
   */
  TableBuilder(TableRows rows, Map<String, ColumnKind> kinds, @Nullable NumberStyle given) {
    List<String> names = rows.names();
    int firstRows = Math.clamp(FIRST_FIELDS / names.size(), LEAST_ROWS, MOST_ROWS);
    for (int i = 0; i < names.size(); i++) {
      ColumnKind kind = kinds.get(names.get(i));
      ColumnKind declared = rows.declared(i);
      columns.add(
          new ColumnBuilder(
              rows, i, kind == null ? declared : kind, kind == null, given, firstRows));
    }
    open = columns;
  }

  /** Takes all rows. */
  void read(TableRows rows) throws IOException {
    while (rows.next()) {
      isEmpty = false;
      for (ColumnBuilder column : open) {
        column.add(rows);
      }
    }
  }

  /** Says whether the rows were read often enough; otherwise they must be read once more. */
  boolean settle() {
    comma = false;
    point = false;
    for (ColumnBuilder column : columns) {
      NumberStyle evidence = column.evidence();
      comma |= evidence == NumberStyle.COMMA;
      point |= evidence == NumberStyle.POINT || evidence == NumberStyle.GROUPED;
    }
    List<ColumnBuilder> again = new ArrayList<>();
    for (ColumnBuilder column : columns) {
      if (!column.settle(comma && !point, point && !comma)) {
        again.add(column);
      }
    }
    open = again;
    return again.isEmpty();
  }

  boolean isEmpty() {
    return isEmpty;
  }

  Table build() throws IOException {
    List<Column> built = new ArrayList<>();
    for (ColumnBuilder column : columns) {
      built.add(column.build());
    }
    return Table.of(built);
  }

  /** How the numbers of each column are written. */
  NumberStyle[] styles() {
    return columns.stream()
        .map(column -> column.style(comma && !point))
        .toArray(NumberStyle[]::new);
  }
}

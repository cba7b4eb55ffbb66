package lamella.examples.table;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lamella.core.io.FileFormatException;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableReader;
import lamella.table.TableRows;
import org.jspecify.annotations.Nullable;

/** The rows of a table in parts: those to train with, to choose the best epoch by, and to test. */
public final class TableParts {
  /** Splits are the same whatever the seed of the training, so that trainings can be compared. */
  private static final long SEED = 0;

  private static final String ROW = "row";

  /** What rows are for. */
  public enum Part {
    /** To train with. */
    TRAIN,
    /** To choose the best epoch by. */
    VALIDATION,
    /** To test the model with. */
    TEST;

    /** As it stands in files and options, {@code train} for example. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The part of this name; null if there is none. */
    public static @Nullable Part of(String name) {
      for (Part part : values()) {
        if (part.toString().equals(name)) {
          return part;
        }
      }
      return null;
    }

    /** All names, for messages. */
    public static String names() {
      return Stream.of(values()).map(Part::toString).collect(Collectors.joining(", "));
    }
  }

  private final Table table;
  private final Map<Part, int[]> rows;
  private final Map<Part, Table> tables = new EnumMap<>(Part.class);

  private TableParts(Table table, Map<Part, int[]> rows) {
    this.table = table;
    this.rows = rows;
  }

  /**
   * The parts that a file says: CSV of a header and, for each row of the table, a line with train,
   * validation or test.
   *
   * @param source the table's file, for messages
   * @throws IOException if it says something else, or is of another number of rows
   */
  public static TableParts byFile(Table table, String source, Path split) throws IOException {
    Part[] parts = new Part[table.rows()];
    int n = 0;
    try (TableRows lines = TableReader.standard().withSeparator(',').open(split)) {
      if (lines.names().size() != 1) {
        throw new FileFormatException(
            split.toString(),
            "one column expected, which says "
                + Part.names()
                + " for each row, got "
                + lines.names().size()
                + " columns");
      }
      while (lines.next()) {
        String name = lines.field(0);
        Part part = name == null ? null : Part.of(name);
        if (part == null) {
          throw new FileFormatException(
              split.toString(),
              "line "
                  + lines.line()
                  + ": expected "
                  + Part.names()
                  + ", got "
                  + (name == null ? "nothing" : FileFormatException.quote(name)));
        }
        if (n < parts.length) {
          parts[n] = part;
        }
        n++;
      }
    }
    if (n != table.rows()) {
      throw new FileFormatException(
          split.toString(), n + " rows, but " + source + " has " + table.rows());
    }
    return of(table, parts);
  }

  /**
   * The parts that a column says; the parts are without it.
   *
   * @param source the table's file, for messages
   * @throws IOException if it says something else, or there is no such column
   */
  public static TableParts byColumn(Table table, String source, String column) throws IOException {
    if (!table.has(column)) {
      throw new FileFormatException(
          source, Columns.unknown(table.names(), column, "--split-column"));
    }
    Column says = table.column(column);
    Part[] parts = new Part[table.rows()];
    for (int row = 0; row < parts.length; row++) {
      String name = says.text(row);
      Part part = name == null ? null : Part.of(name);
      if (part == null) {
        throw new FileFormatException(
            source,
            "row "
                + (row + 1)
                + ", column "
                + FileFormatException.quote(column)
                + ": expected "
                + Part.names()
                + ", got "
                + (name == null ? "nothing" : FileFormatException.quote(name)));
      }
      parts[row] = part;
    }
    return of(table.without(column), parts);
  }

  /**
   * Parts drawn at random, the same ones each time.
   *
   * @param stratified the column of which each part has the same share of every value; null for
   *     none
   * @param validation the share of the rows to choose by
   * @param test the share of the rows to test with
   */
  public static TableParts atRandom(
      Table table, @Nullable String stratified, double validation, double test) {
    int n = table.rows();
    Column numbers = Column.numbers(ROW, IntStream.range(0, n).mapToDouble(row -> row).toArray());
    double[] shares =
        test > 0
            ? new double[] {1 - validation - test, validation, test}
            : new double[] {1 - validation, validation};
    RandomGenerator random = new SplittableRandom(SEED);
    List<Table> drawn;
    if (stratified == null) {
      drawn = Table.of(numbers).split(random, shares);
    } else {
      Column classes = table.column(stratified);
      String[] values = new String[n];
      Arrays.setAll(values, row -> String.valueOf(classes.text(row)));
      drawn =
          Table.of(numbers, Column.categories("class", values))
              .splitStratified("class", random, shares);
    }
    Part[] parts = new Part[n];
    Iterator<Part> part = List.of(Part.values()).iterator();
    for (Table rows : drawn) {
      Part of = part.next();
      Column numbered = rows.column(ROW);
      for (int i = 0; i < numbered.size(); i++) {
        parts[(int) numbered.number(i)] = of;
      }
    }
    return of(table, parts);
  }

  private static TableParts of(Table table, Part[] parts) {
    Map<Part, int[]> rows = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      rows.put(part, IntStream.range(0, parts.length).filter(row -> parts[row] == part).toArray());
    }
    return new TableParts(table, rows);
  }

  private int[] indices(Part part) {
    return rows.getOrDefault(part, new int[0]);
  }

  /** The whole, without a column that says the parts. */
  public Table whole() {
    return table;
  }

  /** The number of rows in a part. */
  public int size(Part part) {
    return indices(part).length;
  }

  /** The rows of a part, in the table's order. */
  public Table rows(Part part) {
    return tables.computeIfAbsent(part, of -> table.rows(indices(of)));
  }

  /** The number, from 1, that a row of a part, counted from 0, has among all rows. */
  public int number(Part part, int row) {
    return indices(part)[row] + 1;
  }

  /** Tells these parts from others of the same table: the sizes, and a sum over all rows. */
  public String fingerprint() {
    long sum = 0;
    StringBuilder sizes = new StringBuilder();
    for (Part part : Part.values()) {
      sizes.append(size(part)).append(' ');
      for (int row : indices(part)) {
        sum = 31 * sum + row;
      }
    }
    return sizes + Long.toHexString(sum);
  }

  /** For example {@code 218 to train with, 56 to choose the best epoch by, 70 to test with}. */
  @Override
  public String toString() {
    String text =
        String.format(
            Locale.ROOT,
            "%,d to train with, %,d to choose the best epoch by",
            size(Part.TRAIN),
            size(Part.VALIDATION));
    return size(Part.TEST) == 0
        ? text
        : text + String.format(Locale.ROOT, ", %,d to test with", size(Part.TEST));
  }
}

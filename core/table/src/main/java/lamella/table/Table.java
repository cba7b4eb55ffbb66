package lamella.table;

import static lamella.core.io.FileFormatException.plain;
import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Rows of columns with names, in memory. It does not change: each method that says "a table with"
 * gives another one, which shares what is the same.
 *
 * {@snippet file="SnippetsTest.java" region="table"}
 *
 * <p>Rows are counted from 0 in the methods here, and from 1 in messages.
 */
public final class Table {
  private static final int SHOWN_ROWS = 10;
  private static final int SHOWN_COLUMNS = 12;
  private static final int NAMES_IN_MESSAGES = 8;

  private final List<Column> columns;
  private final Map<String, Integer> places;
  private final int rows;

  private Table(List<Column> columns, int rows) {
    this.columns = List.copyOf(columns);
    this.rows = rows;
    places = LinkedHashMap.newLinkedHashMap(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      Integer before = places.putIfAbsent(column.name(), i);
      if (before != null) {
        throw new IllegalArgumentException(
            "columns "
                + (before + 1)
                + " and "
                + (i + 1)
                + " have the same name "
                + quote(column.name()));
      }
      if (column.size() != rows) {
        throw new IllegalArgumentException(
            "column "
                + quote(column.name())
                + " has "
                + column.size()
                + " rows, expected "
                + rows
                + " as in the others");
      }
    }
  }

  /**
   * {@return a file's table} {@link TableReader} finds out what is not said of the file, and can be
   * told.
   *
   * @param file of rows as text
   * @throws IOException if the file cannot be read, or is no such file; says where in it
   */
  public static Table read(Path file) throws IOException {
    return TableReader.standard().read(file);
  }

  /**
   * {@return a table of these columns}
   *
   * @param columns of as many rows each
   * @throws IllegalArgumentException if there is none, if their sizes differ, or two have the same
   *     name
   */
  public static Table of(Column... columns) {
    return of(List.of(columns));
  }

  /**
   * {@return a table of these columns}
   *
   * @param columns of as many rows each
   * @throws IllegalArgumentException if there is none, if their sizes differ, or two have the same
   *     name
   */
  public static Table of(List<Column> columns) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a table must have a column");
    }
    return new Table(columns, columns.getFirst().size());
  }

  /** {@return the number of rows} */
  public int rows() {
    return rows;
  }

  /** {@return the columns, in order} */
  public List<Column> columns() {
    return columns;
  }

  /** {@return the columns' names, in order} */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /**
   * {@return whether there is a column of this name}
   *
   * @param name a column's
   */
  public boolean has(String name) {
    return places.containsKey(name);
  }

  /**
   * {@return the column of this name}
   *
   * @param name a column's
   * @throws IllegalArgumentException if there is none; says which there are
   */
  public Column column(String name) {
    Integer place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException(noColumn(name, names()));
    }
    return columns.get(place);
  }

  /** A message that says which columns there are, first of all one that is nearly the same. */
  static String noColumn(String name, List<String> names) {
    StringBuilder message = new StringBuilder("no column " + quote(name) + "; ");
    for (String other : names) {
      if (other.strip().equalsIgnoreCase(name.strip())) {
        return message + "there is " + quote(other);
      }
    }
    message.append("there are ");
    for (int i = 0; i < Math.min(NAMES_IN_MESSAGES, names.size()); i++) {
      message.append(i == 0 ? "" : ", ").append(quote(names.get(i)));
    }
    return names.size() > NAMES_IN_MESSAGES
        ? message + " and " + (names.size() - NAMES_IN_MESSAGES) + " more"
        : message.toString();
  }

  /**
   * {@return these columns alone, in this order}
   *
   * @param names at least one
   * @throws IllegalArgumentException if there is no such column, or it is named twice
   */
  public Table select(String... names) {
    return of(Arrays.stream(names).map(this::column).toList());
  }

  /**
   * {@return all columns but these}
   *
   * @param names those to leave out
   * @throws IllegalArgumentException if there is no such column, or none would be left
   */
  public Table without(String... names) {
    Set<String> out = new HashSet<>();
    for (String name : names) {
      out.add(column(name).name());
    }
    return of(columns.stream().filter(column -> !out.contains(column.name())).toList());
  }

  /**
   * {@return a table with a column more, behind the others, or with another one in place of that of
   * the same name}
   *
   * @param column of as many rows
   * @throws IllegalArgumentException if it has another number of rows
   */
  public Table with(Column column) {
    List<Column> all = new ArrayList<>(columns);
    Integer place = places.get(column.name());
    if (place == null) {
      all.add(column);
    } else {
      all.set(place, column);
    }
    return new Table(all, rows);
  }

  /**
   * {@return a table with a column's values as another kind}
   *
   * @param name the column's
   * @param kind what its values are
   * @throws IllegalArgumentException if there is no such column, or a text that should be a number
   *     is none; names column and row
   */
  public Table withKind(String name, ColumnKind kind) {
    return with(column(name).as(kind));
  }

  /**
   * {@return a table with another name for a column, in the same place}
   *
   * @param name the column's
   * @param other its new name
   * @throws IllegalArgumentException if there is no such column, or another one has the new name
   */
  public Table withName(String name, String other) {
    Column column = column(name);
    List<Column> all = new ArrayList<>(columns);
    all.set(all.indexOf(column), column.withName(other));
    return new Table(all, rows);
  }

  /**
   * {@return the rows of these numbers, in this order}
   *
   * @param numbers from 0; the same one may be there more than once
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public Table rows(int... numbers) {
    return new Table(columns.stream().map(column -> column.rows(numbers)).toList(), numbers.length);
  }

  /**
   * {@return the rows for which a condition holds, in the same order}
   *
   * <pre>{@code
   * table.filter(row -> row.number("age") >= 18 && !row.isMissing("income"))
   * }</pre>
   *
   * @param condition of a row
   */
  public Table filter(Predicate<Row> condition) {
    int[] chosen = new int[rows];
    int n = 0;
    for (int row = 0; row < rows; row++) {
      if (condition.test(new Row(this, row))) {
        chosen[n++] = row;
      }
    }
    return rows(Arrays.copyOf(chosen, n));
  }

  /**
   * {@return parts of these shares, drawn at random; a row is in one of them, or in none if the
   * shares are less than 1 together} Rows stay in order within each part. A part has as many rows
   * as its share says, rounded, and at least one.
   *
   * @param random draws; the same numbers give the same parts
   * @param shares each more than 0, together at most 1
   * @throws IllegalArgumentException if the shares are not such, or there are fewer rows than parts
   */
  public List<Table> split(RandomGenerator random, double... shares) {
    return parts(Split.shares(Split.shuffled(rows, random), shares));
  }

  /**
   * {@return parts as {@link #split} gives, each with the same share of every value of a column, as
   * nearly as whole rows allow} Rows that lack the value are one more group.
   *
   * @param column its name
   * @param random draws; the same numbers give the same parts
   * @param shares each more than 0, together at most 1
   * @throws IllegalArgumentException if there is no such column, the shares are not such, or there
   *     are fewer rows than parts
   */
  public List<Table> splitStratified(String column, RandomGenerator random, double... shares) {
    return parts(Split.shares(Split.shuffled(groups(column), random), shares));
  }

  /**
   * {@return the rows by their value in a column, without that column; values in the order in which
   * they come}
   *
   * @param column its name, for example of one that says {@code train}, {@code validation} or
   *     {@code test}
   * @throws IllegalArgumentException if there is no such column, if a row has no value there, or if
   *     it is the only column
   */
  public Map<String, Table> splitBy(String column) {
    Table others = without(column);
    Column values = column(column);
    Map<String, Table> parts = new LinkedHashMap<>();
    for (int[] group : groups(column)) {
      String value = values.text(group[0]);
      if (value == null) {
        throw new IllegalArgumentException(
            "column " + quote(column) + ", row " + (group[0] + 1) + ": the value is missing");
      }
      parts.put(value, others.rows(group));
    }
    return parts;
  }

  /**
   * {@return k folds, drawn at random} Each row is in the test part of one of them; the parts'
   * sizes differ by one at most. Rows stay in order within each part.
   *
   * @param k at least 2, at most the number of rows
   * @param random draws; the same numbers give the same folds
   * @throws IllegalArgumentException if there are not so many
   */
  public List<Fold> folds(int k, RandomGenerator random) {
    return folds(k, Split.shuffled(rows, random));
  }

  /**
   * {@return folds as {@link #folds} gives, each with the same share of every value of a column, as
   * nearly as whole rows allow}
   *
   * @param column its name
   * @param k at least 2, at most the number of rows
   * @param random draws; the same numbers give the same folds
   * @throws IllegalArgumentException if there is no such column, or there are not so many rows
   */
  public List<Fold> foldsStratified(String column, int k, RandomGenerator random) {
    int[][] groups = Split.shuffled(groups(column), random);
    return folds(k, Arrays.stream(groups).flatMapToInt(Arrays::stream).toArray());
  }

  private List<Fold> folds(int k, int[] shuffled) {
    if (k < 2 || k > rows) {
      throw new IllegalArgumentException(
          k + " folds of " + rows + " rows; expected from 2 folds to as many as there are rows");
    }
    List<Fold> folds = new ArrayList<>();
    for (int fold = 0; fold < k; fold++) {
      boolean[] isTest = new boolean[rows];
      int n = 0;
      for (int i = fold; i < rows; i += k) {
        isTest[shuffled[i]] = true;
        n++;
      }
      int[] test = new int[n];
      int[] train = new int[rows - n];
      for (int row = 0, i = 0, j = 0; row < rows; row++) {
        if (isTest[row]) {
          test[i++] = row;
        } else {
          train[j++] = row;
        }
      }
      folds.add(new Fold(rows(train), rows(test)));
    }
    return folds;
  }

  private List<Table> parts(int[][] parts) {
    return Arrays.stream(parts).map(this::rows).toList();
  }

  /** The rows by their value in a column, in the order in which the values come. */
  private int[][] groups(String name) {
    Column column = column(name);
    // A number stands for a value: text would take a string for each row.
    Map<Object, Integer> numbers = new LinkedHashMap<>();
    int[] group = new int[rows];
    for (int row = 0; row < rows; row++) {
      Object value = column.isNumeric() ? column.number(row) : (Object) column.category(row);
      group[row] = numbers.computeIfAbsent(value, v -> numbers.size());
    }
    int[] sizes = new int[numbers.size()];
    for (int g : group) {
      sizes[g]++;
    }
    int[][] groups = new int[sizes.length][];
    Arrays.setAll(groups, g -> new int[sizes[g]]);
    Arrays.fill(sizes, 0);
    for (int row = 0; row < rows; row++) {
      groups[group[row]][sizes[group[row]]++] = row;
    }
    return groups;
  }

  /** {@return what there is in each column} */
  public TableSummary summary() {
    return TableSummary.of(this);
  }

  /**
   * {@return 16 hexadecimal digits that stand for names, kinds and values of all columns: the
   * beginning of their SHA-256}
   */
  public String fingerprint() {
    return Fingerprint.of(this);
  }

  /**
   * Writes the table as CSV: UTF-8, commas, a line of names, lines that end in a line feed, quotes
   * where they are needed, numbers as their shortest decimals, missing values as nothing. {@link
   * TableReader} reads the same values again; but a text that it takes as missing, such as {@code
   * NA}, must be read by {@link TableReader#withMissing withMissing()}.
   *
   * @param file is written anew
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    TableWriter.write(this, file);
  }

  /** {@return whether another table has equal columns in the same order} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Table table && columns.equals(table.columns);
  }

  @Override
  public int hashCode() {
    return columns.hashCode();
  }

  /** {@return the first rows and columns, as text in columns} */
  @Override
  public String toString() {
    int shown = Math.min(rows, SHOWN_ROWS);
    int width = Math.min(columns.size(), SHOWN_COLUMNS);
    TextTable text = new TextTable();
    for (Column column : columns.subList(0, width)) {
      List<String> cells = new ArrayList<>();
      for (int row = 0; row < shown; row++) {
        String value = column.text(row);
        cells.add(value == null ? "" : plain(value));
      }
      text.add(plain(column.name()), cells, column.isNumeric());
    }
    return text
        + (rows > shown || columns.size() > width
            ? "(" + rows + " rows, " + columns.size() + " columns)\n"
            : "");
  }
}

package lamella.table;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/** Rows of columns with names, in memory. It does not change. */
public final class Table {
  private Table() {}

  /** {@return a CSV file's table; see {@link TableReader} for what can be said of the file} */
  public static Table read(Path file) throws IOException {
    return TableReader.standard().read(file);
  }

  /** {@return a table of these columns} */
  public static Table of(Column... columns) {
    throw new UnsupportedOperationException();
  }

  /** {@return the number of rows} */
  public int rows() {
    throw new UnsupportedOperationException();
  }

  /** {@return the columns, in order} */
  public List<Column> columns() {
    throw new UnsupportedOperationException();
  }

  /** {@return the columns' names, in order} */
  public List<String> names() {
    throw new UnsupportedOperationException();
  }

  /** {@return whether there is a column of this name} */
  public boolean has(String name) {
    throw new UnsupportedOperationException();
  }

  /** {@return the column of this name} */
  public Column column(String name) {
    throw new UnsupportedOperationException();
  }

  /** {@return these columns alone, in this order} */
  public Table select(String... names) {
    throw new UnsupportedOperationException();
  }

  /** {@return all columns but these} */
  public Table without(String... names) {
    throw new UnsupportedOperationException();
  }

  /** {@return the table with a column more, or another one in place of that of the same name} */
  public Table with(Column column) {
    throw new UnsupportedOperationException();
  }

  /** {@return the table with a column's values as another kind} */
  public Table withKind(String name, ColumnKind kind) {
    return with(column(name).as(kind));
  }

  /** {@return the rows of these numbers, from 0, in this order} */
  public Table rows(int... rows) {
    throw new UnsupportedOperationException();
  }

  /** {@return the rows for whose number a condition holds} */
  public Table filter(IntPredicate condition) {
    throw new UnsupportedOperationException();
  }

  /** {@return parts of these shares, drawn at random: a row is in one of them} */
  public List<Table> split(RandomGenerator random, double... shares) {
    throw new UnsupportedOperationException();
  }

  /** {@return parts of these shares, each with the same share of every value of a column} */
  public List<Table> splitStratified(String column, RandomGenerator random, double... shares) {
    throw new UnsupportedOperationException();
  }

  /** {@return the rows by their value in a column, without that column} */
  public Map<String, Table> splitBy(String column) {
    throw new UnsupportedOperationException();
  }

  /** {@return k folds, drawn at random} */
  public List<Fold> folds(int k, RandomGenerator random) {
    throw new UnsupportedOperationException();
  }

  /** {@return k folds, each with the same share of every value of a column} */
  public List<Fold> foldsStratified(String column, int k, RandomGenerator random) {
    throw new UnsupportedOperationException();
  }

  /** {@return what there is in each column} */
  public TableSummary summary() {
    throw new UnsupportedOperationException();
  }

  /** {@return the SHA-256 of names, kinds and values, the first 16 hexadecimal digits} */
  public String fingerprint() {
    throw new UnsupportedOperationException();
  }
}

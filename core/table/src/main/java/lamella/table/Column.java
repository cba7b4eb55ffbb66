package lamella.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A column of a table: a name, a kind, and a value or none for each row. It does not change. */
public final class Column {
  private Column() {}

  /** {@return a column of numbers} NaN is a missing value. */
  public static Column numbers(String name, double... values) {
    throw new UnsupportedOperationException();
  }

  /** {@return a column of categories, in the order in which they come} Null is a missing value. */
  public static Column categories(String name, @Nullable String... values) {
    throw new UnsupportedOperationException();
  }

  /** {@return its name} */
  public String name() {
    throw new UnsupportedOperationException();
  }

  /** {@return what its values are} */
  public ColumnKind kind() {
    throw new UnsupportedOperationException();
  }

  /** {@return the number of rows} */
  public int size() {
    throw new UnsupportedOperationException();
  }

  /** {@return whether a row has no value} */
  public boolean isMissing(int row) {
    throw new UnsupportedOperationException();
  }

  /** {@return a row's number; NaN where it is missing} Throws if the column is not of numbers. */
  public double number(int row) {
    throw new UnsupportedOperationException();
  }

  /** {@return a row's value as text, a number as its shortest decimal; null where it is missing} */
  public @Nullable String text(int row) {
    throw new UnsupportedOperationException();
  }

  /** {@return the different values of a column of texts, in the order in which they come} */
  public List<String> categories() {
    throw new UnsupportedOperationException();
  }

  /** {@return the place of a row's value among the {@link #categories}; -1 where it is missing} */
  public int category(int row) {
    throw new UnsupportedOperationException();
  }

  /** {@return the same values as another kind: numbers of texts, or the other way round} */
  public Column as(ColumnKind kind) {
    throw new UnsupportedOperationException();
  }
}

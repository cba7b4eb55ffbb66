package lamella.table;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a file, one after the other. For one thread. */
public final class TableRows implements AutoCloseable {
  private TableRows() {}

  /** {@return the columns' names, in order} */
  public List<String> names() {
    throw new UnsupportedOperationException();
  }

  /** Goes to the next row; {@return whether there is one} */
  public boolean next() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** {@return the number of this row, from 1} */
  public long row() {
    throw new UnsupportedOperationException();
  }

  /** {@return the number of the line in the file where this row begins, from 1} */
  public long line() {
    throw new UnsupportedOperationException();
  }

  /** {@return this row's text in a column, from 0; null where it is missing} */
  public @Nullable String field(int column) {
    throw new UnsupportedOperationException();
  }

  /** {@return this row's number in a column; NaN where it is missing} Throws if it is none. */
  public double number(int column) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}

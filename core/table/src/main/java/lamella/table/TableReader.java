package lamella.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;

/**
 * How a text file of rows is read. It does not change; each {@code with} gives another one. What is
 * not said is found out from the file: separator, character set, kinds of columns; gzip is
 * unpacked.
 */
public final class TableReader {
  private TableReader() {}

  /** {@return a reader that finds out everything from the file} */
  public static TableReader standard() {
    return new TableReader();
  }

  /** {@return a reader like this one of fields that this separates} */
  public TableReader withSeparator(char separator) {
    throw new UnsupportedOperationException();
  }

  /** {@return a reader like this one of text in this character set} */
  public TableReader withCharset(Charset charset) {
    throw new UnsupportedOperationException();
  }

  /** {@return a reader like this one that takes these texts, beside the empty one, as missing} */
  public TableReader withMissing(String... texts) {
    throw new UnsupportedOperationException();
  }

  /** {@return a reader like this one of numbers such as 1.234,5} */
  public TableReader withDecimalComma() {
    throw new UnsupportedOperationException();
  }

  /** {@return a reader like this one of files without a line of names, which are c1, c2, ...} */
  public TableReader withoutHeader() {
    throw new UnsupportedOperationException();
  }

  /** {@return a reader like this one for which a column is of this kind} */
  public TableReader withKind(String column, ColumnKind kind) {
    throw new UnsupportedOperationException();
  }

  /** {@return a file's rows, all of them, in memory} */
  public Table read(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** {@return all rows of a text; the name is for messages} */
  public Table read(String name, InputStream in) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** {@return a file's rows, one after the other, in memory that does not grow} */
  public TableRows open(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** {@return the rows of a text, one after the other; the name is for messages} */
  public TableRows open(String name, InputStream in) throws IOException {
    throw new UnsupportedOperationException();
  }
}

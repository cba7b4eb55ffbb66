package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * How a text file of rows is read. It does not change; each {@code with} gives another one.
 *
 * {@snippet file="SnippetsTest.java" region="table-reader"}
 */
public final class TableReader {
  private static final TableReader STANDARD =
      new TableReader(null, null, MissingTexts.STANDARD, null, true, Map.of());

  /** Streams up to this size are kept in memory while they are read. */
  private static final int MOST_IN_MEMORY = 1 << 24;

  private final @Nullable Character separator;
  private final @Nullable Charset charset;
  private final MissingTexts missing;
  private final @Nullable NumberStyle style;
  private final boolean hasNames;
  private final Map<String, ColumnKind> kinds;

  private TableReader(
      @Nullable Character separator,
      @Nullable Charset charset,
      MissingTexts missing,
      @Nullable NumberStyle style,
      boolean hasNames,
      Map<String, ColumnKind> kinds) {
    this.separator = separator;
    this.charset = charset;
    this.missing = missing;
    this.style = style;
    this.hasNames = hasNames;
    this.kinds = kinds;
  }

  /** {@return a reader that finds out everything from the file} */
  public static TableReader standard() {
    return STANDARD;
  }

  /**
   * {@return a reader like this one of fields that this separates}
   *
   * @param character for example a tab
   * @throws IllegalArgumentException if it is a quotation mark, a letter, a digit, or a line end
   */
  public TableReader withSeparator(char character) {
    if (character == '"'
        || character == '\n'
        || character == '\r'
        || character == 0
        || Character.isLetterOrDigit(character)
        || Character.isSurrogate(character)) {
      throw new IllegalArgumentException(
          "separator "
              + quote(String.valueOf(character))
              + ": expected one such as , ; | or a tab");
    }
    return new TableReader(character, charset, missing, style, hasNames, kinds);
  }

  /**
   * {@return a reader like this one of text in this character set} A byte order mark in the file
   * says otherwise all the same.
   *
   * @param set for example {@code Charset.forName("windows-1252")}
   */
  public TableReader withCharset(Charset set) {
    return new TableReader(separator, set, missing, style, hasNames, kinds);
  }

  /**
   * {@return a reader like this one that takes these texts, beside empty and blank ones, as
   * missing} They are instead of those that are taken so by default.
   *
   * @param texts as in the file, without blanks around; none if only empty fields are missing
   */
  public TableReader withMissing(String... texts) {
    return new TableReader(separator, charset, new MissingTexts(texts), style, hasNames, kinds);
  }

  /** {@return a reader like this one of numbers such as 1.234,5} */
  public TableReader withDecimalComma() {
    return new TableReader(separator, charset, missing, NumberStyle.COMMA, hasNames, kinds);
  }

  /** {@return a reader like this one of numbers such as 1,234.5} */
  public TableReader withDecimalPoint() {
    return new TableReader(separator, charset, missing, NumberStyle.GROUPED, hasNames, kinds);
  }

  /** {@return a reader like this one of files without a line of names, which are c1, c2, ...} */
  public TableReader withoutHeader() {
    return new TableReader(separator, charset, missing, style, false, kinds);
  }

  /**
   * {@return a reader like this one for which a column is of this kind} The rows of {@link #open}
   * have no kinds.
   *
   * @param column its name; reading a file that has none of this name throws
   * @param kind what its values are
   */
  public TableReader withKind(String column, ColumnKind kind) {
    Map<String, ColumnKind> all = new LinkedHashMap<>(kinds);
    all.put(column, kind);
    return new TableReader(separator, charset, missing, style, hasNames, Map.copyOf(all));
  }

  /**
   * {@return a file's rows, all of them, in memory}
   *
   * @param file is read twice if a later part shows that a column is not what the first rows say
   * @throws IOException if the file cannot be read
   * @throws FileFormatException if it is no table; says where and why
   */
  public Table read(Path file) throws IOException {
    try (Source source = Source.of(file)) {
      return read(file.toString(), source);
    }
  }

  /**
   * {@return all rows of a text}
   *
   * @param name for messages
   * @param in is read to its end and not closed; up to 16 MB are kept in memory meanwhile, more in
   *     a temporary file
   * @throws IOException if it cannot be read
   * @throws FileFormatException if it is no table; says where and why
   */
  public Table read(String name, InputStream in) throws IOException {
    try (Source source = Source.of(in, MOST_IN_MEMORY)) {
      return read(name, source);
    }
  }

  private Table read(String name, Source source) throws IOException {
    TableBuilder builder = null;
    boolean isRead;
    do {
      try (TableRows rows = rows(name, source.open(), false)) {
        builder = builder == null ? builder(name, rows.names()) : builder;
        isRead = builder.read(rows);
      }
    } while (!isRead);
    if (builder.isEmpty()) {
      throw new FileFormatException(
          name, "there is no row after the line of names; is it a row (withoutHeader)?");
    }
    return builder.build();
  }

  private TableBuilder builder(String name, List<String> names) throws IOException {
    for (String column : kinds.keySet()) {
      if (!names.contains(column)) {
        throw new FileFormatException(name, Table.noColumn(column, names));
      }
    }
    return new TableBuilder(names, i -> kinds.get(names.get(i)), style);
  }

  /**
   * {@return a file's rows, one after the other, in memory that does not grow}
   *
   * @param file to be closed by closing the rows
   * @throws IOException if the file cannot be read
   * @throws FileFormatException if it does not begin as a table
   */
  public TableRows open(Path file) throws IOException {
    return rows(file.toString(), Source.of(file).open(), true);
  }

  /**
   * {@return the rows of a text, one after the other}
   *
   * @param name for messages
   * @param in is closed by closing the rows
   * @throws IOException if it cannot be read
   * @throws FileFormatException if it does not begin as a table
   */
  public TableRows open(String name, InputStream in) throws IOException {
    return rows(name, in, true);
  }

  private TableRows rows(String name, InputStream in, boolean findStyles) throws IOException {
    try {
      StrictReader text = StrictReader.open(name, in, charset);
      String start = text.peek();
      char fields = separator == null ? Separator.find(start, text.isWhole()) : separator;
      TableRows rows =
          new TableRows(name, new CsvRecords(name, text, fields, 0), List.of(), hasNames, missing);
      return findStyles ? rows.withStyles(styles(name, start, fields, rows.names())) : rows;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** How the numbers in the first rows are written. */
  private NumberStyle[] styles(String name, String start, char fields, List<String> names)
      throws IOException {
    TableBuilder builder = new TableBuilder(names, i -> null, style);
    int end = Math.max(start.lastIndexOf('\n'), start.lastIndexOf('\r'));
    String lines = end < 0 ? start : start.substring(0, end);
    try (TableRows rows =
        new TableRows(
            name,
            new CsvRecords(name, new StringReader(lines), fields, 0),
            List.of(),
            hasNames,
            missing)) {
      builder.read(rows);
    } catch (FileFormatException e) {
      // Whoever reads the rows gets it again, in its place.
    }
    return builder.styles();
  }
}

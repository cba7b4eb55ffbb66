package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * How a text file of rows is read. It does not change; each {@code with} gives another one.
 *
 * {@snippet file="SnippetsTest.java" region="table-reader"}
 *
 * <p><b>What is read.</b> CSV as RFC 4180 has it: a line of names and a line for each row, whose
 * fields commas separate, or semicolons, tabs or vertical bars; fields with separators, line breaks
 * or quotation marks in them in double quotation marks, within which a quotation mark is written
 * twice; lines that end in LF, CR LF or CR. Empty lines count for nothing. Excel's first line
 * {@code sep=;} is understood. Weka's ARFF is read, too, except sparse rows; it says itself which
 * attributes are numbers. Either may be packed by gzip.
 *
 * <p><b>What is found out</b> unless it is said:
 *
 * <ul>
 *   <li>The separator: the one that most of the first lines have as often as the very first,
 *       outside quotes.
 *   <li>The character set: that of a byte order mark (UTF-8, UTF-16), otherwise UTF-8. Text that is
 *       not UTF-8 is refused; the message says in which line.
 *   <li>Missing values: empty fields, blanks, and NA, N/A, n/a, #N/A, &lt;NA&gt;, NaN, nan, -nan,
 *       null, NULL and ?, in quotes or not. Words such as None, none or unknown are categories. Of
 *       ARFF only ? is missing.
 *   <li>Numbers: optional sign, digits, a decimal point, an exponent; as doubles, with the same
 *       bits as {@link Double#parseDouble} gives. With commas between thousands (1,234.5) or
 *       decimal commas (1.234,5; also with blanks or apostrophes between thousands) if all of a
 *       column's values are numbers in the one way and not all in the other, or if other columns
 *       tell which it is. If nothing does, as when all are such as 1,234, the column stays text and
 *       its {@link TableSummary} says so. A point in a file with decimal commas, and without any
 *       number whose point can only be decimal, is between thousands where it can be. A number that
 *       is infinite, by name or by size, is refused.
 *   <li>Names: blanks around them are dropped; a column without one is called {@code c} and its
 *       number, from 1. The same name twice is refused.
 * </ul>
 *
 * <p><b>Kinds of columns</b>, guessed from all rows; the first rule that holds decides:
 *
 * <ol>
 *   <li>{@link ColumnKind#CONSTANT}: there is no value at all, or at least two rows, all of which
 *       have the same.
 *   <li>All values are numbers: {@link ColumnKind#ID} if they are whole, all there, and either the
 *       row's number, counted from 0 or 1, for at least 100 rows, or all different for at least 20
 *       rows and named like an id: id, index, idx, key, uuid, row name, row number, no name, or a
 *       name that ends in id as a word of its own, as customer_id and PassengerId do; otherwise
 *       {@link ColumnKind#NUMBER}, also if there are only few different ones.
 *   <li>All values look like dates or times, such as 2024-02-29, 29.02.2024, 2/29/24, 29-Feb-2024,
 *       23:59, 2024-02-29T23:59:59Z: {@link ColumnKind#DATE}.
 *   <li>At least 20 rows have a value and more than nine in ten of these values are different:
 *       {@link ColumnKind#ID} if every row has one of its own, of at most 40 characters and without
 *       blanks; otherwise {@link ColumnKind#TEXT}.
 *   <li>{@link ColumnKind#CATEGORY}.
 * </ol>
 *
 * <p>A column of numbers in which one value is none is thus of categories or of text, and its
 * summary says which value it is; {@link #withKind} with {@link ColumnKind#NUMBER} makes it an
 * error that says where.
 *
 * <p><b>Limits.</b> A field may have 1,048,576 characters (2<sup>20</sup>), a row 16,777,216
 * (2<sup>24</sup>), a file so many columns as a field has characters and as many rows as an array
 * can have. What is longer is refused before it takes memory.
 *
 * <p><b>Memory.</b> {@link #open} takes about half a megabyte. {@link #read} takes what the table
 * takes ({@link Column}: one to eight bytes for each number and one to four for each category; a
 * text that is different in each row its characters and about 60 bytes), and half as much again of
 * one column while that grows. The rows come in the file's order. A million rows of twenty columns
 * (twelve of numbers, four of them of 17 digits, and eight of categories: 216 MB of CSV) become 98
 * MB and are read with {@code -Xmx300m}; they are streamed with {@code -Xmx8m}.
 */
public final class TableReader {
  private static final TableReader STANDARD =
      new TableReader(null, null, null, null, true, Map.of());

  /** What Excel writes in the first line for itself. */
  private static final Pattern SEPARATOR =
      Pattern.compile("sep=([^\\p{L}\\d\"])(\\r\\n|\\n|\\r)", Pattern.CASE_INSENSITIVE);

  /** Streams up to this size are kept in memory while they are read. */
  private static final int MOST_IN_MEMORY = 1 << 24;

  private final @Nullable Character separator;
  private final @Nullable Charset charset;

  /** Null if nothing is said. */
  private final @Nullable MissingTexts missing;

  private final @Nullable NumberStyle style;
  private final boolean hasNames;
  private final Map<String, ColumnKind> kinds;

  private TableReader(
      @Nullable Character separator,
      @Nullable Charset charset,
      @Nullable MissingTexts missing,
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
    do {
      try (TableRows rows = rows(name, source.open(), false)) {
        if (builder == null) {
          check(name, rows.names());
          builder = new TableBuilder(rows, kinds, style);
        }
        builder.read(rows);
      }
    } while (!builder.settle());
    if (builder.isEmpty()) {
      throw new FileFormatException(
          name, "there is no row after the names; if the first line is a row: withoutHeader");
    }
    return builder.build();
  }

  /** Kinds are said of columns that there are. */
  private void check(String name, List<String> names) throws FileFormatException {
    Set<String> known = new HashSet<>(names);
    for (String column : kinds.keySet()) {
      if (!known.contains(column)) {
        throw new FileFormatException(name, Table.noColumn(column, names));
      }
    }
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
      if (ArffRecords.isArff(start) || isNamedArff(name)) {
        ArffRecords records = new ArffRecords(name, text);
        MissingTexts words = missing == null ? MissingTexts.ARFF : missing;
        List<String> names = ColumnNames.checked(name, records.names());
        return new TableRows(name, records, names, true, words).withDeclared(records.kinds());
      }
      char fields = separator == null ? Separator.find(start, text.isWhole()) : separator;
      long linesBefore = 0;
      Matcher said = SEPARATOR.matcher(start);
      if (said.lookingAt()) {
        text.skip(said.end());
        start = start.substring(said.end());
        fields = separator == null ? said.group(1).charAt(0) : separator;
        linesBefore = 1;
      }
      TableRows rows = csv(name, text, fields, linesBefore);
      return findStyles ? rows.withStyles(styles(rows, name, lines(start, text), fields)) : rows;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static boolean isNamedArff(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".arff") || lower.endsWith(".arff.gz");
  }

  private TableRows csv(String name, Reader text, char fields, long linesBefore)
      throws IOException {
    MissingTexts words = missing == null ? MissingTexts.STANDARD : missing;
    CsvRecords records = new CsvRecords(name, text, fields, linesBefore);
    return new TableRows(name, records, List.of(), hasNames, words);
  }

  /** A beginning without its last line, which may be cut off. */
  private static String lines(String start, StrictReader text) {
    int end = Math.max(start.lastIndexOf('\n'), start.lastIndexOf('\r'));
    return text.isWhole() || end < 0 ? start : start.substring(0, end);
  }

  /** How the numbers in the first rows are written. */
  private NumberStyle[] styles(TableRows whole, String name, String start, char fields)
      throws IOException {
    TableBuilder builder = new TableBuilder(whole, kinds, style);
    try (TableRows rows = csv(name, new StringReader(start), fields, 0)) {
      builder.read(rows);
    } catch (FileFormatException e) {
      // Whoever reads the rows meets it again, in its place.
    }
    builder.settle();
    return builder.styles();
  }
}

package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file, one after the other, in memory that does not grow with their number. For one
 * thread.
 *
 * {@snippet file="SnippetsTest.java" region="table-rows"}
 *
 * <p>Reading numbers makes no objects; reading a text makes a string. How numbers are written
 * (decimal points or commas) is found out from the first rows unless {@link TableReader} is told; a
 * later number in another style is an error.
 */
public final class TableRows implements AutoCloseable {
  private final String file;
  private final Records records;
  private final List<String> names;
  private final MissingTexts missing;
  private final boolean hasNames;

  /** The columns that the line of names gives no name. */
  private final BitSet nameless = new BitSet();

  private NumberStyle[] styles;

  /** What the file says that its columns are; empty if it says nothing. */
  private List<ColumnKind> declared = List.of();

  /** Whether the row at which the records are was read to learn how many fields there are. */
  private boolean isAhead;

  private boolean isRow;
  private long row;

  /**
   * Rows of records.
   *
   * @param names of the columns; empty if the first record has them, or tells their number
   * @param hasNames whether the first record has them
   */
  TableRows(
      String file, Records records, List<String> names, boolean hasNames, MissingTexts missing)
      throws IOException {
    this.file = file;
    this.records = records;
    this.missing = missing;
    this.hasNames = hasNames;
    if (!names.isEmpty()) {
      this.names = names;
    } else {
      if (!records.next()) {
        throw new FileFormatException(file, "the file has no lines but empty ones; expected rows");
      }
      isAhead = !hasNames;
      for (int i = 0; hasNames && i < records.count(); i++) {
        nameless.set(i, MissingTexts.isBlank(records.text(i)));
      }
      this.names = ColumnNames.of(file, records, hasNames);
    }
    styles = new NumberStyle[this.names.size()];
    Arrays.fill(styles, NumberStyle.POINT);
  }

  /** Says how the numbers of each column are written. */
  TableRows withStyles(NumberStyle[] known) {
    styles = known;
    return this;
  }

  /** Says what the columns are declared to be. */
  TableRows withDeclared(List<ColumnKind> kinds) {
    declared = kinds;
    return this;
  }

  @Nullable ColumnKind declared(int column) {
    return declared.isEmpty() ? null : declared.get(column);
  }

  boolean isNameless(int column) {
    return nameless.get(column);
  }

  /** {@return the columns' names, in order} */
  public List<String> names() {
    return names;
  }

  /**
   * {@return the place of a column, from 0}
   *
   * @param name the column's
   * @throws IllegalArgumentException if there is none; says which there are
   */
  public int column(String name) {
    int column = names.indexOf(name);
    if (column < 0) {
      throw new IllegalArgumentException(file + ": " + Table.noColumn(name, names));
    }
    return column;
  }

  /**
   * Goes to the next row.
   *
   * @return whether there is one
   * @throws IOException if the file cannot be read further, or the row has too few or too many
   *     fields; says in which line
   */
  public boolean next() throws IOException {
    isRow = isAhead || records.next();
    isAhead = false;
    if (!isRow) {
      return false;
    }
    row++;
    if (records.isTooLong()) {
      throw new FileFormatException(
          file,
          where()
              + " is longer than "
              + Records.LONGEST
              + " characters or "
              + Records.MOST_FIELDS
              + " fields; is it no table?");
    }
    if (records.count() != names.size()) {
      throw ragged();
    }
    return true;
  }

  private FileFormatException ragged() {
    int count = records.count();
    boolean many = count > names.size();
    return new FileFormatException(
        file,
        String.format(
            Locale.ROOT,
            "%s has %d %s, expected %d as %s; %s",
            where(),
            count,
            count == 1 ? "field" : "fields",
            names.size(),
            hasNames ? "the line of names" : "the first row",
            many
                ? "the first too many is "
                    + quote(records.text(names.size()))
                    + "; fields with separators in them must be quoted"
                : "the last is "
                    + quote(records.text(count - 1))
                    + "; empty fields need their separators, too"));
  }

  /** {@return the number of this row, from 1} */
  public long row() {
    return row;
  }

  /** {@return the number of the line in the file where this row begins, from 1} */
  public long line() {
    return records.line();
  }

  private String where() {
    return "line " + line() + " (row " + row + ")";
  }

  /**
   * {@return where a field is, for messages: {@code x.csv: line 5 (row 4), column "age"}}
   *
   * @param column its place, from 0
   */
  public String where(int column) {
    return file + ": " + place(column);
  }

  private String place(int column) {
    return where() + ", column " + quote(names.get(column));
  }

  FileFormatException refused(int column, String problem) {
    return new FileFormatException(file, place(column) + ": " + problem);
  }

  /** The error that a field is no number. */
  FileFormatException noNumber(int column, NumberStyle style) {
    char[] chars = records.chars();
    int from = records.from(column);
    int to = records.to(column);
    boolean comma = Double.isFinite(NumberStyle.COMMA.parse(chars, from, to));
    boolean grouped = Double.isFinite(NumberStyle.GROUPED.parse(chars, from, to));
    String hint =
        comma && style != NumberStyle.COMMA
            ? "; is the comma decimal (withDecimalComma)" + (grouped ? " or between thousands" : "")
            : "";
    hint +=
        grouped && style != NumberStyle.GROUPED
            ? (hint.isEmpty() ? "; is the point decimal and the comma between thousands" : "")
                + " (withDecimalPoint)"
            : "";
    return refused(
        column,
        "expected a finite number such as "
            + (style == NumberStyle.COMMA ? "12,5" : "12.5")
            + ", got "
            + quote(records.text(column))
            + (hint.isEmpty() ? "" : hint + "?"));
  }

  /**
   * {@return whether this row has no value in a column: an empty field, or a text that stands for
   * that}
   *
   * @param column its place, from 0
   */
  public boolean isMissing(int column) {
    check(column);
    return missing.has(records.chars(), records.from(column), records.to(column));
  }

  /**
   * {@return this row's text in a column as it is in the file; null where it is missing}
   *
   * @param column its place, from 0
   */
  public @Nullable String field(int column) {
    return isMissing(column) ? null : records.text(column);
  }

  /**
   * {@return this row's number in a column; NaN where it is missing}
   *
   * @param column its place, from 0
   * @throws IOException if the text is no finite number; says where
   */
  public double number(int column) throws IOException {
    if (isMissing(column)) {
      return Double.NaN;
    }
    NumberStyle style = styles[column];
    double number = style.parse(records.chars(), records.from(column), records.to(column));
    if (!Double.isFinite(number)) {
      throw noNumber(column, style);
    }
    return number;
  }

  /** The number of this row's text among some; -1 where it is missing, -2 if it is none of them. */
  int category(int column, Dictionary texts) {
    if (isMissing(column)) {
      return -1;
    }
    int code = texts.find(records.chars(), records.from(column), records.to(column));
    return code < 0 ? -2 : code;
  }

  private void check(int column) {
    if (!isRow) {
      throw new IllegalStateException(file + ": there is no row here; next() goes to one");
    }
    if (column < 0 || column >= names.size()) {
      throw new IndexOutOfBoundsException(
          file + ": column " + column + " of " + names.size() + " (the first is 0)");
    }
  }

  char[] chars() {
    return records.chars();
  }

  int from(int column) {
    return records.from(column);
  }

  int to(int column) {
    return records.to(column);
  }

  String text(int column) {
    return records.text(column);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}

package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table: a name, a kind, and a value or none for each row. It does not change.
 *
 * <p>The values are either numbers or texts: {@link #isNumeric} says which. Columns of {@linkplain
 * ColumnKind#NUMBER numbers} have numbers, {@linkplain ColumnKind#CATEGORY categories}, {@linkplain
 * ColumnKind#DATE dates} and {@linkplain ColumnKind#TEXT texts} have texts, and {@linkplain
 * ColumnKind#CONSTANT constants} and {@linkplain ColumnKind#ID names of rows} have either. A text
 * that is empty or of blanks alone is a missing value.
 *
 * <p>Numbers are doubles, kept in the smallest array that holds all of them exactly: whole numbers
 * in one, two or four bytes each, others in four or eight. Of texts each different one is kept
 * once, and for each row its place among them in one, two or four bytes.
 */
public final class Column {
  private final String name;
  private final ColumnKind kind;

  /** The numbers, or the texts' places. */
  private final Packed values;

  /** The different texts; null if the values are numbers. */
  private final @Nullable List<String> texts;

  Column(String name, ColumnKind kind, Packed values, @Nullable List<String> texts) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a column's name must not be blank");
    }
    this.name = name;
    this.kind = kind;
    this.values = values;
    this.texts = texts;
  }

  /**
   * {@return a column of numbers}
   *
   * @param name its name
   * @param values a number for each row; NaN is a missing value
   * @throws IllegalArgumentException if a number is infinite, or the name is blank
   */
  public static Column numbers(String name, double... values) {
    for (int i = 0; i < values.length; i++) {
      if (Double.isInfinite(values[i])) {
        throw new IllegalArgumentException(
            "column " + quote(name) + ", row " + (i + 1) + ": " + values[i] + " is not finite");
      }
    }
    return new Column(name, ColumnKind.NUMBER, Packed.of(values), null);
  }

  /**
   * {@return a column of categories}
   *
   * @param name its name
   * @param values a text for each row; null, empty and blank ones are missing values
   * @throws IllegalArgumentException if the name is blank
   */
  public static Column categories(String name, @Nullable String... values) {
    Dictionary dictionary = new Dictionary();
    Packed.Builder codes = new Packed.Builder();
    for (String value : values) {
      codes.add(value == null || MissingTexts.isBlank(value) ? Double.NaN : dictionary.add(value));
    }
    return new Column(name, ColumnKind.CATEGORY, codes.build(), dictionary.texts());
  }

  /** {@return its name} */
  public String name() {
    return name;
  }

  /** {@return what its values are} */
  public ColumnKind kind() {
    return kind;
  }

  /** {@return whether its values are numbers; otherwise they are texts} */
  public boolean isNumeric() {
    return texts == null;
  }

  /** {@return the number of rows} */
  public int size() {
    return values.size();
  }

  /**
   * {@return whether a row has no value}
   *
   * @param row from 0
   */
  public boolean isMissing(int row) {
    return Double.isNaN(values.get(row));
  }

  /** {@return how many rows have no value} */
  public int missing() {
    int missing = 0;
    for (int row = 0; row < size(); row++) {
      missing += isMissing(row) ? 1 : 0;
    }
    return missing;
  }

  /**
   * {@return a row's number; NaN where it is missing}
   *
   * @param row from 0
   * @throws IllegalStateException if the values are texts
   */
  public double number(int row) {
    if (texts != null) {
      throw new IllegalStateException(
          "column "
              + quote(name)
              + " is of texts ("
              + kind
              + "), not of numbers; as(ColumnKind.NUMBER) makes numbers of texts such as 12.5");
    }
    return values.get(row);
  }

  /** {@return the numbers of all rows; NaN where one is missing} Throws as {@link #number} does. */
  public double[] numbers() {
    double[] numbers = new double[size()];
    for (int row = 0; row < numbers.length; row++) {
      numbers[row] = number(row);
    }
    return numbers;
  }

  /**
   * {@return a row's value as text, a number as the shortest decimal that reads as the same double;
   * null where it is missing}
   *
   * @param row from 0
   */
  public @Nullable String text(int row) {
    if (texts != null) {
      int code = values.code(row);
      return code < 0 ? null : texts.get(code);
    }
    double number = values.get(row);
    return Double.isNaN(number) ? null : Decimals.text(number);
  }

  /**
   * {@return the different texts, in the order in which they come}
   *
   * @throws IllegalStateException if the values are numbers
   */
  public List<String> categories() {
    return requireTexts();
  }

  /**
   * {@return the place of a row's text among the {@link #categories}; -1 where it is missing}
   *
   * @param row from 0
   * @throws IllegalStateException if the values are numbers
   */
  public int category(int row) {
    requireTexts();
    return values.code(row);
  }

  private List<String> requireTexts() {
    if (texts == null) {
      throw new IllegalStateException(
          "column "
              + quote(name)
              + " is of numbers ("
              + kind
              + "), not of texts; as(ColumnKind.CATEGORY) makes categories of numbers");
    }
    return texts;
  }

  /**
   * {@return the same values as another kind} Texts become numbers, for the kind {@link
   * ColumnKind#NUMBER}; numbers become their shortest decimal texts, for the kinds {@link
   * ColumnKind#CATEGORY}, {@link ColumnKind#DATE} and {@link ColumnKind#TEXT}.
   *
   * @param other the kind
   * @throws IllegalArgumentException if a text is no number; names the column and the row
   */
  public Column as(ColumnKind other) {
    return switch (other) {
      case NUMBER -> texts == null ? new Column(name, other, values, null) : toNumbers(texts);
      case CATEGORY, DATE, TEXT ->
          texts == null ? toTexts(other) : new Column(name, other, values, texts);
      case CONSTANT, ID -> new Column(name, other, values, texts);
    };
  }

  private Column toNumbers(List<String> from) {
    double[] numbers = new double[from.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Decimals.parse(from.get(i));
    }
    Packed.Builder to = new Packed.Builder();
    for (int row = 0; row < size(); row++) {
      int code = values.code(row);
      double number = code < 0 ? Double.NaN : numbers[code];
      if (code >= 0 && !Double.isFinite(number)) {
        throw new IllegalArgumentException(
            "column "
                + quote(name)
                + ", row "
                + (row + 1)
                + ": expected a finite number such as 12.5, got "
                + quote(from.get(code)));
      }
      to.add(number);
    }
    return new Column(name, ColumnKind.NUMBER, to.build(), null);
  }

  private Column toTexts(ColumnKind other) {
    Dictionary dictionary = new Dictionary();
    Packed.Builder codes = new Packed.Builder();
    for (int row = 0; row < size(); row++) {
      String text = text(row);
      codes.add(text == null ? Double.NaN : dictionary.add(text));
    }
    return new Column(name, other, codes.build(), dictionary.texts());
  }

  /**
   * {@return the same column under another name}
   *
   * @param other the name
   */
  public Column withName(String other) {
    return new Column(other, kind, values, texts);
  }

  /** Those of its rows; of texts only those that are left are kept, in the order of these rows. */
  Column rows(int[] rows) {
    Packed chosen = values.at(rows);
    if (texts == null) {
      return new Column(name, kind, chosen, null);
    }
    int[] places = new int[texts.size()];
    Dictionary left = new Dictionary();
    Packed.Builder codes = new Packed.Builder();
    for (int i = 0; i < rows.length; i++) {
      int code = chosen.code(i);
      if (code >= 0 && places[code] == 0) {
        places[code] = left.add(texts.get(code)) + 1;
      }
      codes.add(code < 0 ? Double.NaN : places[code] - 1);
    }
    return new Column(name, kind, codes.build(), left.texts());
  }

  /** Bytes that the values take, without the texts. */
  long bytes() {
    return (long) size() * values.width();
  }

  /** {@return whether another column has the same name, kind and values in the same rows} */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Column column)
        || !name.equals(column.name)
        || kind != column.kind
        || isNumeric() != column.isNumeric()
        || size() != column.size()) {
      return false;
    }
    for (int row = 0; row < size(); row++) {
      boolean same =
          texts == null
              ? Double.doubleToLongBits(values.get(row))
                  == Double.doubleToLongBits(column.values.get(row))
              : Objects.equals(text(row), column.text(row));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = Objects.hash(name, kind, size());
    for (int row = 0; row < size(); row++) {
      hash = 31 * hash + Objects.hashCode(texts == null ? values.get(row) : text(row));
    }
    return hash;
  }

  /** {@return name, kind, number of rows and the first values, in a line} */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name + " (" + kind + ", " + size() + "): ");
    int shown = Math.min(size(), 8);
    for (int row = 0; row < shown; row++) {
      text.append(row == 0 ? "" : ", ").append(text(row));
    }
    return text.append(shown < size() ? ", ..." : "").toString();
  }

  /** The texts, or none. */
  List<String> textsOrNone() {
    return texts == null ? Collections.emptyList() : texts;
  }
}

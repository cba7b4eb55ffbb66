package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Takes a column's fields, one row after the other, and makes a column of them.
 *
 * <p>The first rows are kept as the different texts and each row's place among them. If all of them
 * are numbers, the rest is kept as numbers. Should a later row tell that this was wrong, the column
 * must be read once more: {@link #settle} says so.
 */
final class ColumnBuilder {
  private final String name;
  private final int place;
  private final boolean isNamedAsId;

  /** What the user or the file says it is; null if it is to be guessed. */
  private final @Nullable ColumnKind kind;

  /** Whether only the file says it, so that it may be constant. */
  private final boolean isDeclared;

  /** The style of all numbers of the file, if the user says it. */
  private final @Nullable NumberStyle given;

  /** The rows after which it is decided what is kept. */
  private final int firstRows;

  /** The texts; null if numbers are kept. */
  private @Nullable Dictionary texts = new Dictionary();

  /** The texts' places, or the numbers in this style. */
  private Packed.Builder values = new Packed.Builder();

  private NumberStyle style;

  /** Whether the user says that these are texts. */
  private final boolean onlyTexts;

  /** Whether texts are kept to the end. */
  private boolean keepsTexts;

  private boolean failed;
  private boolean hasPoint;
  private boolean provesPoint;

  /** Says where the first number is that is not finite; null if there is none. */
  private @Nullable FileFormatException notFinite;

  /**
   * A column of a file.
   *
   * @param rows have its name
   * @param place among the columns
   */
  ColumnBuilder(
      TableRows rows,
      int place,
      @Nullable ColumnKind kind,
      boolean isDeclared,
      @Nullable NumberStyle given,
      int firstRows) {
    name = rows.names().get(place);
    isNamedAsId = rows.isNameless(place) || Kinds.isNamedAsId(name);
    this.place = place;
    this.kind = kind;
    this.isDeclared = isDeclared;
    this.given = given;
    this.firstRows = firstRows;
    style = given == null ? NumberStyle.POINT : given;
    onlyTexts = kind == ColumnKind.CATEGORY || kind == ColumnKind.TEXT || kind == ColumnKind.DATE;
    keepsTexts = onlyTexts;
  }

  /** Takes the field of the row at which the file is. */
  void add(TableRows rows) throws FileFormatException {
    if (failed) {
      return;
    }
    if (rows.isMissing(place)) {
      values.add(Double.NaN);
    } else if (texts == null) {
      addNumber(rows);
    } else {
      int known = texts.size();
      int code = texts.add(rows.chars(), rows.from(place), rows.to(place));
      if (code == known && notFinite == null && isInfinite(texts.text(code))) {
        notFinite = notFinite(rows);
      }
      values.add(code);
    }
    if (texts != null && !keepsTexts && values.size() == firstRows) {
      NumberStyle found = finding().style();
      if (found != null || texts.size() == 0) {
        keepNumbers(found == null ? style : found);
      }
    }
  }

  private void addNumber(TableRows rows) throws FileFormatException {
    char[] chars = rows.chars();
    int from = rows.from(place);
    int to = rows.to(place);
    double number = style.parse(chars, from, to);
    if (Double.isFinite(number)) {
      values.add(number);
      if (!provesPoint && style == NumberStyle.POINT) {
        look(chars, from, to);
      }
    } else if (isInfinite(new String(chars, from, to - from))) {
      notFinite = notFinite == null ? notFinite(rows) : notFinite;
      values.add(Double.NaN);
    } else if (kind == ColumnKind.NUMBER) {
      throw rows.noNumber(place, style);
    } else {
      failed = true;
      values = new Packed.Builder();
    }
  }

  /** Whether a number has a point, and whether that can only be meant as such. */
  private void look(char[] chars, int from, int to) {
    for (int i = from; i < to; i++) {
      if (chars[i] == '.') {
        hasPoint = true;
        provesPoint = NumberStyle.isSurelyPoint(chars, from, to);
        return;
      }
    }
  }

  private FileFormatException notFinite(TableRows rows) {
    return rows.refused(
        place,
        "expected a finite number, got "
            + quote(rows.text(place))
            + "; if it stands for a missing value say so (withMissing)");
  }

  private static boolean isInfinite(String text) {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    String size = plain.startsWith("+") || plain.startsWith("-") ? plain.substring(1) : plain;
    return size.equals("inf")
        || size.equals("infinity")
        || size.equals("\u221e")
        || Double.isInfinite(Decimals.parse(plain));
  }

  /** What all texts are as numbers, those that are infinite aside. */
  private NumberStyle.Finding finding() {
    if (onlyTexts) {
      return NumberStyle.Finding.NONE;
    }
    if (texts == null) {
      return switch (style) {
        case POINT ->
            hasPoint && !provesPoint
                ? NumberStyle.Finding.POINT_OR_COMMA
                : NumberStyle.Finding.POINT;
        case GROUPED -> NumberStyle.Finding.GROUPED;
        case COMMA -> NumberStyle.Finding.COMMA;
      };
    }
    List<String> finite =
        notFinite == null
            ? texts.texts()
            : texts.texts().stream().filter(text -> !isInfinite(text)).toList();
    return given == null ? NumberStyle.find(finite) : NumberStyle.find(finite, given);
  }

  /** What the column tells of the file's numbers: a decimal point, a decimal comma, or nothing. */
  @Nullable NumberStyle evidence() {
    if (failed) {
      return null;
    }
    return switch (finding()) {
      case COMMA -> NumberStyle.COMMA;
      case GROUPED -> NumberStyle.GROUPED;
      case POINT -> hasPoint() ? NumberStyle.POINT : null;
      case NONE, POINT_OR_COMMA, GROUPED_OR_COMMA -> null;
    };
  }

  private boolean hasPoint() {
    return texts == null
        ? hasPoint
        : texts.texts().stream().anyMatch(text -> text.indexOf('.') >= 0);
  }

  /**
   * Decides what the column is. Says whether that can be made of what was kept; otherwise the
   * column is ready to be read once more.
   *
   * @param comma whether all that the file's columns tell is for decimal commas
   * @param point whether all that they tell is for decimal points
   */
  boolean settle(boolean comma, boolean point) {
    if (failed) {
      keepsTexts = true;
      again();
      texts = new Dictionary();
      return false;
    }
    NumberStyle.Finding finding = finding();
    NumberStyle found =
        switch (finding) {
          case GROUPED_OR_COMMA -> comma ? NumberStyle.COMMA : point ? NumberStyle.GROUPED : null;
          case POINT_OR_COMMA -> comma ? NumberStyle.COMMA : NumberStyle.POINT;
          default -> finding.style();
        };
    if (texts != null) {
      if (found != null || (texts.size() == 0 && !onlyTexts)) {
        keepNumbers(found == null ? style : found);
      } else if (kind == ColumnKind.NUMBER) {
        // The next reading finds the first that is none.
        again();
        texts = null;
        return false;
      }
      return true;
    }
    if (found == style || found == null) {
      return true;
    }
    again();
    style = found;
    return false;
  }

  private void again() {
    failed = false;
    values = new Packed.Builder();
    notFinite = null;
  }

  /** Makes numbers of the texts so far. */
  private void keepNumbers(NumberStyle found) {
    Dictionary from = Objects.requireNonNull(texts);
    double[] numbers = new double[from.size()];
    for (int i = 0; i < numbers.length; i++) {
      char[] chars = from.text(i).toCharArray();
      double number = found.parse(chars, 0, chars.length);
      // One that is not finite is refused in the end.
      numbers[i] = Double.isFinite(number) ? number : Double.NaN;
      if (!provesPoint && found == NumberStyle.POINT) {
        look(chars, 0, chars.length);
      }
    }
    Packed.Builder to = new Packed.Builder();
    for (int row = 0; row < values.size(); row++) {
      double code = values.get(row);
      to.add(Double.isNaN(code) ? Double.NaN : numbers[(int) code]);
    }
    values = to;
    texts = null;
    style = found;
  }

  /** How its numbers are written; if it does not tell, as the file's other columns do. */
  NumberStyle style(boolean comma) {
    return comma && style == NumberStyle.POINT && !hasPoint() ? NumberStyle.COMMA : style;
  }

  /** The column, once it is settled. */
  Column build() throws FileFormatException {
    if (texts == null && notFinite != null) {
      throw notFinite;
    }
    Packed packed = values.build();
    if (texts == null) {
      return new Column(name, chosen(Kinds.ofNumbers(packed, isNamedAsId)), packed, null);
    }
    List<String> all = texts.texts();
    return new Column(name, chosen(Kinds.ofTexts(all, packed)), packed, all);
  }

  private ColumnKind chosen(ColumnKind guess) {
    boolean isGuessed =
        kind == null || (isDeclared && (guess == ColumnKind.CONSTANT || kind == ColumnKind.TEXT));
    return isGuessed || kind == null ? guess : kind;
  }
}

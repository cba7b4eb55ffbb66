package lamella.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How numbers are written: what the points and commas in them are. */
enum NumberStyle {
  /** 1234.5: nothing between thousands. */
  POINT,

  /** 1,234.5 or 1 234.5 or 1'234.5, also without anything between thousands. */
  GROUPED,

  /** 1234,5 or 1.234,5 or 1 234,5 or 1'234,5. */
  COMMA;

  private static final String BLANKS = "\u00a0\u2009\u202f '\u2019";

  /** The number of a text; NaN if it is none in this style. */
  double parse(char[] chars, int from, int to) {
    return this == POINT || isDigits(chars, from, to)
        ? Decimals.parse(chars, from, to)
        : parsePlain(chars, from, to);
  }

  private static boolean isDigits(char[] chars, int from, int to) {
    for (int i = from; i < to; i++) {
      if (chars[i] < '0' || chars[i] > '9') {
        return false;
      }
    }
    return true;
  }

  double parse(String text) {
    return parse(text.toCharArray(), 0, text.length());
  }

  /** Writes the number as in the style of points, and parses that. */
  private double parsePlain(char[] chars, int from, int to) {
    char decimal = this == COMMA ? ',' : '.';
    char plain = this == COMMA ? '.' : ',';
    char[] number = new char[to - from];
    int n = 0;
    // What separates the groups of thousands, once it is known.
    char separator = 0;
    int first = from;
    int end = to;
    while (first < end && isBlank(chars[first])) {
      first++;
    }
    while (first < end && isBlank(chars[end - 1])) {
      end--;
    }
    int i = first;
    if (i < end && (chars[i] == '-' || chars[i] == '+')) {
      number[n++] = chars[i++];
    }
    int group = 0;
    char leading = i < end ? chars[i] : 0;
    for (; i < end; i++) {
      char c = chars[i];
      if (c >= '0' && c <= '9') {
        group++;
        number[n++] = c;
      } else if (c == plain || (c != decimal && BLANKS.indexOf(c) >= 0)) {
        boolean isGroup =
            separator == 0
                ? group > 0 && group <= 3 && leading != '0'
                : c == separator && group == 3;
        if (!isGroup) {
          return Double.NaN;
        }
        separator = c;
        group = 0;
      } else {
        break;
      }
    }
    if (separator != 0 && group != 3) {
      return Double.NaN;
    }
    for (; i < end; i++) {
      char c = chars[i];
      if (c == decimal) {
        number[n++] = '.';
      } else if (c == '.' || c == ',' || (separator != 0 && (c == 'e' || c == 'E'))) {
        // A number with an exponent has one digit before its point, and no thousands.
        return Double.NaN;
      } else {
        number[n++] = c;
      }
    }
    return Decimals.parse(number, 0, n);
  }

  private static boolean isBlank(char c) {
    return c <= ' ' || c == '\u00a0';
  }

  /**
   * Whether a number with a point can only be meant so: not if what is behind the point could be a
   * group of thousands, as in 1.234.
   */
  static boolean isSurelyPoint(char[] chars, int from, int to) {
    int point = from;
    while (point < to && chars[point] != '.') {
      point++;
    }
    return point < to && Double.isNaN(COMMA.parse(chars, from, to));
  }

  /** What the texts of a column are as numbers. */
  enum Finding {
    /** Some are no numbers in any one style. */
    NONE,

    /** All are plain numbers. */
    POINT,

    /** All are plain numbers, but those with a point could also be thousands: 1.234. */
    POINT_OR_COMMA,

    /** All are numbers, some with commas between thousands. */
    GROUPED,

    /** All are numbers, some with decimal commas. */
    COMMA,

    /** All are numbers, and the commas are either: 1,234. */
    GROUPED_OR_COMMA;

    /** {@return the style that is found; null if there is none, or it is not sure} */
    @Nullable NumberStyle style() {
      return switch (this) {
        case POINT, POINT_OR_COMMA -> NumberStyle.POINT;
        case GROUPED -> NumberStyle.GROUPED;
        case COMMA -> NumberStyle.COMMA;
        case NONE, GROUPED_OR_COMMA -> null;
      };
    }
  }

  /** Says whether all of these texts are numbers in one style. */
  static Finding find(List<String> texts, NumberStyle style) {
    boolean all =
        !texts.isEmpty() && texts.stream().noneMatch(text -> Double.isNaN(style.parse(text)));
    if (!all) {
      return Finding.NONE;
    }
    return switch (style) {
      case POINT -> Finding.POINT;
      case GROUPED -> Finding.GROUPED;
      case COMMA -> Finding.COMMA;
    };
  }

  /** Finds out how the numbers among these texts are written, if all are numbers. */
  static Finding find(List<String> texts) {
    boolean point = true;
    boolean grouped = true;
    boolean comma = true;
    boolean hasPoint = false;
    boolean hasComma = false;
    for (String text : texts) {
      char[] chars = text.toCharArray();
      point = point && !Double.isNaN(POINT.parse(chars, 0, chars.length));
      grouped = grouped && !Double.isNaN(GROUPED.parse(chars, 0, chars.length));
      comma = comma && !Double.isNaN(COMMA.parse(chars, 0, chars.length));
      if (!point && !grouped && !comma) {
        return Finding.NONE;
      }
      hasPoint |= text.indexOf('.') >= 0;
      hasComma |= text.indexOf(',') >= 0;
    }
    if (texts.isEmpty()) {
      return Finding.NONE;
    }
    if (point) {
      return comma && hasPoint ? Finding.POINT_OR_COMMA : Finding.POINT;
    }
    if (grouped && comma) {
      return hasComma ? Finding.GROUPED_OR_COMMA : Finding.GROUPED;
    }
    return grouped ? Finding.GROUPED : Finding.COMMA;
  }
}

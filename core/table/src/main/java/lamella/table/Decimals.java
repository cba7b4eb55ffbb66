package lamella.table;

import java.math.BigDecimal;

/** Decimal numbers as text, both ways: the double nearest to the text, and the shortest text. */
final class Decimals {
  /** So many digits always fit into a long. */
  private static final int MOST_DIGITS = 18;

  /** Powers of ten that are doubles. */
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  /** Up to here every whole number is a double. */
  private static final long EXACT = 1L << 53;

  /** More than the error of a correction that is computed in doubles, relative to it. */
  private static final double SLACK = 0x1p-48;

  /** Exponents have no more digits that matter. */
  private static final int LARGE_EXPONENT = 100_000;

  /** Whole numbers below this are written without an exponent. */
  private static final double PLAIN = 1e15;

  private Decimals() {}

  /**
   * The double nearest to a decimal number, the same as {@link Double#parseDouble}'s: an optional
   * sign, digits with a point or none, an optional exponent, and blanks around. NaN if it is no
   * such number; infinite if it is too large for a double.
   */
  static double parse(char[] chars, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && chars[start] <= ' ') {
      start++;
    }
    while (start < end && chars[end - 1] <= ' ') {
      end--;
    }
    int i = start;
    boolean negative = i < end && chars[i] == '-';
    if (i < end && (negative || chars[i] == '+')) {
      i++;
    }
    long digits = 0;
    int count = 0;
    int fraction = 0;
    int seen = 0;
    boolean point = false;
    boolean more = false;
    for (; i < end; i++) {
      int digit = chars[i] - '0';
      if (digit >= 0 && digit <= 9) {
        seen++;
        if (count < MOST_DIGITS) {
          digits = 10 * digits + digit;
          // Zeros in front count for nothing.
          count += digits == 0 ? 0 : 1;
          fraction += point ? 1 : 0;
        } else {
          more = true;
        }
      } else if (chars[i] == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (seen == 0) {
      return Double.NaN;
    }
    int exponent = 0;
    if (i < end) {
      if (chars[i] != 'e' && chars[i] != 'E') {
        return Double.NaN;
      }
      i++;
      boolean down = i < end && chars[i] == '-';
      if (i < end && (down || chars[i] == '+')) {
        i++;
      }
      if (i == end) {
        return Double.NaN;
      }
      for (; i < end; i++) {
        int digit = chars[i] - '0';
        if (digit < 0 || digit > 9) {
          return Double.NaN;
        }
        exponent = Math.min(LARGE_EXPONENT, 10 * exponent + digit);
      }
      exponent = down ? -exponent : exponent;
    }
    double value = more ? Double.NaN : scaled(digits, exponent - fraction);
    if (Double.isNaN(value)) {
      return Double.parseDouble(new String(chars, start, end - start));
    }
    return negative ? -value : value;
  }

  static double parse(String text) {
    return parse(text.toCharArray(), 0, text.length());
  }

  /** The double nearest to {@code digits * 10^exponent}; NaN if this way does not tell for sure. */
  private static double scaled(long digits, int exponent) {
    if (digits == 0) {
      return 0;
    }
    int size = Math.abs(exponent);
    if (size >= POWERS.length) {
      return Double.NaN;
    }
    double power = POWERS[size];
    if (digits <= EXACT) {
      // Both are exact, so that the one operation rounds right.
      return exponent < 0 ? digits / power : digits * power;
    }
    // digits = high + low; the result is first + correction, and sure if a little more or less of
    // the correction rounds to the same.
    double high = digits;
    double low = digits - (long) high;
    double first;
    double correction;
    if (exponent < 0) {
      first = high / power;
      correction = (Math.fma(-first, power, high) + low) / power;
    } else {
      first = high * power;
      correction = Math.fma(high, power, -first) + low * power;
    }
    double sum = first + correction;
    double rest = correction - (sum - first);
    double slack = Math.abs(correction) * SLACK;
    return sum + (rest + slack) == sum && sum + (rest - slack) == sum ? sum : Double.NaN;
  }

  /** The shortest decimal number that reads as the same double; without an exponent if short. */
  static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) < PLAIN) {
      String whole = Long.toString((long) value);
      return value == 0 && 1 / value < 0 ? "-" + whole : whole;
    }
    String text = Double.toString(value);
    int exponent = text.indexOf('E');
    if (exponent < 0 || Double.isInfinite(value)) {
      return text;
    }
    double size = Math.abs(value);
    if (size > 1e-7 && size < PLAIN) {
      return new BigDecimal(text).stripTrailingZeros().toPlainString();
    }
    String digits = text.substring(0, exponent);
    return (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits)
        + "e"
        + text.substring(exponent + 1);
  }
}

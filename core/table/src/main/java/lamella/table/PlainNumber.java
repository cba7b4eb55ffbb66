package lamella.table;

/** Decimal numbers as text: {@code -12}, {@code 0.5}, {@code .5}, {@code 1e-3}; nothing else. */
final class PlainNumber {
  private PlainNumber() {}

  /**
   * {@return the number that a text is, or NaN if it is none} White space around it is passed over.
   * No thousands separators, no words, no hexadecimal numbers; what is too large for a double is
   * none.
   */
  static double parse(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    if (!isNumber(text, from, to)) {
      return Double.NaN;
    }
    double value = Double.parseDouble(text.substring(from, to));
    return Double.isInfinite(value) ? Double.NaN : value;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isNumber(String text, int from, int to) {
    int at = from;
    if (at < to && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      at++;
    }
    int start = at;
    at = digits(text, at, to);
    int digits = at - start;
    if (at < to && text.charAt(at) == '.') {
      start = ++at;
      at = digits(text, at, to);
      digits += at - start;
    }
    if (digits == 0) {
      return false;
    }
    if (at < to && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < to && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
        at++;
      }
      start = at;
      at = digits(text, at, to);
      if (at == start) {
        return false;
      }
    }
    return at == to;
  }

  private static int digits(String text, int from, int to) {
    int at = from;
    while (at < to && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  /**
   * {@return the shortest decimal of a number, without a fraction if it is whole: 5, 0.25, 1.0E20}
   */
  static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}

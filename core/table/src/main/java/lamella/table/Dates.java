package lamella.table;

import java.util.Locale;

/**
 * Tells texts that look like dates or times: {@code 2024-02-29}, {@code 2024/2/29}, {@code
 * 29.02.2024}, {@code 29/02/2024}, {@code 2/29/24}, {@code 29-Feb-2024}, {@code Feb 29, 2024}; each
 * with a time behind it or without; and times alone: {@code 23:59}, {@code 23:59:59.999}, {@code
 * 2024-02-29T23:59:59+01:00}. Whether a month has so many days is not asked.
 */
final class Dates {
  private static final int LONGEST = 40;
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

  private final String text;
  private int at;

  private Dates(String text) {
    this.text = text;
  }

  static boolean isDate(String value) {
    String text = value.strip();
    if (text.length() > LONGEST || text.length() < 4) {
      return false;
    }
    Dates dates = new Dates(text);
    if (dates.time()) {
      return true;
    }
    dates.at = 0;
    return dates.date() && (dates.isEnd() || (dates.gap() && dates.time()));
  }

  private boolean isEnd() {
    return at == text.length();
  }

  private char next() {
    return isEnd() ? 0 : text.charAt(at);
  }

  private boolean skip(char c) {
    boolean is = next() == c && !isEnd();
    at += is ? 1 : 0;
    return is;
  }

  /** Between date and time. */
  private boolean gap() {
    if (skip('T')) {
      return true;
    }
    skip(',');
    boolean gap = false;
    while (skip(' ')) {
      gap = true;
    }
    return gap;
  }

  /** A number of so many digits and of at most so much; -1 if there is none. */
  private int number(int least, int most, int limit) {
    int from = at;
    int number = 0;
    while (at - from < most && next() >= '0' && next() <= '9') {
      number = 10 * number + next() - '0';
      at++;
    }
    return at - from < least || number > limit ? -1 : number;
  }

  private boolean date() {
    if (month()) {
      // Feb 29, 2024
      skip(' ');
      boolean day = number(1, 2, 31) > 0;
      skip(',');
      skip(' ');
      return day && number(4, 4, 9999) >= 0;
    }
    int from = at;
    int first = number(1, 4, 9999);
    int length = at - from;
    char separator = next();
    if (first < 0 || " -/.".indexOf(separator) < 0 || isEnd()) {
      return false;
    }
    at++;
    if (length == 4) {
      // 2024-02-29; a blank or a point would be other numbers.
      boolean isYear = separator == '-' || separator == '/' || separator == '.';
      return isYear && number(1, 2, 12) > 0 && skip(separator) && number(1, 2, 31) > 0;
    }
    if (length > 2 || first == 0 || first > 31) {
      return false;
    }
    if (month()) {
      return skip(separator) && year();
    }
    int second = number(1, 2, 31);
    boolean isDay = second > 0 && (first <= 12 || second <= 12);
    return isDay && separator != ' ' && skip(separator) && year();
  }

  private boolean year() {
    int from = at;
    int year = number(2, 4, 9999);
    return year >= 0 && at - from != 3;
  }

  private boolean month() {
    if (at + 3 > text.length()) {
      return false;
    }
    String name = text.substring(at, at + 3).toLowerCase(Locale.ROOT);
    int place = MONTHS.indexOf(name);
    if (place < 0 || place % 3 != 0) {
      return false;
    }
    at += 3;
    while (Character.isLetter(next())) {
      at++;
    }
    return true;
  }

  /** Hours and minutes, seconds or none, AM or PM or neither, a zone or none, and the end. */
  private boolean time() {
    if (number(1, 2, 24) < 0 || !skip(':') || number(2, 2, 59) < 0) {
      return false;
    }
    if (skip(':')) {
      if (number(2, 2, 60) < 0) {
        return false;
      }
      if ((skip('.') || skip(',')) && number(1, 9, Integer.MAX_VALUE) < 0) {
        return false;
      }
    }
    boolean blank = skip(' ');
    String rest = text.substring(at);
    if (rest.equalsIgnoreCase("AM") || rest.equalsIgnoreCase("PM")) {
      return true;
    }
    if (rest.equals("Z") || rest.equals("UTC") || rest.equals("GMT")) {
      return true;
    }
    if (skip('+') || skip('-')) {
      boolean hours = number(2, 2, 18) >= 0;
      skip(':');
      return hours && (isEnd() || (number(2, 2, 59) >= 0 && isEnd()));
    }
    return isEnd() && !blank;
  }
}

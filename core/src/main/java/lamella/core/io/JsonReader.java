package lamella.core.io;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads JSON strictly, value by value: the caller says what must come next.
 *
 * <p>Only what our headers are made of: objects, lists, strings, and integers &ge; 0; what others
 * add can be skipped. Nothing here recurses, so nesting cannot exhaust the stack. Every error is a
 * {@link FileFormatException} with the position.
 */
final class JsonReader extends HeaderReader {
  /** Deeper than anybody writes. */
  private static final int DEEPEST = 127;

  /**
   * A reader of this text.
   *
   * @param file for messages
   * @param part what the text is of the file, for messages
   */
  JsonReader(String file, String part, String text) {
    super(file, part, text);
  }

  /**
   * Begins an object; whether it has a member to read. Then {@link #name}, the value, and {@link
   * #nextMember} for each.
   */
  boolean beginObject() throws FileFormatException {
    expect('{');
    return !accept('}');
  }

  /** Ends a member; whether the object has another one. */
  boolean nextMember() throws FileFormatException {
    if (accept(',')) {
      return true;
    }
    expect('}');
    return false;
  }

  /** A member's name and the colon. */
  String name() throws FileFormatException {
    String name = string();
    expect(':');
    return name;
  }

  /**
   * Begins a list; whether it has an element to read. Then the element and {@link #nextElement}.
   */
  boolean beginList() throws FileFormatException {
    expect('[');
    return !accept(']');
  }

  /** Ends an element; whether the list has another one. */
  boolean nextElement() throws FileFormatException {
    if (accept(',')) {
      return true;
    }
    expect(']');
    return false;
  }

  /** Reads a list of integers &ge; 0, at most {@code limit} of them. */
  List<Long> integers(int limit) throws FileFormatException {
    List<Long> list = new ArrayList<>();
    for (boolean more = beginList(); more; more = nextElement()) {
      if (list.size() == limit) {
        throw error("at most " + limit + " numbers");
      }
      list.add(integer());
    }
    return list;
  }

  private long integer() throws FileFormatException {
    skipSpace();
    int start = position;
    while (position < text.length()
        && text.charAt(position) >= '0'
        && text.charAt(position) <= '9') {
      position++;
    }
    int digits = position - start;
    // A fraction, an exponent or a letter is caught by the caller, who then expects a comma or a
    // bracket.
    if (digits == 0 || digits > 18 || (digits > 1 && text.charAt(start) == '0')) {
      position = start;
      throw error("an integer in [0, 10^18)");
    }
    return Long.parseLong(text, start, position, 10);
  }

  /** Passes over {@code null}; whether it was there. */
  boolean acceptNull() {
    return acceptWord("null");
  }

  private boolean acceptWord(String word) {
    skipSpace();
    if (!text.startsWith(word, position)) {
      return false;
    }
    position += word.length();
    return true;
  }

  /** Passes over any value. */
  void skipValue() throws FileFormatException {
    StringBuilder open = new StringBuilder(); // the brackets to be closed
    do {
      boolean begun = false;
      if (accept('{')) {
        open.append('}');
        begun = true;
      } else if (accept('[')) {
        open.append(']');
        begun = true;
      } else {
        skipScalar();
      }
      if (open.length() > DEEPEST) {
        throw error("at most " + DEEPEST + " brackets within each other");
      }
      while (open.length() > 0) {
        char closing = open.charAt(open.length() - 1);
        if (accept(closing)) {
          open.setLength(open.length() - 1);
          begun = false;
          continue;
        }
        if (!begun) {
          expect(',');
        }
        if (closing == '}') {
          name();
        }
        break;
      }
    } while (open.length() > 0);
  }

  private void skipScalar() throws FileFormatException {
    skipSpace();
    if (position < text.length() && text.charAt(position) == '"') {
      string();
    } else if (!acceptWord("null") && !acceptWord("true") && !acceptWord("false")) {
      skipNumber();
    }
  }

  private void skipNumber() throws FileFormatException {
    int start = position;
    boolean right = true;
    acceptHere("-");
    int first = position;
    int digits = skipDigits();
    right &= digits == 1 || (digits > 1 && text.charAt(first) != '0');
    if (acceptHere(".")) {
      right &= skipDigits() > 0;
    }
    if (acceptHere("eE")) {
      acceptHere("+-");
      right &= skipDigits() > 0;
    }
    if (!right) {
      position = start;
      throw error("a value");
    }
  }

  private int skipDigits() {
    int start = position;
    while (acceptHere("0123456789")) {}
    return position - start;
  }

  /** Passes over one of these characters, with no white space before it. */
  private boolean acceptHere(String characters) {
    boolean there = position < text.length() && characters.indexOf(text.charAt(position)) >= 0;
    position += there ? 1 : 0;
    return there;
  }

  /** Reads a string. */
  String string() throws FileFormatException {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      char c = character("a closing quotation mark");
      if (c == '"') {
        return requireUnicode(value.toString());
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws FileFormatException {
    char c = character("a character after the backslash");
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' ->
          (char) (hexadecimal() << 12 | hexadecimal() << 8 | hexadecimal() << 4 | hexadecimal());
      default -> {
        position--;
        throw error("one of \"\\/bfnrtu after the backslash");
      }
    };
  }

  private int hexadecimal() throws FileFormatException {
    char c = character("a hexadecimal digit");
    int digit = c < 128 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      position--;
      throw error("a hexadecimal digit");
    }
    return digit;
  }

  /** The next character of a string. */
  private char character(String expected) throws FileFormatException {
    if (position == text.length() || text.charAt(position) < ' ') {
      throw error(expected);
    }
    return text.charAt(position++);
  }

  private String requireUnicode(String value) throws FileFormatException {
    if (!isUnicode(value)) {
      throw error("paired surrogates in the string before");
    }
    return value;
  }

  /** Whether every surrogate has its other half, as all text has that UTF-8 can hold. */
  static boolean isUnicode(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        boolean paired =
            i + 1 < value.length()
                && Character.isSurrogatePair(value.charAt(i), value.charAt(i + 1));
        if (!paired) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}

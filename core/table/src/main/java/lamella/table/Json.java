package lamella.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a schema: objects, lists, texts, numbers, true and false, read strictly into maps,
 * lists, strings, doubles and booleans. Every error is an {@link IllegalArgumentException} that
 * says where.
 */
final class Json {
  /** Deeper than a schema is. */
  private static final int DEEPEST = 8;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value(0);
    json.space();
    if (json.at < text.length()) {
      throw json.error("the end");
    }
    return value;
  }

  private Object value(int depth) {
    if (depth > DEEPEST) {
      throw error("at most " + DEEPEST + " brackets within each other");
    }
    space();
    char c = at < text.length() ? text.charAt(at) : ' ';
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> list(depth);
      case '"' -> string();
      case 't', 'f' -> truth();
      default -> number();
    };
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    expect('{');
    if (accept('}')) {
      return members;
    }
    do {
      space();
      int start = at;
      String name = string();
      expect(':');
      if (members.putIfAbsent(name, value(depth + 1)) != null) {
        at = start;
        throw error("another name");
      }
    } while (accept(','));
    expect('}');
    return members;
  }

  private List<Object> list(int depth) {
    List<Object> elements = new ArrayList<>();
    expect('[');
    if (accept(']')) {
      return elements;
    }
    do {
      elements.add(value(depth + 1));
    } while (accept(','));
    expect(']');
    return elements;
  }

  private String string() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      if (at == text.length() || text.charAt(at) < ' ') {
        throw error("a closing quotation mark");
      }
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' ->
          (char) (hexadecimal() << 12 | hexadecimal() << 8 | hexadecimal() << 4 | hexadecimal());
      default -> {
        at--;
        throw error("one of \"\\/bfnrtu after the backslash");
      }
    };
  }

  private int hexadecimal() {
    char c = at < text.length() ? text.charAt(at) : ' ';
    int digit = c < 128 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      throw error("a hexadecimal digit");
    }
    at++;
    return digit;
  }

  private Boolean truth() {
    for (String word : List.of("true", "false")) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("true");
      }
    }
    throw error("a value");
  }

  private Double number() {
    int start = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    double value = PlainNumber.parse(text.substring(start, at));
    if (Double.isNaN(value)) {
      at = start;
      throw error("a value");
    }
    return value;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw error("'" + c + "'");
    }
  }

  private boolean accept(char c) {
    space();
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IllegalArgumentException error(String expected) {
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return new IllegalArgumentException(
        expected + " expected at character " + at + ", found " + found);
  }

  /** Appends a text with its quotation marks. */
  static void quote(String value, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean alone =
          Character.isSurrogate(c)
              && !(Character.isHighSurrogate(c)
                  ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                  : i > 0 && Character.isHighSurrogate(value.charAt(i - 1)));
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < ' ' || alone) {
        to.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          to.append(Character.forDigit(c >> shift & 15, 16));
        }
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }

  // What a value must be.

  static String text(@Nullable Object value, String what) {
    if (value instanceof String text) {
      return text;
    }
    throw refusal("a text", what, value);
  }

  static double number(@Nullable Object value, String what) {
    if (value instanceof Double number) {
      return number;
    }
    throw refusal("a number", what, value);
  }

  static boolean truth(@Nullable Object value, String what) {
    if (value instanceof Boolean truth) {
      return truth;
    }
    throw refusal("true or false", what, value);
  }

  @SuppressWarnings("unchecked") // made by object()
  static Map<String, Object> object(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw refusal("{...}", what, value);
  }

  static List<?> list(@Nullable Object value, String what) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw refusal("[...]", what, value);
  }

  static List<String> texts(@Nullable Object value, String what) {
    List<String> texts = new ArrayList<>();
    for (Object element : list(value, what)) {
      texts.add(text(element, what));
    }
    return List.copyOf(texts);
  }

  private static IllegalArgumentException refusal(
      String expected, String what, @Nullable Object value) {
    return new IllegalArgumentException(
        what
            + ": "
            + expected
            + " expected, found "
            + (value == null ? "nothing" : FileFormatException.quote(value.toString())));
  }
}

package lamella.examples;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** JSON of texts, numbers, truth values, lists and maps; ASCII. */
public final class JsonText {
  private JsonText() {}

  /** The text of a value. */
  public static String of(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        StringJoiner members = new StringJoiner(", ", "{", "}");
        map.forEach((key, of) -> members.add(string(key.toString()) + ": " + of(of)));
        yield members.toString();
      }
      case List<?> list -> {
        StringJoiner elements = new StringJoiner(", ", "[", "]");
        list.forEach(element -> elements.add(of(element)));
        yield elements.toString();
      }
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      default -> string(value.toString());
    };
  }

  private static String string(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}

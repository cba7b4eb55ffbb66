package lamella.examples.serve;

import java.util.Locale;

/** Texts as JSON. */
final class Json {
  private Json() {}

  /**
   * A text as JSON, ASCII and so the same in any encoding. Half of a surrogate pair, which UTF-8
   * cannot hold, is U+FFFD.
   */
  static String string(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean paired =
          !Character.isSurrogate(c)
              || (Character.isHighSurrogate(c)
                  ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                  : i > 0 && Character.isHighSurrogate(text.charAt(i - 1)));
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format(Locale.ROOT, "\\u%04x", paired ? (int) c : 0xfffd));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}

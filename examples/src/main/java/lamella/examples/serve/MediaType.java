package lamella.examples.serve;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A media type as RFC 9110, 8.3.1 has it, its parameters checked and left out: {@code
 * Application/JSON; charset="utf-8"} is {@code application/json}.
 */
final class MediaType {
  private static final String JSON = "application/json";
  private static final Pattern QUALITY = Pattern.compile(";\\s*[qQ]=([01](?:\\.\\d{0,3})?)");

  private final String text;
  private int position;

  private MediaType(String text) {
    this.text = text;
  }

  /** {@code type/subtype} in lower case; empty if the text is none. */
  static Optional<String> parse(String text) {
    return new MediaType(text.strip()).parse();
  }

  private Optional<String> parse() {
    if (!token() || !accept('/') || !token()) {
      return Optional.empty();
    }
    String name = text.substring(0, position).toLowerCase(Locale.ROOT);
    while (position < text.length()) {
      skipBlanks();
      if (!accept(';')) {
        return Optional.empty();
      }
      skipBlanks();
      boolean none = position == text.length() || text.charAt(position) == ';';
      if (!none && !(token() && accept('=') && (token() || quotedString()))) {
        return Optional.empty();
      }
    }
    return Optional.of(name);
  }

  /**
   * The type of a body with these values of {@code Content-Type}: JSON if there is none, and for
   * the type that curl says of everything; empty if the value is no media type.
   *
   * @throws Refusal if there are several
   */
  static String ofBody(List<String> contentTypes) {
    if (contentTypes.size() > 1) {
      throw new Refusal(400, "expected one Content-Type, got " + contentTypes.size());
    }
    String type = contentTypes.isEmpty() ? JSON : parse(contentTypes.getFirst()).orElse("");
    return type.equals("application/x-www-form-urlencoded") ? JSON : type;
  }

  /**
   * How much a client that sends these values of {@code Accept} likes a media type: its q from 0 to
   * 1, and 0 if it is not named.
   */
  static double quality(List<String> accepted, String type) {
    double quality = 0;
    for (String values : accepted) {
      for (String value : values.split(",", -1)) {
        if (parse(value).orElse("").equals(type)) {
          Matcher q = QUALITY.matcher(value);
          quality = Math.max(quality, q.find() ? Double.parseDouble(q.group(1)) : 1);
        }
      }
    }
    return quality;
  }

  private void skipBlanks() {
    while (accept(' ') || accept('\t')) {}
  }

  private boolean accept(char c) {
    boolean there = position < text.length() && text.charAt(position) == c;
    position += there ? 1 : 0;
    return there;
  }

  private boolean token() {
    int start = position;
    while (position < text.length() && isOfToken(text.charAt(position))) {
      position++;
    }
    return position > start;
  }

  private static boolean isOfToken(char c) {
    return c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
  }

  private boolean quotedString() {
    if (!accept('"')) {
      return false;
    }
    while (position < text.length()) {
      if (accept('"')) {
        return true;
      }
      accept('\\');
      position++;
    }
    return false;
  }
}

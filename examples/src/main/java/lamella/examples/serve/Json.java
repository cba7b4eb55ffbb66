package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;

/**
 * The JSON of requests and answers. Read is one thing, an array of so many numbers, exactly as RFC
 * 8259 has it: no {@code 01}, {@code +1}, {@code .5} or {@code NaN}, no comma after the last, no
 * byte order mark, nothing before or behind but blanks. At the first other value reading ends, so
 * that it does not matter how deep or how wrong the rest is.
 */
final class Json {
  private static final int EXCERPT = 20;

  private final byte[] text;
  private final int count;
  private int position;

  private Json(byte[] text, int count) {
    this.text = text;
    this.count = count;
  }

  /**
   * The numbers, rounded to float32.
   *
   * @throws IllegalArgumentException if this is not an array of {@code count} numbers, or float32
   *     cannot hold one; says what was expected and found
   */
  static float[] numbers(byte[] text, int count) {
    return new Json(text, count).numbers();
  }

  private float[] numbers() {
    skipBlanks();
    if (!accept('[')) {
      throw wrong(excerpt(position));
    }
    float[] numbers = new float[count];
    int found = 0;
    skipBlanks();
    if (!accept(']')) {
      do {
        float number = number(found);
        if (found < count) {
          numbers[found] = number;
        }
        found++;
        skipBlanks();
      } while (accept(','));
      if (!accept(']')) {
        throw position == text.length
            ? wrong("no ']' at the end")
            : wrong(excerpt(position) + " behind index " + (found - 1));
      }
    }
    skipBlanks();
    if (position < text.length) {
      throw wrong(excerpt(position) + " behind the array");
    }
    if (found != count) {
      throw wrong(Integer.toString(found));
    }
    return numbers;
  }

  private float number(int index) {
    skipBlanks();
    int start = position;
    accept('-');
    boolean right = accept('0') || digits();
    if (right && accept('.')) {
      right = digits();
    }
    if (right && (accept('e') || accept('E'))) {
      if (!accept('+')) {
        accept('-');
      }
      right = digits();
    }
    if (!right || !isAtEndOfWord()) {
      throw wrong(excerpt(start) + " at index " + index);
    }
    float number = Float.parseFloat(new String(text, start, position - start, ISO_8859_1));
    if (Float.isInfinite(number)) {
      throw wrong(excerpt(start) + " at index " + index + ", too large for float32");
    }
    return number;
  }

  private boolean digits() {
    int start = position;
    while (position < text.length && text[position] >= '0' && text[position] <= '9') {
      position++;
    }
    return position > start;
  }

  private void skipBlanks() {
    while (position < text.length && isBlank(text[position])) {
      position++;
    }
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private boolean accept(char c) {
    boolean there = position < text.length && text[position] == c;
    position += there ? 1 : 0;
    return there;
  }

  private boolean isAtEndOfWord() {
    return isEndOfWord(position);
  }

  private boolean isEndOfWord(int at) {
    return at == text.length || text[at] == ',' || text[at] == ']' || isBlank(text[at]);
  }

  /** From here to the end of a word, in quotation marks; what is no UTF-8 becomes U+FFFD. */
  private String excerpt(int start) {
    int end = start;
    while (!isEndOfWord(end) && end - start <= 4 * EXCERPT) {
      end++;
    }
    int[] word = new String(text, start, end - start, UTF_8).codePoints().toArray();
    return word.length > EXCERPT
        ? "'" + new String(word, 0, EXCERPT) + "...'"
        : "'" + new String(word, 0, word.length) + "'";
  }

  private IllegalArgumentException wrong(String found) {
    return new IllegalArgumentException(
        "expected a JSON array of " + count + " numbers, got " + found);
  }

  // Writing.

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

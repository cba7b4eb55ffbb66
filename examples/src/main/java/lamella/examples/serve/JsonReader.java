package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Reads JSON from bytes, exactly as RFC 8259 has it: no {@code 01}, {@code +1}, {@code .5} or
 * {@code NaN}, no comma after the last, no byte order mark. A caller asks for what it expects and
 * says itself what is wrong where {@link #accept} or {@link #number} did not find it; nothing is
 * built of the rest, so that it does not matter how deep or how long that is.
 */
final class JsonReader {
  /** Arrays and objects in each other that {@link #skipValue} follows. */
  static final int DEEPEST = 64;

  /** Names that an object may have. */
  static final int MOST_NAMES = 256;

  private static final int EXCERPT = 20;

  /** Whole numbers below are exact as double. */
  private static final long EXACT = 1L << 53;

  /** The powers of ten that are exact as double. */
  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22
  };

  private final byte[] text;
  private int position;
  private int wordStart;

  JsonReader(byte[] text) {
    this.text = text;
  }

  /** How many numbers there may be: one more than commas. */
  int mostNumbers() {
    int commas = 0;
    for (byte c : text) {
      commas += c == ',' ? 1 : 0;
    }
    return commas + 1;
  }

  /** Skips blanks, and then this character, if it is there; whether it was. */
  boolean accept(char c) {
    skipBlanks();
    return take(c);
  }

  /** Skips blanks; whether this character follows. */
  boolean isAt(char c) {
    skipBlanks();
    return position < text.length && text[position] == c;
  }

  /** Skips blanks; whether there is nothing else. */
  boolean isAtEnd() {
    skipBlanks();
    return position == text.length;
  }

  /**
   * The next number as float32: infinite if that cannot hold it, NaN if there is none; {@link
   * #word} is then what is there.
   */
  float number() {
    skipBlanks();
    wordStart = position;
    long digits = 0; // all of them as a whole number, while that is exact
    boolean exact = true;
    int scale = 0; // digits behind the point
    boolean negative = take('-');
    int first = position;
    boolean point = false;
    for (; position < text.length; position++) {
      byte c = text[position];
      if (c >= '0' && c <= '9') {
        exact &= digits < EXACT / 10 - 1;
        digits = exact ? 10 * digits + (c - '0') : digits;
        scale += point ? 1 : 0;
      } else if (c == '.' && !point && position > first) {
        point = true;
      } else {
        break;
      }
    }
    int whole = first;
    while (whole < position && text[whole] != '.') {
      whole++;
    }
    boolean right =
        whole > first
            && !(text[first] == '0' && whole > first + 1)
            && !(point && whole == position - 1);
    if (right && (take('e') || take('E'))) {
      exact = false;
      if (!take('+')) {
        take('-');
      }
      right = digits();
    }
    if (!right || !isEndOfWord(position)) {
      return Float.NaN;
    }
    if (exact && scale < POWERS.length) {
      double quotient = digits / POWERS[scale]; // rounded once, both being exact
      if (isRoundedAlike(quotient)) {
        return (float) (negative ? -quotient : quotient);
      }
    }
    return Float.parseFloat(new String(text, wordStart, position - wordStart, ISO_8859_1));
  }

  /**
   * Whether a number and its nearest double have the same nearest float: not where the double lies
   * halfway between two floats, for the number itself need not.
   */
  private static boolean isRoundedAlike(double nearest) {
    boolean normal = nearest >= Float.MIN_NORMAL && nearest <= Float.MAX_VALUE;
    return nearest == 0
        || (normal && (Double.doubleToRawLongBits(nearest) & 0x1fff_ffff) != 0x1000_0000);
  }

  /**
   * The next string.
   *
   * @throws IllegalArgumentException with what is there instead
   */
  String string() {
    skipBlanks();
    int start = position;
    if (!take('"')) {
      throw new IllegalArgumentException(excerpt(start));
    }
    StringBuilder string = new StringBuilder();
    int from = position;
    while (position < text.length) {
      byte c = text[position];
      if (c == '"') {
        append(string, from);
        position++;
        return string.toString();
      } else if (c >= 0 && c < ' ') {
        break;
      } else if (c == '\\') {
        append(string, from);
        position++;
        string.append(escaped(start));
        from = position;
      } else {
        position++;
      }
    }
    throw new IllegalArgumentException(
        excerpt(start) + (position == text.length ? ", a string without an end" : ""));
  }

  private void append(StringBuilder string, int from) {
    try {
      string.append(UTF_8.newDecoder().decode(ByteBuffer.wrap(text, from, position - from)));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a string that is no UTF-8", e);
    }
  }

  private char escaped(int start) {
    int c = position < text.length ? text[position++] : -1;
    return switch (c) {
      case '"', '\\', '/' -> (char) c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = position < text.length ? Character.digit((char) text[position], 16) : -1;
          if (digit < 0) {
            throw new IllegalArgumentException(excerpt(start));
          }
          code = 16 * code + digit;
          position++;
        }
        yield (char) code;
      }
      default -> throw new IllegalArgumentException(excerpt(start));
    };
  }

  /** Reads what an object has under a name; leaves the reader behind the value. */
  interface Member {
    /** Called with the name, at the value. */
    void read(String name);
  }

  /**
   * The next object.
   *
   * @throws IllegalArgumentException if there is none, or a name is there twice; says what is there
   */
  void object(Member member) {
    object(MOST_NAMES, member);
  }

  /** The same of an object that may have so many names. */
  void object(int mostNames, Member member) {
    if (!accept('{')) {
      throw new IllegalArgumentException("expected '{', got " + excerpt());
    }
    if (accept('}')) {
      return;
    }
    Set<String> names = new HashSet<>();
    do {
      String name;
      try {
        name = string();
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("expected a name, got " + e.getMessage(), e);
      }
      if (!names.add(name)) {
        throw new IllegalArgumentException("the name " + Json.string(name) + " is there twice");
      }
      if (names.size() > mostNames) {
        throw new IllegalArgumentException("more than " + mostNames + " names in an object");
      }
      if (!accept(':')) {
        throw new IllegalArgumentException(
            "expected ':' behind " + Json.string(name) + ", got " + excerpt());
      }
      member.read(name);
    } while (accept(','));
    if (!accept('}')) {
      throw new IllegalArgumentException("expected ',' or '}', got " + excerpt());
    }
  }

  /**
   * The next array, whose elements are read one by one.
   *
   * @param what its name, for messages
   * @throws IllegalArgumentException if there is none; says what is there
   */
  void list(String what, Runnable element) {
    if (!accept('[')) {
      throw new IllegalArgumentException("expected an array of \"" + what + "\", got " + excerpt());
    }
    if (accept(']')) {
      return;
    }
    do {
      element.run();
    } while (accept(','));
    if (!accept(']')) {
      throw new IllegalArgumentException(
          "expected ',' or ']' in \"" + what + "\", got " + excerpt());
    }
  }

  /**
   * The elements of an array of arrays of any depth, of which only the order counts.
   *
   * @param what its name, for messages
   * @throws IllegalArgumentException if there is none, or it is deeper than {@value #DEEPEST}
   */
  void elements(String what, Runnable element) {
    list(what, () -> elements(what, element, 1));
  }

  private void elements(String what, Runnable element, int depth) {
    if (depth == DEEPEST) {
      throw new IllegalArgumentException("deeper than " + DEEPEST + " arrays");
    }
    if (isAt('[')) {
      list(what, () -> elements(what, element, depth + 1));
    } else {
      element.run();
    }
  }

  /**
   * The next array as dimensions.
   *
   * @throws IllegalArgumentException if one is below 0 or above 2<sup>24</sup>
   */
  int[] dimensions() {
    IntStream.Builder dimensions = IntStream.builder();
    list(
        "shape",
        () -> {
          float dimension = number();
          if (!(dimension >= 0 && dimension <= 1 << 24 && dimension == Math.rint(dimension))) {
            throw new IllegalArgumentException(
                "expected dimensions from 0 to 2^24 in \"shape\", got " + word());
          }
          dimensions.add((int) dimension);
        });
    return dimensions.build().toArray();
  }

  /** The next number as float64, as {@link #number} reads it as float32. */
  double wideNumber() {
    float number = number();
    return Float.isNaN(number)
        ? Double.NaN
        : Double.parseDouble(new String(text, wordStart, position - wordStart, ISO_8859_1));
  }

  /**
   * The next number as a whole one, or {@code false} and {@code true} as 0 and 1.
   *
   * @throws IllegalArgumentException if it is none of 64 bits; says what is there
   */
  long wholeNumber() {
    skipBlanks();
    wordStart = position;
    if (word("true")) {
      return 1;
    }
    if (word("false")) {
      return 0;
    }
    boolean there = !Float.isNaN(number());
    String digits = new String(text, wordStart, position - wordStart, ISO_8859_1);
    if (!there || digits.length() > 20 || !digits.matches("-?[0-9]+")) {
      throw new IllegalArgumentException("expected a whole number, got " + word());
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected a whole number of 64 bits, got " + word(), e);
    }
  }

  /** Where it is, for {@link #goTo}. */
  int position() {
    return position;
  }

  /** Goes to where it was. */
  void goTo(int place) {
    position = place;
  }

  /**
   * Skips a value of any kind.
   *
   * @throws IllegalArgumentException if it is none, or deeper than {@value #DEEPEST}
   */
  void skipValue() {
    skipValue(0);
  }

  private void skipValue(int depth) {
    if (depth == DEEPEST) {
      throw new IllegalArgumentException("deeper than " + DEEPEST + " arrays and objects");
    }
    if (isAt('{')) {
      object(name -> skipValue(depth + 1));
    } else if (accept('[')) {
      if (accept(']')) {
        return;
      }
      do {
        skipValue(depth + 1);
      } while (accept(','));
      if (!accept(']')) {
        throw new IllegalArgumentException("expected ',' or ']', got " + excerpt());
      }
    } else if (isAt('"')) {
      String ignored = string();
    } else if (!(word("true") || word("false") || word("null")) && Float.isNaN(number())) {
      throw new IllegalArgumentException("expected a value, got " + word());
    }
  }

  /** Skips blanks, and then this word, if it is there; whether it was. */
  boolean acceptWord(String word) {
    skipBlanks();
    wordStart = position;
    return word(word);
  }

  /**
   * Skips the beginning of an object up to the value of its first member, if that has this name and
   * is an array; whether it is.
   */
  boolean isMemberOfArray(String name) {
    int start = position;
    boolean there;
    try {
      there = accept('{') && isAt('"') && string().equals(name) && accept(':') && isAt('[');
    } catch (IllegalArgumentException e) {
      there = false; // is no string, as will be said where it is read
    }
    position = there ? position : start;
    return there;
  }

  private boolean word(String word) {
    int end = position + word.length();
    boolean there =
        end <= text.length
            && new String(text, position, word.length(), ISO_8859_1).equals(word)
            && isEndOfWord(end);
    position = there ? end : position;
    return there;
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

  private boolean take(char c) {
    boolean there = position < text.length && text[position] == c;
    position += there ? 1 : 0;
    return there;
  }

  private boolean isEndOfWord(int at) {
    return at == text.length
        || text[at] == ','
        || text[at] == ']'
        || text[at] == '}'
        || isBlank(text[at]);
  }

  /** From here to the end of a word, in quotation marks; what is no UTF-8 becomes U+FFFD. */
  String excerpt() {
    return excerpt(position);
  }

  /** The same of where the last number was expected. */
  String word() {
    return excerpt(wordStart);
  }

  private String excerpt(int start) {
    int end = start < text.length && text[start] == '}' ? start + 1 : start;
    while (!isEndOfWord(end) && end - start <= 4 * EXCERPT) {
      end++;
    }
    int[] word = new String(text, start, end - start, UTF_8).codePoints().toArray();
    return word.length > EXCERPT
        ? "'" + new String(word, 0, EXCERPT) + "...'"
        : "'" + new String(word, 0, word.length) + "'";
  }
}

package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** How a request's body holds the numbers of an example. */
enum ExampleFormat {
  /** {@code [0.5, -1.2e3]}. */
  JSON {
    @Override
    float[] read(byte[] body, int count) {
      String text = new String(body, UTF_8).strip();
      if (!text.startsWith("[") || !text.endsWith("]")) {
        throw wrong(count, excerpt(text));
      }
      String inside = text.substring(1, text.length() - 1);
      String[] words = inside.isBlank() ? new String[0] : inside.split(",", -1);
      if (words.length != count) {
        throw wrong(count, Integer.toString(words.length));
      }
      float[] numbers = new float[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = number(words[i]);
        if (!Float.isFinite(numbers[i])) {
          throw wrong(count, excerpt(words[i].strip()) + " at index " + i);
        }
      }
      return numbers;
    }
  },

  /** Four bytes for each, the lowest first. */
  FLOATS {
    @Override
    float[] read(byte[] body, int count) {
      long length = Float.BYTES * (long) count;
      if (body.length != length) {
        throw new IllegalArgumentException(
            "expected " + count + " float32 numbers in " + length + " bytes, got " + body.length);
      }
      float[] numbers = new float[count];
      ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
      return numbers;
    }
  };

  /** For a number such as {@code -1.2345678901234567E-100}, comma, line break and blanks. */
  private static final int CHARACTERS = 32;

  private static final int EXCERPT = 20;

  /**
   * The numbers.
   *
   * @throws IllegalArgumentException if they are not as many or not finite; says what was expected
   */
  abstract float[] read(byte[] body, int count);

  /** The format of a body with this {@code Content-Type}; JSON if it does not say. */
  static ExampleFormat of(@Nullable String contentType) {
    return "application/octet-stream".equals(contentType) ? FLOATS : JSON;
  }

  /** Bytes that a body with so many numbers may have. */
  static int longest(int count) {
    return CHARACTERS * (count + 1);
  }

  /** NaN if it is none. */
  private static float number(String word) {
    try {
      return Float.parseFloat(word);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }

  private static IllegalArgumentException wrong(int count, String found) {
    return new IllegalArgumentException(
        "expected a JSON array of " + count + " numbers, got " + found);
  }

  private static String excerpt(String text) {
    return "'" + (text.length() > EXCERPT ? text.substring(0, EXCERPT) + "..." : text) + "'";
  }
}

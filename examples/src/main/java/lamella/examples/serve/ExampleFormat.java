package lamella.examples.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** How a request's body holds the numbers of an example. */
enum ExampleFormat {
  /** {@code [0.5, -1.2e3]}. */
  JSON {
    @Override
    float[] read(byte[] body, int count) {
      return Json.numbers(body, count);
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
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(numbers[i])) {
          throw new IllegalArgumentException(
              "expected finite numbers, got " + numbers[i] + " at index " + i);
        }
      }
      return numbers;
    }
  };

  /** For a number such as {@code -1.2345678901234567E-100}, comma, line break and blanks. */
  private static final int CHARACTERS = 32;

  /**
   * The numbers, all of them finite.
   *
   * @throws IllegalArgumentException if they are not as many or not finite; says what was expected
   */
  abstract float[] read(byte[] body, int count);

  /**
   * The format of a body with these values of {@code Content-Type}: JSON if there is none, and for
   * the type that curl says of everything. Empty for another type.
   */
  static Optional<ExampleFormat> of(List<String> contentTypes) {
    if (contentTypes.isEmpty()) {
      return Optional.of(JSON);
    }
    return switch (MediaType.parse(contentTypes.getFirst()).orElse("")) {
      case "application/json", "application/x-www-form-urlencoded" -> Optional.of(JSON);
      case "application/octet-stream" -> Optional.of(FLOATS);
      default -> Optional.empty();
    };
  }

  /** Bytes that a body with so many numbers may have. */
  static long longest(int count) {
    return CHARACTERS * (count + 1L);
  }
}

package lamella.examples.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.NpyArray;

/** How a request's body holds examples. */
enum ExampleFormat {
  /** {@code [0.5, -1.2e3]}, or {@code [[0.5, -1.2e3], [1, 2]]}. */
  JSON(2, 3) {
    @Override
    Examples read(byte[] body, Shape example, int most) {
      return JsonExamples.read(body, example.size(), most);
    }
  },

  /** Four bytes for each number, the lowest first; those of one example or of several. */
  FLOATS(Float.BYTES, 2) {
    @Override
    Examples read(byte[] body, Shape example, int most) {
      long length = Float.BYTES * (long) example.size();
      if (body.length == 0 || body.length % length != 0) {
        throw new IllegalArgumentException(
            "expected "
                + example.size()
                + " float32 numbers in "
                + length
                + " bytes, or a multiple of that, got "
                + body.length);
      }
      int rows = Math.toIntExact(body.length / length);
      Refusal.requireAtMost(most, rows);
      float[] numbers = new float[rows * example.size()];
      ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
      return finite(new Examples(numbers, rows, rows > 1));
    }
  },

  /** NumPy's file of an array: {@code [inputs]} is one example, {@code [n, inputs]} are n. */
  NPY(1, 6) {
    @Override
    Examples read(byte[] body, Shape example, int most) {
      NpyArray array;
      try {
        array = NpyArray.parse("the body", body);
      } catch (FileFormatException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
      Shape shape = array.shape();
      boolean isOne = shape.equals(example);
      boolean isList =
          shape.rank() == example.rank() + 1 && shape.equals(example.batch(shape.dimension(0)));
      if (!isOne && !isList) {
        throw new IllegalArgumentException(
            "expected an array " + example + " or " + example.openBatch() + ", got " + array);
      }
      int rows = isOne ? 1 : shape.dimension(0);
      Refusal.requireAtMost(most, rows);
      float[] numbers = ((FloatTensor) array.tensor(DType.FLOAT32)).array();
      return finite(new Examples(numbers, rows, isList));
    }
  };

  /** For a number such as {@code -1.2345678901234567E-100}, comma, line break and blanks. */
  private static final int CHARACTERS = 32;

  /** For NumPy's header, and the names that a request of the Open Inference Protocol has. */
  private static final int AROUND = 4096;

  private final int leastBytes;
  private final int memory;

  ExampleFormat(int leastBytes, int memory) {
    this.leastBytes = leastBytes;
    this.memory = memory;
  }

  /**
   * The examples, all of their numbers finite.
   *
   * @param example the shape of one
   * @param most how many there may be
   * @throws IllegalArgumentException if they are no such examples; says what was expected
   */
  abstract Examples read(byte[] body, Shape example, int most);

  private static Examples finite(Examples examples) {
    float[] numbers = examples.numbers();
    int count = numbers.length / examples.rows();
    for (int i = 0; i < numbers.length; i++) {
      if (!Float.isFinite(numbers[i])) {
        throw new IllegalArgumentException(
            (examples.isList() ? "row " + i / count + ": " : "")
                + "expected finite numbers, got "
                + numbers[i]
                + " at index "
                + i % count);
      }
    }
    return examples;
  }

  /**
   * The format of a body with these values of {@code Content-Type}: see {@link MediaType#ofBody}.
   *
   * @throws Refusal if it is another type
   */
  static ExampleFormat of(List<String> contentTypes) {
    return switch (MediaType.ofBody(contentTypes)) {
      case "application/json" -> JSON;
      case "application/octet-stream" -> FLOATS;
      case "application/x-npy" -> NPY;
      default ->
          throw new Refusal(
              415,
              "expected Content-Type application/json, application/octet-stream or"
                  + " application/x-npy, got "
                  + contentTypes.getFirst());
    };
  }

  /** Bytes that a body with so many examples of so many numbers may have. */
  static long longest(int count, int examples) {
    return CHARACTERS * (count + 1L) * examples + AROUND;
  }

  /** How many examples of so many numbers a body of this length has at most. */
  long mostExamples(long bytes, int count) {
    return bytes / ((long) leastBytes * count) + 1;
  }

  /** Bytes of memory that reading so many bytes takes: themselves, and the numbers. */
  long memory(long bytes) {
    return memory * bytes;
  }
}

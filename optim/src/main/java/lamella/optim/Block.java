package lamella.optim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * Numbers and texts one after another in an array of bytes, little-endian, with a checksum at the
 * end. Arrays of numbers are copied as a whole: Java's own serialization would write a {@code
 * float[]} number by number.
 */
final class Block {
  /** The largest array that every JVM makes. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private Block() {}

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  /** Writes a block. */
  static final class Writer {
    private final String who;
    private ByteBuffer bytes = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * Begins one.
     *
     * @param who begins the errors
     * @param kind what a reader must expect
     */
    Writer(String who, int kind) {
      this.who = who;
      put(kind);
    }

    /** Makes room, once where somebody knows how much is to come. */
    Writer reserve(long more) {
      if (bytes.remaining() < more) {
        long needed = bytes.position() + more;
        if (needed > MOST_BYTES) {
          throw new IllegalStateException(
              who + ": " + needed + " bytes are more than a Java array has");
        }
        int size = (int) Math.min(MOST_BYTES, Math.max(needed, 2L * bytes.capacity()));
        byte[] larger = Arrays.copyOf(bytes.array(), size);
        bytes = ByteBuffer.wrap(larger).order(ByteOrder.LITTLE_ENDIAN).position(bytes.position());
      }
      return this;
    }

    Writer put(int number) {
      reserve(Integer.BYTES).bytes.putInt(number);
      return this;
    }

    Writer put(long number) {
      reserve(Long.BYTES).bytes.putLong(number);
      return this;
    }

    Writer put(double number) {
      reserve(Double.BYTES).bytes.putDouble(number);
      return this;
    }

    Writer put(byte[] all) {
      put(all.length).reserve(all.length).bytes.put(all);
      return this;
    }

    Writer put(String text) {
      return put(text.getBytes(StandardCharsets.UTF_8));
    }

    Writer put(int[] numbers) {
      int size = numbers.length * Integer.BYTES;
      put(numbers.length).reserve(size).bytes.asIntBuffer().put(numbers);
      bytes.position(bytes.position() + size);
      return this;
    }

    Writer put(float[] numbers) {
      reserve((long) numbers.length * Float.BYTES + Integer.BYTES).put(numbers.length);
      bytes.asFloatBuffer().put(numbers);
      bytes.position(bytes.position() + numbers.length * Float.BYTES);
      return this;
    }

    Writer put(double[] numbers) {
      reserve((long) numbers.length * Double.BYTES + Integer.BYTES).put(numbers.length);
      bytes.asDoubleBuffer().put(numbers);
      bytes.position(bytes.position() + numbers.length * Double.BYTES);
      return this;
    }

    /** Type, shape and elements. */
    Writer put(Tensor tensor) {
      put(tensor.dtype().bytes()).put(dimensions(tensor.shape()));
      return switch (tensor) {
        case FloatTensor floats -> put(floats.array());
        case DoubleTensor doubles -> put(doubles.array());
      };
    }

    /** The block, with its checksum. */
    byte[] toBytes() {
      reserve(Integer.BYTES);
      bytes.putInt(checksum(bytes.array(), bytes.position()));
      return bytes.position() == bytes.capacity()
          ? bytes.array()
          : Arrays.copyOf(bytes.array(), bytes.position());
    }
  }

  static int[] dimensions(Shape shape) {
    int[] dimensions = new int[shape.rank()];
    for (int axis = 0; axis < dimensions.length; axis++) {
      dimensions[axis] = shape.dimension(axis);
    }
    return dimensions;
  }

  /** Reads a block; what cannot be right is an {@code IllegalArgumentException}. */
  static final class Reader {
    private final String who;
    private final ByteBuffer bytes;

    /**
     * Begins with one that a {@link Writer} wrote.
     *
     * @throws IllegalArgumentException if it is damaged, or of another kind
     */
    Reader(String who, int kind, byte[] block) {
      this.who = who;
      int end = block.length - Integer.BYTES;
      bytes = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
      if (end < Integer.BYTES) {
        throw new IllegalArgumentException(
            who + ": expects at least 8 bytes, got " + block.length + "; cut off?");
      }
      if (checksum(block, end) != bytes.getInt(end)) {
        throw new IllegalArgumentException(
            who
                + ": the checksum of "
                + block.length
                + " bytes does not match; damaged on the way?");
      }
      bytes.limit(end);
      if (bytes.getInt() != kind) {
        throw new IllegalArgumentException(
            who + ": these bytes are something else, or of another version of Lamella");
      }
    }

    int integer(int least, int most) {
      require(Integer.BYTES);
      return (int) between(bytes.getInt(), least, most);
    }

    long integer(long least, long most) {
      require(Long.BYTES);
      return between(bytes.getLong(), least, most);
    }

    private long between(long number, long least, long most) {
      if (number < least || number > most) {
        throw new IllegalArgumentException(
            who + ": expects a number in [" + least + ", " + most + "], got " + number);
      }
      return number;
    }

    double number() {
      require(Double.BYTES);
      return bytes.getDouble();
    }

    byte[] bytes() {
      byte[] all = new byte[length(Byte.BYTES)];
      bytes.get(all);
      return all;
    }

    String text() {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    int[] integers() {
      int[] numbers = new int[length(Integer.BYTES)];
      bytes.asIntBuffer().get(numbers);
      bytes.position(bytes.position() + numbers.length * Integer.BYTES);
      return numbers;
    }

    float[] floats() {
      float[] numbers = new float[length(Float.BYTES)];
      bytes.asFloatBuffer().get(numbers);
      bytes.position(bytes.position() + numbers.length * Float.BYTES);
      return numbers;
    }

    double[] doubles() {
      double[] numbers = new double[length(Double.BYTES)];
      bytes.asDoubleBuffer().get(numbers);
      bytes.position(bytes.position() + numbers.length * Double.BYTES);
      return numbers;
    }

    Tensor tensor() {
      int size = integer(Float.BYTES, Double.BYTES);
      Shape shape = Shape.of(integers());
      return size == DType.FLOAT32.bytes()
          ? FloatTensor.wrap(shape, floats())
          : DoubleTensor.wrap(shape, doubles());
    }

    /** How many elements come next; no more than there are bytes for. */
    private int length(int ofOne) {
      int length = integer(0, Integer.MAX_VALUE);
      require((long) length * ofOne);
      return length;
    }

    private void require(long more) {
      if (bytes.remaining() < more) {
        throw new IllegalArgumentException(
            who + ": expects " + more + " bytes more, got " + bytes.remaining());
      }
    }

    /** Nothing may come any more. */
    void end() {
      if (bytes.hasRemaining()) {
        throw new IllegalArgumentException(who + ": " + bytes.remaining() + " bytes are left over");
      }
    }
  }
}

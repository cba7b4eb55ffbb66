package lamella.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * A checksum of numbers and text, for {@link Dataset#fingerprint}: the CRC-32C of their bytes, in
 * little-endian order.
 *
 * <p>It takes a small part of the time in which the numbers are used once, and tells what was
 * changed by accident from what was not: of other numbers, one in four thousand million has the
 * same. Against intent there is {@link Fingerprint}.
 */
public final class Checksum {
  /** Bytes converted at once; a multiple of every number's size. */
  private static final int CHUNK = 1 << 14;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);

  /** The checksum of nothing. */
  public Checksum() {}

  /**
   * Adds the elements of a tensor, each as its IEEE 754 bits; neither type nor shape.
   *
   * @param tensor in row-major order
   * @return this checksum
   */
  public Checksum add(Tensor tensor) {
    return switch (tensor) {
      case FloatTensor floats -> add(floats.array());
      case DoubleTensor doubles -> add(doubles.array());
    };
  }

  /**
   * Adds numbers, each as its IEEE 754 bits.
   *
   * @param numbers in order
   * @return this checksum
   */
  public Checksum add(float... numbers) {
    int count;
    for (int from = 0; from < numbers.length; from += count) {
      count = Math.min(CHUNK / Float.BYTES, numbers.length - from);
      chunk.clear().asFloatBuffer().put(numbers, from, count);
      crc.update(chunk.limit(count * Float.BYTES));
    }
    return this;
  }

  /**
   * Adds numbers, each as its IEEE 754 bits.
   *
   * @param numbers in order
   * @return this checksum
   */
  public Checksum add(double... numbers) {
    int count;
    for (int from = 0; from < numbers.length; from += count) {
      count = Math.min(CHUNK / Double.BYTES, numbers.length - from);
      chunk.clear().asDoubleBuffer().put(numbers, from, count);
      crc.update(chunk.limit(count * Double.BYTES));
    }
    return this;
  }

  /**
   * Adds integers of four bytes.
   *
   * @param integers in order
   * @return this checksum
   */
  public Checksum add(int... integers) {
    int count;
    for (int from = 0; from < integers.length; from += count) {
      count = Math.min(CHUNK / Integer.BYTES, integers.length - from);
      chunk.clear().asIntBuffer().put(integers, from, count);
      crc.update(chunk.limit(count * Integer.BYTES));
    }
    return this;
  }

  /**
   * Adds bytes.
   *
   * @param bytes not changed
   * @param from the first
   * @param count how many
   * @return this checksum
   */
  public Checksum add(byte[] bytes, int from, int count) {
    crc.update(bytes, from, count);
    return this;
  }

  /**
   * Adds text, and how long it is, so that two texts are not taken for two others.
   *
   * @param text as UTF-8
   * @return this checksum
   */
  public Checksum add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return add(bytes.length).add(bytes, 0, bytes.length);
  }

  /** For example {@code crc32c 1a2b3c4d}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "crc32c %08x", crc.getValue());
  }
}

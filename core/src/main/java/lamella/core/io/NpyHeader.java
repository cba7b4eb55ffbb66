package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the elements of an {@code .npy} file: magic, version, length, and a Python
 * dictionary of three members.
 *
 * @param descr the element type as the file says, byte order first: {@code <f4}; not empty
 * @param fortranOrder whether the first index runs fastest
 * @param bytes its own length in the file
 */
record NpyHeader(String descr, boolean fortranOrder, List<Long> shape, int bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy's own limit for headers of files it does not trust. */
  private static final int LONGEST = 10_000;

  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  // Reading.

  /** Reads the header of a file of {@code size} bytes. */
  static NpyHeader read(String file, long size, InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (!Arrays.equals(start, 0, Math.min(start.length, MAGIC.length), MAGIC, 0, MAGIC.length)) {
      boolean zip = start.length >= 2 && start[0] == 'P' && start[1] == 'K';
      throw new FileFormatException(
          file, "expected to begin as .npy files do" + (zip ? ", found a zip file (.npz?)" : ""));
    }
    int major = start.length < 8 ? -1 : start[6];
    int minor = start.length < 8 ? -1 : start[7];
    if (major < 1 || major > 3 || minor != 0) {
      throw new FileFormatException(
          file, "version 1.0, 2.0 or 3.0 expected, found " + major + "." + minor);
    }
    int width = major == 1 ? Short.BYTES : Integer.BYTES;
    byte[] field = Arrays.copyOf(in.readNBytes(width), Integer.BYTES);
    long length =
        Integer.toUnsignedLong(ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN).getInt());
    if (length > LONGEST) {
      throw new FileFormatException(
          file, "at most " + LONGEST + " bytes of header expected, found " + length);
    }
    int before = start.length + width;
    if (before + length > size) {
      throw new FileFormatException(
          file,
          length
              + " bytes of header expected, "
              + Math.max(0, size - before)
              + " found (cut off?)");
    }
    byte[] text = in.readNBytes((int) length);
    // Of version 3.0 it is UTF-8, which differs only in names that are refused anyway.
    return new PythonReader(file, new String(text, StandardCharsets.ISO_8859_1))
        .header(before + text.length);
  }

  /** The element type, or null if it cannot be read. */
  @Nullable NpyType type() {
    NpyType type = NpyType.of(descr.substring(1));
    boolean order = "<>".indexOf(descr.charAt(0)) >= 0;
    return type != null && (order || (type.bytes() == 1 && descr.charAt(0) == '|')) ? type : null;
  }

  boolean bigEndian() {
    return descr.charAt(0) == '>';
  }

  /** Why an array of this header cannot be held, or null if it can. */
  @Nullable String whyNot() {
    NpyType type = type();
    if (type == null) {
      return "has type " + quote(descr) + typeHint();
    }
    return shape.contains(0L)
        ? "of shape " + shape + " has no elements"
        : dataBytes(type) > LARGEST_ARRAY ? "of shape " + shape + " exceeds a Java array" : null;
  }

  private String typeHint() {
    return switch (descr.substring(1)) {
      case "f2" -> " (float16), expected float32, float64 or integers: save x.astype('float32')";
      case "V2" -> " (bfloat16?), expected float32, float64 or integers: save x.astype('float32')";
      case "b1" -> " (bool), expected float32, float64 or integers: save x.astype('uint8')";
      case "O" -> " (Python objects, a pickle), expected float32, float64 or integers";
      default -> ", expected float32, float64 or integers";
    };
  }

  /** The size of the elements; {@code Long.MAX_VALUE} if it is larger. */
  private long dataBytes(NpyType type) {
    long bytes = type.bytes();
    for (long dimension : shape) {
      long high = Math.multiplyHigh(bytes, dimension);
      bytes = high != 0 || bytes * dimension < 0 ? Long.MAX_VALUE : bytes * dimension;
    }
    return bytes;
  }

  /**
   * The number of bytes of elements, of an array that can be held, in a file of {@code size} bytes.
   *
   * @throws FileFormatException if that is not what follows the header
   */
  int requireData(String file, long size, NpyType type) throws FileFormatException {
    long expected = dataBytes(type);
    long found = size - bytes;
    if (expected != found) {
      throw new FileFormatException(
          file,
          expected
              + " bytes of "
              + type
              + shape
              + " expected, "
              + found
              + " found"
              + (expected > found ? " (cut off?)" : ""));
    }
    return Math.toIntExact(expected);
  }

  /** The shape of an array that can be held. */
  Shape toShape() {
    return Shape.of(shape.stream().mapToInt(Math::toIntExact).toArray());
  }

  // Writing.

  /**
   * The bytes NumPy writes: version 1.0, with room for the first dimension to grow, padded so that
   * the elements begin at a multiple of 64.
   */
  static byte[] write(NpyType type, Shape shape) {
    StringBuilder dimensions = new StringBuilder();
    for (int axis = 0; axis < shape.rank(); axis++) {
      dimensions.append(axis == 0 ? "" : ", ").append(shape.dimension(axis));
    }
    String comma = shape.rank() == 1 ? "," : "";
    String text =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(type.descr(), dimensions, comma);
    int growth = shape.rank() == 0 ? 0 : 21 - Integer.toString(shape.dimension(0)).length();
    int before = MAGIC.length + 2 + Short.BYTES;
    int total = (before + text.length() + growth + 1 + 63) / 64 * 64;
    byte[] header = new byte[total];
    Arrays.fill(header, (byte) ' ');
    ByteBuffer buffer = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - before));
    buffer.put(text.getBytes(StandardCharsets.US_ASCII));
    header[total - 1] = '\n';
    return header;
  }
}

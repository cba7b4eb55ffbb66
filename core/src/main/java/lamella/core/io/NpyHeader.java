package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the elements of an {@code .npy} file: magic, version, length, and a Python
 * dictionary of three members. For those who read or write the elements themselves, a few rows at a
 * time or of types that {@link NpyArray} does not hold.
 *
 * @param descr the element type as the file says, {@code <f4} for example; not empty
 * @param fortranOrder whether the first index runs fastest
 * @param shape the dimensions
 * @param bytes its own length in the file
 */
public record NpyHeader(String descr, boolean fortranOrder, List<Long> shape, int bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy's own limit for headers of files it does not trust. */
  private static final int LONGEST = 10_000;

  private static final String EXPECTED = "floats of 16 to 64 bits, integers or bool";

  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  // Reading.

  /**
   * Reads the header of a file, up to the first element.
   *
   * @param file its name, for messages
   * @param size of the whole file
   * @param in at its beginning
   * @return the header
   * @throws FileFormatException if this is no {@code .npy} file
   * @throws IOException if it cannot be read
   */
  public static NpyHeader read(String file, long size, InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (!Arrays.equals(start, 0, Math.min(start.length, MAGIC.length), MAGIC, 0, MAGIC.length)) {
      FileFormatException other =
          FileKind.error(file, "an .npy file", FileKind.beginning(start, in));
      throw other != null
          ? other
          : new FileFormatException(file, "expected to begin as .npy files do");
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
    Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    return new PythonReader(file, new String(text, charset)).header(before + text.length);
  }

  /** {@return NumPy's name of a type that {@link NpyArray} holds, {@code float32}; else descr} */
  public String dtype() {
    NpyType type = type();
    return type == null ? descr : type.toString();
  }

  /** {@return whether the elements have their highest byte first} */
  public boolean bigEndian() {
    return descr.charAt(0) == '>';
  }

  /** The element type, or null if it cannot be read. */
  @Nullable NpyType type() {
    return NpyType.of(descr);
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
    String expected = ", expected " + EXPECTED;
    return switch ("<>=|".indexOf(descr.charAt(0)) >= 0 ? descr.substring(1) : descr) {
      case "V2" -> " (bfloat16?)" + expected + ": save x.astype('float32')";
      case "f16", "f12", "g", "longdouble", "float128" ->
          " (longdouble)" + expected + ": save x.astype('float64')";
      case "l", "L", "p", "P", "int", "uint", "intp", "uintp", "int_", "long", "ulong" ->
          " (another one on another machine)" + expected + ": save x.astype('int64')";
      case "O" -> " (Python objects, a pickle)" + expected;
      default -> expected;
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
              + (expected > found
                  ? " (cut off?)"
                  : " (more than one array, or other bytes behind it?)"));
    }
    return Math.toIntExact(expected);
  }

  /** The shape of an array that can be held. */
  Shape toShape() {
    return Shape.of(shape.stream().mapToInt(Math::toIntExact).toArray());
  }

  // Writing.

  /** The bytes NumPy writes for an array in C order. */
  static byte[] write(NpyType type, Shape shape) {
    List<Long> dimensions = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      dimensions.add((long) shape.dimension(axis));
    }
    return new NpyHeader(type.descr(), false, dimensions, 0).toBytes();
  }

  /**
   * {@return the bytes NumPy writes: version 1.0, with room for the first dimension to grow, padded
   * so that the elements begin at a multiple of 64}
   */
  public byte[] toBytes() {
    StringBuilder dimensions = new StringBuilder();
    for (int axis = 0; axis < shape.size(); axis++) {
      dimensions.append(axis == 0 ? "" : ", ").append(shape.get(axis));
    }
    String comma = shape.size() == 1 ? "," : "";
    String text =
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s%s), }"
            .formatted(descr, fortranOrder ? "True" : "False", dimensions, comma);
    int last = fortranOrder ? shape.size() - 1 : 0;
    int growth = shape.isEmpty() ? 0 : 21 - Long.toString(shape.get(last)).length();
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

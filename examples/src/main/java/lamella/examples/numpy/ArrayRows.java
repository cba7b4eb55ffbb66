package lamella.examples.numpy;

import static lamella.core.io.FileFormatException.quote;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CheckedInputStream;
import lamella.core.io.FileFormatException;
import lamella.core.io.NpyHeader;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxType;
import org.jspecify.annotations.Nullable;

/**
 * An array in a file, read a few rows at a time and in another type: floats are rounded to that
 * type; whole numbers must be in it, as they may be indices; text stays text.
 */
public final class ArrayRows implements Closeable {
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private final String file;
  private final String name;
  private final NpyHeader header;
  private final ElementType element;
  private final OnnxType type;
  private final int[] dimensions;

  /** Elements of a row. */
  private final int width;

  private final CheckedInputStream in;

  /** What the bytes give in the end; negative if nobody knows. */
  private final long checksum;

  /** All bytes in C order, of an array that lies in Fortran's; null of others. */
  private byte @Nullable [] turned;

  private int row;

  ArrayRows(
      String file,
      String name,
      NpyHeader header,
      long bytes,
      CheckedInputStream in,
      long checksum,
      OnnxType type)
      throws IOException {
    this.file = file;
    this.name = name;
    this.header = header;
    this.type = type;
    this.in = in;
    this.checksum = checksum;
    ElementType found = ElementType.of(header);
    if (found == null) {
      throw wrong(
          "expected numbers, bool or text for the model's "
              + name(type)
              + (header.descr().endsWith("O")
                  ? ", found Python objects (a pickle); save it with x.astype(str)"
                  : ""));
    }
    this.element = found;
    requireConvertible();
    this.dimensions = new int[header.shape().size()];
    long size = element.bytes();
    for (int axis = 0; axis < dimensions.length; axis++) {
      long dimension = header.shape().get(axis);
      long high = Math.multiplyHigh(size, dimension);
      size *= dimension;
      if (dimension > LARGEST || high != 0 || size < 0) {
        throw wrong("is too large");
      }
      dimensions[axis] = (int) dimension;
    }
    if (size != bytes - header.bytes()) {
      long there = bytes - header.bytes();
      throw wrong(
          size
              + " bytes of elements expected, "
              + there
              + " found"
              + (size > there ? " (cut off?)" : ""));
    }
    long elements =
        dimensions.length == 0 || dimensions[0] == 0 ? 1 : size / element.bytes() / dimensions[0];
    if (elements > LARGEST / element.bytes()) {
      throw wrong("has rows that are too large");
    }
    this.width = (int) elements;
  }

  /** NumPy's name of a type. */
  static String name(OnnxType type) {
    return switch (type) {
      case FLOAT -> "float32";
      case DOUBLE -> "float64";
      default -> type.toString();
    };
  }

  private void requireConvertible() throws FileFormatException {
    boolean text = type == OnnxType.STRING;
    if (element.isText() != text) {
      throw wrong(
          text
              ? "the model takes text; save it with x.astype(str)"
              : "is text, the model takes " + name(type));
    }
    if (!text && !type.isFloat() && !element.isInteger()) {
      throw wrong(
          "the model takes " + name(type) + "; save it with x.astype('" + name(type) + "')");
    }
  }

  /** The sizes, a copy. */
  public int[] dimensions() {
    return dimensions.clone();
  }

  /** How many numbers a row has. */
  public int width() {
    return width;
  }

  /**
   * Reads the next rows.
   *
   * @param rows how many, as there are at least
   * @return an array of {@code rows} rows
   * @throws FileFormatException if an element is not one of the type's; names it
   * @throws IOException if they cannot be read
   */
  public OnnxArray next(int rows) throws IOException {
    int[] some = dimensions.clone();
    some[0] = rows;
    OnnxArray array = read(rows, some);
    row += rows;
    if (row == dimensions[0]) {
      requireEnd();
    }
    return array;
  }

  /**
   * Reads all, of any rank.
   *
   * @throws IOException as for {@link #next}
   */
  public OnnxArray all() throws IOException {
    int rows = dimensions.length == 0 ? 1 : dimensions[0];
    OnnxArray array = read(rows, dimensions.clone());
    requireEnd();
    return array;
  }

  /** Reads the bytes, and that they are those that were written. */
  void skip() throws IOException {
    in.skipNBytes((long) (dimensions.length == 0 ? 1 : dimensions[0]) * width * element.bytes());
    requireEnd();
  }

  private OnnxArray read(int rows, int[] some) throws IOException {
    long bytes = (long) rows * width * element.bytes();
    if (bytes > LARGEST) {
      throw wrong(rows + " rows at once exceed a Java array; take fewer with --batch");
    }
    byte[] data = bytes(row, (int) bytes);
    ByteBuffer buffer = ByteBuffer.wrap(data).order(element.order());
    int count = rows * width;
    if (type == OnnxType.STRING) {
      return OnnxArray.of(strings(buffer, count), some);
    }
    if (type == OnnxType.DOUBLE) {
      return OnnxArray.of(doubles(buffer, count), some);
    }
    return type.isFloat()
        ? OnnxArray.of(type, floats(buffer, count), some)
        : OnnxArray.of(type, longs(buffer, count), some);
  }

  // Bytes.

  private byte[] bytes(int from, int length) throws IOException {
    if (!header.fortranOrder() || dimensions.length < 2) {
      return readFully(length);
    }
    byte[] all = turned;
    if (all == null) {
      long size = (long) dimensions[0] * width * element.bytes();
      if (size > LARGEST) {
        throw wrong(
            "lies in Fortran's order and is too large for that; save numpy.ascontiguousarray(x)");
      }
      all = toRowMajor(readFully((int) size));
      turned = all;
    }
    int start = from * width * element.bytes();
    return Arrays.copyOfRange(all, start, start + length);
  }

  private byte[] readFully(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw wrong(length + " bytes more expected, " + bytes.length + " found (cut off?)");
    }
    return bytes;
  }

  private void requireEnd() throws IOException {
    if (in.read() != -1 || (checksum >= 0 && in.getChecksum().getValue() != checksum)) {
      throw wrong("has another checksum than its bytes (damaged?)");
    }
  }

  /** From the first index running fastest to the last. */
  private byte[] toRowMajor(byte[] data) {
    int bytes = element.bytes();
    byte[] result = new byte[data.length];
    int[] index = new int[dimensions.length];
    int from = 0;
    for (int to = 0; to < result.length; to += bytes) {
      System.arraycopy(data, from, result, to, bytes);
      // To the next index of the last axis that has one; axes behind it start again.
      int stride = data.length;
      for (int axis = dimensions.length - 1; axis >= 0; axis--) {
        stride /= dimensions[axis];
        from += stride;
        if (++index[axis] < dimensions[axis]) {
          break;
        }
        from -= stride * index[axis];
        index[axis] = 0;
      }
    }
    return result;
  }

  // Elements.

  /** The value of an integer; of a uint64, its bits. */
  private long bits(ByteBuffer buffer, int index) {
    boolean signed = element.kind() == ElementType.Kind.SIGNED;
    return switch (element.bytes()) {
      case 1 -> {
        byte b = buffer.get(index);
        yield element.kind() == ElementType.Kind.BOOL ? (b == 0 ? 0 : 1) : signed ? b : b & 0xff;
      }
      case 2 -> {
        short s = buffer.getShort(2 * index);
        yield signed ? s : s & 0xffff;
      }
      case 4 -> {
        int i = buffer.getInt(4 * index);
        yield signed ? i : i & 0xffff_ffffL;
      }
      default -> buffer.getLong(8 * index);
    };
  }

  /** Whether an integer with these bits is 2^63 or more. */
  private boolean isAbove(long bits) {
    return bits < 0 && element.kind() == ElementType.Kind.UNSIGNED && element.bytes() == 8;
  }

  private String integer(long bits) {
    return isAbove(bits) ? Long.toUnsignedString(bits) : Long.toString(bits);
  }

  private double number(ByteBuffer buffer, int index) {
    return switch (element.bytes()) {
      case 2 -> {
        short half = buffer.getShort(2 * index);
        yield element.kind() == ElementType.Kind.BFLOAT16
            ? Float.intBitsToFloat(half << 16)
            : Float.float16ToFloat(half);
      }
      case 4 -> buffer.getFloat(4 * index);
      default -> buffer.getDouble(8 * index);
    };
  }

  /** An integer as a float of so many bits, exactly. */
  private double exact(ByteBuffer buffer, int index) throws FileFormatException {
    long bits = bits(buffer, index);
    double value = rounded(isAbove(bits) ? 2.0 * (bits >>> 1) : bits);
    boolean same =
        isAbove(bits)
            ? (bits & 1) == 0 && value < 0x1p64 && (long) (value / 2) == bits >>> 1
            : value != 0x1p63 && (long) value == bits;
    if (!same) {
      throw cannotHold(index, integer(bits));
    }
    return value;
  }

  /** The nearest number of the type. */
  private double rounded(double value) {
    return switch (type) {
      case DOUBLE -> value;
      case FLOAT16 -> Float.float16ToFloat(toFloat16(value));
      case BFLOAT16 -> toBfloat16(value);
      default -> (float) value;
    };
  }

  /** Rounded once: a double that is rounded to a float first may be rounded up twice. */
  private static short toFloat16(double value) {
    return Float.floatToFloat16(toOdd(value));
  }

  private static float toBfloat16(double value) {
    float odd = toOdd(value);
    if (!Float.isFinite(odd)) {
      return (float) value;
    }
    int bits = Float.floatToRawIntBits(odd);
    int up = 0x7fff + ((bits >>> 16) & 1);
    return Float.intBitsToFloat((bits + up) & 0xffff_0000);
  }

  /**
   * A float from which rounding to fewer bits gives what it gives from the double: the one next to
   * it towards 0, with its last bit set if it is not the same.
   */
  private static float toOdd(double value) {
    float near = (float) value;
    if (near == value || !Float.isFinite(near) || Double.isNaN(value)) {
      return near;
    }
    float below = Math.abs(near) > Math.abs(value) ? towardsZero(near) : near;
    return Float.intBitsToFloat(Float.floatToRawIntBits(below) | 1);
  }

  private static float towardsZero(float value) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) - 1);
  }

  private float[] floats(ByteBuffer buffer, int count) throws FileFormatException {
    float[] floats = new float[count];
    if (type == OnnxType.FLOAT
        && element.kind() == ElementType.Kind.FLOAT
        && element.bytes() == 4) {
      buffer.asFloatBuffer().get(floats);
      return floats;
    }
    for (int i = 0; i < count; i++) {
      floats[i] = (float) value(buffer, i);
    }
    return floats;
  }

  private double[] doubles(ByteBuffer buffer, int count) throws FileFormatException {
    double[] doubles = new double[count];
    for (int i = 0; i < count; i++) {
      doubles[i] = value(buffer, i);
    }
    return doubles;
  }

  private double value(ByteBuffer buffer, int index) throws FileFormatException {
    if (element.isInteger()) {
      return exact(buffer, index);
    }
    double value = number(buffer, index);
    double rounded = rounded(value);
    if (Double.isInfinite(rounded) && !Double.isInfinite(value)) {
      throw cannotHold(index, Double.toString(value));
    }
    return rounded;
  }

  private long[] longs(ByteBuffer buffer, int count) throws FileFormatException {
    long least = type.least();
    long most = type.most();
    long[] longs = new long[count];
    for (int i = 0; i < count; i++) {
      long bits = bits(buffer, i);
      boolean fits =
          type == OnnxType.UINT64
              ? bits >= 0 || isAbove(bits)
              : !isAbove(bits) && bits >= least && bits <= most;
      if (!fits) {
        throw cannotHold(i, integer(bits));
      }
      longs[i] = bits;
    }
    return longs;
  }

  private String[] strings(ByteBuffer buffer, int count) throws FileFormatException {
    String[] strings = new String[count];
    int bytes = element.bytes();
    for (int i = 0; i < count; i++) {
      strings[i] =
          element.kind() == ElementType.Kind.UNICODE
              ? unicode(buffer, i)
              : utf8(buffer, i * bytes, bytes);
    }
    return strings;
  }

  private String unicode(ByteBuffer buffer, int index) throws FileFormatException {
    StringBuilder text = new StringBuilder();
    int zeros = 0;
    for (int at = index * element.bytes(); at < (index + 1) * element.bytes(); at += 4) {
      int character = buffer.getInt(at);
      if (!Character.isValidCodePoint(character)) {
        throw wrong("element " + element(index) + " has a character that is none");
      }
      if (character == 0) {
        zeros++;
        continue;
      }
      text.repeat(0, zeros).appendCodePoint(character);
      zeros = 0;
    }
    return text.toString();
  }

  private static String utf8(ByteBuffer buffer, int from, int length) {
    byte[] bytes = new byte[length];
    buffer.get(from, bytes);
    int end = length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  // Problems.

  private long element(int index) {
    return (long) row * width + index;
  }

  private FileFormatException cannotHold(int index, String value) {
    return wrong(
        "element "
            + element(index)
            + " is "
            + value
            + ", which the model's "
            + name(type)
            + " cannot hold");
  }

  private FileFormatException wrong(String problem) {
    return new FileFormatException(
        file, "array " + quote(name) + ", " + header.dtype() + header.shape() + ": " + problem);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

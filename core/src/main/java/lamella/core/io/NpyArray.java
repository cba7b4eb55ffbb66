package lamella.core.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * An array of numbers as NumPy keeps it, and as an {@code .npy} file holds it; immutable.
 *
 * <p>Read are float16, float32, float64, integers of 8 to 64 bits with and without sign, and bool
 * as the integers 0 and 1, in either byte order, in C or Fortran order, in files of version 1.0,
 * 2.0 and 3.0. Arrays of another type, empty ones, and those of 2 GiB and more are refused. Written
 * are the bytes that NumPy's {@code save} writes for the same array on a little-endian machine, in
 * C order.
 *
 * {@snippet file="SnippetsTest.java" region="npy"}
 *
 * <p>Source: NumPy's documentation, {@code numpy.lib.format}. A header is read as the three members
 * it must have, never evaluated, and checked against the size of the file before memory is taken.
 */
public final class NpyArray {
  private final NpyType type;
  private final Shape shape;

  /** The elements in C order, little-endian. */
  private final byte[] data;

  private NpyArray(NpyType type, Shape shape, byte[] data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  // Making.

  /**
   * {@return an array with the elements of a tensor, as float32 or float64}
   *
   * @param tensor copied
   * @throws IllegalArgumentException if they take 2 GiB or more
   */
  public static NpyArray of(Tensor tensor) {
    NpyType type =
        switch (tensor.dtype()) {
          case FLOAT32 -> NpyType.FLOAT32;
          case FLOAT64 -> NpyType.FLOAT64;
        };
    NpyArray array = empty(type, tensor.shape(), tensor.size());
    switch (tensor) {
      case FloatTensor floats -> array.buffer().asFloatBuffer().put(floats.array());
      case DoubleTensor doubles -> array.buffer().asDoubleBuffer().put(doubles.array());
    }
    return array;
  }

  /**
   * {@return an array of int32 with these elements in row-major order}
   *
   * @param shape the dimensions
   * @param elements copied
   * @throws IllegalArgumentException if there are not as many as the shape has, or they take 2 GiB
   *     or more
   */
  public static NpyArray of(Shape shape, int... elements) {
    NpyArray array = empty(NpyType.INT32, shape, elements.length);
    array.buffer().asIntBuffer().put(elements);
    return array;
  }

  /**
   * {@return an array of int64 with these elements in row-major order}
   *
   * @param shape the dimensions
   * @param elements copied
   */
  public static NpyArray of(Shape shape, long... elements) {
    NpyArray array = empty(NpyType.INT64, shape, elements.length);
    array.buffer().asLongBuffer().put(elements);
    return array;
  }

  /**
   * {@return an array of uint8 with these elements in row-major order, each standing for 0 to 255:
   * pixels, for example}
   *
   * @param shape the dimensions
   * @param elements copied
   */
  public static NpyArray ofUnsigned(Shape shape, byte... elements) {
    NpyArray array = empty(NpyType.UINT8, shape, elements.length);
    array.buffer().put(elements);
    return array;
  }

  /** To be filled. */
  private static NpyArray empty(NpyType type, Shape shape, int elements) {
    if (shape.size() != elements) {
      throw new IllegalArgumentException(
          "NpyArray: " + shape + " has " + shape.size() + " elements, got " + elements);
    }
    long bytes = (long) elements * type.bytes();
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "NpyArray: "
              + type
              + shape
              + " takes "
              + bytes
              + " bytes, at most 2^31 - 9 are possible");
    }
    return new NpyArray(type, shape, new byte[(int) bytes]);
  }

  // What it holds.

  /** {@return the dimensions} */
  public Shape shape() {
    return shape;
  }

  /** {@return NumPy's name of the element type: {@code float32}, {@code uint8} and so on} */
  public String dtype() {
    return type.toString();
  }

  /**
   * {@return whether this is an array of integers, which {@link #ints} and {@link #longs} give; so
   * is one of bool}
   */
  public boolean isInteger() {
    return type.isInteger();
  }

  /** {@return the number of elements} */
  public int size() {
    return shape.size();
  }

  /**
   * {@return the elements as a new tensor: floats and integers alike, each rounded to nearest where
   * the tensor's type cannot hold it}
   *
   * @param dtype of the tensor
   */
  public Tensor tensor(DType dtype) {
    Tensor tensor = Tensor.zeros(dtype, shape);
    ByteBuffer buffer = buffer();
    switch (tensor) {
      case FloatTensor floats when type == NpyType.FLOAT32 ->
          buffer.asFloatBuffer().get(floats.array());
      case FloatTensor floats when type == NpyType.FLOAT16 -> {
        float[] array = floats.array();
        for (int i = 0; i < array.length; i++) {
          array[i] = HalfPrecision.float16(buffer.getShort(2 * i));
        }
      }
      case DoubleTensor doubles when type == NpyType.FLOAT64 ->
          buffer.asDoubleBuffer().get(doubles.array());
      case FloatTensor floats -> {
        float[] array = floats.array();
        for (int i = 0; i < array.length; i++) {
          array[i] = type.isInteger() ? toFloat(buffer, i) : (float) toDouble(buffer, i);
        }
      }
      case DoubleTensor doubles -> {
        double[] array = doubles.array();
        for (int i = 0; i < array.length; i++) {
          array[i] = toDouble(buffer, i);
        }
      }
    }
    return tensor;
  }

  private float toFloat(ByteBuffer buffer, int index) {
    long bits = bits(buffer, index);
    // Half of a number above 2^63 with its last bit kept below rounds as the whole would.
    return isAbove(bits) ? 2 * (float) ((bits >>> 1) | (bits & 1)) : bits;
  }

  private double toDouble(ByteBuffer buffer, int index) {
    return switch (type) {
      case FLOAT16 -> HalfPrecision.float16(buffer.getShort(2 * index));
      case FLOAT32 -> buffer.getFloat(4 * index);
      case FLOAT64 -> buffer.getDouble(8 * index);
      default -> {
        long bits = bits(buffer, index);
        yield isAbove(bits) ? 2 * (double) ((bits >>> 1) | (bits & 1)) : bits;
      }
    };
  }

  /** Whether an element with these bits is 2^63 or more. */
  private boolean isAbove(long bits) {
    return type == NpyType.UINT64 && bits < 0;
  }

  /**
   * {@return the elements of an array of integers of any width, as a new array}
   *
   * @throws IllegalStateException if the elements are no integers, or one does not fit; names it
   */
  public int[] ints() {
    int[] result = new int[size()];
    ByteBuffer buffer = integers("ints()");
    for (int i = 0; i < result.length; i++) {
      long bits = bits(buffer, i);
      result[i] = (int) bits;
      requireFit(result[i] == bits && !isAbove(bits), i, bits, "int");
    }
    return result;
  }

  /** {@return the same elements as longs, as a new array} */
  public long[] longs() {
    long[] result = new long[size()];
    ByteBuffer buffer = integers("longs()");
    for (int i = 0; i < result.length; i++) {
      result[i] = bits(buffer, i);
      requireFit(!isAbove(result[i]), i, result[i], "long");
    }
    return result;
  }

  /**
   * {@return the bytes of an array of int8 or uint8, as a new array; a uint8 stands for {@code b &
   * 0xff}}
   *
   * @throws IllegalStateException if it is neither
   */
  public byte[] bytes() {
    if (type != NpyType.INT8 && type != NpyType.UINT8) {
      throw new IllegalStateException("NpyArray.bytes(): expects int8 or uint8, got " + this);
    }
    return data.clone();
  }

  private ByteBuffer integers(String method) {
    if (!type.isInteger()) {
      throw new IllegalStateException(
          "NpyArray." + method + ": expects integers, got " + this + "; use tensor(DType)");
    }
    return buffer();
  }

  private void requireFit(boolean fits, int index, long bits, String javaType) {
    if (!fits) {
      String value = isAbove(bits) ? Long.toUnsignedString(bits) : Long.toString(bits);
      throw new IllegalStateException(
          "NpyArray: element "
              + index
              + " of "
              + this
              + " is "
              + value
              + ", which no "
              + javaType
              + " holds");
    }
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The value of an integer; of a uint64, its bits. */
  private long bits(ByteBuffer buffer, int index) {
    return switch (type) {
      case INT8 -> buffer.get(index);
      case UINT8 -> buffer.get(index) & 0xff;
      case BOOL -> buffer.get(index) == 0 ? 0 : 1;
      case INT16 -> buffer.getShort(2 * index);
      case UINT16 -> buffer.getShort(2 * index) & 0xffff;
      case INT32 -> buffer.getInt(4 * index);
      case UINT32 -> buffer.getInt(4 * index) & 0xffff_ffffL;
      case INT64, UINT64 -> buffer.getLong(8 * index);
      case FLOAT16, FLOAT32, FLOAT64 -> throw new AssertionError(type);
    };
  }

  /** The type and shape, not the elements: {@code uint8[10000, 3072]}. */
  @Override
  public String toString() {
    return type.toString() + shape;
  }

  // Reading.

  /**
   * Reads a file.
   *
   * @param path of the file
   * @return the array in it
   * @throws FileFormatException if it is no whole {@code .npy} file, or one of another type; says
   *     what was expected and what was found
   * @throws IOException if it cannot be read
   */
  public static NpyArray read(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new FileFormatException(path.toString(), "is a directory, expected an .npy file");
    }
    // Unlike a channel, this can be read by an interrupted thread too.
    try (InputStream in = Files.newInputStream(path)) {
      return parse(path.toString(), Files.size(path), in);
    }
  }

  /**
   * Reads what a file of this name holds.
   *
   * @param name for messages
   * @param bytes the whole file
   * @return the array in it
   * @throws FileFormatException if these bytes are no whole {@code .npy} file
   */
  public static NpyArray parse(String name, byte[] bytes) throws FileFormatException {
    try {
      return parse(name, bytes.length, new ByteArrayInputStream(bytes));
    } catch (FileFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new AssertionError("an array can be read", e);
    }
  }

  private static NpyArray parse(String file, long size, InputStream in) throws IOException {
    NpyHeader header = NpyHeader.read(file, size, in);
    String reason = header.whyNot();
    if (reason != null) {
      throw new FileFormatException(file, reason);
    }
    return read(file, header, size, in);
  }

  /**
   * Reads what follows the header in a file of {@code size} bytes, unless {@link NpyHeader#whyNot}
   * says why not.
   */
  static NpyArray read(String file, NpyHeader header, long size, InputStream in)
      throws IOException {
    NpyType type = Objects.requireNonNull(header.type());
    byte[] data = new byte[header.requireData(file, size, type)];
    int read = in.readNBytes(data, 0, data.length);
    if (read < data.length) {
      throw new FileFormatException(
          file, data.length + " bytes of elements expected, " + read + " found");
    }
    if (header.bigEndian()) {
      reverse(data, type.bytes());
    }
    Shape shape = header.toShape();
    boolean copy = header.fortranOrder() && shape.rank() > 1;
    return new NpyArray(type, shape, copy ? toRowMajor(data, shape, type.bytes()) : data);
  }

  private static void reverse(byte[] data, int width) {
    for (int start = 0; start < data.length; start += width) {
      for (int i = start, j = start + width - 1; i < j; i++, j--) {
        byte b = data[i];
        data[i] = data[j];
        data[j] = b;
      }
    }
  }

  /** From the first index running fastest to the last. */
  private static byte[] toRowMajor(byte[] data, Shape shape, int width) {
    byte[] result = new byte[data.length];
    int[] index = new int[shape.rank()];
    int from = 0;
    for (int to = 0; to < result.length; to += width) {
      System.arraycopy(data, from, result, to, width);
      // To the next index of the last axis that has one; axes behind it start again.
      int stride = data.length;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        stride /= shape.dimension(axis);
        from += stride;
        if (++index[axis] < shape.dimension(axis)) {
          break;
        }
        from -= stride * index[axis];
        index[axis] = 0;
      }
    }
    return result;
  }

  // Writing.

  /**
   * Writes a file, whole or not at all: see {@link AtomicFile}.
   *
   * @param path where the file is to be
   * @throws IOException if it cannot be written
   */
  public void write(Path path) throws IOException {
    AtomicFile.write(path, this::writeTo);
  }

  /** The bytes of a file. */
  void writeTo(OutputStream out) throws IOException {
    out.write(NpyHeader.write(type, shape));
    out.write(data);
  }

  /** How many bytes that is. */
  long bytesOfFile() {
    return NpyHeader.write(type, shape).length + (long) data.length;
  }
}

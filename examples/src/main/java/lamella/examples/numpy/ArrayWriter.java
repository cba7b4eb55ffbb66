package lamella.examples.numpy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import lamella.core.io.AtomicFile;
import lamella.core.io.NpyHeader;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxType;

/**
 * Named arrays that come some rows at a time, and then are written as NumPy's own types; bfloat16,
 * which NumPy has not, as float32.
 */
public final class ArrayWriter {
  /** A zip file's times are in the local time of whoever wrote it; all of ours have this one. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final Map<String, Column> columns = new LinkedHashMap<>();

  /** An array so far. */
  private static final class Column {
    private final OnnxType type;
    private final List<Long> dimensions = new ArrayList<>();
    private final List<byte[]> parts = new ArrayList<>();

    /** Text is kept until the longest is known. */
    private final List<String[]> texts = new ArrayList<>();

    private int longest = 1;
    private long rowsNotFinite;

    Column(OnnxArray first) {
      type = first.type();
      for (int dimension : first.dimensions()) {
        dimensions.add((long) dimension);
      }
    }

    void add(OnnxArray array) {
      if (type == OnnxType.STRING) {
        texts.add(array.strings());
        for (String text : array.strings()) {
          longest = Math.max(longest, text.codePointCount(0, text.length()));
        }
        return;
      }
      parts.add(bytes(array));
      if (type.isFloat()) {
        rowsNotFinite += rowsNotFinite(array);
      }
    }

    NpyHeader header() {
      return new NpyHeader(descr(), false, dimensions, 0);
    }

    private String descr() {
      return switch (type) {
        case FLOAT, BFLOAT16 -> "<f4";
        case FLOAT16 -> "<f2";
        case DOUBLE -> "<f8";
        case INT8 -> "|i1";
        case UINT8 -> "|u1";
        case BOOL -> "|b1";
        case INT16 -> "<i2";
        case UINT16 -> "<u2";
        case INT32 -> "<i4";
        case UINT32 -> "<u4";
        case INT64 -> "<i8";
        case UINT64 -> "<u8";
        case STRING -> "<U" + longest;
      };
    }

    void write(OutputStream out) throws IOException {
      out.write(header().toBytes());
      for (byte[] part : parts) {
        out.write(part);
      }
      for (String[] some : texts) {
        for (String text : some) {
          ByteBuffer buffer = ByteBuffer.allocate(4 * longest).order(ByteOrder.LITTLE_ENDIAN);
          text.codePoints().forEach(buffer::putInt);
          out.write(buffer.array());
        }
      }
    }
  }

  /** The bytes of an element in a file; of a text none, as it depends on the longest. */
  private static int bytes(OnnxType type) {
    return switch (type) {
      case STRING -> 0;
      case INT8, UINT8, BOOL -> 1;
      case INT16, UINT16, FLOAT16 -> 2;
      case FLOAT, BFLOAT16, INT32, UINT32 -> 4;
      case DOUBLE, INT64, UINT64 -> 8;
    };
  }

  private static byte[] bytes(OnnxArray array) {
    OnnxType type = array.type();
    long size = (long) array.size() * bytes(type);
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          array + " exceeds a Java array; take fewer rows at once, with --batch");
    }
    byte[] bytes = new byte[(int) size];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case FLOAT, BFLOAT16 -> buffer.asFloatBuffer().put(array.floats());
      case FLOAT16 -> {
        for (float number : array.floats()) {
          buffer.putShort(Float.floatToFloat16(number));
        }
      }
      case DOUBLE -> buffer.asDoubleBuffer().put(array.doubles());
      default -> {
        for (long number : array.longs()) {
          switch (bytes(type)) {
            case 1 -> buffer.put((byte) number);
            case 2 -> buffer.putShort((short) number);
            case 4 -> buffer.putInt((int) number);
            default -> buffer.putLong(number);
          }
        }
      }
    }
    return bytes;
  }

  private static long rowsNotFinite(OnnxArray array) {
    int rows = array.rank() == 0 ? 1 : array.dimension(0);
    int width = rows == 0 ? 0 : array.size() / rows;
    long count = 0;
    for (int row = 0; row < rows; row++) {
      boolean finite = true;
      for (int i = row * width; i < (row + 1) * width; i++) {
        finite &=
            array.type() == OnnxType.DOUBLE
                ? Double.isFinite(array.doubles()[i])
                : Float.isFinite(array.floats()[i]);
      }
      count += finite ? 0 : 1;
    }
    return count;
  }

  /** An empty one. */
  public ArrayWriter() {}

  /**
   * Adds arrays, or rows to those of the same names.
   *
   * @throws IllegalArgumentException if rows are of another type or width than those before
   */
  public void add(Map<String, OnnxArray> arrays) {
    arrays.forEach((name, array) -> {
      Column column = columns.get(name);
      if (column == null) {
        column = new Column(array);
        columns.put(name, column);
      } else {
        requireLike(name, column, array);
        column.dimensions.set(0, column.dimensions.getFirst() + array.dimension(0));
      }
      column.add(array);
    });
  }

  private static void requireLike(String name, Column column, OnnxArray array) {
    boolean same = column.type == array.type() && column.dimensions.size() == array.rank();
    for (int axis = 1; same && axis < array.rank(); axis++) {
      same = column.dimensions.get(axis) == array.dimension(axis);
    }
    if (!same || array.rank() == 0) {
      throw new IllegalArgumentException(
          name
              + ": rows like those before expected, "
              + ArrayRows.name(column.type)
              + column.dimensions
              + ", got "
              + array
              + "; compute all rows at once, with --batch");
    }
  }

  /** The arrays, each with NumPy's name of its type and its dimensions. */
  public Map<String, String> descriptions() {
    Map<String, String> texts = new LinkedHashMap<>();
    columns.forEach((name, column) ->
        texts.put(
            name,
            (column.type == OnnxType.BFLOAT16 ? "float32" : ArrayRows.name(column.type))
                + column.dimensions));
    return texts;
  }

  /** How many rows of an array have numbers that are not finite. */
  public long rowsNotFinite(String name) {
    Column column = columns.get(name);
    return column == null ? 0 : column.rowsNotFinite;
  }

  /** How many rows an array has. */
  public long rows(String name) {
    Column column = columns.get(name);
    return column == null || column.dimensions.isEmpty() ? 1 : column.dimensions.getFirst();
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @throws IOException if that cannot be done
   */
  public void write(Path file) throws IOException {
    if (ArrayFile.isNpz(file)) {
      AtomicFile.write(file, this::writeZip);
    } else if (columns.size() == 1) {
      AtomicFile.write(file, columns.values().iterator().next()::write);
    } else {
      throw new IOException(
          file
              + ": holds one array, there are "
              + String.join(", ", columns.keySet())
              + "; take .npz, or one of them with --output");
    }
  }

  private void writeZip(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setMethod(ZipEntry.STORED);
    for (Map.Entry<String, Column> named : columns.entrySet()) {
      Column column = named.getValue();
      ZipEntry entry = new ZipEntry(named.getKey() + ".npy");
      entry.setTimeLocal(TIME);
      Counter counter = new Counter();
      CheckedOutputStream checked = new CheckedOutputStream(counter, new CRC32());
      column.write(checked);
      entry.setCrc(checked.getChecksum().getValue());
      entry.setSize(counter.bytes);
      zip.putNextEntry(entry);
      column.write(zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** Counts bytes. */
  private static final class Counter extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] some, int from, int length) {
      bytes += length;
    }
  }
}

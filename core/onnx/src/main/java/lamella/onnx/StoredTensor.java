package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a file: checked when the file is read, decoded when it is asked for, once.
 *
 * <p>Source: {@code TensorProto} of the ONNX project.
 */
final class StoredTensor {
  /** NumPy's limit too. */
  static final int MOST_DIMENSIONS = 64;

  /** Of a Java array. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  /** Elements of another file are read in pieces of so many bytes. */
  private static final int PIECE = 1 << 16;

  // The fields of a tensor that have elements.
  private static final int FLOATS = 4;
  private static final int INT32S = 5;
  private static final int STRINGS = 6;
  private static final int INT64S = 7;
  private static final int RAW = 9;
  private static final int DOUBLES = 10;
  private static final int UINT64S = 11;

  private final String file;
  private final String name;
  private final long number;
  private final @Nullable OnnxType type;
  private final int[] dimensions;

  // Of these one is there: what is asked for, or what it is made of.
  private @Nullable OnnxArray array;
  private ByteBuffer elements = ByteBuffer.allocate(0);
  private boolean varints;
  private ExternalData.@Nullable Part part;

  private StoredTensor(
      String file, String name, long number, @Nullable OnnxType type, int[] dimensions) {
    this.file = file;
    this.name = name;
    this.number = number;
    this.type = type;
    this.dimensions = dimensions;
  }

  /** One that is decoded already. */
  StoredTensor(String name, OnnxArray array) {
    this("", name, array.type().number(), array.type(), array.dimensions());
    this.array = array;
  }

  /** Reads one up to its elements. */
  static StoredTensor read(String file, ProtoReader message, ExternalData external)
      throws IOException {
    String name = "";
    long number = 0;
    List<Long> sizes = new ArrayList<>(2);
    Elements elements = new Elements();
    Map<String, String> entries = null;
    boolean outside = false;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> message.integers(sizes, MOST_DIMENSIONS);
        case 2 -> number = message.integer();
        case 3 -> throw message.wrong("a whole tensor expected, found a segment of one");
        case FLOATS, INT32S, STRINGS, INT64S, RAW, DOUBLES, UINT64S -> elements.add(message);
        case 8 -> name = message.text();
        case 13 -> {
          entries = entries == null ? new HashMap<>() : entries;
          Entry.read(message.message()).put(entries);
        }
        case 14 -> outside = message.integer() != 0;
        default -> {} // a comment
      }
    }
    OnnxType type = OnnxType.of(number);
    int[] dimensions = new int[sizes.size()];
    for (int i = 0; i < dimensions.length; i++) {
      long size = sizes.get(i);
      if (size < 0 || size > LARGEST) {
        throw wrong(file, name, "dimensions from 0 to " + LARGEST + " expected, found " + size);
      }
      dimensions[i] = (int) size;
    }
    StoredTensor tensor = new StoredTensor(file, name, number, type, dimensions);
    if (type == null) {
      return tensor;
    }
    long size = tensor.size();
    if (size > LARGEST) {
      throw wrong(
          file,
          name,
          "at most " + LARGEST + " elements expected, found " + Arrays.toString(dimensions));
    }
    if (outside) {
      if (type == OnnxType.STRING || elements.field != 0) {
        throw wrong(file, name, "elements in this file or in another expected, found both");
      }
      tensor.part = external.part(name, entries == null ? Map.of() : entries, size * bytes(type));
    } else {
      tensor.take(elements);
    }
    return tensor;
  }

  private void take(Elements found) throws FileFormatException {
    OnnxType of = readableType();
    long size = size();
    int own =
        switch (of) {
          case FLOAT -> FLOATS;
          case DOUBLE -> DOUBLES;
          case STRING -> STRINGS;
          case INT64 -> INT64S;
          case UINT32, UINT64 -> UINT64S;
          default -> INT32S;
        };
    int field = found.field == 0 ? own : found.field;
    if (field != own && (field != RAW || of == OnnxType.STRING)) {
      throw wrong(file, name, "elements of " + of + " expected, found those of another type");
    }
    if (of == OnnxType.STRING) {
      requireSize(size, found.strings.size(), "elements");
      array = OnnxArray.of(found.strings.toArray(String[]::new), dimensions);
      return;
    }
    elements = found.bytes();
    varints = field == INT32S || field == INT64S || field == UINT64S;
    if (varints) {
      requireSize(size, varints(elements), "elements");
    } else {
      requireSize(size * bytes(of), elements.remaining(), "bytes");
    }
  }

  private void requireSize(long expected, long found, String unit) throws FileFormatException {
    if (expected != found) {
      throw wrong(
          file,
          name,
          type
              + Arrays.toString(dimensions)
              + " has "
              + expected
              + " "
              + unit
              + ", found "
              + found);
    }
  }

  /** How many numbers of variable length these are. */
  private long varints(ByteBuffer bytes) throws FileFormatException {
    long count = 0;
    int length = 0;
    for (int i = 0; i < bytes.remaining(); i++) {
      if (bytes.get(bytes.position() + i) >= 0) {
        count++;
        length = 0;
      } else if (++length == 10) {
        throw wrong(file, name, "numbers of at most 10 bytes expected, found more");
      }
    }
    if (length != 0) {
      throw wrong(file, name, "a number expected at the end, found the beginning of one");
    }
    return count;
  }

  /** What the fields of elements have, one after the other. */
  private static final class Elements {
    /** Which it was; 0 if there were none. */
    private int field;

    private final List<String> strings = new ArrayList<>(0);
    private @Nullable ByteBuffer only;
    private @Nullable ByteArrayOutputStream several;

    void add(ProtoReader message) throws FileFormatException {
      if (message.field() == STRINGS) {
        strings.add(message.text());
      } else {
        int unpacked =
            switch (message.field()) {
              case FLOATS -> ProtoReader.FOUR_BYTES;
              case DOUBLES -> ProtoReader.EIGHT_BYTES;
              case RAW -> ProtoReader.LENGTH_FIRST;
              default -> ProtoReader.VARINT;
            };
        ByteBuffer bytes = message.numbers(unpacked);
        if (!bytes.hasRemaining()) {
          return;
        }
        if (only == null) {
          only = bytes;
        } else {
          if (several == null) {
            several = new ByteArrayOutputStream();
            append(several, only);
          }
          append(several, bytes);
        }
      }
      if (field != 0 && field != message.field()) {
        throw message.wrong("elements of a tensor expected in one way, found in two");
      }
      field = message.field();
    }

    private static void append(ByteArrayOutputStream to, ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(bytes.position(), copy);
      to.writeBytes(copy);
    }

    ByteBuffer bytes() {
      if (several != null) {
        return ByteBuffer.wrap(several.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
      }
      return only == null ? ByteBuffer.allocate(0) : only;
    }
  }

  /** A key and its value, two texts. */
  record Entry(String key, String value) {
    static Entry read(ProtoReader message) throws FileFormatException {
      String key = "";
      String value = "";
      while (message.next()) {
        switch (message.field()) {
          case 1 -> key = message.text();
          case 2 -> value = message.text();
          default -> {}
        }
      }
      return new Entry(key, value);
    }

    void put(Map<String, String> entries) {
      entries.put(key, value);
    }
  }

  String name() {
    return name;
  }

  /** Null if it is none of those that arrays have. */
  @Nullable OnnxType type() {
    return type;
  }

  int[] dimensions() {
    return dimensions.clone();
  }

  /** How many elements there are; or more than arrays can have, even if one dimension is 0. */
  private long size() {
    long size = 1;
    long product = 1;
    for (int dimension : dimensions) {
      size = Math.min(size * Math.max(dimension, 1), Integer.MAX_VALUE);
      product *= Math.min(dimension, 1);
    }
    return size > LARGEST ? size : size * product;
  }

  private OnnxType readableType() throws FileFormatException {
    if (type == null) {
      throw wrong(file, name, "an element type that can be read expected, found " + number);
    }
    return type;
  }

  /** The tensor itself; everybody gets the same one, and nobody may change it. */
  synchronized OnnxArray array() throws IOException {
    OnnxArray decoded = array;
    if (decoded == null) {
      decoded = decode(readableType());
      array = decoded;
      elements = ByteBuffer.allocate(0); // so that the file's bytes need not be kept
      part = null;
    }
    return decoded;
  }

  private OnnxArray decode(OnnxType of) throws IOException {
    int size = Math.toIntExact(size());
    Object into = Numbers.make(of, size);
    ExternalData.Part outside = part;
    if (outside == null) {
      fill(of, elements.duplicate().order(ByteOrder.LITTLE_ENDIAN), into, 0, size);
    } else {
      int most = PIECE / bytes(of);
      ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
      try (ExternalData.Opened opened = outside.open()) {
        for (int done = 0; done < size; done += most) {
          int count = Math.min(most, size - done);
          opened.read((long) done * bytes(of), piece.clear().limit(count * bytes(of)));
          fill(of, piece.flip(), into, done, count);
        }
      }
    }
    return OnnxArray.of(of, into, dimensions);
  }

  private void fill(OnnxType of, ByteBuffer from, Object into, int at, int count) {
    switch (into) {
      case float[] floats when of == OnnxType.FLOAT -> from.asFloatBuffer().get(floats, at, count);
      case float[] floats -> {
        for (int i = at; i < at + count; i++) {
          short bits = varints ? (short) varint(from) : from.getShort();
          floats[i] =
              of == OnnxType.FLOAT16
                  ? Float.float16ToFloat(bits)
                  : Float.intBitsToFloat(bits << Short.SIZE);
        }
      }
      case double[] doubles -> from.asDoubleBuffer().get(doubles, at, count);
      case long[] longs -> {
        for (int i = at; i < at + count; i++) {
          longs[i] = Numbers.wrap(of, varints ? varint(from) : whole(of, from));
        }
      }
      default -> {} // there are no elements
    }
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = from.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static long whole(OnnxType of, ByteBuffer from) {
    return switch (bytes(of)) {
      case 1 -> from.get();
      case 2 -> from.getShort();
      case 4 -> from.getInt();
      default -> from.getLong();
    };
  }

  /** How many bytes an element has, where all have the same. */
  static int bytes(OnnxType type) {
    return switch (type) {
      case UINT8, INT8, BOOL -> 1;
      case UINT16, INT16, FLOAT16, BFLOAT16 -> 2;
      case FLOAT, INT32, UINT32 -> 4;
      case DOUBLE, INT64, UINT64 -> 8;
      case STRING -> 0;
    };
  }

  private static FileFormatException wrong(String file, String name, String problem) {
    return new FileFormatException(file, "tensor " + quote(name) + ": " + problem);
  }
}

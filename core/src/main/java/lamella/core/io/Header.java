package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DType;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The JSON at the start of a safetensors file: what tensors there are, and the metadata.
 *
 * @param entries in the order of their data, which they cover without gap or overlap
 */
record Header(List<Entry> entries, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";

  /** The limit of the format's own implementation, in bytes. */
  static final int LONGEST = 100_000_000;

  /** NumPy's limit too. */
  private static final int MOST_DIMENSIONS = 64;

  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  /**
   * One tensor of the header.
   *
   * @param dtype as the file says, {@code F32} for example
   * @param begin its first byte, counted from the end of the header
   * @param end the byte after its last
   */
  record Entry(String name, String dtype, List<Long> shape, long begin, long end)
      implements Comparable<Entry> {

    /** By the place of the data. */
    @Override
    public int compareTo(Entry other) {
      return begin != other.begin ? Long.compare(begin, other.begin) : Long.compare(end, other.end);
    }

    long bytes() {
      return end - begin;
    }

    /** The element type, or null if tensors hold no such elements. */
    @Nullable SafeTensorsType type() {
      return SafeTensorsType.of(dtype);
    }

    /** A tensor for its elements, or null if none can hold them. */
    @Nullable Tensor newTensor() {
      SafeTensorsType type = type();
      if (type == null || bytes() == 0 || bytes() / type.bytes() > LARGEST_ARRAY) {
        return null;
      }
      int[] dimensions = new int[shape.size()];
      for (int axis = 0; axis < dimensions.length; axis++) {
        dimensions[axis] = Math.toIntExact(shape.get(axis));
      }
      return Tensor.zeros(type.tensorType(), Shape.of(dimensions));
    }

    /** What it is and why {@link #newTensor} is null: {@code I64[2, 3], cannot be held}. */
    String whyNoTensor() {
      return (type() == null ? FileFormatException.plain(dtype) : dtype)
          + shape
          + (type() == null
              ? ", cannot be held"
              : bytes() == 0 ? ", has no elements" : ", exceeds a Java array");
    }
  }

  // Reading.

  /**
   * Reads a header whose file has {@code dataBytes} bytes after it, and checks all that can be
   * checked.
   */
  static Header parse(String file, byte[] json, long dataBytes) throws FileFormatException {
    String text = decode(file, json);
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = null;
    JsonReader reader = new JsonReader(file, "header", text);
    for (boolean more = reader.beginObject(); more; more = reader.nextMember()) {
      String name = reader.name();
      if (name.equals(METADATA)) {
        requireFirst(file, name, metadata == null);
        metadata = reader.acceptNull() ? Map.of() : readMetadata(file, reader);
      } else {
        requireFirst(file, name, entries.put(name, readEntry(file, name, reader)) == null);
      }
    }
    reader.end();
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(null);
    requireNoGaps(file, sorted, dataBytes);
    return new Header(sorted, metadata == null ? Map.of() : metadata);
  }

  private static Map<String, String> readMetadata(String file, JsonReader reader)
      throws FileFormatException {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (boolean more = reader.beginObject(); more; more = reader.nextMember()) {
      String key = reader.name();
      requireFirst(file, key, metadata.put(key, reader.string()) == null);
    }
    return metadata;
  }

  private static Entry readEntry(String file, String name, JsonReader reader)
      throws FileFormatException {
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    for (boolean more = reader.beginObject(); more; more = reader.nextMember()) {
      String field = reader.name();
      switch (field) {
        case "dtype" -> {
          requireFirst(file, field, dtype == null);
          dtype = reader.string();
        }
        case "shape" -> {
          requireFirst(file, field, shape == null);
          shape = reader.integers(MOST_DIMENSIONS);
        }
        case "data_offsets" -> {
          requireFirst(file, field, offsets == null);
          offsets = reader.integers(2);
        }
        default -> reader.skipValue(); // as the format's own implementation does
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new FileFormatException(
          file,
          "tensor " + quote(name) + ": expected dtype, shape and two data_offsets, found less");
    }
    Entry entry = new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
    requireSize(file, entry);
    return entry;
  }

  /** Types of unknown width are taken at their word. */
  private static void requireSize(String file, Entry entry) throws FileFormatException {
    SafeTensorsType type = entry.type();
    if (type == null) {
      return;
    }
    long bytes = type.bytes();
    try {
      for (long dimension : entry.shape) {
        bytes = Math.multiplyExact(bytes, dimension);
      }
    } catch (ArithmeticException e) {
      throw wrongSize(file, entry, "more than 2^63");
    }
    if (bytes != entry.bytes()) {
      throw wrongSize(file, entry, Long.toString(bytes));
    }
  }

  private static FileFormatException wrongSize(String file, Entry entry, String expected) {
    return new FileFormatException(
        file,
        "tensor "
            + quote(entry.name)
            + " of shape "
            + entry.shape
            + ": "
            + expected
            + " bytes expected, "
            + entry.bytes()
            + " found");
  }

  private static void requireNoGaps(String file, List<Entry> sorted, long dataBytes)
      throws FileFormatException {
    long end = 0;
    for (Entry entry : sorted) {
      if (entry.begin != end || entry.end < end) {
        throw new FileFormatException(
            file,
            "tensor "
                + quote(entry.name)
                + ": data expected from byte "
                + end
                + " on, found ["
                + entry.begin
                + ", "
                + entry.end
                + ")");
      }
      end = entry.end;
    }
    if (end != dataBytes) {
      throw new FileFormatException(
          file,
          end
              + " bytes of data expected, "
              + dataBytes
              + " found"
              + (end > dataBytes ? " (cut off?)" : ""));
    }
  }

  private static String decode(String file, byte[] json) throws FileFormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new FileFormatException(file, "header expected in UTF-8, found other bytes");
    }
  }

  private static void requireFirst(String file, String name, boolean first)
      throws FileFormatException {
    if (!first) {
      throw new FileFormatException(
          file, "header names expected once, found twice: " + quote(name));
    }
  }

  // Writing.

  /**
   * The header of these tensors, laid out in this order, padded so that the data begin at a
   * multiple of 8.
   */
  static byte[] write(Map<String, Tensor> tensors, Map<String, String> metadata) {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      string(json, METADATA).append(":{");
      for (Map.Entry<String, String> text : metadata.entrySet()) {
        string(string(separate(json), text.getKey()).append(':'), text.getValue());
      }
      json.append('}');
    }
    long end = 0;
    for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
      Tensor tensor = named.getValue();
      long begin = end;
      end += (long) tensor.size() * tensor.dtype().bytes();
      string(separate(json), named.getKey())
          .append(":{\"dtype\":\"")
          .append(tensor.dtype() == DType.FLOAT32 ? "F32" : "F64")
          .append("\",\"shape\":")
          .append(tensor.shape().toString().replace(" ", ""))
          .append(",\"data_offsets\":[")
          .append(begin)
          .append(',')
          .append(end)
          .append("]}");
    }
    byte[] unpadded = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(unpadded, (unpadded.length + 7) / 8 * 8);
    if (padded.length > LONGEST) {
      throw new IllegalStateException(
          "SafeTensors: names and metadata need "
              + padded.length
              + " bytes, at most "
              + LONGEST
              + " are allowed");
    }
    Arrays.fill(padded, unpadded.length, padded.length, (byte) ' ');
    return padded;
  }

  /** The size of what follows the header. */
  static long dataBytes(Map<String, Tensor> tensors) {
    return tensors.values().stream().mapToLong(t -> (long) t.size() * t.dtype().bytes()).sum();
  }

  /** A comma, unless this is the first member of its object. */
  private static StringBuilder separate(StringBuilder json) {
    return json.charAt(json.length() - 1) == '{' ? json : json.append(',');
  }

  /** Appends a JSON string. */
  static StringBuilder string(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append("\\u" + HexFormat.of().toHexDigits(c));
      } else {
        json.append(c);
      }
    }
    return json.append('"');
  }
}

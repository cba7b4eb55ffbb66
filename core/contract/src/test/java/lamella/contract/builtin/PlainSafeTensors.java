package lamella.contract.builtin;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file read in the plainest way, to judge what {@link SafeTensors} reads by: the
 * whole header as maps and lists, and no check of anything.
 *
 * @param entries in the order of their data
 */
record PlainSafeTensors(List<Entry> entries, Map<String, String> metadata) {

  record Entry(String name, String dtype, List<Long> shape, ByteBuffer data) {
    /** The elements as a tensor holds them. */
    ByteBuffer wide() {
      return dtype.endsWith("F16") ? widened(data, dtype.equals("BF16")) : data;
    }

    boolean isReadable() {
      return List.of("F32", "F64", "F16", "BF16").contains(dtype) && data.hasRemaining();
    }
  }

  private static ByteBuffer widened(ByteBuffer halves, boolean brain) {
    ByteBuffer from = halves.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer wide = ByteBuffer.allocate(2 * from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    while (from.hasRemaining()) {
      short bits = from.getShort();
      int sign = bits < 0 ? 1 << 31 : 0;
      int fraction = bits & 0x3ff;
      int exponent = bits >> 10 & 31;
      double value =
          exponent == 0 ? fraction / 0x1p24 : (1024 + fraction) * Math.scalb(1, exponent - 25);
      int magnitude =
          exponent == 31 ? 255 << 23 | fraction << 13 : Float.floatToRawIntBits((float) value);
      wide.putInt(brain ? bits << 16 : sign | magnitude);
    }
    return wide.flip();
  }

  static PlainSafeTensors of(byte[] file) {
    int header = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    Map<?, ?> json = (Map<?, ?>) json(Arrays.copyOfRange(file, 8, 8 + header));
    List<Map.Entry<?, ?>> tensors = new ArrayList<>(json.entrySet());
    tensors.removeIf(tensor -> tensor.getKey().equals("__metadata__"));
    // Those without data begin where others do.
    tensors.sort(
        Comparator.<Map.Entry<?, ?>>comparingLong(t -> offset(t.getValue(), 0))
            .thenComparingLong(t -> offset(t.getValue(), 1)));
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<?, ?> tensor : tensors) {
      Map<?, ?> fields = (Map<?, ?>) tensor.getValue();
      List<Long> shape = new ArrayList<>();
      ((List<?>) fields.get("shape")).forEach(dimension -> shape.add((Long) dimension));
      int from = 8 + header + (int) offset(fields, 0);
      int to = 8 + header + (int) offset(fields, 1);
      entries.add(
          new Entry(
              (String) tensor.getKey(),
              (String) fields.get("dtype"),
              shape,
              ByteBuffer.wrap(file, from, to - from)));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    if (json.get("__metadata__") instanceof Map<?, ?> texts) {
      texts.forEach((key, value) -> metadata.put((String) key, (String) value));
    }
    return new PlainSafeTensors(entries, metadata);
  }

  private static long offset(Object fields, int which) {
    return (Long) ((List<?>) ((Map<?, ?>) fields).get("data_offsets")).get(which);
  }

  /** How many bytes of data a header asks for; 0 if that cannot be said, or is more than most. */
  static int dataBytes(byte[] header, int most) {
    try {
      long bytes = 0;
      for (Map.Entry<?, ?> tensor : ((Map<?, ?>) json(header)).entrySet()) {
        if (!tensor.getKey().equals("__metadata__")) {
          bytes = Math.max(bytes, offset(tensor.getValue(), 1));
        }
      }
      return bytes <= most ? (int) bytes : 0;
    } catch (RuntimeException e) {
      return 0;
    }
  }

  // JSON: each value is read from the front of what is left.

  private static Object json(byte[] text) {
    return new Json(new String(text, StandardCharsets.UTF_8)).value();
  }

  private static final class Json {
    private String rest;

    Json(String text) {
      rest = text;
    }

    private char next() {
      rest = rest.replaceFirst("^[ \t\n\r]+", "");
      return rest.charAt(0);
    }

    private char take() {
      char c = rest.charAt(0);
      rest = rest.substring(1);
      return c;
    }

    private boolean takes(char c) {
      boolean there = next() == c;
      if (there) {
        take();
      }
      return there;
    }

    Object value() {
      return switch (next()) {
        case '{' -> object();
        case '[' -> list();
        case '"' -> string();
        case 'n' -> word("null");
        case 't' -> word("true");
        case 'f' -> word("false");
        default -> number();
      };
    }

    private String word(String word) {
      rest = rest.substring(word.length());
      return word;
    }

    private Map<String, Object> object() {
      Map<String, Object> members = new LinkedHashMap<>();
      take();
      while (!takes('}')) {
        takes(',');
        next();
        String name = string();
        takes(':');
        members.put(name, value());
      }
      return members;
    }

    private List<Object> list() {
      List<Object> values = new ArrayList<>();
      take();
      while (!takes(']')) {
        takes(',');
        values.add(value());
      }
      return values;
    }

    private Number number() {
      String digits = rest.replaceFirst("(?s)[^-+.eE0-9].*", "");
      rest = rest.substring(digits.length());
      return digits.matches("[0-9]{1,18}") ? (Number) Long.valueOf(digits) : new BigDecimal(digits);
    }

    private String string() {
      StringBuilder text = new StringBuilder();
      take();
      for (char c = take(); c != '"'; c = take()) {
        text.append(c == '\\' ? escape() : c);
      }
      return text.toString();
    }

    private char escape() {
      char c = take();
      if (c == 'u') {
        String digits = rest.substring(0, 4);
        rest = rest.substring(4);
        return (char) Integer.parseInt(digits, 16);
      }
      int letter = "bfnrt".indexOf(c);
      return letter < 0 ? c : "\b\f\n\r\t".charAt(letter);
    }
  }
}

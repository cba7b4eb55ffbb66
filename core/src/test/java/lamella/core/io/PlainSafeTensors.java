package lamella.core.io;

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
    boolean isReadable() {
      return List.of("F32", "F64").contains(dtype) && data.hasRemaining();
    }
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
        default -> number();
      };
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

    private Long number() {
      String digits = rest.replaceFirst("(?s)[^0-9].*", "");
      rest = rest.substring(digits.length());
      return Long.valueOf(digits);
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

package lamella.examples.numpy;

import java.nio.ByteOrder;
import lamella.core.io.NpyHeader;
import org.jspecify.annotations.Nullable;

/**
 * The type of an array's elements in a file.
 *
 * @param kind what they are
 * @param bytes of one element
 * @param order of the bytes
 * @param name NumPy's, for people
 */
record ElementType(Kind kind, int bytes, ByteOrder order, String name) {
  /** The longest text, in bytes, that is taken. */
  private static final int LONGEST_TEXT = 1 << 20;

  /** What elements are. */
  enum Kind {
    FLOAT,
    /** The upper half of a float32, which NumPy knows as two bytes of whatever. */
    BFLOAT16,
    SIGNED,
    UNSIGNED,
    BOOL,
    /** Text of 4 bytes a character, filled up with zeros. */
    UNICODE,
    /** Text in UTF-8, filled up with zeros. */
    BYTES
  }

  /** The type that a header says; null if it is none of these. */
  static @Nullable ElementType of(NpyHeader header) {
    ByteOrder order = header.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    String name = header.dtype();
    return switch (name) {
      case "float16" -> new ElementType(Kind.FLOAT, 2, order, name);
      case "float32" -> new ElementType(Kind.FLOAT, 4, order, name);
      case "float64" -> new ElementType(Kind.FLOAT, 8, order, name);
      case "int8" -> new ElementType(Kind.SIGNED, 1, order, name);
      case "int16" -> new ElementType(Kind.SIGNED, 2, order, name);
      case "int32" -> new ElementType(Kind.SIGNED, 4, order, name);
      case "int64" -> new ElementType(Kind.SIGNED, 8, order, name);
      case "uint8" -> new ElementType(Kind.UNSIGNED, 1, order, name);
      case "uint16" -> new ElementType(Kind.UNSIGNED, 2, order, name);
      case "uint32" -> new ElementType(Kind.UNSIGNED, 4, order, name);
      case "uint64" -> new ElementType(Kind.UNSIGNED, 8, order, name);
      case "bool" -> new ElementType(Kind.BOOL, 1, order, name);
      case "<V2", "|V2" -> new ElementType(Kind.BFLOAT16, 2, ByteOrder.LITTLE_ENDIAN, "bfloat16");
      default -> text(name, order);
    };
  }

  /** Of {@code <U5} or {@code |S5}. */
  private static @Nullable ElementType text(String descr, ByteOrder order) {
    if (!descr.matches("[<>|=]?[US][0-9]{1,7}")) {
      return null;
    }
    boolean unicode = descr.indexOf('U') >= 0;
    int length = Integer.parseInt(descr.substring(descr.indexOf(unicode ? 'U' : 'S') + 1));
    int bytes = unicode ? 4 * length : length;
    return bytes == 0 || bytes > LONGEST_TEXT
        ? null
        : new ElementType(unicode ? Kind.UNICODE : Kind.BYTES, bytes, order, descr);
  }

  boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED || kind == Kind.BOOL;
  }

  boolean isText() {
    return kind == Kind.UNICODE || kind == Kind.BYTES;
  }
}

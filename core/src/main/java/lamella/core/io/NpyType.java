package lamella.core.io;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The element types of {@code .npy} files that can be read. */
enum NpyType {
  FLOAT16("f2", 2),
  FLOAT32("f4", 4),
  FLOAT64("f8", 8),
  INT8("i1", 1),
  INT16("i2", 2),
  INT32("i4", 4),
  INT64("i8", 8),
  UINT8("u1", 1),
  UINT16("u2", 2),
  UINT32("u4", 4),
  UINT64("u8", 8),
  /** A byte, 0 for false; NumPy takes any other for true. */
  BOOL("b1", 1);

  /** What else NumPy calls them: letters, and the names of its types. */
  private static final Map<String, NpyType> OTHER_NAMES =
      Map.ofEntries(
          Map.entry("e", FLOAT16),
          Map.entry("half", FLOAT16),
          Map.entry("f", FLOAT32),
          Map.entry("single", FLOAT32),
          Map.entry("d", FLOAT64),
          Map.entry("double", FLOAT64),
          Map.entry("float", FLOAT64),
          Map.entry("b", INT8),
          Map.entry("byte", INT8),
          Map.entry("h", INT16),
          Map.entry("short", INT16),
          Map.entry("i", INT32),
          Map.entry("intc", INT32),
          Map.entry("q", INT64),
          Map.entry("longlong", INT64),
          Map.entry("B", UINT8),
          Map.entry("ubyte", UINT8),
          Map.entry("H", UINT16),
          Map.entry("ushort", UINT16),
          Map.entry("I", UINT32),
          Map.entry("uintc", UINT32),
          Map.entry("Q", UINT64),
          Map.entry("ulonglong", UINT64),
          Map.entry("?", BOOL),
          Map.entry("bool", BOOL),
          Map.entry("bool_", BOOL));

  private final String code;
  private final int bytes;

  NpyType(String code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /**
   * The type of a header, or null if it is none of these: as NumPy writes it, {@code <f4}, or spelt
   * in another way that NumPy reads, {@code =f4}, {@code f4}, {@code f}, {@code float32}. What is
   * another type on another machine ({@code int}) is none.
   */
  static @Nullable NpyType of(String descr) {
    boolean hasOrder = !descr.isEmpty() && "<>=|".indexOf(descr.charAt(0)) >= 0;
    String name = hasOrder ? descr.substring(1) : descr;
    for (NpyType type : values()) {
      if (type.code.equals(name) || (!hasOrder && type.toString().equals(name))) {
        return type;
      }
    }
    return hasOrder && name.length() > 1 ? null : OTHER_NAMES.get(name);
  }

  /** Size of one element. */
  int bytes() {
    return bytes;
  }

  /** Whether integers, or truth values as 0 and 1. */
  boolean isInteger() {
    return code.charAt(0) != 'f';
  }

  /** As a header says it, for little-endian elements: {@code <f4}. */
  String descr() {
    return (bytes == 1 ? '|' : '<') + code;
  }

  /** NumPy's name: {@code float32}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package lamella.core.io;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The element types of {@code .npy} files that can be read. */
enum NpyType {
  FLOAT32("f4", 4),
  FLOAT64("f8", 8),
  INT8("i1", 1),
  INT16("i2", 2),
  INT32("i4", 4),
  INT64("i8", 8),
  UINT8("u1", 1),
  UINT16("u2", 2),
  UINT32("u4", 4),
  UINT64("u8", 8);

  private final String code;
  private final int bytes;

  NpyType(String code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The type of this code, for example {@code f4}, or null if it is none of these. */
  static @Nullable NpyType of(String code) {
    for (NpyType type : values()) {
      if (type.code.equals(code)) {
        return type;
      }
    }
    return null;
  }

  /** Size of one element. */
  int bytes() {
    return bytes;
  }

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

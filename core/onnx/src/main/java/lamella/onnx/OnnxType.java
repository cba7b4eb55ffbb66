package lamella.onnx;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The type of an array's elements.
 *
 * <p>Source: {@code TensorProto.DataType} of the ONNX project.
 */
public enum OnnxType {
  /** A float of 32 bits. */
  FLOAT(1, Storage.FLOATS),
  /** From 0 to 255. */
  UINT8(2, Storage.LONGS),
  /** From -128 to 127. */
  INT8(3, Storage.LONGS),
  /** From 0 to 65535. */
  UINT16(4, Storage.LONGS),
  /** From -32768 to 32767. */
  INT16(5, Storage.LONGS),
  /** A whole number of 32 bits. */
  INT32(6, Storage.LONGS),
  /** A whole number of 64 bits. */
  INT64(7, Storage.LONGS),
  /** Text. */
  STRING(8, Storage.STRINGS),
  /** False or true, 0 or 1. */
  BOOL(9, Storage.LONGS),
  /** A float of 16 bits, IEEE 754's binary16. */
  FLOAT16(10, Storage.FLOATS),
  /** A float of 64 bits. */
  DOUBLE(11, Storage.DOUBLES),
  /** From 0 to 4294967295. */
  UINT32(12, Storage.LONGS),
  /** From 0 to 18446744073709551615; its bits are those of a {@code long}. */
  UINT64(13, Storage.LONGS),
  /** A float of 16 bits, the upper half of one of 32. */
  BFLOAT16(16, Storage.FLOATS);

  /** What a Java array of the elements is made of. */
  enum Storage {
    FLOATS,
    DOUBLES,
    LONGS,
    STRINGS
  }

  private final int number;
  private final Storage storage;

  OnnxType(int number, Storage storage) {
    this.number = number;
    this.storage = storage;
  }

  /** {@return the number that stands for it in files} */
  public int number() {
    return number;
  }

  /** {@return whether it is one of the floats} */
  public boolean isFloat() {
    return storage == Storage.FLOATS || storage == Storage.DOUBLES;
  }

  /** {@return whether it is one of the whole numbers; false and true are none} */
  public boolean isInteger() {
    return storage == Storage.LONGS && this != BOOL;
  }

  /** {@return the least of its whole numbers; 0 of false and true} */
  public long least() {
    return switch (this) {
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      default -> 0;
    };
  }

  /**
   * {@return the greatest of its whole numbers; 1 of false and true} Of {@link #UINT64} it is the
   * greatest {@code long}: the bits of those beyond are negative.
   */
  public long most() {
    return switch (this) {
      case BOOL -> 1;
      case INT8 -> Byte.MAX_VALUE;
      case UINT8 -> 0xff;
      case INT16 -> Short.MAX_VALUE;
      case UINT16 -> 0xffff;
      case INT32 -> Integer.MAX_VALUE;
      case UINT32 -> 0xffff_ffffL;
      default -> Long.MAX_VALUE;
    };
  }

  Storage storage() {
    return storage;
  }

  /** The type with a number; null if it is none of these. */
  static @Nullable OnnxType of(long number) {
    for (OnnxType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    return null;
  }

  /** For example {@code float16}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package lamella.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A message of protocol buffers, read field by field from a file that may be damaged: nothing is
 * read outside the message, and nothing is allocated because a length says so.
 *
 * <p>Source: "Encoding", the documentation of protocol buffers.
 */
final class ProtoReader {
  // Wire types: how long what follows a tag is.
  static final int VARINT = 0;
  static final int EIGHT_BYTES = 1;
  static final int LENGTH_FIRST = 2;
  static final int FOUR_BYTES = 5;

  private static final int LARGEST_FIELD = (1 << 29) - 1;

  private final String file;
  private final ByteBuffer bytes;
  private final int end;
  private int at;

  // The field that was read last.
  private int field;
  private int wireType;
  private long number;
  private int begin;

  ProtoReader(String file, byte[] bytes) {
    this(file, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, bytes.length);
  }

  private ProtoReader(String file, ByteBuffer bytes, int begin, int end) {
    this.file = file;
    this.bytes = bytes;
    this.at = begin;
    this.end = end;
  }

  /** Goes on to the next field; false at the message's end. */
  boolean next() throws FileFormatException {
    if (at == end) {
      return false;
    }
    long tag = varint();
    wireType = (int) (tag & 7);
    if (tag >>> 3 < 1 || tag >>> 3 > LARGEST_FIELD) {
      throw wrong("a field expected, found number " + (tag >>> 3));
    }
    field = (int) (tag >>> 3);
    switch (wireType) {
      case VARINT -> {
        begin = at;
        number = varint();
      }
      case EIGHT_BYTES -> skip(Long.BYTES);
      case FOUR_BYTES -> skip(Integer.BYTES);
      case LENGTH_FIRST -> skip(varint());
      default -> throw wrong("field " + field + " of a wire type that nobody writes: " + wireType);
    }
    return true;
  }

  private void skip(long length) throws FileFormatException {
    if (length < 0 || length > end - at) {
      throw wrong(
          "field "
              + field
              + ": "
              + Long.toUnsignedString(length)
              + " bytes expected, "
              + (end - at)
              + " left (cut off?)");
    }
    begin = at;
    at += (int) length;
  }

  /** Seven bits a byte, the lowest first; all bytes but the last have the highest bit. */
  private long varint() throws FileFormatException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at == end) {
        throw wrong("a number expected, found the end (cut off?)");
      }
      byte next = bytes.get(at++);
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw wrong("a number of at most 10 bytes expected, found more");
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** Its value, of type int32, int64 or an enumeration. */
  long integer() throws FileFormatException {
    require(VARINT);
    return number;
  }

  /** Its value, of type float. */
  float float32() throws FileFormatException {
    require(FOUR_BYTES);
    return bytes.getFloat(begin);
  }

  /** Its value, of type string. */
  String text() throws FileFormatException {
    String text = anyText();
    if (text == null) {
      throw wrong("field " + field + ": text in UTF-8 expected, found other bytes");
    }
    return text;
  }

  /** Its value, of type bytes, which may be text; null if it is none. */
  @Nullable String anyText() throws FileFormatException {
    ByteBuffer content = content();
    if (!content.hasRemaining()) {
      return "";
    }
    byte[] own = new byte[content.remaining()];
    content.get(own);
    String text = new String(own, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) { // stands for what is not UTF-8, and for itself
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(own)).toString();
      } catch (CharacterCodingException e) {
        return null;
      }
    }
    return text;
  }

  /** Its value, a message. */
  ProtoReader message() throws FileFormatException {
    require(LENGTH_FIRST);
    return new ProtoReader(file, bytes, begin, at);
  }

  /** Its value, of type bytes or a packed list: the file's own, little-endian. */
  ByteBuffer content() throws FileFormatException {
    require(LENGTH_FIRST);
    return bytes.slice(begin, at - begin).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Its value, a list of numbers as it is in the file: packed, or one of them.
   *
   * @param unpacked the wire type of one
   */
  ByteBuffer numbers(int unpacked) throws FileFormatException {
    if (wireType != LENGTH_FIRST) {
      require(unpacked);
    }
    return bytes.slice(begin, at - begin).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Adds its value, one or a packed list of type float, to those before. */
  void floats(List<Float> values) throws FileFormatException {
    ByteBuffer numbers = numbers(FOUR_BYTES);
    if (numbers.remaining() % Float.BYTES != 0) {
      throw wrong("field " + field + ": floats of 4 bytes expected, found " + numbers.remaining());
    }
    while (numbers.hasRemaining()) {
      values.add(numbers.getFloat());
    }
  }

  /** Adds its value, one or a packed list of type int64, to those before. */
  void integers(List<Long> values, int most) throws FileFormatException {
    if (wireType == LENGTH_FIRST) {
      ProtoReader packed = message();
      while (packed.at < packed.end) {
        add(values, packed.varint(), most);
      }
    } else {
      add(values, integer(), most);
    }
  }

  private void add(List<Long> values, long value, int most) throws FileFormatException {
    if (values.size() == most) {
      throw wrong("field " + field + ": at most " + most + " numbers expected");
    }
    values.add(value);
  }

  private void require(int expected) throws FileFormatException {
    if (wireType != expected) {
      throw wrong("field " + field + ": wire type " + expected + " expected, found " + wireType);
    }
  }

  /** An error at this place of the file. */
  FileFormatException wrong(String problem) {
    return new FileFormatException(file, "byte " + at + ": " + problem);
  }
}

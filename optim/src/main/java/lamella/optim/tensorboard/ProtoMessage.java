package lamella.optim.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message of protocol buffers, put together field by field.
 *
 * <p>Source: "Encoding", the documentation of protocol buffers.
 */
final class ProtoMessage {
  // Wire types: how long what follows a tag is.
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH_FIRST = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A field of type int64 or an enumeration. */
  ProtoMessage integer(int field, long value) {
    tag(field, VARINT);
    varint(value);
    return this;
  }

  /** A field of type double. */
  ProtoMessage number(int field, double value) {
    tag(field, EIGHT_BYTES);
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.writeBytes(bytes.putDouble(value).array());
    return this;
  }

  /** A field of type bytes. */
  ProtoMessage bytes(int field, byte[] value) {
    tag(field, LENGTH_FIRST);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  /** A field of type string. */
  ProtoMessage text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A field that is a message, by now complete. */
  ProtoMessage message(int field, ProtoMessage value) {
    return bytes(field, value.toBytes());
  }

  private void tag(int field, int wireType) {
    varint(((long) field << 3) | wireType);
  }

  /** Seven bits a byte, the lowest first; all bytes but the last have the highest bit. */
  private void varint(long value) {
    long rest = value;
    while (rest >>> 7 != 0) {
      out.write(((int) rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}

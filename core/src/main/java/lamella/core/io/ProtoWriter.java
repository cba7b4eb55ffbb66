package lamella.core.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import lamella.core.Tensor;

/**
 * A message of protocol buffers, put together field by field. Tensors are not copied but read when
 * it is written.
 *
 * <p>Source: "Encoding", the documentation of protocol buffers.
 */
final class ProtoWriter {
  // Wire types: how long what follows a tag is.
  private static final int VARINT = 0;
  private static final int LENGTH_FIRST = 2;
  private static final int FOUR_BYTES = 5;

  private final List<AtomicFile.Content> parts = new ArrayList<>();
  private long size;

  /** A field of type int32, int64 or an enumeration. */
  ProtoWriter integer(int field, long value) {
    return tag(field, VARINT).varint(value);
  }

  /** A field of type float. */
  ProtoWriter float32(int field, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return tag(field, FOUR_BYTES).bytes(bytes.putFloat(value).array());
  }

  /**
   * A field of type string.
   *
   * @throws IllegalArgumentException if UTF-8 cannot hold the text
   */
  ProtoWriter text(int field, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (!value.equals(new String(bytes, StandardCharsets.UTF_8))) {
      throw new IllegalArgumentException("OnnxExport: unpaired surrogate in \"" + value + '"');
    }
    return tag(field, LENGTH_FIRST).varint(bytes.length).bytes(bytes);
  }

  /** A field that is a message, by now complete. */
  ProtoWriter message(int field, ProtoWriter value) {
    return tag(field, LENGTH_FIRST).varint(value.size).add(value.size, value::writeTo);
  }

  /** A field of type bytes with a tensor's elements. */
  ProtoWriter elements(int field, Tensor value) {
    long length = (long) value.size() * value.dtype().bytes();
    return tag(field, LENGTH_FIRST)
        .varint(length)
        .add(length, out -> LittleEndian.write(value, out));
  }

  private ProtoWriter tag(int field, int wireType) {
    return varint(((long) field << 3) | wireType);
  }

  /** Seven bits a byte, the lowest first; all bytes but the last have the highest bit. */
  private ProtoWriter varint(long value) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
    byte[] bytes = new byte[(bits + 6) / 7];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((value >>> (7 * i)) | (i < bytes.length - 1 ? 0x80 : 0));
    }
    return bytes(bytes);
  }

  private ProtoWriter bytes(byte[] bytes) {
    return add(bytes.length, out -> out.write(bytes));
  }

  private ProtoWriter add(long length, AtomicFile.Content part) {
    size += length;
    parts.add(part);
    return this;
  }

  /** The number of bytes. */
  long size() {
    return size;
  }

  /** Writes them. */
  void writeTo(OutputStream out) throws IOException {
    for (AtomicFile.Content part : parts) {
      part.writeTo(out);
    }
  }
}

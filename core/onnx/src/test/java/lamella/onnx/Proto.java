package lamella.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A message of protocol buffers that is being written, field after field. */
final class Proto {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static Proto of() {
    return new Proto();
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      to.write(((int) left & 0x7f) | 0x80);
      left >>>= 7;
    }
    to.write((int) left);
  }

  private void tag(int field, int wireType) {
    varint(out, ((long) field << 3) | wireType);
  }

  Proto integer(int field, long value) {
    tag(field, 0);
    varint(out, value);
    return this;
  }

  Proto float32(int field, float value) {
    tag(field, 5);
    byte[] bytes = new byte[Float.BYTES];
    little(bytes).putFloat(value);
    out.writeBytes(bytes);
    return this;
  }

  Proto float64(int field, double value) {
    tag(field, 1);
    byte[] bytes = new byte[Double.BYTES];
    little(bytes).putDouble(value);
    out.writeBytes(bytes);
    return this;
  }

  Proto bytes(int field, byte[] value) {
    tag(field, 2);
    varint(out, value.length);
    out.writeBytes(value);
    return this;
  }

  Proto text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Proto message(int field, Proto value) {
    return bytes(field, value.bytes());
  }

  Proto messages(int field, Iterable<Proto> values) {
    values.forEach(value -> message(field, value));
    return this;
  }

  Proto packed(int field, long... values) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (long value : values) {
      varint(packed, value);
    }
    return bytes(field, packed.toByteArray());
  }

  Proto packed(int field, float... values) {
    byte[] packed = new byte[values.length * Float.BYTES];
    ByteBuffer buffer = little(packed);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return bytes(field, packed);
  }

  Proto packed(int field, double... values) {
    byte[] packed = new byte[values.length * Double.BYTES];
    ByteBuffer buffer = little(packed);
    for (double value : values) {
      buffer.putDouble(value);
    }
    return bytes(field, packed);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}

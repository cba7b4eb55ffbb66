package lamella.optim.tensorboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads files of events from the formats' descriptions alone: records with their checksums, then
 * protocol buffers field by field. Whatever is wrong is an assertion error.
 */
final class EventReader {
  private EventReader() {}

  /**
   * One event.
   *
   * @param version of the file, in the first event only
   * @param start whether a session starts
   */
  record Event(double wallTime, long step, String version, boolean start, List<Value> values) {}

  /**
   * One value.
   *
   * @param dataClass 0 if not said
   * @param content a float, double or text for each element; of a PNG its bytes as text
   */
  record Value(
      String tag,
      String plugin,
      long dataClass,
      long dtype,
      List<Long> shape,
      List<Object> content) {}

  // Records.

  /** The whole records of a file; what follows the last is the beginning of one, or nothing. */
  static List<byte[]> records(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    int at = 0;
    while (at + 12 <= file.length) {
      requireChecksum(file, at, 8, bytes.getInt(at + 8));
      int length = Math.toIntExact(bytes.getLong(at));
      if (at + 12 + length + 4 > file.length) {
        break;
      }
      requireChecksum(file, at + 12, length, bytes.getInt(at + 12 + length));
      records.add(Arrays.copyOfRange(file, at + 12, at + 12 + length));
      at += 12 + length + 4;
    }
    return records;
  }

  private static void requireChecksum(byte[] file, int from, int length, int found) {
    int crc = crc32c(Arrays.copyOfRange(file, from, from + length));
    long rotated = ((crc & 0xffff_ffffL) >> 15) + (((long) crc << 17) & 0xffff_ffffL);
    int masked = (int) (rotated + 0xa282ead8L);
    if (masked != found) {
      throw new AssertionError("checksum of " + length + " bytes from byte " + from + " on");
    }
  }

  /** Bit by bit: the polynomial 0x1edc6f41, reflected. */
  static int crc32c(byte[] bytes) {
    int crc = -1;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
      }
    }
    return ~crc;
  }

  // Protocol buffers.

  /** Every field's values in order: a Long, or the bytes. */
  private static final class Message {
    private final Map<Integer, List<Object>> fields = new HashMap<>();

    Message(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        int tag = (int) varint(in);
        Object value =
            switch (tag & 7) {
              case 0 -> varint(in);
              case 1 -> in.getLong();
              case 2 -> {
                byte[] part = new byte[(int) varint(in)];
                in.get(part);
                yield part;
              }
              case 5 -> (long) in.getInt();
              default -> throw new AssertionError("wire type " + (tag & 7));
            };
        fields.computeIfAbsent(tag >>> 3, key -> new ArrayList<>()).add(value);
      }
    }

    private static long varint(ByteBuffer in) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = in.get();
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    List<Object> all(int field) {
      return fields.getOrDefault(field, List.of());
    }

    long integer(int field) {
      return all(field).isEmpty() ? 0 : (Long) all(field).getLast();
    }

    byte[] bytes(int field) {
      return all(field).isEmpty() ? new byte[0] : (byte[]) all(field).getLast();
    }

    String text(int field) {
      return new String(bytes(field), StandardCharsets.UTF_8);
    }

    Message message(int field) {
      return new Message(bytes(field));
    }

    List<Message> messages(int field) {
      return all(field).stream().map(bytes -> new Message((byte[]) bytes)).toList();
    }
  }

  // Events, by the numbers in event.proto, summary.proto, tensor.proto and tensor_shape.proto.

  static List<Event> events(byte[] file) {
    return records(file).stream().map(EventReader::event).toList();
  }

  private static Event event(byte[] record) {
    Message event = new Message(record);
    return new Event(
        Double.longBitsToDouble(event.integer(1)),
        event.integer(2),
        event.text(3),
        event.message(7).integer(1) == 1,
        event.message(5).messages(1).stream().map(EventReader::value).toList());
  }

  private static Value value(Message value) {
    Message tensor = value.message(8);
    Message metadata = value.message(9);
    return new Value(
        value.text(1),
        metadata.message(1).text(1),
        metadata.integer(4),
        tensor.integer(1),
        tensor.message(2).messages(2).stream().map(dimension -> dimension.integer(1)).toList(),
        content(tensor));
  }

  private static List<Object> content(Message tensor) {
    List<Object> content = new ArrayList<>();
    ByteBuffer packed = ByteBuffer.wrap(tensor.bytes(4)).order(ByteOrder.LITTLE_ENDIAN);
    if (tensor.integer(1) == 1) {
      ByteBuffer floats = packed.hasRemaining() ? packed : little(tensor.bytes(5));
      while (floats.hasRemaining()) {
        content.add(floats.getFloat());
      }
    } else if (tensor.integer(1) == 2) {
      ByteBuffer doubles = packed.hasRemaining() ? packed : little(tensor.bytes(6));
      while (doubles.hasRemaining()) {
        content.add(doubles.getDouble());
      }
    } else {
      for (Object bytes : tensor.all(8)) {
        byte[] text = (byte[]) bytes;
        boolean png = text.length > 0 && text[0] == (byte) 0x89;
        content.add(png ? Arrays.toString(text) : new String(text, StandardCharsets.UTF_8));
      }
    }
    return content;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

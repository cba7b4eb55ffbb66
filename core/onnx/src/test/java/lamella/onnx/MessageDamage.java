package lamella.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Damages what an ONNX file says and leaves its lengths right: fields of its messages are removed,
 * repeated, moved, put into others, given each other's texts or extreme numbers. So graphs get
 * cycles, names twice or not at all, wrong types and sizes of any kind.
 */
final class MessageDamage {
  private static final int MOST_CHANGES = 3;

  /** Fields that are messages: by the kind of a message, field and kind of what is in it. */
  private static final Map<String, Map<Integer, String>> MESSAGES =
      Map.of(
          "model", Map.of(7, "graph", 8, "pair", 14, "pair", 25, "pair"),
          "graph", Map.of(1, "node", 5, "tensor", 11, "value", 12, "value", 13, "value"),
          "node", Map.of(5, "attribute"),
          "attribute", Map.of(5, "tensor", 6, "graph"),
          "tensor", Map.of(13, "pair"),
          "value", Map.of(2, "type"),
          "type", Map.of(1, "array", 4, "array"),
          "array", Map.of(2, "shape", 1, "type"),
          "shape", Map.of(1, "dimension"));

  private static final long[] EXTREMES = {
    0,
    1,
    2,
    3,
    -1,
    -2,
    5,
    7,
    8,
    11,
    16,
    64,
    65,
    1000,
    65536,
    46341,
    1 << 24,
    1 << 28,
    1 << 30,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final String[] OPERATORS = {
    "Add",
    "Mul",
    "MatMul",
    "Gemm",
    "Concat",
    "Expand",
    "Tile",
    "Reshape",
    "Transpose",
    "Slice",
    "Gather",
    "Split",
    "Pad",
    "Range",
    "ConstantOfShape",
    "OneHot",
    "ReduceSum",
    "Squeeze",
    "Unsqueeze",
    "Flatten",
    "Shape",
    "Cast",
    "Softmax",
    "TopK",
    "Where",
    "Clip",
    "Constant",
    "Identity",
    "EyeLike",
    "GatherND",
    "CumSum",
    "LayerNormalization",
    "BatchNormalization"
  };

  private MessageDamage() {}

  private static final class Field {
    final int number;
    final int wireType;
    long integer;
    byte[] bytes = {};
    @Nullable List<Field> message;

    Field(int number, int wireType) {
      this.number = number;
      this.wireType = wireType;
    }

    Field copy() {
      Field copy = new Field(number, wireType);
      copy.integer = integer;
      copy.bytes = bytes;
      if (message != null) {
        List<Field> copies = new ArrayList<>();
        message.forEach(inner -> copies.add(inner.copy()));
        copy.message = copies;
      }
      return copy;
    }
  }

  /** Damages a file. */
  static byte[] of(byte[] file, SplittableRandom random) {
    List<Field> model = parse(ByteBuffer.wrap(file), "model");
    int changes = random.nextInt(1, MOST_CHANGES + 1);
    for (int i = 0; i < changes; i++) {
      List<List<Field>> messages = new ArrayList<>();
      collect(model, messages);
      change(messages, random);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(model, out);
    return out.toByteArray();
  }

  private static void collect(List<Field> message, List<List<Field>> all) {
    if (!message.isEmpty()) {
      all.add(message);
    }
    for (Field field : message) {
      if (field.message != null) {
        collect(field.message, all);
      }
    }
  }

  private static void change(List<List<Field>> messages, SplittableRandom random) {
    if (messages.isEmpty()) {
      return;
    }
    List<Field> message = messages.get(random.nextInt(messages.size()));
    int at = random.nextInt(message.size());
    Field field = message.get(at);
    List<Field> otherMessage = messages.get(random.nextInt(messages.size()));
    Field other = otherMessage.get(random.nextInt(otherMessage.size()));
    switch (random.nextInt(8)) {
      case 0 -> message.remove(at);
      case 1 -> message.add(random.nextInt(message.size() + 1), field.copy());
      case 2 -> otherMessage.add(random.nextInt(otherMessage.size() + 1), field.copy());
      case 3 -> {
        message.set(at, message.getLast());
        message.set(message.size() - 1, field);
      }
      case 4 -> message.set(at, other.copy());
      default -> changeValue(field, messages, random);
    }
  }

  private static void changeValue(
      Field field, List<List<Field>> messages, SplittableRandom random) {
    if (field.wireType == 0) {
      field.integer = EXTREMES[random.nextInt(EXTREMES.length)];
    } else if (field.message != null) {
      field.message.addAll(
          0, messages.get(random.nextInt(messages.size())).stream().map(Field::copy).toList());
    } else if (field.wireType == 2) {
      switch (random.nextInt(5)) {
        case 0 ->
            field.bytes =
                OPERATORS[random.nextInt(OPERATORS.length)].getBytes(StandardCharsets.UTF_8);
        case 1 -> {
          byte[] changed = Arrays.copyOf(field.bytes, field.bytes.length + random.nextInt(9));
          field.bytes = Arrays.copyOf(changed, Math.max(0, changed.length - 4));
        }
        case 2 -> {
          field.bytes = field.bytes.clone();
          int word = random.nextInt(4) * 4;
          for (int i = 0; i < 8 && word + i < field.bytes.length; i++) {
            field.bytes[word + i] =
                (byte) (EXTREMES[random.nextInt(EXTREMES.length)] >> (8 * random.nextInt(4)));
          }
        }
        default -> {
          for (int i = 0; i < 20; i++) {
            List<Field> message = messages.get(random.nextInt(messages.size()));
            Field other = message.get(random.nextInt(message.size()));
            if (other.wireType == 2 && other.message == null) {
              field.bytes = other.bytes;
              return;
            }
          }
        }
      }
    } else {
      field.bytes = field.bytes.clone();
      Arrays.fill(field.bytes, (byte) (random.nextBoolean() ? 0xff : random.nextInt()));
    }
  }

  private static List<Field> parse(ByteBuffer from, String kind) {
    from.order(ByteOrder.LITTLE_ENDIAN);
    List<Field> fields = new ArrayList<>();
    while (from.hasRemaining()) {
      long tag = varint(from);
      Field field = new Field((int) (tag >>> 3), (int) tag & 7);
      switch (field.wireType) {
        case 0 -> field.integer = varint(from);
        case 1 -> field.bytes = bytes(from, 8);
        case 5 -> field.bytes = bytes(from, 4);
        default -> {
          field.bytes = bytes(from, (int) varint(from));
          String inner = MESSAGES.getOrDefault(kind, Map.of()).get(field.number);
          if (inner != null) {
            field.message = parse(ByteBuffer.wrap(field.bytes), inner);
          }
        }
      }
      fields.add(field);
    }
    return fields;
  }

  private static byte[] bytes(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = from.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static void write(List<Field> message, ByteArrayOutputStream out) {
    for (Field field : message) {
      varint(out, ((long) field.number << 3) | field.wireType);
      switch (field.wireType) {
        case 0 -> varint(out, field.integer);
        case 1, 5 -> out.writeBytes(field.bytes);
        default -> {
          byte[] bytes = field.bytes;
          if (field.message != null) {
            ByteArrayOutputStream inner = new ByteArrayOutputStream();
            write(field.message, inner);
            bytes = inner.toByteArray();
          }
          varint(out, bytes.length);
          out.writeBytes(bytes);
        }
      }
    }
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write(((int) left & 0x7f) | 0x80);
      left >>>= 7;
    }
    out.write((int) left);
  }
}

package lamella.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An ONNX file as read by a reader of its own, which knows nothing of the writer: made from the
 * description of protocol buffers' encoding and from onnx.proto.
 */
record OnnxFile(
    long opset,
    List<Node> nodes,
    Map<String, Initializer> initializers,
    List<String> inputs,
    List<String> outputs,
    Map<String, String> metadata) {

  /** The version of the file format that the ONNX project released with that of the operators. */
  private static final Map<Long, Long> FORMATS =
      Map.of(13L, 7L, 14L, 7L, 15L, 8L, 16L, 8L, 17L, 8L, 18L, 8L, 19L, 9L, 20L, 9L);

  record Node(
      String name,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, Object> attributes) {

    /** For example {@code y = LeakyRelu(x) {alpha=0.1}}. */
    @Override
    public String toString() {
      return String.join(", ", outputs)
          + " = "
          + operator
          + "("
          + String.join(", ", inputs)
          + ")"
          + (attributes.isEmpty() ? "" : " " + attributes);
    }
  }

  /** {@code raw} are the bytes of the elements. */
  record Initializer(long type, List<Long> dimensions, ByteBuffer raw) {}

  /** The fields of a message by number, each a Long, Float, or byte[] for everything else. */
  private record Message(Map<Integer, List<Object>> fields) {

    static Message parse(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      Map<Integer, List<Object>> fields = new TreeMap<>();
      int last = 0;
      while (buffer.hasRemaining()) {
        long tag = varint(buffer);
        int field = Math.toIntExact(tag >>> 3);
        assertTrue(field >= last, "fields in ascending order, as protocol buffers write them");
        last = field;
        Object value =
            switch ((int) tag & 7) {
              case 0 -> varint(buffer);
              case 2 -> {
                byte[] content = new byte[Math.toIntExact(varint(buffer))];
                buffer.get(content);
                yield content;
              }
              case 5 -> buffer.getFloat();
              default -> throw new AssertionError("wire type of tag " + tag);
            };
        fields.computeIfAbsent(field, f -> new ArrayList<>()).add(value);
      }
      return new Message(fields);
    }

    private static long varint(ByteBuffer buffer) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = buffer.get();
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          assertTrue(next != 0 || shift == 0, "no more bytes than needed");
          return value;
        }
      }
    }

    Message only(Integer... allowed) {
      assertTrue(List.of(allowed).containsAll(fields.keySet()), fields.keySet().toString());
      return this;
    }

    List<Object> all(int field) {
      return fields.getOrDefault(field, List.of());
    }

    Object one(int field) {
      assertEquals(1, all(field).size(), "field " + field);
      return all(field).getFirst();
    }

    String text(int field) {
      return string(one(field));
    }

    List<String> texts(int field) {
      return all(field).stream().map(Message::string).toList();
    }

    Message message(int field) {
      return parse((byte[]) one(field));
    }

    List<Message> messages(int field) {
      return all(field).stream().map(bytes -> parse((byte[]) bytes)).toList();
    }

    private static String string(Object bytes) {
      return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
  }

  static OnnxFile parse(byte[] bytes) {
    Message model = Message.parse(bytes).only(1, 2, 3, 7, 8, 14);
    Message opset = model.message(8).only(1, 2);
    assertEquals("", opset.text(1));
    assertEquals(FORMATS.get(opset.one(2)), model.one(1));
    Message graph = model.message(7).only(1, 2, 5, 11, 12);
    assertFalse(graph.text(2).isEmpty());
    Map<String, Initializer> initializers = new LinkedHashMap<>();
    for (Message tensor : graph.messages(5)) {
      tensor.only(1, 2, 8, 9);
      List<Long> dimensions = tensor.all(1).stream().map(d -> (Long) d).toList();
      Initializer initializer =
          new Initializer(
              (Long) tensor.one(2),
              dimensions,
              ByteBuffer.wrap((byte[]) tensor.one(9)).order(ByteOrder.LITTLE_ENDIAN));
      assertEquals(null, initializers.put(tensor.text(8), initializer), "unique names");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Message entry : model.messages(14)) {
      assertEquals(null, metadata.put(entry.only(1, 2).text(1), entry.text(2)), "unique keys");
    }
    OnnxFile file =
        new OnnxFile(
            (Long) opset.one(2),
            graph.messages(1).stream().map(OnnxFile::node).toList(),
            initializers,
            graph.messages(11).stream().map(OnnxFile::value).toList(),
            graph.messages(12).stream().map(OnnxFile::value).toList(),
            metadata);
    file.check();
    return file;
  }

  private static Node node(Message node) {
    node.only(1, 2, 3, 4, 5);
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (Message attribute : node.messages(5)) {
      Object value =
          switch ((int) (long) (Long) attribute.one(20)) {
            case 1 -> attribute.only(1, 2, 20).one(2);
            case 2 -> attribute.only(1, 3, 20).one(3);
            case 3 -> attribute.only(1, 4, 20).text(4);
            case 7 -> attribute.only(1, 8, 20).all(8);
            default -> throw new AssertionError("type of attribute " + attribute.text(1));
          };
      attributes.put(attribute.text(1), value);
    }
    return new Node(node.text(3), node.text(4), node.texts(1), node.texts(2), attributes);
  }

  /** For example {@code x 1[batch, 3]: numbers}, where 1 is the element type. */
  private static String value(Message info) {
    Message tensor = info.only(1, 2, 3).message(2).only(1).message(1).only(1, 2);
    List<Object> dimensions = new ArrayList<>();
    for (Message dimension : tensor.message(2).only(1).messages(1)) {
      dimensions.add(dimension.all(2).isEmpty() ? dimension.one(1) : dimension.text(2));
    }
    String text = info.text(1) + " " + tensor.one(1) + dimensions;
    return info.all(3).isEmpty() ? text : text + ": " + info.text(3);
  }

  /** What the format demands of names and sizes. */
  private void check() {
    Set<String> values = new HashSet<>(initializers.keySet());
    initializers.forEach((name, tensor) -> {
      long width = tensor.type() == 1 ? 4 : 8;
      assertEquals(width == 4 ? 1 : 11, tensor.type(), name);
      long size = tensor.dimensions().stream().reduce(1L, Math::multiplyExact);
      assertEquals(size * width, tensor.raw().remaining(), name);
    });
    for (String input : inputs) {
      assertTrue(values.add(input.substring(0, input.indexOf(' '))), input);
    }
    Set<String> nodeNames = new HashSet<>();
    Set<String> computed = new HashSet<>();
    for (Node node : nodes) {
      assertTrue(nodeNames.add(node.name()), node.name());
      assertTrue(
          values.containsAll(node.inputs()), () -> node + " uses a value before it is there");
      for (String output : node.outputs()) {
        assertTrue(values.add(output), () -> node + " gives a value a second time");
        computed.add(output);
      }
    }
    for (String output : outputs) {
      assertTrue(computed.contains(output.substring(0, output.indexOf(' '))), output);
    }
    assertFalse(values.contains(""));
    assertFalse(nodeNames.contains(""));
  }
}

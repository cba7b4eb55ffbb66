package lamella.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An ONNX file that is being written, for tests; with the field numbers of onnx.proto. */
final class ModelBytes {
  private long version = 8;
  private final Map<String, Long> opsets = new LinkedHashMap<>(Map.of("", 13L));
  private final List<Proto> nodes = new ArrayList<>();
  private final List<Proto> constants = new ArrayList<>();
  private final List<Proto> inputs = new ArrayList<>();
  private final List<Proto> outputs = new ArrayList<>();
  private final List<Proto> values = new ArrayList<>();
  private final Proto more = Proto.of();
  private final Proto moreOfGraph = Proto.of();

  ModelBytes version(long version) {
    this.version = version;
    return this;
  }

  ModelBytes opset(String domain, long opset) {
    opsets.put(domain, opset);
    return this;
  }

  /** For example {@code node("Gemm", "x,w,b", "y", integer("transB", 1))}. */
  ModelBytes node(String operator, String from, String to, Proto... attributes) {
    return node("", operator, from, to, attributes);
  }

  ModelBytes node(String domain, String operator, String from, String to, Proto... attributes) {
    Proto node = Proto.of();
    if (!from.isEmpty()) {
      Arrays.stream(from.split(",", -1)).forEach(name -> node.text(1, name));
    }
    Arrays.stream(to.split(",", -1)).forEach(name -> node.text(2, name));
    nodes.add(
        node.text(3, "node" + nodes.size())
            .text(4, operator)
            .messages(5, List.of(attributes))
            .text(7, domain));
    return this;
  }

  ModelBytes input(String name, OnnxType type, Object... dimensions) {
    inputs.add(value(name, type, dimensions));
    return this;
  }

  ModelBytes output(String name, OnnxType type, Object... dimensions) {
    outputs.add(value(name, type, dimensions));
    return this;
  }

  /** An input without a shape. */
  ModelBytes input(Proto input) {
    inputs.add(input);
    return this;
  }

  ModelBytes output(Proto output) {
    outputs.add(output);
    return this;
  }

  ModelBytes value(Proto value) {
    values.add(value);
    return this;
  }

  ModelBytes constant(String name, float[] elements, long... dimensions) {
    return constant(tensor(name, OnnxType.FLOAT, dimensions).packed(4, elements));
  }

  ModelBytes constant(String name, long[] elements, long... dimensions) {
    return constant(tensor(name, OnnxType.INT64, dimensions).packed(7, elements));
  }

  ModelBytes constant(Proto tensor) {
    constants.add(tensor);
    return this;
  }

  /** What is written to the model's message. */
  Proto more() {
    return more;
  }

  Proto moreOfGraph() {
    return moreOfGraph;
  }

  /** The beginning of a tensor, its elements follow. */
  static Proto tensor(String name, OnnxType type, long... dimensions) {
    Proto tensor = Proto.of();
    for (long dimension : dimensions) {
      tensor.integer(1, dimension);
    }
    return tensor.integer(2, type.number()).text(8, name);
  }

  /** Each dimension a number, or the name of an open one, which may be empty. */
  static Proto value(String name, OnnxType type, Object... dimensions) {
    Proto shape = Proto.of();
    for (Object dimension : dimensions) {
      Proto message = Proto.of();
      if (dimension instanceof Number size) {
        message.integer(1, size.longValue());
      } else if (!dimension.equals("")) {
        message.text(2, (String) dimension);
      }
      shape.message(1, message);
    }
    return Proto.of()
        .text(1, name)
        .message(2, Proto.of().message(1, Proto.of().integer(1, type.number()).message(2, shape)));
  }

  static Proto attribute(String name, int type) {
    return Proto.of().text(1, name).integer(20, type);
  }

  static Proto number(String name, float value) {
    return attribute(name, 1).float32(2, value);
  }

  static Proto integer(String name, long value) {
    return attribute(name, 2).integer(3, value);
  }

  static Proto text(String name, String value) {
    return attribute(name, 3).text(4, value);
  }

  static Proto integers(String name, long... values) {
    Proto attribute = attribute(name, 7);
    for (long value : values) {
      attribute.integer(8, value);
    }
    return attribute;
  }

  static Proto texts(String name, String... values) {
    Proto attribute = attribute(name, 8);
    for (String value : values) {
      attribute.text(9, value);
    }
    return attribute;
  }

  byte[] bytes() {
    Proto graph =
        Proto.of()
            .messages(1, nodes)
            .text(2, "graph")
            .messages(5, constants)
            .messages(11, inputs)
            .messages(12, outputs)
            .messages(13, values);
    Proto model = Proto.of().integer(1, version);
    byte[] rest = moreOfGraph.bytes();
    byte[] begun = graph.bytes();
    byte[] whole = Arrays.copyOf(begun, begun.length + rest.length);
    System.arraycopy(rest, 0, whole, begun.length, rest.length);
    model.bytes(7, whole);
    opsets.forEach(
        (domain, opset) -> model.message(8, Proto.of().text(1, domain).integer(2, opset)));
    byte[] last = more.bytes();
    byte[] first = model.bytes();
    byte[] all = Arrays.copyOf(first, first.length + last.length);
    System.arraycopy(last, 0, all, first.length, last.length);
    return all;
  }
}

package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * A small graph out of an ONNX file, computed node by node in float64 for one example: made from
 * the description of protocol buffers' encoding, from onnx.proto and from the operators'
 * definitions only, and lenient, since it judges files that were read already.
 */
final class PlainOnnx {
  /** An array of one or two dimensions. */
  private static final class Matrix {
    final int rows;
    final int columns;
    final double[] values;

    Matrix(int rows, double[] values) {
      this.rows = rows;
      this.columns = rows == 0 ? 0 : values.length / rows;
      this.values = values;
    }

    double at(int i) {
      return values[values.length == 1 ? 0 : i];
    }
  }

  private record Node(
      String operator, List<String> inputs, String output, Map<String, Object> attributes) {}

  /** Fields by number: a Long, a Float, or the bytes of everything else. */
  private record Message(Map<Integer, List<Object>> fields) {
    static Message of(ByteBuffer bytes) {
      ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      Map<Integer, List<Object>> fields = new HashMap<>();
      while (in.hasRemaining()) {
        long tag = varint(in);
        Object value =
            switch ((int) (tag & 7)) {
              case 0 -> varint(in);
              case 1 -> in.getLong();
              case 5 -> in.getFloat();
              default -> {
                int length = Math.toIntExact(varint(in));
                ByteBuffer content = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
                in.position(in.position() + length);
                yield content;
              }
            };
        fields.computeIfAbsent((int) (tag >>> 3), field -> new ArrayList<>()).add(value);
      }
      return new Message(fields);
    }

    static long varint(ByteBuffer in) {
      long value = 0;
      int shift = 0;
      byte next;
      do {
        next = in.get();
        value |= (next & 0x7fL) << shift;
        shift += 7;
      } while (next < 0);
      return value;
    }

    List<Object> all(int field) {
      return fields.getOrDefault(field, List.of());
    }

    /** The last one counts. */
    Object last(int field, Object otherwise) {
      return all(field).isEmpty() ? otherwise : all(field).getLast();
    }

    String text(int field) {
      return fields.containsKey(field) ? decode(all(field).getLast()) : "";
    }

    static String decode(Object bytes) {
      return StandardCharsets.UTF_8.decode(((ByteBuffer) bytes).duplicate()).toString();
    }

    Message message(int field) {
      return of((ByteBuffer) all(field).getLast());
    }

    List<Message> messages(int field) {
      return all(field).stream().map(bytes -> of((ByteBuffer) bytes)).toList();
    }

    List<Long> integers(int field) {
      List<Long> integers = new ArrayList<>();
      for (Object value : all(field)) {
        if (value instanceof ByteBuffer packed) {
          ByteBuffer in = packed.duplicate();
          while (in.hasRemaining()) {
            integers.add(varint(in));
          }
        } else {
          integers.add((Long) value);
        }
      }
      return integers;
    }
  }

  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, Matrix> constants = new HashMap<>();
  private final String input;
  private final String output;
  private final int columns;

  private PlainOnnx(Message graph) {
    for (Message node : graph.messages(1)) {
      Map<String, Object> attributes = new HashMap<>();
      for (Message attribute : node.messages(5)) {
        Object value = attribute.last(2, attribute.last(3, 0L));
        value = attribute.fields.containsKey(5) ? matrix(attribute.message(5)) : value;
        attributes.put(attribute.text(1), value);
      }
      List<String> inputs = node.all(1).stream().map(Message::decode).toList();
      String value =
          Message.decode(node.all(2).stream().filter(PlainOnnx::isThere).findFirst().orElseThrow());
      nodes.put(value, new Node(node.text(4), inputs, value, attributes));
      if (attributes.get("value") instanceof Matrix constant) {
        constants.put(value, constant);
      }
    }
    for (Message tensor : graph.messages(5)) {
      constants.put(tensor.text(8), matrix(tensor));
    }
    Message in =
        graph.messages(11).stream()
            .filter(value -> !constants.containsKey(value.text(1)))
            .findFirst()
            .orElseThrow();
    input = in.text(1);
    output = graph.message(12).text(1);
    List<Long> dimensions = new ArrayList<>();
    for (Message type : in.messages(2)) {
      for (Message tensor : type.messages(1)) {
        for (Message shape : tensor.messages(2)) {
          for (Message dimension : shape.messages(1)) {
            dimensions.add((Long) dimension.last(1, 1L));
          }
        }
      }
    }
    columns = (int) dimensions.stream().skip(1).mapToLong(size -> size).reduce(1, (a, b) -> a * b);
  }

  private static boolean isThere(Object text) {
    return ((ByteBuffer) text).hasRemaining();
  }

  static PlainOnnx of(byte[] file) {
    return new PlainOnnx(Message.of(ByteBuffer.wrap(file)).message(7));
  }

  private static Matrix matrix(Message tensor) {
    List<Long> dimensions = tensor.integers(1);
    long type = (Long) tensor.last(2, 0L);
    ByteBuffer bytes = null;
    for (int field : new int[] {4, 9, 10}) {
      for (Object value : tensor.all(field)) {
        bytes =
            value instanceof ByteBuffer content
                ? content.duplicate().order(ByteOrder.LITTLE_ENDIAN)
                : bytes;
      }
    }
    int width = type == 1 ? 4 : 8;
    double[] values = new double[bytes == null ? 0 : bytes.remaining() / width];
    for (int i = 0; i < values.length; i++) {
      values[i] = type == 1 ? bytes.getFloat() : bytes.getDouble();
    }
    int rows = dimensions.size() < 2 ? 1 : (int) (long) dimensions.get(0);
    return new Matrix(rows, values);
  }

  int columns() {
    return columns;
  }

  /** Throws unless these are the outputs before a last softmax. */
  void requireOutputs(double[] x, double[] y, double tolerance) {
    Node last = nodes.get(output);
    String logits =
        last != null && last.operator.equals("Softmax") ? last.inputs.getFirst() : output;
    Map<String, double[]> values = new HashMap<>();
    values.put(input, x);
    double[] expected = value(logits, values);
    assertEquals(expected.length, y.length);
    double largest = 0;
    for (double number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    if (!(largest < 1e30)) {
      return; // damaged numbers that overflow in float32
    }
    for (int i = 0; i < y.length; i++) {
      assertEquals(expected[i], y[i], tolerance * Math.max(1, largest), "output " + i);
    }
  }

  private double[] value(String name, Map<String, double[]> values) {
    if (constants.containsKey(name)) {
      return constants.get(name).values;
    }
    double[] known = values.get(name);
    if (known == null) {
      known = compute(nodes.get(name), values);
      values.put(name, known);
    }
    return known;
  }

  private double[] compute(Node node, Map<String, double[]> values) {
    double[] x = value(node.inputs.get(0), values);
    return switch (node.operator) {
      case "Identity" -> x;
      case "Relu" -> map(x, v -> v > 0 ? v : v <= 0 ? 0 : v);
      case "Sigmoid" -> map(x, v -> 1 / (1 + Math.exp(-v)));
      case "Exp" -> map(x, Math::exp);
      case "Neg" -> map(x, v -> -v);
      case "LeakyRelu" -> {
        double slope = (Float) node.attributes.getOrDefault("alpha", 0.01f);
        yield map(x, v -> v >= 0 ? v : slope * v);
      }
      case "Selu" -> {
        double alpha = (Float) node.attributes.getOrDefault("alpha", 1.6732632f);
        double gamma = (Float) node.attributes.getOrDefault("gamma", 1.050701f);
        yield map(x, v -> gamma * (v > 0 ? v : alpha * Math.expm1(v)));
      }
      case "Add" -> both(x, value(node.inputs.get(1), values), Double::sum);
      case "Sub" -> both(x, value(node.inputs.get(1), values), (a, b) -> a - b);
      case "Mul" -> both(x, value(node.inputs.get(1), values), (a, b) -> a * b);
      case "Div" -> both(x, value(node.inputs.get(1), values), (a, b) -> a / b);
      case "Min" -> both(x, value(node.inputs.get(1), values), Math::min);
      case "Greater" -> both(x, value(node.inputs.get(1), values), (a, b) -> a > b ? 1 : 0);
      case "Where" -> {
        double[] a = value(node.inputs.get(1), values);
        double[] b = value(node.inputs.get(2), values);
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
          y[i] = x[i] == 1 ? a[a.length == 1 ? 0 : i] : b[b.length == 1 ? 0 : i];
        }
        yield y;
      }
      case "Gemm" -> gemm(node, x);
      default -> throw new AssertionError("operator " + node.operator);
    };
  }

  private double[] gemm(Node node, double[] x) {
    Matrix b = constants.get(node.inputs.get(1));
    boolean transposed = !node.attributes.getOrDefault("transB", 0L).equals(0L);
    int outputs = transposed ? b.rows : b.columns;
    boolean biased = node.inputs.size() > 2 && !node.inputs.get(2).isEmpty();
    double alpha = (Float) node.attributes.getOrDefault("alpha", 1f);
    double beta = (Float) node.attributes.getOrDefault("beta", 1f);
    double[] y = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      y[j] = biased ? beta * constants.get(node.inputs.get(2)).at(j) : 0;
      for (int i = 0; i < x.length; i++) {
        y[j] += alpha * x[i] * b.values[transposed ? j * b.columns + i : i * b.columns + j];
      }
    }
    return y;
  }

  private static double[] map(double[] x, DoubleUnaryOperator function) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = function.applyAsDouble(x[i]);
    }
    return y;
  }

  private static double[] both(double[] a, double[] b, DoubleBinaryOperator function) {
    double[] y = new double[Math.max(a.length, b.length)];
    for (int i = 0; i < y.length; i++) {
      y[i] = function.applyAsDouble(a[a.length == 1 ? 0 : i], b[b.length == 1 ? 0 : i]);
    }
    return y;
  }
}

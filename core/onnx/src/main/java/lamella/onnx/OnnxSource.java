package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/** An ONNX file, read and checked as far as it can be without knowing what its operators mean. */
final class OnnxSource {
  /** The versions of ONNX's operators whose meaning is known. */
  private static final int OLDEST_OPSET = 7;

  private static final int NEWEST_OPSET = 25;

  /** NumPy's limit too. */
  private static final int MOST_DIMENSIONS = 64;

  /** TensorProto.DataType of whole numbers. */
  private static final int INT64 = 7;

  /** Of an attribute. */
  private static final int MOST_INTEGERS = 1000;

  /** Tensors may be decoded so often in all: one that many nodes share is decoded for each. */
  private static final int DECODINGS = 4;

  /** What an attribute has that no layer asks for: a graph, a list of texts. */
  static final Object UNREADABLE = new Object();

  /**
   * A node.
   *
   * @param number how many come before it in the file
   * @param output the first of its outputs
   * @param attributes each a Float, Long, String, list of Long, Constant or {@link #UNREADABLE}
   */
  record Node(
      int number,
      String name,
      String operator,
      List<String> inputs,
      String output,
      Map<String, Object> attributes) {

    /** For example {@code node "0.Gemm" Gemm}. */
    String who() {
      return "node "
          + (name.isEmpty() ? "" : quote(name) + " ")
          + FileFormatException.plain(operator);
    }
  }

  /** A tensor whose elements are still in the file. */
  record Constant(String name, long type, List<Long> dimensions, @Nullable ByteBuffer elements) {}

  /** What is said of the input or output. */
  private record Value(String name, long type, List<Long> dimensions, boolean hasShape) {
    /** Stands for a dimension that is open. */
    static final long OPEN = -1;
  }

  final String file;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Constant> constants = new HashMap<>();
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private long opset;
  private long decodable;

  private OnnxSource(String file) {
    this.file = file;
  }

  /** Reads a file, whose bytes must stay as they are. */
  static OnnxSource parse(String file, byte[] bytes) throws FileFormatException {
    OnnxSource source = new OnnxSource(file);
    source.decodable = (long) bytes.length * DECODINGS;
    source.readModel(new ProtoReader(file, bytes));
    return source;
  }

  // Fields have the numbers of onnx.proto.

  private void readModel(ProtoReader model) throws FileFormatException {
    boolean graph = false;
    boolean version = false;
    while (model.next()) {
      switch (model.field()) {
        case 1 -> version = model.integer() > 0;
        case 7 -> {
          if (graph) {
            throw wrong("one graph expected, found two");
          }
          graph = true;
          readGraph(model.message());
        }
        case 8 -> readOpset(model.message());
        case 14 -> readMetadata(model.message());
        default -> {} // says who made it, or is for operators of others, which are refused
      }
    }
    if (!version || !graph || opset == 0) {
      throw wrong("no ONNX file: a version, a graph and its set of operators expected");
    }
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      throw wrong(
          "operators of version "
              + OLDEST_OPSET
              + " to "
              + NEWEST_OPSET
              + " expected, found "
              + opset);
    }
  }

  private void readOpset(ProtoReader message) throws FileFormatException {
    String domain = "";
    long version = 0;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> domain = message.text();
        case 2 -> version = message.integer();
        default -> {}
      }
    }
    if (isOnnxOwn(domain)) {
      opset = version;
    }
  }

  private static boolean isOnnxOwn(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private void readMetadata(ProtoReader message) throws FileFormatException {
    String key = "";
    String value = "";
    while (message.next()) {
      switch (message.field()) {
        case 1 -> key = message.text();
        case 2 -> value = message.text();
        default -> {}
      }
    }
    metadata.put(key, value);
  }

  private void readGraph(ProtoReader graph) throws FileFormatException {
    while (graph.next()) {
      switch (graph.field()) {
        case 1 -> readNode(graph.message());
        case 5 -> {
          Constant constant = readTensor(graph.message());
          put(constant.name, constant);
        }
        case 11 -> inputs.add(readValue(graph.message()));
        case 12 -> outputs.add(readValue(graph.message()));
        case 15 -> throw wrong("tensors that are not sparse expected");
        default -> {}
      }
    }
    // What only gives a constant another name, as PyTorch does to equal parameters.
    for (Node node : nodes.values()) {
      Constant same = constants.get(node.inputs.isEmpty() ? "" : node.inputs.getFirst());
      if (same != null && node.operator.equals("Identity")) {
        put(node.output, same);
      }
    }
    // Before version 4 of the format, what has a value is named among the inputs, too.
    inputs.removeIf(input -> constants.containsKey(input.name));
    if (inputs.size() != 1 || outputs.size() != 1) {
      throw wrong(
          "one input and one output expected, found " + inputs.size() + " and " + outputs.size());
    }
  }

  private void put(String name, Constant constant) throws FileFormatException {
    if (constants.put(name, constant) != null) {
      throw wrong("names expected once, found twice: " + quote(name));
    }
  }

  private void readNode(ProtoReader message) throws FileFormatException {
    List<String> nodeInputs = new ArrayList<>(2);
    String output = "";
    String name = "";
    String operator = "";
    String domain = "";
    Map<String, Object> attributes = Map.of();
    while (message.next()) {
      switch (message.field()) {
        case 1 -> nodeInputs.add(message.text());
        case 2 -> output = output.isEmpty() ? message.text() : output;
        case 3 -> name = message.text();
        case 4 -> operator = message.text();
        case 5 -> {
          attributes = attributes.isEmpty() ? new LinkedHashMap<>() : attributes;
          readAttribute(message.message(), attributes);
        }
        case 7 -> domain = message.text();
        default -> {}
      }
    }
    Node node = new Node(nodes.size(), name, operator, List.copyOf(nodeInputs), output, attributes);
    if (operator.isEmpty() || output.isEmpty()) {
      throw wrong(node.who() + ": an operator and an output expected");
    }
    if (!isOnnxOwn(domain)) {
      throw wrong(
          node.who() + ": an operator of ONNX's own expected, found one of " + quote(domain));
    }
    if (operator.equals("Constant") && attributes.get("value") instanceof Constant constant) {
      put(output, constant);
    } else if (nodes.put(output, node) != null) {
      throw wrong("names expected once, found twice: " + quote(output));
    }
  }

  private void readAttribute(ProtoReader message, Map<String, Object> attributes)
      throws FileFormatException {
    String name = "";
    Object value = UNREADABLE;
    List<Long> integers = new ArrayList<>();
    while (message.next()) {
      switch (message.field()) {
        case 1 -> name = message.text();
        case 2 -> value = message.float32();
        case 3 -> value = message.integer();
        case 4 -> value = message.text();
        case 5 -> value = readTensor(message.message());
        case 8 -> {
          message.integers(integers, MOST_INTEGERS);
          value = integers;
        }
        default -> {} // its type, which the value has
      }
    }
    if (attributes.put(name, value) != null) {
      throw wrong("attributes expected once, found twice: " + quote(name));
    }
  }

  private Constant readTensor(ProtoReader message) throws FileFormatException {
    String name = "";
    long type = 0;
    List<Long> dimensions = new ArrayList<>(2);
    ByteBuffer elements = null;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> message.integers(dimensions, MOST_DIMENSIONS);
        case 2 -> type = message.integer();
        case 4, 9, 10 -> elements = message.content(); // floats, bytes, doubles: all the same
        case 8 -> name = message.text();
        case 14 -> {
          if (message.integer() != 0) {
            throw wrong(
                "tensors in the file itself expected, found one in another: " + quote(name));
          }
        }
        default -> {}
      }
    }
    return new Constant(name, type, dimensions, elements);
  }

  private Value readValue(ProtoReader message) throws FileFormatException {
    String name = "";
    long type = 0;
    List<Long> dimensions = new ArrayList<>(2);
    boolean hasShape = false;
    while (message.next()) {
      if (message.field() == 1) {
        name = message.text();
      } else if (message.field() == 2) {
        ProtoReader typeMessage = message.message();
        while (typeMessage.next()) {
          if (typeMessage.field() == 1) {
            ProtoReader tensor = typeMessage.message();
            while (tensor.next()) {
              if (tensor.field() == 1) {
                type = tensor.integer();
              } else if (tensor.field() == 2) {
                hasShape = true;
                readDimensions(tensor.message(), dimensions);
              }
            }
          }
        }
      }
    }
    return new Value(name, type, dimensions, hasShape);
  }

  private void readDimensions(ProtoReader shape, List<Long> dimensions) throws FileFormatException {
    while (shape.next()) {
      if (shape.field() == 1) {
        long size = Value.OPEN;
        ProtoReader dimension = shape.message();
        while (dimension.next()) {
          size = dimension.field() == 1 ? dimension.integer() : size;
        }
        if (dimensions.size() == MOST_DIMENSIONS) {
          throw wrong("at most " + MOST_DIMENSIONS + " dimensions expected");
        }
        dimensions.add(size);
      }
    }
  }

  // What it says.

  /** The version of the operators. */
  long opset() {
    return opset;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  String input() {
    return inputs.getFirst().name;
  }

  String output() {
    return outputs.getFirst().name;
  }

  /** The type of the input, and so of all that is computed. */
  DType dtype() throws FileFormatException {
    long type = inputs.getFirst().type;
    DType dtype = dtype(type);
    if (dtype == null) {
      throw wrong(
          "input "
              + quote(input())
              + ": float32 (1) or float64 (11) expected, found element type "
              + type);
    }
    return dtype;
  }

  private static @Nullable DType dtype(long type) {
    for (DType dtype : DType.values()) {
      if ((dtype == DType.FLOAT32 ? OnnxType.FLOAT : OnnxType.DOUBLE).number() == type) {
        return dtype;
      }
    }
    return null;
  }

  /** The shape of one example; the first dimension, whatever its size, is the batch. */
  Shape example() throws FileFormatException {
    Value input = inputs.getFirst();
    if (input.dimensions.isEmpty()) {
      throw wrong("input " + quote(input.name) + ": dimensions expected, first the batch's");
    }
    int[] sizes = new int[input.dimensions.size() - 1];
    for (int i = 0; i < sizes.length; i++) {
      long size = input.dimensions.get(i + 1);
      if (size < 1 || size > Integer.MAX_VALUE) {
        throw wrong(
            "input "
                + quote(input.name)
                + ": a size of dimension "
                + (i + 1)
                + " expected, found "
                + (size == Value.OPEN ? "an open one" : size));
      }
      sizes[i] = (int) size;
    }
    try {
      return Shape.of(sizes);
    } catch (IllegalArgumentException e) {
      throw FileFormatException.because(file, "input " + quote(input.name), e);
    }
  }

  /** Whether the shape of one example's output is what the file says, where it says something. */
  void requireOutput(Shape example) throws FileFormatException {
    Value output = outputs.getFirst();
    boolean same = !output.hasShape || output.dimensions.size() == example.rank() + 1;
    for (int i = 0; same && output.hasShape && i < example.rank(); i++) {
      long size = output.dimensions.get(i + 1);
      same = size == Value.OPEN || size == example.dimension(i);
    }
    if (!same) {
      throw wrong(
          "output "
              + quote(output.name)
              + ": "
              + output.dimensions.subList(
                  Math.min(1, output.dimensions.size()), output.dimensions.size())
              + " for each example expected, as the file says, its nodes give "
              + example);
    }
  }

  /** The node that gives a value; null if none does. */
  @Nullable Node node(String value) {
    return nodes.get(value);
  }

  /** How many nodes come before the one that gives a value; -1 if none gives it. */
  int number(String value) {
    Node node = nodes.get(value);
    return node == null ? -1 : node.number;
  }

  /** How many nodes there are. */
  int nodes() {
    return nodes.size();
  }

  boolean isConstant(String value) {
    return constants.containsKey(value);
  }

  /** The names of the constants. */
  Set<String> constants() {
    return constants.keySet();
  }

  /** The dimensions of a constant. */
  List<Long> dimensions(String constant) {
    Constant there = constants.get(constant);
    return there == null ? List.of() : there.dimensions;
  }

  /** A constant's value, in a tensor of its own. */
  Tensor tensor(String name) throws FileFormatException {
    Constant constant = constants.get(name);
    DType dtype = constant == null ? null : dtype(constant.type);
    if (constant == null || dtype == null) {
      throw wrong(
          "tensor "
              + quote(name)
              + ": float32 (1) or float64 (11) expected, found "
              + (constant == null ? "none" : "element type " + constant.type));
    }
    ByteBuffer elements = constant.elements;
    int found = elements == null ? 0 : elements.remaining();
    long size = 1;
    for (long dimension : constant.dimensions) {
      // Past the end of the file nothing can overflow any more.
      size = dimension < 1 || size > found ? -1 : size * Math.min(dimension, Integer.MAX_VALUE);
      if (size < 0) {
        break;
      }
    }
    if (elements == null || size < 0 || size * dtype.bytes() != found) {
      throw wrong(
          "tensor "
              + quote(name)
              + ": "
              + dtype
              + constant.dimensions
              + " does not have the "
              + found
              + " bytes found");
    }
    decodable -= found;
    if (decodable < 0) {
      throw wrong("tensors expected to be used by a few nodes each, found too many uses");
    }
    Tensor tensor =
        Tensor.zeros(
            dtype, Shape.of(constant.dimensions.stream().mapToInt(Math::toIntExact).toArray()));
    ByteBuffer bytes = elements.duplicate().order(elements.order());
    switch (tensor) {
      case FloatTensor floats -> bytes.asFloatBuffer().get(floats.array());
      case DoubleTensor doubles -> bytes.asDoubleBuffer().get(doubles.array());
    }
    return tensor;
  }

  /** A constant's value of whole numbers, such as axes. */
  List<Long> integers(String name) throws FileFormatException {
    Constant constant = constants.get(name);
    if (constant == null
        || constant.type != INT64
        || constant.elements == null
        || constant.elements.remaining() > MOST_DIMENSIONS * Long.BYTES) {
      throw wrong("value " + quote(name) + ": a few constant integers expected");
    }
    List<Long> integers = new ArrayList<>();
    ByteBuffer elements = constant.elements.duplicate().order(constant.elements.order());
    while (elements.remaining() >= Long.BYTES) {
      integers.add(elements.getLong());
    }
    return integers;
  }

  FileFormatException wrong(String problem) {
    return new FileFormatException(file, problem);
  }
}

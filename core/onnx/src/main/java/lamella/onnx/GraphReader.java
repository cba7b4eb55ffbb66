package lamella.onnx;

import static lamella.core.io.FileFormatException.plain;
import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/** The messages of an ONNX file, read one by one into what a {@link Graph} answers from. */
final class GraphReader {
  private static final int OLDEST_IR = 3;
  private static final int NEWEST_IR = 14;

  // The versions of operators whose meaning is known.
  private static final int OLDEST_OPSET = 1;
  private static final int NEWEST_OPSET = 28;
  private static final int NEWEST_ML_OPSET = 5;

  /** Sequences of sequences are described no deeper. */
  private static final int DEEPEST_TYPE = 4;

  // Types of attributes.
  private static final int FLOAT = 1;
  private static final int INTEGER = 2;
  private static final int TEXT = 3;
  private static final int FLOATS = 6;
  private static final int INTEGERS = 7;
  private static final int TEXTS = 8;

  /** Of a node whose place in the order is found. */
  private static final int DONE = Integer.MAX_VALUE;

  final String file;
  final List<Node> nodes = new ArrayList<>();
  final Map<String, Node> givers = new LinkedHashMap<>();
  final Map<String, StoredTensor> constants = new LinkedHashMap<>();
  final Map<String, OnnxValue> inputs = new LinkedHashMap<>();
  final Map<String, OnnxValue> defaults = new LinkedHashMap<>();
  final Map<String, OnnxValue> outputs = new LinkedHashMap<>();
  final Map<String, OnnxValue> others = new HashMap<>();
  final Map<String, Integer> opsets = new LinkedHashMap<>();
  final Map<String, String> metadata = new LinkedHashMap<>();
  final Set<String> functions = new HashSet<>();
  String producer = "";
  String producerVersion = "";
  String documentation = "";

  private final ExternalData external;

  GraphReader(String file, ExternalData external) {
    this.file = file;
    this.external = external;
  }

  // Fields have the numbers of onnx.proto.

  void readModel(ProtoReader model) throws IOException {
    ProtoReader graph = null;
    long version = 0;
    while (model.next()) {
      switch (model.field()) {
        case 1 -> version = model.integer();
        case 2 -> producer = model.text();
        case 3 -> producerVersion = model.text();
        case 6 -> documentation = model.text();
        case 7 -> {
          if (graph != null) {
            throw wrong("one graph expected, found two");
          }
          graph = model.message();
        }
        case 8 -> readOpset(model.message());
        case 14 -> StoredTensor.Entry.read(model.message()).put(metadata);
        case 25 -> readFunction(model.message());
        default -> {} // what training needs
      }
    }
    if (version == 0 || graph == null) {
      throw wrong("no ONNX file: a version, a graph and its set of operators expected");
    }
    if (version < OLDEST_IR || version > NEWEST_IR) {
      throw wrong(
          "a file of version " + OLDEST_IR + " to " + NEWEST_IR + " expected, found " + version);
    }
    if (opsets.isEmpty()) {
      throw wrong("no ONNX file: a version, a graph and its set of operators expected");
    }
    // The versions of operators may be said behind the graph.
    readGraph(graph);
    check();
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
    domain = domain(domain);
    int oldest = 0;
    int newest = Integer.MAX_VALUE;
    if (domain.isEmpty()) {
      oldest = OLDEST_OPSET;
      newest = NEWEST_OPSET;
    } else if (domain.equals(Node.ML)) {
      oldest = 1;
      newest = NEWEST_ML_OPSET;
    }
    if (version < oldest || version > newest) {
      throw wrong(
          "operators "
              + (domain.isEmpty() ? "" : "of " + plain(domain) + " ")
              + "of version "
              + oldest
              + " to "
              + newest
              + " expected, found "
              + version);
    }
    Integer before = opsets.put(domain, (int) version);
    if (before != null && before != version) {
      throw wrong(
          "one version of operators"
              + (domain.isEmpty() ? "" : " of " + plain(domain))
              + " expected, found "
              + before
              + " and "
              + version);
    }
  }

  /** ONNX's own has two names. */
  private static String domain(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  private void readFunction(ProtoReader message) throws FileFormatException {
    String domain = "";
    String name = "";
    while (message.next()) {
      switch (message.field()) {
        case 1 -> name = message.text();
        case 10 -> domain = message.text();
        default -> {}
      }
    }
    functions.add(function(domain(domain), name));
  }

  static String function(String domain, String name) {
    return domain + "\0" + name;
  }

  private void readGraph(ProtoReader graph) throws IOException {
    while (graph.next()) {
      switch (graph.field()) {
        case 1 -> readNode(graph.message());
        case 5 -> {
          StoredTensor tensor = StoredTensor.read(file, graph.message(), external);
          put(tensor.name(), tensor);
        }
        case 11 -> putValue(inputs, readValue(graph.message()), "input");
        case 12 -> putValue(outputs, readValue(graph.message()), "output");
        case 13 -> {
          OnnxValue value = readValue(graph.message());
          others.put(value.name(), value);
        }
        case 15 -> throw wrong("dense constants expected, found a sparse one");
        default -> {} // comments
      }
    }
  }

  private void put(String name, StoredTensor tensor) throws FileFormatException {
    if (name.isEmpty() || constants.put(name, tensor) != null) {
      throw name.isEmpty() ? wrong("a constant without a name") : twice(name);
    }
  }

  private void putValue(Map<String, OnnxValue> values, OnnxValue value, String what)
      throws FileFormatException {
    if (value.name().isEmpty()) {
      throw wrong("an " + what + " without a name");
    }
    if (values.put(value.name(), value) != null) {
      throw twice(value.name());
    }
  }

  private FileFormatException twice(String name) {
    return wrong("names expected once, found twice: " + quote(name));
  }

  private void readNode(ProtoReader message) throws IOException {
    List<String> from = new ArrayList<>(2);
    List<String> to = new ArrayList<>(1);
    String name = "";
    String operator = "";
    String domain = "";
    Map<String, Object> attributes = new HashMap<>(4);
    while (message.next()) {
      switch (message.field()) {
        case 1 -> from.add(message.text());
        case 2 -> to.add(message.text());
        case 3 -> name = message.text();
        case 4 -> operator = message.text();
        case 5 -> readAttribute(message.message(), attributes);
        case 7 -> domain = message.text();
        default -> {} // comments
      }
    }
    domain = domain(domain);
    boolean isConstant = domain.isEmpty() && operator.equals("Constant");
    Node node =
        new Node(
            nodes.size(),
            name,
            domain,
            operator,
            opsets.getOrDefault(domain, 0),
            List.copyOf(from),
            List.copyOf(to),
            Map.copyOf(readable(attributes, isConstant)));
    if (operator.isEmpty() || to.isEmpty()) {
      throw wrong(node.who() + ": an operator and an output expected");
    }
    if (node.opset() == 0 && (domain.isEmpty() || domain.equals(Node.ML))) {
      throw wrong(
          node.who()
              + ": a version of the operators"
              + (domain.isEmpty() ? "" : " of " + domain)
              + " expected, found none");
    }
    if (isConstant) {
      put(node.outputs().getFirst(), constant(node, attributes));
      return;
    }
    node = ZipMap.withLabels(node);
    nodes.add(node);
    for (String output : node.outputs()) {
      if (!output.isEmpty() && givers.put(output, node) != null) {
        throw twice(output);
      }
    }
  }

  /** Attributes with their tensors decoded; but that of a constant waits until it is asked for. */
  private static Map<String, Object> readable(Map<String, Object> attributes, boolean isConstant)
      throws IOException {
    Map<String, Object> readable = new HashMap<>(attributes);
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      if (attribute.getValue() instanceof StoredTensor tensor) {
        boolean waits = isConstant || tensor.type() == null;
        readable.put(attribute.getKey(), waits ? Node.UNREADABLE : tensor.array());
      }
    }
    return readable;
  }

  /** The value of a node that is a constant. */
  private StoredTensor constant(Node node, Map<String, Object> attributes)
      throws FileFormatException {
    if (attributes.get("value") instanceof StoredTensor tensor) {
      return tensor;
    }
    OnnxArray array = null;
    try {
      float[] floats = node.numbers("value_floats");
      long[] integers = node.integers("value_ints");
      String[] texts = node.texts("value_strings");
      if (floats != null) {
        array = OnnxArray.of(floats, floats.length);
      } else if (integers != null) {
        array = OnnxArray.of(OnnxType.INT64, integers, integers.length);
      } else if (texts != null) {
        array = OnnxArray.of(texts, texts.length);
      } else if (node.has("value_float")) {
        array = OnnxArray.of(new float[] {node.number("value_float", 0)});
      } else if (node.has("value_int")) {
        array = OnnxArray.of(OnnxType.INT64, new long[] {node.integer("value_int", 0)});
      } else if (node.has("value_string")) {
        array = OnnxArray.of(new String[] {node.text("value_string", "")});
      }
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    if (array == null) {
      throw wrong(
          node.who() + ": a value expected, a tensor, a number, a text or a list; found none");
    }
    return new StoredTensor(node.outputs().getFirst(), array);
  }

  private void readAttribute(ProtoReader message, Map<String, Object> attributes)
      throws IOException {
    String name = "";
    long type = 0;
    Object value = null;
    List<Float> floats = new ArrayList<>(0);
    List<Long> integers = new ArrayList<>(0);
    List<String> texts = new ArrayList<>(0);
    boolean unreadable = false;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> name = message.text();
        case 2 -> value = message.float32();
        case 3 -> value = message.integer();
        case 4 -> {
          value = message.anyText();
          unreadable |= value == null;
        }
        case 5 -> value = StoredTensor.read(file, message.message(), external);
        case 7 -> message.floats(floats);
        case 8 -> message.integers(integers, Integer.MAX_VALUE);
        case 9 -> {
          String text = message.anyText();
          texts.add(text == null ? "" : text);
          unreadable |= text == null;
        }
        case 20 -> type = message.integer();
        case 6, 10, 11, 14, 15, 21, 22, 23 -> unreadable = true; // graphs, types, references
        default -> {} // a comment
      }
    }
    if (value == null) {
      value =
          !floats.isEmpty() || type == FLOATS
              ? floats
              : !integers.isEmpty() || type == INTEGERS
                  ? integers
                  : !texts.isEmpty() || type == TEXTS ? texts : nothing(type);
    }
    if (attributes.put(name, unreadable || value == null ? Node.UNREADABLE : value) != null) {
      throw wrong("attributes expected once, found twice: " + quote(name));
    }
  }

  /** What a program has meant that does not write values of zero. */
  private static @Nullable Object nothing(long type) {
    return switch ((int) type) {
      case FLOAT -> 0f;
      case INTEGER -> 0L;
      case TEXT -> "";
      default -> null;
    };
  }

  private OnnxValue readValue(ProtoReader message) throws FileFormatException {
    String name = "";
    OnnxType type = null;
    List<OnnxValue.Dimension> dimensions = null;
    String kind = "of unknown type";
    while (message.next()) {
      switch (message.field()) {
        case 1 -> name = message.text();
        case 2 -> {
          ProtoReader typeMessage = message.message();
          while (typeMessage.next()) {
            if (typeMessage.field() == 1) {
              ProtoReader tensor = typeMessage.message();
              while (tensor.next()) {
                switch (tensor.field()) {
                  case 1 -> {
                    long number = tensor.integer();
                    type = OnnxType.of(number);
                    kind = element(number);
                  }
                  case 2 -> dimensions = readDimensions(name, tensor.message());
                  default -> {}
                }
              }
            } else {
              kind = kind(typeMessage, kind, 0);
            }
          }
        }
        default -> {}
      }
    }
    return new OnnxValue(name, type, dimensions, kind);
  }

  private static String element(long number) {
    OnnxType type = OnnxType.of(number);
    return type == null ? "array of type " + number : type.toString();
  }

  /** What a type is, for people; without the dimensions. */
  private static String kind(ProtoReader field, String otherwise, int depth)
      throws FileFormatException {
    String before =
        switch (field.field()) {
          case 1 -> "";
          case 4 -> "sequence of ";
          case 5 -> "map from ";
          case 8 -> "sparse ";
          case 9 -> "optional ";
          default -> null;
        };
    if (before == null) {
      return otherwise;
    }
    if (depth == DEEPEST_TYPE) {
      return "...";
    }
    ProtoReader message = field.message();
    String of = "?";
    String key = "?";
    boolean tensor = field.field() == 1 || field.field() == 8;
    boolean map = field.field() == 5;
    while (message.next()) {
      if (message.field() == 1 && (tensor || map)) {
        long number = message.integer();
        of = tensor ? element(number) : of;
        key = element(number);
      } else if (message.field() == (map ? 2 : 1) && !tensor) {
        ProtoReader inner = message.message();
        while (inner.next()) {
          of = kind(inner, of, depth + 1);
        }
      }
    }
    return before + (map ? key + " to " : "") + of;
  }

  private List<OnnxValue.Dimension> readDimensions(String value, ProtoReader shape)
      throws FileFormatException {
    List<OnnxValue.Dimension> dimensions = new ArrayList<>(2);
    while (shape.next()) {
      if (shape.field() == 1) {
        long size = OnnxValue.Dimension.OPEN;
        String name = "";
        ProtoReader dimension = shape.message();
        while (dimension.next()) {
          switch (dimension.field()) {
            case 1 -> size = dimension.integer();
            case 2 -> name = dimension.text();
            default -> {}
          }
        }
        if (size > Integer.MAX_VALUE) {
          throw wrong(
              "value "
                  + quote(value)
                  + ": dimensions up to "
                  + Integer.MAX_VALUE
                  + " expected, found "
                  + size);
        }
        if (dimensions.size() == StoredTensor.MOST_DIMENSIONS) {
          throw wrong(
              "value "
                  + quote(value)
                  + ": at most "
                  + StoredTensor.MOST_DIMENSIONS
                  + " dimensions expected");
        }
        dimensions.add(
            new OnnxValue.Dimension(size < 1 ? OnnxValue.Dimension.OPEN : (int) size, name));
      }
    }
    return dimensions;
  }

  // What the file says as a whole.

  /** Whether every value has one origin. */
  private void check() throws FileFormatException {
    for (String constant : constants.keySet()) {
      OnnxValue input = inputs.remove(constant);
      if (input != null) {
        defaults.put(constant, input);
      }
    }
    for (String given : givers.keySet()) {
      if (constants.containsKey(given) || inputs.containsKey(given)) {
        throw twice(given);
      }
    }
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !isKnown(input)) {
          throw wrong(
              node.who()
                  + ": its input "
                  + quote(input)
                  + " is no constant, no input of the model, and no node gives it");
        }
      }
    }
    Map<String, OnnxValue> declared = new LinkedHashMap<>(outputs);
    outputs.clear();
    for (OnnxValue output : declared.values()) {
      if (!isKnown(output.name())) {
        throw wrong(
            "output "
                + quote(output.name())
                + " is no constant, no input of the model, and no node gives it");
      }
      Node giver = givers.get(output.name());
      if (giver != null && ZipMap.is(giver)) {
        for (OnnxValue value : ZipMap.values(giver)) {
          outputs.put(value.name(), value);
        }
      } else {
        outputs.put(output.name(), output);
      }
    }
  }

  private boolean isKnown(String value) {
    return constants.containsKey(value) || inputs.containsKey(value) || givers.containsKey(value);
  }

  @Nullable OnnxValue value(String name) {
    for (Map<String, OnnxValue> values : List.of(outputs, inputs, defaults, others)) {
      OnnxValue value = values.get(name);
      if (value != null) {
        return value;
      }
    }
    StoredTensor constant = constants.get(name);
    if (constant != null) {
      List<OnnxValue.Dimension> dimensions = new ArrayList<>();
      for (int size : constant.dimensions()) {
        dimensions.add(new OnnxValue.Dimension(size, ""));
      }
      OnnxType type = constant.type();
      return new OnnxValue(
          name, type, dimensions, type == null ? "array of a type not known" : type.toString());
    }
    return isKnown(name) ? new OnnxValue(name, null, null, "of unknown type") : null;
  }

  /** The names of all values. */
  List<String> names() {
    List<String> names = new ArrayList<>(inputs.keySet());
    names.addAll(givers.keySet());
    names.addAll(constants.keySet());
    return names;
  }

  /** The nodes in such an order that each comes after those whose values it needs. */
  List<Node> sorted() throws FileFormatException {
    if (isSorted()) {
      return nodes;
    }
    List<Node> sorted = new ArrayList<>(nodes.size());
    // By number of the node: how many of its inputs have been looked at; beyond all when it is
    // done.
    int[] looked = new int[nodes.size()];
    Deque<Node> path = new ArrayDeque<>();
    for (Node start : nodes) {
      if (looked[start.number()] == 0) {
        looked[start.number()] = 1;
        path.push(start);
      }
      while (!path.isEmpty()) {
        Node node = path.element();
        int next = looked[node.number()]++ - 1;
        if (next == node.inputs().size()) {
          sorted.add(node);
          looked[node.number()] = DONE;
          path.pop();
          continue;
        }
        Node before = givers.get(node.inputs().get(next));
        if (before != null && looked[before.number()] != DONE) {
          if (looked[before.number()] != 0) {
            throw wrong(before.who() + ": is computed from its own output");
          }
          looked[before.number()] = 1;
          path.push(before);
        }
      }
    }
    return sorted;
  }

  private boolean isSorted() {
    boolean[] seen = new boolean[nodes.size()];
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        Node before = givers.get(input);
        if (before != null && !seen[before.number()]) {
          return false;
        }
      }
      seen[node.number()] = true;
    }
    return true;
  }

  private FileFormatException wrong(String problem) {
    return new FileFormatException(file, problem);
  }
}

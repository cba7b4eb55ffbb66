package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lamella.core.DType;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The values that one output of a graph is computed from: which depend on the input and which are
 * constants, computed from constants perhaps; and, found by running the graph once on zeros, what
 * types and dimensions they have.
 */
final class Values {
  /** Constants may be computed up to so many elements, and so many times those of the file. */
  private static final long FOLDED = 1 << 18;

  private static final int TIMES = 4;

  /** How many examples a run has where the file leaves the number open. */
  private static final int EXAMPLES = 2;

  private final Graph graph;
  private final String output;
  private final OnnxValue input;

  /** How many examples an input of the file has; none if it has no dimension for them. */
  private final int batch;

  private final boolean hasBatch;
  private final Shape example;

  /** Those that the output needs, in order. */
  private final List<Node> nodes;

  private final Map<String, Integer> positions = new HashMap<>();

  /** The values that depend on the input. */
  private final Set<String> computed = new HashSet<>();

  private final Map<String, OnnxArray> folded = new HashMap<>();

  /** What the elements of constants in memory of their own may still be. */
  private long room;

  /** The elements that the values of a run on zeros may have. */
  private final long runnable;

  private @Nullable Map<String, OnnxArray> run;

  /**
   * Those of an output.
   *
   * @throws FileFormatException if it does not depend on exactly one input, or that is of another
   *     kind than a network's
   */
  Values(Graph graph, String output) throws IOException {
    this.graph = graph;
    this.output = output;
    this.nodes = Plan.needed(graph, List.of(output), Set.of());
    Set<String> needed = new HashSet<>(Set.of(output));
    nodes.forEach(node -> needed.addAll(node.inputs()));
    List<OnnxValue> inputs = new ArrayList<>();
    for (OnnxValue value : graph.inputs()) {
      if (needed.contains(value.name())) {
        inputs.add(value);
      }
    }
    if (inputs.size() != 1) {
      throw graph.wrong(
          "output "
              + quote(output)
              + ": one input that it is computed from expected, as a network has, found "
              + inputs.size()
              + (inputs.isEmpty() ? "" : ": " + OnnxImport.list(inputs))
              + "; OnnxModel runs graphs with any inputs");
    }
    this.input = inputs.getFirst();
    computed.add(input.name());
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      boolean depends = hasAny(computed, node.inputs());
      for (String value : node.outputs()) {
        positions.put(value, i);
        if (depends && !value.isEmpty()) {
          computed.add(value);
        }
      }
    }
    long elements = 0;
    for (String name : needed) {
      if (graph.isConstant(name)) {
        long size = 1;
        for (int dimension : graph.dimensions(name)) {
          size = Math.min(size * dimension, Integer.MAX_VALUE);
        }
        elements += size;
      }
    }
    this.room = FOLDED + TIMES * elements;
    this.runnable = room;
    List<OnnxValue.Dimension> dimensions = input.dimensions();
    if (dimensions == null || dimensions.isEmpty()) {
      throw graph.wrong(
          "input " + quote(input.name()) + ": dimensions expected, first the batch's");
    }
    // A vector of so many numbers has no dimension of examples.
    this.hasBatch = dimensions.size() > 1 || dimensions.getFirst().isOpen();
    this.batch = !hasBatch || dimensions.getFirst().isOpen() ? 0 : dimensions.getFirst().size();
    int[] sizes = new int[hasBatch ? dimensions.size() - 1 : 1];
    for (int i = 0; i < sizes.length; i++) {
      int axis = hasBatch ? i + 1 : i;
      OnnxValue.Dimension dimension = dimensions.get(axis);
      if (dimension.size() < 1) {
        throw graph.wrong(
            "input "
                + quote(input.name())
                + ": a size of dimension "
                + axis
                + " expected, found "
                + (dimension.isOpen() ? "an open one" : dimension.size()));
      }
      sizes[i] = dimension.size();
    }
    try {
      this.example = Shape.of(sizes);
    } catch (IllegalArgumentException e) {
      throw FileFormatException.because(graph.file(), "input " + quote(input.name()), e);
    }
  }

  private static boolean hasAny(Set<String> names, List<String> some) {
    for (String name : some) {
      if (names.contains(name)) {
        return true;
      }
    }
    return false;
  }

  Graph graph() {
    return graph;
  }

  /** The one that the output depends on. */
  OnnxValue input() {
    return input;
  }

  String output() {
    return output;
  }

  /** Those that the output needs, in such an order that each comes after those it needs. */
  List<Node> nodes() {
    return nodes;
  }

  /** The node that gives a value; null if none does that the output needs. */
  @Nullable Node node(String value) {
    Integer position = positions.get(value);
    return position == null ? null : nodes.get(position);
  }

  /** How many nodes come before the one that gives a value; -1 if none gives it. */
  int position(String value) {
    return positions.getOrDefault(value, -1);
  }

  /** The shape of one example of the input. */
  Shape example() {
    return example;
  }

  /** How many examples the file says that the input has; 0 if it does not say. */
  int batch() {
    return batch;
  }

  /** Whether the first dimension of the input is that of examples. */
  boolean hasBatch() {
    return hasBatch;
  }

  // Constants.

  boolean isConstant(String value) {
    return !value.isEmpty()
        && !computed.contains(value)
        && (graph.isConstant(value) || positions.containsKey(value));
  }

  /** A constant; nobody may change it. Floats of 16 bits are of 32 here. */
  OnnxArray array(String constant) throws FileFormatException {
    try {
      OnnxArray array = folded.get(constant);
      if (array == null && graph.isConstant(constant)) {
        array = graph.constant(constant);
      } else if (array == null) {
        fold(constant);
        array = folded.get(constant);
      }
      if (array == null) {
        throw graph.wrong("value " + quote(constant) + ": a constant expected");
      }
      return widened(array);
    } catch (FileFormatException e) {
      throw e;
    } catch (IOException e) {
      FileFormatException wrong = graph.wrong(String.valueOf(e.getMessage()));
      wrong.initCause(e);
      throw wrong;
    }
  }

  private static OnnxArray widened(OnnxArray array) {
    return array.type() == OnnxType.FLOAT16 || array.type() == OnnxType.BFLOAT16
        ? OnnxArray.of(array.floats(), array.dimensions())
        : array;
  }

  /** Computes a constant, and those that it needs. */
  private void fold(String constant) throws IOException {
    Room memory = new Room(room * Long.BYTES);
    for (Node node : Plan.needed(graph, List.of(constant), Set.of())) {
      List<@Nullable OnnxArray> inputs = new ArrayList<>();
      for (String name : node.inputs()) {
        OnnxArray array = folded.get(name);
        inputs.add(array != null || name.isEmpty() ? array : graph.constant(name));
      }
      List<OnnxArray> outputs = apply(node, inputs, memory);
      for (int i = 0; i < node.outputs().size(); i++) {
        take(outputs.get(i).size());
        folded.put(node.outputs().get(i), outputs.get(i));
      }
    }
  }

  /** What a node gives. */
  private List<OnnxArray> apply(Node node, List<@Nullable OnnxArray> inputs, Room memory)
      throws FileFormatException {
    try {
      Operator operator = graph.isFunction(node) ? null : Operators.of(node);
      if (operator == null) {
        throw unsupported(node);
      }
      List<OnnxArray> outputs = memory.with(() -> operator.apply(node, inputs));
      outputs.forEach(array -> memory.take(node, array));
      if (outputs.size() < node.outputs().size()) {
        throw graph.wrong(node.who() + ": has " + outputs.size() + " outputs");
      }
      return outputs;
    } catch (RuntimeException e) {
      throw FileFormatException.because(graph.file(), "", e);
    }
  }

  /** Whether a node can be computed. */
  boolean isSupported(Node node) throws FileFormatException {
    try {
      return !graph.isFunction(node) && Operators.of(node) != null;
    } catch (IllegalArgumentException e) {
      throw graph.wrong(String.valueOf(e.getMessage()));
    }
  }

  /** What a value was when the graph was run, for messages. */
  String describe(String value) throws FileFormatException {
    OnnxArray array = run().get(value);
    return array == null
        ? "what cannot be told by running the graph"
        : array + " of " + examples() + " examples";
  }

  /** Says why a node cannot be computed. */
  FileFormatException unsupported(Node node) {
    return graph.wrong(
        node.who()
            + " (version "
            + node.opset()
            + "): no layer is made of it, and it cannot be computed: "
            + (graph.isFunction(node)
                ? "it is a function of the model's own, which are not read"
                : Operators.reason(node)));
  }

  void take(long elements) throws FileFormatException {
    room -= elements;
    if (room < 0) {
      throw graph.wrong("constants expected to be used by a few nodes each, found too many uses");
    }
  }

  /** A constant of floats, in a tensor of its own. */
  Tensor tensor(String constant) throws FileFormatException {
    OnnxArray array = array(constant);
    boolean floats = array.type() == OnnxType.FLOAT || array.type() == OnnxType.DOUBLE;
    if (!floats || array.size() == 0) {
      throw graph.wrong(
          "tensor " + quote(constant) + ": float32 or float64 expected, found " + array);
    }
    take(array.size());
    return array.tensor().copy();
  }

  // What is found by running the graph.

  /** The type of a value that is computed, if it is known. */
  @Nullable OnnxType type(String value) throws FileFormatException {
    OnnxArray array = value.equals(input.name()) ? null : run().get(value);
    return array == null && value.equals(input.name())
        ? input.type()
        : array == null ? null : array.type();
  }

  /** The shape of one example of a value; null if it is not known, or has none for each example. */
  @Nullable Shape example(String value) throws FileFormatException {
    if (value.equals(input.name())) {
      return example;
    }
    OnnxArray array = run().get(value);
    if (array == null || array.size() == 0) {
      return null;
    }
    int[] dimensions = array.dimensions();
    if (hasBatch) {
      if (dimensions.length == 0 || dimensions[0] != examples()) {
        return null;
      }
      dimensions = Arrays.copyOfRange(dimensions, 1, dimensions.length);
    }
    return Shape.of(dimensions);
  }

  /** How many numbers a value had when the graph was run; 0 if it is not known. */
  int size(String value) throws FileFormatException {
    OnnxArray array = run().get(value);
    return array == null ? 0 : array.size();
  }

  private int examples() {
    return batch == 0 ? EXAMPLES : batch;
  }

  private Map<String, OnnxArray> run() throws FileFormatException {
    if (run != null) {
      return run;
    }
    Map<String, OnnxArray> values = new HashMap<>();
    run = values;
    if (example.size() > runnable / examples()) {
      return values; // larger than anything else in the file
    }
    int[] dimensions = new int[example.rank() + (hasBatch ? 1 : 0)];
    for (int axis = 0; axis < dimensions.length; axis++) {
      dimensions[axis] =
          !hasBatch
              ? example.dimension(axis)
              : axis == 0 ? examples() : example.dimension(axis - 1);
    }
    values.put(input.name(), zeros(dimensions));
    Room memory = new Room(runnable * Long.BYTES);
    for (Node node : nodes) {
      if (node.outputs().stream().noneMatch(computed::contains)) {
        continue;
      }
      List<@Nullable OnnxArray> inputs = new ArrayList<>();
      boolean known = true;
      for (String name : node.inputs()) {
        OnnxArray array = name.isEmpty() ? null : isConstant(name) ? array(name) : values.get(name);
        known &= name.isEmpty() || array != null;
        inputs.add(array);
      }
      if (known) {
        try {
          List<OnnxArray> outputs = apply(node, inputs, memory);
          for (int i = 0; i < node.outputs().size(); i++) {
            values.put(node.outputs().get(i), outputs.get(i));
          }
        } catch (FileFormatException e) {
          // What needs it is not known either.
        }
      }
    }
    return values;
  }

  private OnnxArray zeros(int[] dimensions) {
    int size = Arrays.stream(dimensions).reduce(1, Math::multiplyExact);
    OnnxType type = input.type();
    if (type == null || type == OnnxType.FLOAT16 || type == OnnxType.BFLOAT16) {
      type = OnnxType.FLOAT;
    }
    return OnnxArray.of(type, Numbers.make(type, size), dimensions);
  }

  /**
   * The type of the network's numbers: that of the input, or, of an input that is no float, that
   * which it is first made.
   */
  DType dtype() throws FileFormatException {
    OnnxType type = input.type();
    OnnxType first = null;
    boolean cast = type != null && type != OnnxType.STRING;
    for (Node node : nodes) {
      if (node.inputs().contains(input.name())) {
        OnnxType to = toFloat(node);
        cast &= to != null && (first == null || to == first);
        first = to;
      }
    }
    OnnxType own = cast && first != null ? first : type;
    if (own == null || !own.isFloat()) {
      throw graph.wrong(
          "input " + quote(input.name()) + ": floats expected, found " + input.description());
    }
    return own == OnnxType.DOUBLE ? DType.FLOAT64 : DType.FLOAT32;
  }

  /** The type of floats that a node makes of numbers; null if it does anything else. */
  static @Nullable OnnxType toFloat(Node node) {
    if (!node.domain().isEmpty() || !node.operator().equals("Cast")) {
      return null;
    }
    OnnxType type = null;
    if (node.attributes().get("to") instanceof Long number) {
      type = OnnxType.of(number);
    } else if (node.attributes().get("to") instanceof String name) {
      type =
          switch (name) {
            case "FLOAT" -> OnnxType.FLOAT;
            case "FLOAT16" -> OnnxType.FLOAT16;
            case "DOUBLE" -> OnnxType.DOUBLE;
            default -> null;
          };
    }
    return type != null && type.isFloat() ? type : null;
  }
}

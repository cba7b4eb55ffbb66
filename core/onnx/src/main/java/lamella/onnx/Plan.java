package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How some outputs of a graph are computed: the nodes they need, in order, with their operators.
 * What depends on constants alone has been computed. Any number of threads may run it at once.
 */
final class Plan {
  // Constants may be computed up to this size, and up to so many times that of what they are made
  // of.
  private static final long FOLDED = 1 << 20;
  private static final int FOLDED_TIMES = 4;

  /** So many inputs of a node are described in an error. */
  private static final int DESCRIBED = 8;

  private static final int LONGEST_REASON = 300;

  /** The place of an input that is left out, or of an output that nobody asks for. */
  private static final int NONE = -1;

  /** A node whose values have places. */
  private static final class Step {
    private final Node node;
    private final Operator operator;
    private final int[] inputs;
    private final int[] outputs;

    /** What nobody needs after it. */
    private int[] last = {};

    Step(Node node, Operator operator, int[] inputs, int[] outputs) {
      this.node = node;
      this.operator = operator;
      this.inputs = inputs;
      this.outputs = outputs;
    }
  }

  private final Graph graph;
  private final List<String> outputs;

  /** Where values are, by their names. */
  private final Map<String, Integer> places = new HashMap<>();

  /** Where matrices are transposed, by their names. */
  private final Map<String, Integer> transposed = new HashMap<>();

  /** By place; null for what is computed or given. */
  private final List<@Nullable OnnxArray> constants = new ArrayList<>();

  private final List<Step> steps = new ArrayList<>();

  /** By place: whether a step gives it. */
  private final boolean[] computed;

  /** The elements of all constants. */
  private final Set<Object> own = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Makes it.
   *
   * @param outputs the names of what is computed; all that they need is supported
   * @param given the names of constants that will be given as inputs
   * @throws IOException if a constant is in another file that cannot be read any more
   */
  Plan(Graph graph, Collection<String> outputs, Set<String> given) throws IOException {
    this.graph = graph;
    this.outputs = List.copyOf(outputs);
    List<Node> needed = needed(graph, outputs, given);
    Set<String> used = new LinkedHashSet<>(outputs);
    needed.forEach(node -> used.addAll(node.inputs()));
    long sources = 0;
    for (String value : used) {
      if (graph.isConstant(value) && !given.contains(value)) {
        OnnxArray constant = graph.constant(value);
        constants.set(place(value), constant);
        sources += Room.bytes(constant);
      }
    }
    Room room = new Room(FOLDED + FOLDED_TIMES * sources);
    for (Node each : needed) {
      Integer transposed = transposed(each, room);
      Node node = transposed == null ? each : withoutTransB(each);
      Operator operator = Operators.of(node);
      if (operator == null) {
        throw new IllegalStateException(node.who() + " is not supported");
      }
      Step step = new Step(node, operator, places(node.inputs()), places(node.outputs()));
      if (transposed != null) {
        step.inputs[1] = transposed;
      }
      if (!isFolded(step, room)) {
        steps.add(step);
      }
    }
    outputs.forEach(this::place);
    this.computed = new boolean[constants.size()];
    findLastUses();
    for (OnnxArray constant : constants) {
      if (constant != null) {
        own.add(constant.elements());
      }
    }
  }

  /** Where a constant matrix is transposed, for nodes that need it so: it is laid out once. */
  private @Nullable Integer transposed(Node node, Room room) {
    if (!node.domain().isEmpty()
        || !node.operator().equals("Gemm")
        || !Objects.equals(node.attributes().get("transB"), 1L)
        || node.inputs().size() < 2) {
      return null;
    }
    String name = node.inputs().get(1);
    OnnxArray matrix = name.isEmpty() ? null : constants.get(place(name));
    if (matrix == null || matrix.rank() != 2 || matrix.type() != OnnxType.FLOAT) {
      return null;
    }
    Integer known = transposed.get(name);
    if (known != null) {
      return known;
    }
    OnnxArray other = transposed(matrix);
    try {
      room.take(node, other);
    } catch (IllegalArgumentException e) {
      return null; // it is transposed in each run
    }
    constants.add(other);
    transposed.put(name, constants.size() - 1);
    return constants.size() - 1;
  }

  private static Node withoutTransB(Node node) {
    Map<String, Object> attributes = new HashMap<>(node.attributes());
    attributes.remove("transB");
    return new Node(
        node.number(),
        node.name(),
        node.domain(),
        node.operator(),
        node.opset(),
        node.inputs(),
        node.outputs(),
        Map.copyOf(attributes));
  }

  private static OnnxArray transposed(OnnxArray matrix) {
    int rows = matrix.dimension(0);
    int columns = matrix.dimension(1);
    float[] from = matrix.floats();
    float[] to = new float[from.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        to[column * rows + row] = from[row * columns + column];
      }
    }
    return OnnxArray.of(to, columns, rows);
  }

  /** Why a node cannot be computed; null if it can. */
  static @Nullable String reason(Graph graph, Node node) {
    for (String input : node.inputs()) {
      if (graph.isUnreadable(input)) {
        return "its input " + quote(input) + " is a constant of a type that is not read";
      }
    }
    if (graph.isFunction(node)) {
      return "is a function of the model's own, which are not read";
    }
    try {
      return Operators.of(node) == null ? Operators.reason(node) : null;
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** The nodes that outputs need, in the graph's order. */
  static List<Node> needed(Graph graph, Collection<String> outputs, Set<String> given) {
    boolean[] seen = new boolean[graph.nodes().size()];
    Deque<String> values = new ArrayDeque<>(outputs);
    while (!values.isEmpty()) {
      String value = values.pop();
      Node node = given.contains(value) ? null : graph.node(value);
      if (node != null && !seen[node.number()]) {
        seen[node.number()] = true;
        node.inputs().forEach(values::push);
      }
    }
    return graph.nodes().stream().filter(node -> seen[node.number()]).toList();
  }

  private int place(String name) {
    Integer place = places.get(name);
    if (place == null) {
      place = constants.size();
      places.put(name, place);
      constants.add(null);
    }
    return place;
  }

  private int[] places(List<String> names) {
    int[] found = new int[names.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = names.get(i).isEmpty() ? NONE : place(names.get(i));
    }
    return found;
  }

  /** Computes what depends on constants alone, if that is possible and not large. */
  private boolean isFolded(Step step, Room room) {
    @Nullable OnnxArray[] from = new @Nullable OnnxArray[step.inputs.length];
    for (int i = 0; i < from.length; i++) {
      from[i] = step.inputs[i] == NONE ? null : constants.get(step.inputs[i]);
      if (step.inputs[i] != NONE && from[i] == null) {
        return false;
      }
    }
    try {
      List<OnnxArray> to = room.with(() -> apply(step, from));
      for (int i = 0; i < step.outputs.length; i++) {
        if (step.outputs[i] != NONE) {
          room.take(step.node, to.get(i));
          constants.set(step.outputs[i], to.get(i));
        }
      }
      return true;
    } catch (IllegalArgumentException e) {
      return false; // whoever runs it is told
    }
  }

  private void findLastUses() {
    boolean[] needed = new boolean[constants.size()];
    for (String output : outputs) {
      needed[place(output)] = true;
    }
    for (int i = 0; i < needed.length; i++) {
      needed[i] |= constants.get(i) != null;
    }
    for (Step step : steps.reversed()) {
      List<Integer> last = new ArrayList<>();
      for (int[] its : List.of(step.inputs, step.outputs)) {
        for (int place : its) {
          if (place != NONE && !needed[place]) {
            needed[place] = true;
            last.add(place);
          }
        }
      }
      step.last = last.stream().mapToInt(Integer::intValue).toArray();
      for (int place : step.outputs) {
        if (place != NONE) {
          computed[place] = true;
        }
      }
    }
  }

  /** Whether an output is the same whatever is given. */
  boolean isConstant(String output) {
    return constants.get(place(output)) != null;
  }

  /**
   * Computes the outputs.
   *
   * @param inputs all of them
   * @param limit of the memory in bytes that arrays may have which are needed at once
   * @throws IllegalArgumentException if a node does not fit what it is given; or the limit
   */
  Map<String, OnnxArray> run(Map<String, OnnxArray> inputs, long limit) {
    @Nullable OnnxArray[] values = constants.toArray(new @Nullable OnnxArray[0]);
    inputs.forEach((name, array) -> {
      Integer place = places.get(name);
      if (place != null) {
        values[place] = array;
      }
    });
    Room room = new Room(limit);
    room.with(() -> {
      for (Step step : steps) {
        run(step, values, room);
      }
      return values;
    });
    // Results that share their elements with others are copied, since the caller may change them.
    Set<Object> others = Collections.newSetFromMap(new IdentityHashMap<>());
    inputs.values().forEach(array -> others.add(array.elements()));
    Map<String, OnnxArray> results = new LinkedHashMap<>();
    for (String output : outputs) {
      OnnxArray result = values[place(output)];
      if (result == null) {
        throw new IllegalStateException(quote(output) + " is not computed");
      }
      result = narrowed(output, result);
      boolean shared = own.contains(result.elements()) || !others.add(result.elements());
      results.put(output, shared ? copy(result) : result);
    }
    return results;
  }

  private void run(Step step, @Nullable OnnxArray[] values, Room room) {
    @Nullable OnnxArray[] from = new @Nullable OnnxArray[step.inputs.length];
    for (int i = 0; i < from.length; i++) {
      from[i] = step.inputs[i] == NONE ? null : values[step.inputs[i]];
    }
    List<OnnxArray> to = apply(step, from);
    for (int i = 0; i < step.outputs.length; i++) {
      int place = step.outputs[i];
      if (place != NONE) {
        try {
          room.take(step.node, to.get(i));
        } catch (IllegalArgumentException e) {
          throw wrong(e, from);
        }
        values[place] = to.get(i);
      }
    }
    for (int place : step.last) {
      OnnxArray array = values[place];
      if (array != null && computed[place]) {
        room.free(array);
      }
      values[place] = null;
    }
  }

  /** Applies an operator. */
  private List<OnnxArray> apply(Step step, @Nullable OnnxArray[] from) {
    List<OnnxArray> to;
    try {
      to = step.operator.apply(step.node, Arrays.asList(from));
    } catch (IllegalArgumentException e) {
      if (hasType(from, OnnxType.FLOAT) && hasType(from, OnnxType.DOUBLE)) {
        return apply(step, widened(from));
      }
      throw wrong(e, from);
    } catch (RuntimeException e) {
      // What an operator has not thought of.
      throw wrong(step.node.wrong("cannot be computed (" + e + ")"), from);
    }
    if (to.size() < step.outputs.length) {
      throw wrong(
          step.node.wrong(
              "has " + to.size() + " outputs, " + step.outputs.length + " are expected"),
          from);
    }
    return to;
  }

  private static boolean hasType(@Nullable OnnxArray[] arrays, OnnxType type) {
    return Arrays.stream(arrays).anyMatch(array -> array != null && array.type() == type);
  }

  /**
   * The same arrays, float64 instead of float32: some programs write weights of float64 and say
   * that inputs and outputs are of float32.
   */
  private static @Nullable OnnxArray[] widened(@Nullable OnnxArray[] arrays) {
    @Nullable OnnxArray[] widened = arrays.clone();
    for (int i = 0; i < widened.length; i++) {
      OnnxArray array = widened[i];
      if (array != null && array.type() == OnnxType.FLOAT) {
        float[] floats = array.floats();
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, j -> floats[j]);
        widened[i] = OnnxArray.of(doubles, array.dimensions());
      }
    }
    return widened;
  }

  /** An output of the type that the file says it has. */
  private OnnxArray narrowed(String output, OnnxArray array) {
    OnnxValue declared = graph.value(output);
    if (array.type() != OnnxType.DOUBLE || declared == null || declared.type() != OnnxType.FLOAT) {
      return array;
    }
    double[] doubles = array.doubles();
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return OnnxArray.of(floats, array.dimensions());
  }

  /** The same error with the file's name and the types of what a node was given. */
  private IllegalArgumentException wrong(IllegalArgumentException e, @Nullable OnnxArray[] from) {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    StringBuilder message =
        new StringBuilder(graph.file())
            .append(": ")
            .append(
                reason.length() > LONGEST_REASON
                    ? reason.substring(0, LONGEST_REASON) + "..."
                    : reason);
    for (int i = 0; i < from.length && i < DESCRIBED; i++) {
      message
          .append(i == 0 ? "; its inputs are " : ", ")
          .append(from[i] == null ? "none" : from[i]);
    }
    message.append(from.length > DESCRIBED ? ", ..." : "");
    return new IllegalArgumentException(message.toString(), e);
  }

  private static OnnxArray copy(OnnxArray array) {
    Object elements =
        switch (array.elements()) {
          case float[] floats -> floats.clone();
          case double[] doubles -> doubles.clone();
          case long[] longs -> longs.clone();
          case String[] strings -> strings.clone();
          default -> throw new IllegalStateException();
        };
    return OnnxArray.of(array.type(), elements, array.dimensions());
  }
}

package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * A node as the maker of a layer sees it: it notes what is asked for, so that nothing of a graph is
 * lost.
 */
final class GraphNode implements OnnxNode {
  private final OnnxChain chain;
  private final Values values;
  private final Node node;

  /** This one and those before it that the layer stands for. */
  private final List<GraphNode> asked;

  private final Set<Object> used = new HashSet<>();

  /** The inputs that layers within the layer compute. */
  private final Set<String> branches = new HashSet<>();

  /** The value that all of them compute theirs from; null if that is another node's input. */
  private @Nullable String beginning;

  GraphNode(OnnxChain chain, Values values, Node node) {
    this(chain, values, node, new ArrayList<>());
  }

  private GraphNode(OnnxChain chain, Values values, Node node, List<GraphNode> asked) {
    this.chain = chain;
    this.values = values;
    this.node = node;
    this.asked = asked;
    asked.add(this);
  }

  @Override
  public String operator() {
    return node.operator();
  }

  @Override
  public DType dtype() {
    return chain.dtype();
  }

  @Override
  public int opset() {
    return node.opset();
  }

  @Override
  public int inputs() {
    return node.inputs().size();
  }

  @Override
  public boolean hasInput(int index) {
    return index < inputs() && !node.inputs().get(index).isEmpty();
  }

  @Override
  public boolean isConstant(int index) {
    return hasInput(index) && values.isConstant(node.inputs().get(index));
  }

  @Override
  public Tensor constant(int index) throws FileFormatException {
    return values.tensor(constantName(index));
  }

  private String constantName(int index) throws FileFormatException {
    if (!isConstant(index)) {
      throw wrong(
          "a constant expected as input "
              + index
              + ", found "
              + (hasInput(index) ? quote(node.inputs().get(index)) : "none"));
    }
    used.add(index);
    return node.inputs().get(index);
  }

  @Override
  public Tensor features(int index) throws FileFormatException {
    String name = constantName(index);
    if (chain.trusts(values.array(name).dimensions())) {
      return values.tensor(name);
    }
    Shape own = exampleOf(node.outputs().getFirst());
    Tensor tensor = values.tensor(name);
    int[] from = values.array(name).dimensions();
    int rank = own.rank();
    // Dimensions before those of an example are of examples, all of which are given the same.
    boolean fits = Arrays.stream(from).limit(Math.max(0, from.length - rank)).allMatch(d -> d == 1);
    int size = own.size();
    int[] strides = new int[rank];
    for (int axis = rank - 1, stride = 1; axis >= 0; axis--) {
      int there = axis - rank + from.length;
      int dimension = there < 0 ? 1 : from[there];
      fits &= dimension == 1 || dimension == own.dimension(axis);
      strides[axis] = dimension == 1 ? 0 : stride;
      stride *= dimension;
    }
    if (!fits) {
      throw wrong("input " + index + " of " + Arrays.toString(from) + " does not fit " + own);
    }
    Shape shape = chain.shape(own);
    values.take(size);
    Tensor repeated = Tensor.zeros(tensor.dtype(), shape);
    for (int i = 0; i < size; i++) {
      int left = i;
      int place = 0;
      for (int axis = rank - 1; axis >= 0; axis--) {
        place += left % own.dimension(axis) * strides[axis];
        left /= own.dimension(axis);
      }
      repeated.set(i, tensor.get(place));
    }
    return repeated;
  }

  @Override
  public Shape example() throws FileFormatException {
    return chain.shape(exampleOf(node.outputs().getFirst()));
  }

  private Shape exampleOf(String value) throws FileFormatException {
    Shape own = values.example(value);
    if (own == null) {
      throw wrong("value " + quote(value) + ": a shape of one example expected, found none");
    }
    return own;
  }

  @Override
  public @Nullable GraphNode input(int index, String operator) {
    Node before = hasInput(index) ? values.node(node.inputs().get(index)) : null;
    if (before == null
        || !before.operator().equals(operator)
        || !before.domain().equals(node.domain())) {
      return null;
    }
    used.add(index);
    return new GraphNode(chain, values, before, asked);
  }

  @Override
  public double number(String attribute, double otherwise) throws FileFormatException {
    Object value = attribute(attribute);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Float number) {
      return Double.parseDouble(number.toString());
    }
    throw wrong(attribute, "a float");
  }

  @Override
  public double[] numbers(String attribute) throws FileFormatException {
    Object value = attribute(attribute);
    return switch (value) {
      case null -> new double[0];
      case List<?> list when list.stream().allMatch(Float.class::isInstance) ->
          list.stream().mapToDouble(number -> Double.parseDouble(number.toString())).toArray();
      default -> throw wrong(attribute, "floats");
    };
  }

  @Override
  public long integer(String attribute, long otherwise) throws FileFormatException {
    Object value = attribute(attribute);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Long number) {
      return number;
    }
    throw wrong(attribute, "an integer");
  }

  @Override
  public List<Long> axes() throws FileFormatException {
    Object value = attribute("axes");
    if (value == null && hasInput(1)) {
      OnnxArray axes = values.array(constantName(1));
      if (axes.type() != OnnxType.INT64 || axes.rank() > 1) {
        throw wrong("axes expected as input 1, integers, found " + axes);
      }
      value = list(axes);
    }
    return switch (value) {
      case null -> List.of();
      case List<?> list when list.stream().allMatch(Long.class::isInstance) ->
          list.stream().map(Long.class::cast).toList();
      default -> throw wrong("axes", "integers");
    };
  }

  @Override
  public List<Long> integers(int index) throws FileFormatException {
    OnnxArray array = values.array(constantName(index));
    boolean integers = array.type() == OnnxType.INT64 || array.type() == OnnxType.INT32;
    if (!integers || array.rank() != 1) {
      throw wrong("a list of integers expected as input " + index + ", found " + array);
    }
    return list(array);
  }

  private static List<Long> list(OnnxArray integers) {
    return Arrays.stream(integers.longs()).boxed().toList();
  }

  @Override
  public String text(String attribute, String otherwise) throws FileFormatException {
    Object value = attribute(attribute);
    return switch (value) {
      case null -> otherwise;
      case String text -> text;
      default -> throw wrong(attribute, "a string");
    };
  }

  @Override
  public @Nullable List<Layer> branch() throws FileFormatException {
    if (inputs() != 2
        || values.isConstant(node.inputs().get(0))
        || values.isConstant(node.inputs().get(1))) {
      return null;
    }
    int last =
        values.position(node.inputs().get(0)) > values.position(node.inputs().get(1)) ? 0 : 1;
    String branch = node.inputs().get(last);
    branches.add(branch);
    return chain.branch(node.inputs().get(1 - last), branch);
  }

  @Override
  public @Nullable List<List<Layer>> branches() throws FileFormatException {
    for (String input : node.inputs()) {
      if (input.isEmpty() || values.isConstant(input)) {
        return null;
      }
    }
    String from = chain.beginning(node.outputs().getFirst());
    List<List<Layer>> all = new ArrayList<>();
    for (String input : node.inputs()) {
      all.add(chain.branch(from, input));
    }
    branches.addAll(node.inputs());
    branches.remove(from);
    beginning = from;
    return all;
  }

  private @Nullable Object attribute(String attribute) {
    used.add(attribute);
    return node.attributes().get(attribute);
  }

  private FileFormatException wrong(String attribute, String expected) {
    return wrong(expected + " expected as attribute " + quote(attribute));
  }

  private FileFormatException wrong(String problem) {
    return values.graph().wrong(node.who() + ": " + problem);
  }

  // What the import does with it.

  /** How many nodes the layer stands for, without those of layers within it. */
  int nodes() {
    return asked.size();
  }

  /** What distinguishes the layer from others of the same maker; null if layers are within it. */
  @Nullable List<Object> key() {
    if (!branches.isEmpty()) {
      return null;
    }
    List<Object> key = new ArrayList<>();
    for (GraphNode part : asked) {
      key.add(part.node.operator());
      key.add(part.node.attributes());
      for (String input : part.node.inputs()) {
        key.add(values.isConstant(input) ? input : "");
      }
    }
    return key;
  }

  /** The name of the layer's input. */
  String layerInput() throws FileFormatException {
    Set<String> within = new HashSet<>(branches);
    for (GraphNode part : asked) {
      within.add(part.node.outputs().getFirst());
    }
    Set<String> computed = new HashSet<>();
    if (beginning != null) {
      computed.add(beginning);
    }
    for (GraphNode part : asked) {
      for (String input : part.node.inputs()) {
        if (!input.isEmpty() && !values.isConstant(input) && !within.contains(input)) {
          computed.add(input);
        }
      }
    }
    if (computed.size() != 1) {
      throw wrong("one input that is computed expected, found " + computed.size());
    }
    return computed.iterator().next();
  }

  /** What nobody has asked for; null if there is nothing. */
  @Nullable String unused() {
    for (GraphNode part : asked) {
      String unused = part.ownUnused();
      if (unused != null) {
        return unused;
      }
    }
    return null;
  }

  private @Nullable String ownUnused() {
    for (int i = 0; i < inputs(); i++) {
      if (isConstant(i) && !used.contains(i)) {
        return node.who() + ": input " + i;
      }
    }
    for (String attribute : node.attributes().keySet()) {
      if (!used.contains(attribute) && !attribute.equals("consumed_inputs")) { // before version 6
        return node.who() + ": attribute " + quote(attribute);
      }
    }
    return null;
  }

  /** For example {@code node "0.Gemm" Gemm}. */
  @Override
  public String toString() {
    return node.who();
  }
}

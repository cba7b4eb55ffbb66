package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxExport;
import org.jspecify.annotations.Nullable;

/**
 * The layers that an ONNX graph is made of, found one by one from its output to its input: what
 * gives a value is a layer that a format makes of its last nodes, or a function that a layer
 * computes, or else nodes that are computed as they are.
 */
final class OnnxChain {
  /** Blocks within blocks. */
  private static final int DEEPEST = 64;

  /** Branches in all, however they share nodes: more than any table has columns. */
  private static final int MOST_BRANCHES = 1 << 16;

  /** Operators that may change nothing but the dimensions of an example. */
  private static final Set<String> RESHAPING =
      Set.of("Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose");

  private final Values values;
  private final DType dtype;
  private final List<LayerFormat<?>> formats;

  /** Made when the first function is looked for. */
  private @Nullable KnownFunctions functions;

  /** Whether layers take examples as rows of numbers, whatever dimensions they have in the file. */
  private final boolean flat;

  /** Whether what layers make of shapes is compared with the file's as they are found. */
  private final boolean checked;

  private @Nullable List<WrittenLayer> written;

  /** Two of the same nodes with the same constants are one layer. */
  private final Map<List<Object>, Layer> made = new HashMap<>();

  private int depth;
  private int branches;
  private boolean givesRows;

  /** A layer, none if it would change nothing, and the name of its input. */
  private record Found(@Nullable Layer layer, String input, int nodes) {}

  OnnxChain(Values values, List<LayerFormat<?>> formats) throws FileFormatException {
    this.values = values;
    this.dtype = values.dtype();
    this.formats = formats;
    this.checked = false;
    boolean reshaping = false;
    for (Node node : values.nodes()) {
      reshaping |=
          node.domain().isEmpty()
              && RESHAPING.contains(node.operator())
              && !values.isConstant(node.outputs().getFirst());
    }
    this.flat = reshaping;
  }

  private OnnxChain(OnnxChain other) {
    this.values = other.values;
    this.dtype = other.dtype;
    this.formats = other.formats;
    this.functions = other.functions;
    this.written = other.written;
    this.flat = other.flat;
    this.checked = true;
  }

  /**
   * The same, with shapes compared as layers are found: where it is needed, since it costs time.
   */
  OnnxChain checked() {
    return new OnnxChain(this);
  }

  /** Whether layers take examples as rows of numbers. */
  boolean isFlat() {
    return flat;
  }

  /** Whether the file's output has no dimension of examples, but the numbers of all in a row. */
  boolean givesRows() {
    return givesRows;
  }

  /** The type of the network's numbers. */
  DType dtype() {
    return dtype;
  }

  /** Whether a constant is taken to have the dimensions of an example, which the network checks. */
  boolean trusts(int[] dimensions) {
    boolean trusted = !checked && !flat && dimensions.length > 0;
    for (int dimension : dimensions) {
      trusted &= dimension > 1;
    }
    return trusted;
  }

  /** The shape of an example as layers see it. */
  Shape shape(Shape example) {
    return flat ? Shape.of(example.size()) : example;
  }

  /** The layers between two values, of which the first is the graph's input. */
  List<Layer> layers(String input, String output) throws FileFormatException {
    return layers(input, output, true);
  }

  /** Those of a branch, for which no operators will do. */
  List<Layer> branch(String input, String output) throws FileFormatException {
    if (depth == DEEPEST) {
      throw values.graph().wrong("blocks at most " + DEEPEST + " deep expected");
    }
    branches++;
    if (branches > MOST_BRANCHES) {
      throw values.graph().wrong("at most " + MOST_BRANCHES + " branches expected");
    }
    depth++;
    try {
      return layers(input, output, false);
    } finally {
      depth--;
    }
  }

  private List<Layer> layers(String input, String output, boolean operators)
      throws FileFormatException {
    List<Layer> layers = new ArrayList<>();
    String value = output;
    String end = output; // of what is computed by operators as they are
    while (!value.equals(input)) {
      Node node = values.node(value);
      if (node == null || values.isConstant(value)) {
        throw values
            .graph()
            .wrong("value " + quote(value) + ": no node computes it from the input");
      }
      Found found = find(node, value, !operators);
      if (found == null) {
        value = beginning(value);
        continue; // operators before it may go with it
      }
      if (!end.equals(value)) {
        layers.add(operators(value, end));
      }
      if (found.layer != null) {
        layers.add(found.layer);
      }
      value = found.input;
      end = value;
    }
    if (!end.equals(value)) {
      layers.add(operators(value, end));
    }
    Collections.reverse(layers);
    return layers;
  }

  private @Nullable Found find(Node node, String value, boolean required)
      throws FileFormatException {
    boolean number = hasNumber(node);
    Found found = number ? function(value) : null;
    if (found != null) {
      return found;
    }
    List<FileFormatException> problems = new ArrayList<>();
    found = make(node, value, problems);
    if (found == null && !number) {
      found = function(value);
    }
    if (found == null) {
      String same = same(node, value);
      found = same == null ? asWritten(value) : new Found(null, same, 1);
    }
    if (found == null && (required || !values.isSupported(node))) {
      throw problems.isEmpty() ? values.unsupported(node) : problems.getFirst();
    }
    return found;
  }

  /** Whether an input of a node is a constant of one element. */
  private boolean hasNumber(Node node) throws FileFormatException {
    for (String input : node.inputs()) {
      if (values.isConstant(input) && values.array(input).size() == 1) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Found function(String value) throws FileFormatException {
    if (functions == null) {
      functions = new KnownFunctions(values, dtype, formats);
    }
    KnownFunctions.Found found = functions.find(value);
    return found == null ? null : new Found(found.layer(), found.input(), 1);
  }

  private @Nullable Found asWritten(String value) throws FileFormatException {
    if (written == null) {
      written =
          WrittenLayer.of(
              formats, values.dtype(), values.graph().opsets().getOrDefault("", OnnxExport.OPSET));
    }
    for (WrittenLayer each : written) {
      String input = each.match(values, value);
      if (input != null) {
        return new Found(each.layer(), input, 1);
      }
    }
    return null;
  }

  /** Of the layers that formats make of a node and those before it, that of most nodes. */
  private @Nullable Found make(Node node, String value, List<FileFormatException> problems)
      throws FileFormatException {
    if (!node.outputs().getFirst().equals(value)) {
      return null;
    }
    String operator =
        node.domain().isEmpty() ? node.operator() : node.domain() + "." + node.operator();
    Found best = null;
    String unused = null;
    for (LayerFormat<?> format : formats) {
      LayerFormat.OnnxMaker<? extends Layer> maker = format.onnxMakers().get(operator);
      if (maker != null) {
        GraphNode asked = new GraphNode(this, values, node);
        try {
          Layer layer = maker.make(asked);
          if (layer != null && (best == null || asked.nodes() > best.nodes)) {
            String input = asked.layerInput();
            String ownUnused = asked.unused();
            if (ownUnused != null) {
              unused = ownUnused;
            } else if (fits(layer, input, value)) {
              best = new Found(shared(maker, asked, layer), input, asked.nodes());
            }
          }
        } catch (FileFormatException e) {
          problems.add(e);
        } catch (RuntimeException e) {
          // A layer's own check of what it is made of.
          problems.add(FileFormatException.because(values.graph().file(), node.who(), e));
        }
      }
    }
    if (best == null && unused != null) {
      throw values.graph().wrong(unused + " has no meaning for the layer made of it");
    }
    return best;
  }

  private boolean fits(Layer layer, String input, String value) throws FileFormatException {
    Shape from = checked ? values.example(input) : null;
    Shape to = checked ? values.example(value) : null;
    if (from == null || to == null) {
      return true;
    }
    try {
      return layer.outputShape(shape(from).openBatch()).example().equals(shape(to));
    } catch (ShapeException e) {
      return false;
    }
  }

  private Layer shared(Object maker, GraphNode node, Layer layer) {
    List<Object> key = node.key();
    if (key == null || layer.parameters().isEmpty()) {
      return layer;
    }
    key.add(maker);
    Layer same = made.putIfAbsent(key, layer);
    return same == null ? layer : same;
  }

  /** The value of which a node gives the same numbers of each example; null if it does not. */
  private @Nullable String same(Node node, String value) throws FileFormatException {
    String before = node.inputs().isEmpty() ? "" : node.inputs().getFirst();
    if (!node.domain().isEmpty()
        || before.isEmpty()
        || values.isConstant(before)
        || !node.outputs().getFirst().equals(value)) {
      return null;
    }
    return switch (node.operator()) {
      case "Identity" -> before;
      case "Dropout" -> node.inputs().size() < 3 ? before : null;
      case "Cast" -> {
        OnnxType to = Values.toFloat(node);
        boolean input = before.equals(values.input().name());
        yield to != null && (input || to == values.type(before)) ? before : null;
      }
      case "Flatten", "Reshape", "Squeeze", "Unsqueeze" ->
          sizes(before, value) != null || rows(before, value) ? before : null;
      case "Transpose" -> sizes(before, value) != null && keepsOrder(node, before) ? before : null;
      default -> null;
    };
  }

  /** The shape of an example of both, if both are of as many numbers. */
  private @Nullable Shape sizes(String before, String after) throws FileFormatException {
    Shape from = values.example(before);
    Shape to = values.example(after);
    return from == null || to == null || from.size() != to.size() ? null : from;
  }

  /** Whether the graph's output is what was found of each example, all in one row or column. */
  private boolean rows(String before, String value) throws FileFormatException {
    boolean rows =
        value.equals(values.output())
            && values.example(value) == null
            && values.example(before) != null
            && values.size(before) == values.size(value);
    givesRows |= rows;
    return rows;
  }

  /** Whether only dimensions of size 1 change places. */
  private boolean keepsOrder(Node transpose, String before) throws FileFormatException {
    Shape example = values.example(before);
    long[] axes = transpose.integers("perm");
    if (example == null || axes == null) {
      return false;
    }
    int first = values.hasBatch() ? 1 : 0;
    if (first == 1 && axes[0] != 0) {
      return false;
    }
    long last = -1;
    for (int i = first; i < axes.length; i++) {
      if (example.dimension((int) axes[i] - first) != 1) {
        if (axes[i] < last) {
          return false;
        }
        last = axes[i];
      }
    }
    return true;
  }

  /** The last value before another that all nodes between need, and nothing else. */
  String beginning(String value) throws FileFormatException {
    Set<String> open = new HashSet<>(Set.of(value));
    while (true) {
      String last = "";
      for (String each : open) {
        last = last.isEmpty() || values.position(each) > values.position(last) ? each : last;
      }
      Node node = values.node(last);
      if (node == null) {
        return last; // the graph's input
      }
      if (!values.isSupported(node)) {
        throw values.unsupported(node);
      }
      node.outputs().forEach(open::remove);
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !values.isConstant(input)) {
          open.add(input);
        }
      }
      if (open.size() == 1) {
        String only = open.iterator().next();
        OnnxType type = values.type(only);
        if (only.equals(values.input().name())
            || (type != null && type.isFloat() && values.example(only) != null)) {
          return only;
        }
      }
    }
  }

  private Layer operators(String from, String to) throws FileFormatException {
    return new OperatorLayer(values, from, to, shape(require(from)), shape(require(to)));
  }

  private Shape require(String value) throws FileFormatException {
    Shape example = values.example(value);
    OnnxType type = values.type(value);
    if (example == null
        || type == null
        || !(type.isFloat() || value.equals(values.input().name()))) {
      throw values
          .graph()
          .wrong(
              "value "
                  + quote(value)
                  + ": floats of each example expected, found "
                  + values.describe(value));
    }
    return example;
  }
}

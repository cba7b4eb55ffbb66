package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lamella.core.Layer;
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
  private final OnnxSource source;
  private final OnnxSource.Node node;

  /** This one and those before it that the layer stands for. */
  private final List<GraphNode> asked;

  private final Set<Object> used = new HashSet<>();

  /** The input that layers within the layer compute; null if there are none. */
  private @Nullable String branch;

  GraphNode(OnnxChain chain, OnnxSource source, OnnxSource.Node node) {
    this(chain, source, node, new ArrayList<>());
  }

  private GraphNode(
      OnnxChain chain, OnnxSource source, OnnxSource.Node node, List<GraphNode> asked) {
    this.chain = chain;
    this.source = source;
    this.node = node;
    this.asked = asked;
    asked.add(this);
  }

  @Override
  public String operator() {
    return node.operator();
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
    return hasInput(index) && source.isConstant(node.inputs().get(index));
  }

  @Override
  public Tensor constant(int index) throws FileFormatException {
    if (!isConstant(index)) {
      throw source.wrong(
          node.who()
              + ": a constant expected as input "
              + index
              + ", found "
              + (hasInput(index) ? quote(node.inputs().get(index)) : "none"));
    }
    used.add(index);
    return source.tensor(node.inputs().get(index));
  }

  @Override
  public @Nullable GraphNode input(int index, String operator) {
    OnnxSource.Node before = hasInput(index) ? source.node(node.inputs().get(index)) : null;
    if (before == null || !before.operator().equals(operator)) {
      return null;
    }
    return new GraphNode(chain, source, before, asked);
  }

  @Override
  public double number(String attribute, double otherwise) throws FileFormatException {
    Object value = attribute(attribute);
    return switch (value) {
      case null -> otherwise;
      case Float number -> Double.parseDouble(number.toString());
      default -> throw wrong(attribute, "a float");
    };
  }

  @Override
  public long integer(String attribute, long otherwise) throws FileFormatException {
    Object value = attribute(attribute);
    return switch (value) {
      case null -> otherwise;
      case Long number -> number;
      default -> throw wrong(attribute, "an integer");
    };
  }

  @Override
  public List<Long> axes() throws FileFormatException {
    Object value = attribute("axes");
    if (value == null && hasInput(1)) {
      used.add(1);
      GraphNode constant = input(1, "Constant");
      value =
          constant == null
              ? source.integers(node.inputs().get(1))
              : constant.attribute("value_ints");
    }
    return switch (value) {
      case null -> List.of();
      case List<?> list -> list.stream().map(Long.class::cast).toList();
      default -> throw wrong("axes", "integers");
    };
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
        || source.isConstant(node.inputs().get(0))
        || source.isConstant(node.inputs().get(1))) {
      return null;
    }
    int last = source.number(node.inputs().get(0)) > source.number(node.inputs().get(1)) ? 0 : 1;
    branch = node.inputs().get(last);
    return chain.layers(node.inputs().get(1 - last), branch);
  }

  private @Nullable Object attribute(String attribute) {
    used.add(attribute);
    return node.attributes().get(attribute);
  }

  private FileFormatException wrong(String attribute, String expected) {
    return source.wrong(
        node.who() + ": " + expected + " expected as attribute " + quote(attribute));
  }

  // What the import does with it.

  /** Whether the layer stands for this node alone. */
  boolean isAlone() {
    return asked.size() == 1 && branch == null;
  }

  /** The name of the layer's input. */
  String layerInput() throws FileFormatException {
    Set<@Nullable String> within = new HashSet<>();
    asked.forEach(part -> within.add(part.node.output()));
    within.add(branch);
    Set<String> computed = new HashSet<>();
    for (GraphNode part : asked) {
      for (String input : part.node.inputs()) {
        if (!input.isEmpty() && !source.isConstant(input) && !within.contains(input)) {
          computed.add(input);
        }
      }
    }
    if (computed.size() != 1) {
      throw source.wrong(
          node.who() + ": one input that is computed expected, found " + computed.size());
    }
    for (GraphNode part : asked) {
      part.requireAllUsed();
    }
    return computed.iterator().next();
  }

  private void requireAllUsed() throws FileFormatException {
    for (int i = 0; i < inputs(); i++) {
      if (source.isConstant(node.inputs().get(i))) {
        requireUsed(i, "input " + i);
      }
    }
    for (String attribute : node.attributes().keySet()) {
      requireUsed(attribute, "attribute " + quote(attribute));
    }
  }

  private void requireUsed(Object what, String name) throws FileFormatException {
    if (!used.contains(what)) {
      throw source.wrong(node.who() + ": " + name + " has no meaning for the layer made of it");
    }
  }

  @Override
  public String toString() {
    return node.who();
  }
}

package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lamella.core.Layer;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A node of an ONNX graph that a layer is made of, see {@link LayerFormat#fromOnnx(String,
 * LayerFormat.OnnxMaker)}.
 *
 * <p>The layer stands for this node and for those before it that were asked for with {@link
 * #input}. All of their constants and attributes must be asked for: what nobody asks for would be
 * lost, and is an error. One value remains, which is the layer's input.
 */
public final class OnnxNode {
  private final OnnxChain chain;
  private final OnnxSource source;
  private final OnnxSource.Node node;

  /** This one and those before it that the layer stands for. */
  private final List<OnnxNode> asked;

  private final Set<Object> used = new HashSet<>();

  /** The input that layers within the layer compute; null if there are none. */
  private @Nullable String branch;

  OnnxNode(OnnxChain chain, OnnxSource source, OnnxSource.Node node) {
    this(chain, source, node, new ArrayList<>());
  }

  private OnnxNode(OnnxChain chain, OnnxSource source, OnnxSource.Node node, List<OnnxNode> asked) {
    this.chain = chain;
    this.source = source;
    this.node = node;
    this.asked = asked;
    asked.add(this);
  }

  /** {@return the operator's ONNX name} */
  public String operator() {
    return node.operator();
  }

  /** {@return the number of inputs that are named, of which some may be left out} */
  public int inputs() {
    return node.inputs().size();
  }

  /**
   * {@return whether there is an input at this place}
   *
   * @param index from 0
   */
  public boolean hasInput(int index) {
    return index < inputs() && !node.inputs().get(index).isEmpty();
  }

  /**
   * {@return whether an input is there and constant}
   *
   * @param index from 0
   */
  public boolean isConstant(int index) {
    return hasInput(index) && source.isConstant(node.inputs().get(index));
  }

  /**
   * {@return the value of an input that is constant, in a tensor of its own}
   *
   * @param index from 0
   * @throws FileFormatException if there is none, or it is computed, or no tensor can hold it
   */
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

  /**
   * {@return the node that computes an input, for a layer of several nodes; null if none does, or
   * one of another operator}
   *
   * @param index from 0
   * @param operator which it must be
   */
  public @Nullable OnnxNode input(int index, String operator) {
    OnnxSource.Node before = hasInput(index) ? source.node(node.inputs().get(index)) : null;
    if (before == null || !before.operator().equals(operator)) {
      return null;
    }
    return new OnnxNode(chain, source, before, asked);
  }

  /**
   * {@return an attribute that is a float: the shortest decimal that rounds to it}
   *
   * @param attribute its name
   * @param otherwise what it is where it is left out
   * @throws FileFormatException if it is no float
   */
  public double number(String attribute, double otherwise) throws FileFormatException {
    Object value = attribute(attribute);
    return switch (value) {
      case null -> otherwise;
      case Float number -> Double.parseDouble(number.toString());
      default -> throw wrong(attribute, "a float");
    };
  }

  /**
   * {@return an attribute that is an integer}
   *
   * @param attribute its name
   * @param otherwise what it is where it is left out
   * @throws FileFormatException if it is no integer
   */
  public long integer(String attribute, long otherwise) throws FileFormatException {
    Object value = attribute(attribute);
    return switch (value) {
      case null -> otherwise;
      case Long number -> number;
      default -> throw wrong(attribute, "an integer");
    };
  }

  /**
   * {@return the dimensions that a reduction is over, an attribute of the older operators and the
   * second input of the newer ones; empty where nothing is said, which is all of them}
   *
   * @throws FileFormatException if they are no constant integers
   */
  public List<Long> axes() throws FileFormatException {
    Object value = attribute("axes");
    if (value == null && hasInput(1)) {
      used.add(1);
      OnnxNode constant = input(1, "Constant");
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

  /**
   * {@return an attribute that is a string}
   *
   * @param attribute its name
   * @param otherwise what it is where it is left out
   * @throws FileFormatException if it is no string
   */
  public String text(String attribute, String otherwise) throws FileFormatException {
    Object value = attribute(attribute);
    return switch (value) {
      case null -> otherwise;
      case String text -> text;
      default -> throw wrong(attribute, "a string");
    };
  }

  /**
   * {@return the layers that compute one of this node's two inputs from the other, as around a skip
   * connection; null if one of the two is constant} The other input is that of the layer.
   *
   * @throws FileFormatException if no layers compute one from the other
   */
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
    for (OnnxNode part : asked) {
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
    for (OnnxNode part : asked) {
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

  /** For example {@code node "0.Gemm" Gemm}. */
  @Override
  public String toString() {
    return node.who();
  }
}

package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;
import org.jspecify.annotations.Nullable;

/**
 * A network out of an ONNX file of any program that has one input of floats and one output of
 * floats.
 *
 * {@snippet file="SnippetsTest.java" region="onnx-import"}
 *
 * <p>The network is made of the layers on the module path or class path, as far as their {@link
 * LayerFormat}s say how, or as they compute what a group of nodes computes: dense layers,
 * normalisations, blocks with skip connections, activations however they are written. Such a
 * network can be trained further, saved and exported. What no layer is made of becomes an {@link
 * OperatorLayer}, which predicts and nothing else; {@link #isTrainable} tells whether there is one.
 *
 * <p>The input's first dimension is the batch, whatever size the file gives it; an input of one
 * dimension of a fixed size is one example. Where the file gives an example other dimensions on the
 * way, {@code [1, 28, 28]} and then {@code [784]}, the network takes and gives rows of numbers, in
 * the same order; what the file says is in {@link #input} and {@link #output}. Floats of 16 bits
 * become float32. Networks within networks come back as one chain, a layer that stands at two
 * places as one layer.
 *
 * <p>Of a classifier with labels and probabilities as outputs, as scikit-learn's are, the
 * probabilities are taken. Of a graph with several outputs of floats, or to stop at a value within,
 * choose one:
 *
 * <pre>{@code
 * OnnxImport.of(OnnxModel.read(path).withOutputs("logits"))
 * }</pre>
 *
 * <p>Nothing in a file can make reading take more memory than the file's own size calls for.
 *
 * <p>Source: "Open Neural Network Exchange Intermediate Representation" and the operators of
 * versions 4 to 28 (the ONNX project).
 *
 * @param network what the graph computes, but for what {@code end} says
 * @param end what the graph does to the network's outputs
 * @param labels the names of the classes in the file's order; empty if it has none
 * @param input the input that the network takes, as the file has it
 * @param output the output that the network gives, as the file has it
 * @param metadata the file's text by keys, but for what {@link Network#outputs} says; with the
 *     labels as {@code classes}, unless the file has such a text
 */
public record OnnxImport(
    Network network,
    End end,
    List<String> labels,
    OnnxValue input,
    OnnxValue output,
    Map<String, String> metadata) {

  /** What a graph does at its end that a network here does not, whose outputs are logits. */
  public enum End {
    /** Nothing: the outputs are those of the graph. */
    NONE,
    /** The softmax of the network's outputs, which are probabilities of classes. */
    SOFTMAX,
    /** The logarithm of the softmax of the network's outputs. */
    LOG_SOFTMAX,
    /** The sigmoid of the network's outputs, which are probabilities of yes. */
    SIGMOID,
    /** Of one output of the network the sigmoid p, as two probabilities, 1 - p and p. */
    NO_AND_YES
  }

  private static final String OUTPUTS = "lamella.outputs";
  private static final String CLASSES = "classes";

  /** What was read; list and map are copied. */
  public OnnxImport {
    labels = List.copyOf(labels);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** {@return whether the graph makes probabilities of the network's outputs} */
  public boolean probabilities() {
    return end == End.SOFTMAX || end == End.SIGMOID || end == End.NO_AND_YES;
  }

  /** {@return whether the network is of layers alone, and has no {@link OperatorLayer}} */
  public boolean isTrainable() {
    return network.layers().stream().noneMatch(OperatorLayer.class::isInstance);
  }

  /**
   * Reads a file, and those beside it where it says that they have its tensors.
   *
   * @param path of the file
   * @return what it holds
   * @throws FileFormatException if it is damaged, no ONNX file, or not a network's; names the node
   *     and its operator, or the outputs there are
   * @throws IOException if it cannot be read
   */
  public static OnnxImport read(Path path) throws IOException {
    Graph graph = Graph.read(path);
    return of(graph, graph.outputs(), LayerFormats.all());
  }

  /**
   * Reads what a file of this name holds.
   *
   * @param name for messages
   * @param bytes the whole file, which must stay as they are
   * @return what it holds
   * @throws FileFormatException as for {@link #read}
   */
  public static OnnxImport parse(String name, byte[] bytes) throws FileFormatException {
    return parse(name, bytes, LayerFormats.all());
  }

  static OnnxImport parse(String name, byte[] bytes, List<LayerFormat<?>> formats)
      throws FileFormatException {
    Graph graph = Graph.parse(name, bytes);
    try {
      return of(graph, graph.outputs(), formats);
    } catch (FileFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("no other file is read", e);
    }
  }

  /**
   * Makes a network of a model, for example of one whose output was chosen by {@link
   * OnnxModel#withOutputs}.
   *
   * @param model with one output of floats
   * @return the network
   * @throws FileFormatException as for {@link #read}
   * @throws IOException if a file beside the model cannot be read any more
   */
  public static OnnxImport of(OnnxModel model) throws IOException {
    return of(model.graph(), model.outputs(), LayerFormats.all());
  }

  private static OnnxImport of(
      Graph graph, Collection<OnnxValue> outputs, List<LayerFormat<?>> formats) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(graph.metadata());
    try {
      Outputs meaning = Outputs.of(metadata.remove(OUTPUTS));
      OnnxValue output = chosen(graph, outputs);
      Values values = new Values(graph, before(graph, output.name()));
      values.dtype(); // or says that its input is no float
      End end = end(graph, values, meaning);
      String logits = beforeEnd(graph, values.output(), end);
      Network network = network(values, logits, output, end, formats);
      network.dtype(); // or says that parameters are of both types
      Outputs said =
          switch (end) {
            case SOFTMAX, LOG_SOFTMAX -> meaning == Outputs.UNSPECIFIED ? Outputs.CLASSES : meaning;
            case NO_AND_YES -> Outputs.YES_NO;
            case NONE, SIGMOID -> meaning;
          };
      List<String> labels = labels(graph);
      if (!labels.isEmpty() && labels.stream().noneMatch(label -> label.contains(","))) {
        metadata.putIfAbsent(CLASSES, String.join(",", labels));
      }
      return new OnnxImport(
          network.withOutputs(said), end, labels, values.input(), output, metadata);
    } catch (RuntimeException e) {
      throw FileFormatException.because(graph.file(), "", e);
    }
  }

  private static Network network(
      Values values, String logits, OnnxValue output, End end, List<LayerFormat<?>> formats)
      throws FileFormatException {
    OnnxChain chain = new OnnxChain(values, formats);
    try {
      return network(values, logits, output, end, chain);
    } catch (FileFormatException | RuntimeException e) {
      // Again, with the shapes that are found by running the graph.
      return network(values, logits, output, end, chain.checked());
    }
  }

  private static Network network(
      Values values, String logits, OnnxValue output, End end, OnnxChain chain)
      throws FileFormatException {
    Network network =
        Network.of(chain.shape(values.example()), chain.layers(values.input().name(), logits));
    if (end != End.NO_AND_YES && !chain.givesRows()) {
      requireOutput(values, output, network.outputShape(), chain);
    }
    return network;
  }

  /** Whether the shape of one example's output is what the file says, where it says something. */
  private static void requireOutput(Values values, OnnxValue output, Shape example, OnnxChain chain)
      throws FileFormatException {
    List<OnnxValue.Dimension> dimensions = output.dimensions();
    if (dimensions == null) {
      return;
    }
    int first = values.hasBatch() ? 1 : 0;
    boolean same = dimensions.size() >= first;
    if (chain.isFlat()) {
      long size = 1;
      for (int i = first; i < dimensions.size(); i++) {
        size = dimensions.get(i).isOpen() ? Long.MIN_VALUE : size * dimensions.get(i).size();
        if (size < 0 || size > Integer.MAX_VALUE) {
          break;
        }
      }
      same &= size < 0 || size == example.size();
    } else {
      same &= dimensions.size() == example.rank() + first;
      for (int i = first; same && i < dimensions.size(); i++) {
        OnnxValue.Dimension dimension = dimensions.get(i);
        same = dimension.isOpen() || dimension.size() == example.dimension(i - first);
      }
    }
    if (!same) {
      throw values
          .graph()
          .wrong(
              "output "
                  + quote(output.name())
                  + ": "
                  + dimensions.subList(Math.min(first, dimensions.size()), dimensions.size())
                  + " for each example expected, as the file says, its nodes give "
                  + example);
    }
  }

  // Which output.

  private static OnnxValue chosen(Graph graph, Collection<OnnxValue> outputs)
      throws FileFormatException {
    List<OnnxValue> floats = new ArrayList<>();
    if (outputs.size() == 1) {
      return outputs.iterator().next();
    }
    for (OnnxValue output : outputs) {
      Node node = graph.node(output.name());
      boolean classes = node != null && ZipMap.is(node) && isFirst(node, output.name());
      OnnxType type = output.type();
      boolean isFloat = type == null ? node != null && !ZipMap.is(node) : type.isFloat();
      if ((classes || isFloat) && isComputed(graph, output.name())) {
        floats.add(output);
      }
    }
    if (floats.size() != 1) {
      throw graph.wrong(
          "one output of floats expected, found "
              + floats.size()
              + " of "
              + list(outputs)
              + "; choose one: --output NAME, or OnnxImport.of(OnnxModel.read(path).withOutputs(name))");
    }
    return floats.getFirst();
  }

  /** Whether an output depends on an input, and nothing that it needs is out of reach. */
  private static boolean isComputed(Graph graph, String output) {
    List<Node> nodes = Plan.needed(graph, List.of(output), Set.of());
    boolean depends = false;
    for (Node node : nodes) {
      depends |= graph.inputs().stream().anyMatch(value -> node.inputs().contains(value.name()));
    }
    return depends && nodes.stream().allMatch(node -> Plan.reason(graph, node) == null);
  }

  private static boolean isFirst(Node node, String output) {
    return node.outputs().getFirst().equals(output);
  }

  static String list(Collection<OnnxValue> values) {
    int most = 20;
    return values.stream()
            .limit(most)
            .map(value -> quote(value.name()) + " " + value.description())
            .collect(Collectors.joining(", "))
        + (values.size() > most ? ", ..." : "");
  }

  // Its end.

  /** The value that nodes at the end give again, by another name or in another form. */
  private static String before(Graph graph, String output) {
    String value = output;
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.node(value);
      if (node == null || !isFirst(node, value)) {
        return value;
      }
      boolean same =
          (node.domain().isEmpty() && node.operator().equals("Identity")) || ZipMap.is(node);
      if (!same || node.inputs().size() != 1) {
        return value;
      }
      value = node.inputs().getFirst();
    }
    return value;
  }

  private static @Nullable Node operator(Graph graph, String value, String operator, int inputs) {
    Node node = graph.node(value);
    boolean found =
        node != null
            && node.domain().isEmpty()
            && node.operator().equals(operator)
            && node.inputs().size() == inputs
            && isFirst(node, value);
    return found ? node : null;
  }

  private static End end(Graph graph, Values values, Outputs meaning) throws FileFormatException {
    String output = values.output();
    if (meaning != Outputs.PROBABILITIES) {
      for (String operator : List.of("Softmax", "LogSoftmax")) {
        Node softmax = operator(graph, output, operator, 1);
        if (softmax != null) {
          requireLastAxis(values, softmax);
          return operator.equals("Softmax") ? End.SOFTMAX : End.LOG_SOFTMAX;
        }
      }
    }
    if (meaning == Outputs.YES_NO && operator(graph, output, "Sigmoid", 1) != null) {
      return End.SIGMOID;
    }
    return yes(values, output) == null ? End.NONE : End.NO_AND_YES;
  }

  /** Over the last dimension, which in a batch of rows is the second. */
  private static void requireLastAxis(Values values, Node softmax) throws FileFormatException {
    long axis = softmax.integer("axis", softmax.opset() < 13 ? 1 : -1);
    if (axis == -1) {
      return;
    }
    OnnxValue said = values.graph().value(softmax.outputs().getFirst());
    Shape example =
        said != null && said.dimensions() != null
            ? null
            : values.example(softmax.inputs().getFirst());
    int rank =
        said != null && said.dimensions() != null
            ? said.dimensions().size()
            : example == null ? 0 : example.rank() + (values.hasBatch() ? 1 : 0);
    if (axis != rank - 1) {
      throw values.graph().wrong(softmax.who() + ": the last axis expected, found axis " + axis);
    }
  }

  /** The value whose sigmoid p goes into an output 1 - p, p; null if it is another. */
  private static @Nullable String yes(Values values, String output) throws FileFormatException {
    Node both = operator(values.graph(), output, "Concat", 2);
    if (both == null) {
      return null;
    }
    String yes = before(values.graph(), both.inputs().get(1));
    Node no = operator(values.graph(), both.inputs().get(0), "Sub", 2);
    Node sigmoid = operator(values.graph(), yes, "Sigmoid", 1);
    if (no == null
        || sigmoid == null
        || !before(values.graph(), no.inputs().get(1)).equals(yes)
        || !values.isConstant(no.inputs().get(0))) {
      return null;
    }
    OnnxArray one = values.array(no.inputs().get(0));
    Shape example = values.example(yes);
    boolean isOne = one.size() == 1 && one.type().isFloat() && one.reshaped().tensor().get(0) == 1;
    boolean isSingle = example != null && example.rank() == 1 && example.size() == 1;
    return isOne && isSingle ? sigmoid.inputs().getFirst() : null;
  }

  private static String beforeEnd(Graph graph, String output, End end) {
    Node node = graph.node(output);
    if (end == End.NONE || node == null) {
      return output;
    }
    if (end == End.NO_AND_YES) {
      node = graph.node(before(graph, node.inputs().get(1)));
    }
    return node == null ? output : node.inputs().getFirst();
  }

  // Labels.

  private static List<String> labels(Graph graph) throws IOException {
    for (Node node : graph.nodes()) {
      if (!node.domain().equals(Node.ML)) {
        continue;
      }
      for (String name : List.of("classlabels_strings", "classlabels_int64s", "classlabels_ints")) {
        if (node.attributes().get(name) instanceof List<?> list && !list.isEmpty()) {
          return list.stream().map(String::valueOf).toList();
        }
      }
      if (node.operator().equals("ArrayFeatureExtractor")
          && !node.inputs().isEmpty()
          && graph.isConstant(node.inputs().getFirst())) {
        OnnxArray array = graph.constant(node.inputs().getFirst());
        if (array.type() == OnnxType.STRING) {
          return List.of(array.strings());
        }
        if (array.type().isInteger()) {
          return Arrays.stream(array.longs()).mapToObj(Long::toString).toList();
        }
      }
    }
    return List.of();
  }
}

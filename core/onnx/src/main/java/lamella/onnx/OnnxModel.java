package lamella.onnx;

import static lamella.core.io.FileFormatException.plain;
import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A model of an ONNX file, of any program: its graph is run by the names of its inputs and outputs.
 *
 * <pre>{@code
 * OnnxModel model = OnnxModel.read(Path.of("model.onnx"));
 * OnnxArray x = OnnxArray.of(new float[] {1, 2, 3, 4}, 2, 2);
 * float[] y = model.run(Map.of("x", x)).get("y").floats();
 * }</pre>
 *
 * <p>Operators are those of ONNX's versions 1 to 28 and of {@code ai.onnx.ml}'s 1 to 5 that dense
 * networks and what is around them need. Nodes that are not supported are listed by {@link
 * #unsupported}; outputs that do not need them can be computed all the same, see {@link
 * #supportedOutputs} and {@link #withOutputs}.
 *
 * <p><b>Batches.</b> Where a file says that the first of two or more dimensions of its inputs is of
 * a size, any other number of examples may be given as well: the graph is run for as many of them
 * at a time as the file says, and the outputs are put together. Examples are thus taken to be
 * independent of each other. For this all such inputs must have one size in the file, and be given
 * with one number of examples.
 *
 * <p><b>Classes.</b> The output of {@code ZipMap}, which is a list of maps from labels to
 * probabilities in other programs, is an array of probabilities here, with a row for each example;
 * another output, with {@code _labels} at the end of its name, has the labels of its columns.
 *
 * <p>A model is immutable: any number of threads may run it at once. What it needs is computed when
 * it is run for the first time; what depends on constants alone, only then.
 *
 * <p>Source: "Open Neural Network Exchange Intermediate Representation" (the ONNX project).
 */
public final class OnnxModel {
  /** So many names are listed in an error. */
  private static final int LISTED = 20;

  private final Graph graph;
  private final List<OnnxValue> inputs;
  private final List<OnnxValue> outputs;
  private final long memoryLimit;

  /** Made when it is needed; one whose inputs have their defaults. */
  private @Nullable Plan plan;

  /**
   * A node that cannot be computed.
   *
   * @param node its name; often empty
   * @param operator for example {@code LSTM}
   * @param domain of the operator; empty for ONNX's own
   * @param opset the version of the domain's operators
   * @param reason why not
   */
  public record Unsupported(String node, String operator, String domain, int opset, String reason) {

    /** For example {@code node "lstm_1" LSTM (version 13): no such operator is known}. */
    @Override
    public String toString() {
      return "node "
          + (node.isEmpty() ? "" : quote(node) + " ")
          + (domain.isEmpty() ? "" : plain(domain) + ".")
          + plain(operator)
          + " (version "
          + opset
          + "): "
          + reason;
    }
  }

  private OnnxModel(Graph graph, List<OnnxValue> outputs, long memoryLimit) {
    this.graph = graph;
    this.inputs = List.copyOf(graph.inputs());
    this.outputs = List.copyOf(outputs);
    this.memoryLimit = memoryLimit;
  }

  /**
   * Reads a file, and those beside it where it says that they have its tensors.
   *
   * @param path of the file
   * @return the model
   * @throws FileFormatException if it is damaged or no ONNX file
   * @throws IOException if it cannot be read
   */
  public static OnnxModel read(Path path) throws IOException {
    return of(Graph.read(path));
  }

  /**
   * Reads what a file of this name holds.
   *
   * @param name for messages
   * @param bytes the whole file, which must stay as they are
   * @return the model
   * @throws FileFormatException if it is damaged or no ONNX file, or has tensors in other files
   */
  public static OnnxModel parse(String name, byte[] bytes) throws FileFormatException {
    return of(Graph.parse(name, bytes));
  }

  private static OnnxModel of(Graph graph) {
    return new OnnxModel(graph, List.copyOf(graph.outputs()), Room.usual());
  }

  /** What the file holds. */
  Graph graph() {
    return graph;
  }

  /**
   * {@return the same model with other outputs}
   *
   * @param names of any values of the graph, in the order in which they are to be given
   * @throws IllegalArgumentException if there is no such value, or none is named
   */
  public OnnxModel withOutputs(String... names) {
    Map<String, OnnxValue> chosen = new LinkedHashMap<>();
    for (String name : names) {
      OnnxValue value = graph.value(name);
      if (value == null) {
        throw wrong(
            "no value is named "
                + quote(name)
                + "; outputs are "
                + listed(graph.outputs())
                + ", other values "
                + names(graph.values()));
      }
      chosen.put(name, value);
    }
    if (chosen.isEmpty()) {
      throw wrong("an output expected, got none; outputs are " + listed(graph.outputs()));
    }
    return new OnnxModel(graph, List.copyOf(chosen.values()), memoryLimit);
  }

  /**
   * {@return the same model with another limit of memory} A run that needs more for the arrays it
   * computes is refused. By default it is half of what this Java machine may have.
   *
   * @param bytes at least 1
   * @throws IllegalArgumentException if it is less
   */
  public OnnxModel withMemoryLimit(long bytes) {
    if (bytes < 1) {
      throw wrong("a limit of at least 1 byte expected, got " + bytes);
    }
    return new OnnxModel(graph, outputs, bytes);
  }

  /** {@return the file, as whoever read it called it} */
  public String file() {
    return graph.file();
  }

  /** {@return the inputs that must be given} */
  public List<OnnxValue> inputs() {
    return inputs;
  }

  /**
   * {@return the inputs that may be given, and are constants of the file if they are not} In old
   * files all weights are such.
   */
  public List<OnnxValue> optionalInputs() {
    return List.copyOf(graph.defaults().values());
  }

  /** {@return the outputs, in the order in which they are given} */
  public List<OnnxValue> outputs() {
    return outputs;
  }

  /** {@return the file's text by keys} */
  public Map<String, String> metadata() {
    return graph.metadata();
  }

  /** {@return what the file says for people; empty if nothing} */
  public String documentation() {
    return graph.documentation();
  }

  /** {@return the program that wrote the file, with its version; empty if it does not say} */
  public String producer() {
    return graph.producer();
  }

  /** {@return the versions of the operators by their domains; that of ONNX's own is empty} */
  public Map<String, Integer> opsets() {
    return graph.opsets();
  }

  /** {@return how many nodes have which operator, whose domain stands before it if it has one} */
  public Map<String, Integer> operators() {
    Map<String, Integer> operators = new TreeMap<>();
    for (Node node : graph.nodes()) {
      String domain = node.domain().isEmpty() ? "" : node.domain() + ".";
      operators.merge(domain + node.operator(), 1, Integer::sum);
    }
    return operators;
  }

  /** {@return the constants, for example weights} */
  public List<OnnxValue> constants() {
    List<OnnxValue> constants = new ArrayList<>();
    for (String name : graph.constants()) {
      OnnxValue constant = graph.value(name);
      if (constant != null) {
        constants.add(constant);
      }
    }
    return List.copyOf(constants);
  }

  /** {@return the names of all values: inputs, what nodes give, and constants} */
  public List<String> values() {
    return List.copyOf(graph.values());
  }

  /** {@return the nodes that the outputs need and that cannot be computed} */
  public List<Unsupported> unsupported() {
    List<Unsupported> unsupported = new ArrayList<>();
    for (Node node : Plan.needed(graph, names(outputs), Set.of())) {
      String reason = Plan.reason(graph, node);
      if (reason != null) {
        unsupported.add(
            new Unsupported(node.name(), node.operator(), node.domain(), node.opset(), reason));
      }
    }
    return List.copyOf(unsupported);
  }

  /** {@return the names of those outputs that can be computed} */
  public List<String> supportedOutputs() {
    Set<String> without = new HashSet<>();
    for (Node node : Plan.needed(graph, names(outputs), Set.of())) {
      if (node.inputs().stream().anyMatch(without::contains) || Plan.reason(graph, node) != null) {
        without.addAll(node.outputs());
      }
    }
    return outputs.stream()
        .map(OnnxValue::name)
        .filter(name -> !without.contains(name) && !graph.isUnreadable(name))
        .toList();
  }

  /**
   * Computes the outputs.
   *
   * @param given arrays by the names of inputs: all of {@link #inputs}, and some of {@link
   *     #optionalInputs}. They are not changed, and must not be before this returns
   * @return arrays by the names of {@link #outputs}, in their order; they are the caller's
   * @throws IllegalArgumentException if an input is missing, unknown, or of another type or other
   *     dimensions than the file says; if a node cannot be computed of what it is given, or not at
   *     all; or if more memory is needed than there may be
   * @throws UncheckedIOException if the tensors are in another file that cannot be read any more
   */
  public Map<String, OnnxArray> run(Map<String, OnnxArray> given) {
    Set<String> defaults = new LinkedHashSet<>(graph.defaults().keySet());
    defaults.retainAll(given.keySet());
    requireNames(given);
    Plan plan = plan(defaults);
    int batch = Batches.size(graph, given);
    return batch == Batches.AS_GIVEN
        ? plan.run(given, memoryLimit)
        : Batches.run(graph, plan, given, batch, memoryLimit);
  }

  private void requireNames(Map<String, OnnxArray> given) {
    for (OnnxValue input : inputs) {
      if (!given.containsKey(input.name())) {
        throw wrong(
            "input "
                + quote(input.name())
                + " is missing; expected are "
                + listed(inputs)
                + ", given "
                + names(given.keySet()));
      }
    }
    for (String name : given.keySet()) {
      if (!graph.defaults().containsKey(name)
          && inputs.stream().noneMatch(input -> input.name().equals(name))) {
        throw wrong("no input is named " + quote(name) + "; expected are " + listed(inputs));
      }
    }
  }

  /** How it is run, with some of the constants given. */
  private synchronized Plan plan(Set<String> given) {
    Plan known = plan;
    if (known != null && given.isEmpty()) {
      return known;
    }
    List<Unsupported> unsupported = unsupported();
    List<String> supported = supportedOutputs();
    if (supported.size() < outputs.size()) {
      throw wrong(
          (unsupported.isEmpty()
                  ? "an output is of a type that is not read"
                  : unsupported.getFirst())
              + (unsupported.size() > 1 ? ", and " + (unsupported.size() - 1) + " more nodes" : "")
              + (supported.isEmpty()
                  ? "; no output can be computed without"
                  : "; outputs that can be computed without are " + names(supported)));
    }
    try {
      Plan made = new Plan(graph, names(outputs), given);
      if (given.isEmpty()) {
        plan = made;
      }
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(List<OnnxValue> values) {
    return values.stream().map(OnnxValue::name).toList();
  }

  private static String names(Collection<String> names) {
    return names.isEmpty()
        ? "none"
        : names.stream()
                .limit(LISTED)
                .map(FileFormatException::quote)
                .collect(Collectors.joining(", "))
            + (names.size() > LISTED ? ", ..." : "");
  }

  private static String listed(Collection<OnnxValue> values) {
    return values.isEmpty()
        ? "none"
        : values.stream()
                .limit(LISTED)
                .map(value -> quote(value.name()) + " " + value.description())
                .collect(Collectors.joining(", "))
            + (values.size() > LISTED ? ", ..." : "");
  }

  private IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException(graph.file() + ": " + problem);
  }

  /** For example {@code m.onnx: "x" float[batch, 2] -> "y" float[batch, 3]}. */
  @Override
  public String toString() {
    return graph.file() + ": " + listed(inputs) + " -> " + listed(outputs);
  }
}

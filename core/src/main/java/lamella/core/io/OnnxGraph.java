package lamella.core.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.Elementwise;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.formula.Formula;

/**
 * An ONNX graph while it grows: nodes, each an operator applied to values, and the values that are
 * there from the beginning. Values go by their names, which this class gives: what a layer adds is
 * named by its path, a parameter {@code 1.0.weight} for example.
 *
 * <p>The operators are those of ONNX's default domain in the version that {@link #opset} tells. A
 * layer whose operator is newer than {@link OnnxExport#OLDEST_OPSET} asks, and writes older ones
 * where it is not there.
 */
public final class OnnxGraph {
  /** Operators on numbers that {@link OnnxExport#OLDEST_OPSET} has not, and their first version. */
  private static final Map<String, Integer> SINCE =
      Map.of(
          "HardSwish", 14,
          "LayerNormalization", 17,
          "Mish", 18,
          "GroupNormalization", 18,
          "Gelu", 20,
          "RMSNormalization", 23,
          "Swish", 24);

  private final DType dtype;
  private final int opset;
  private final Registry registry;
  private final String output;
  private final Set<String> names = new HashSet<>();
  private final Map<Parameter, String> parameters = new HashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  /** The path of the layer whose nodes are being added. */
  private String path = "";

  /** What messages about it begin with. */
  private String where = "OnnxGraph: ";

  /** An operator and what it is applied to. */
  record Node(
      String name,
      String operator,
      List<String> inputs,
      String output,
      Map<String, Object> attributes) {

    private Node renamed(String from, String to) {
      return new Node(
          name,
          operator,
          inputs.stream().map(input -> input.equals(from) ? to : input).toList(),
          output.equals(from) ? to : output,
          attributes);
    }
  }

  /** An empty graph. */
  OnnxGraph(DType dtype, int opset, Registry registry, String input, String output) {
    this.dtype = dtype;
    this.opset = opset;
    this.registry = registry;
    this.output = output;
    names.add(input);
    names.add(output);
  }

  /** {@return the type of all values} */
  public DType dtype() {
    return dtype;
  }

  /** {@return the version of the operators, see {@link OnnxExport#withOpset}} */
  public int opset() {
    return opset;
  }

  /**
   * Adds a node.
   *
   * @param operator an operator with one output, for example {@code Mul}
   * @param inputs names of values
   * @return the name of its output
   * @throws IllegalArgumentException if there is no such input, or the operator is newer than
   *     {@link #opset}
   */
  public String node(String operator, String... inputs) {
    return node(operator, Map.of(), inputs);
  }

  /**
   * Adds a node with attributes.
   *
   * @param operator its ONNX name, for example {@code Mul}
   * @param attributes by name: a {@code Float} or {@code Double} is a float there, rounded to
   *     float32; an {@code Integer} or {@code Long} an int; a {@code String} a string; an {@code
   *     int[]} ints
   * @param inputs names that this graph gave
   * @return the name of the node's output
   * @throws IllegalArgumentException if there is no such input, an attribute has another type, or
   *     the operator is newer than {@link #opset}
   */
  public String node(String operator, Map<String, ?> attributes, String... inputs) {
    int since = SINCE.getOrDefault(operator, 0);
    if (since > opset) {
      throw new IllegalArgumentException(
          where
              + operator
              + ": is an operator of version "
              + since
              + " and later, the graph has version "
              + opset
              + "; take a later one (OnnxExport.withOpset), or older operators where graph.opset()"
              + " is below "
              + since);
    }
    for (String input : inputs) {
      requireValue(operator, input);
    }
    attributes.forEach((name, value) -> attribute(operator, name, value));
    String name = unique(operator);
    // Sorted: the order of Map.of differs from run to run.
    nodes.add(new Node(name, operator, List.of(inputs), name, new TreeMap<>(attributes)));
    return name;
  }

  /**
   * Adds a node that reduces some dimensions to size 1. They are an attribute of the older
   * operators and an input of the newer ones.
   *
   * @param operator for example {@code ReduceMean}
   * @param axes the dimensions; -1 is the last
   * @param input a name that this graph gave
   * @return the name of the node's output
   * @throws IllegalArgumentException if there is no such input
   */
  public String reduction(String operator, int[] axes, String input) {
    return opset < 18 && !operator.equals("ReduceSum")
        ? node(operator, Map.of("axes", axes), input)
        : node(operator, input, node("Constant", Map.of("value_ints", axes)));
  }

  /**
   * {@return the name of a parameter's value; one that is used twice is there once}
   *
   * @param parameter one of the layer's
   */
  public String parameter(Parameter parameter) {
    return parameters.computeIfAbsent(parameter, p -> constant(p.name(), p.value()));
  }

  /**
   * Adds a constant.
   *
   * @param name what its own name is made of
   * @param value copied into the file
   * @return its name in the graph
   * @throws IllegalArgumentException if it is of another type than this graph
   */
  public String constant(String name, Tensor value) {
    if (value.dtype() != dtype) {
      throw new IllegalArgumentException(
          where + name + ": expects " + dtype + ", got " + value.dtype());
    }
    String unique = unique(name);
    constants.put(unique, value);
    return unique;
  }

  /**
   * Adds a number, rounded to this graph's type.
   *
   * @param name what its own name is made of
   * @param value the number
   * @return its name in the graph
   */
  public String constant(String name, double value) {
    Tensor number = Tensor.zeros(dtype, Shape.of());
    number.fill(value);
    return constant(name, number);
  }

  /**
   * Adds a function of every element, as an {@link Activation} without a form of its own is added.
   *
   * @param formula of one input
   * @param input the name of what it is applied to
   * @return the name of its value
   * @throws IllegalArgumentException if it has two inputs
   */
  public String formula(Formula formula, String input) {
    if (formula.inputs() != 1) {
      throw new IllegalArgumentException(where + "expects a formula of one input, got " + formula);
    }
    requireValue("formula", input);
    return FormulaNodes.add(this, formula.value(), input);
  }

  /**
   * Adds one of the layers inside the layer that is being added.
   *
   * @param position in the container's {@link Layer#layers}
   * @param layer the layer there
   * @param input the name of what it is given
   * @return the name of its output
   * @throws IllegalArgumentException if it has no ONNX form; names it with its path
   */
  public String layer(int position, Layer layer, String input) {
    return add(Layers.inside(path, position), layer, input);
  }

  private String unique(String name) {
    String base = path.isEmpty() ? name : path + "." + name;
    String unique = base;
    for (int i = 2; !names.add(unique); i++) {
      unique = base + "_" + i;
    }
    return unique;
  }

  private void requireValue(String user, String value) {
    if (!names.contains(value) || output.equals(value)) {
      throw new IllegalArgumentException(where + user + ": no value is named " + value);
    }
  }

  // What export and import do with it.

  /** Adds the nodes of the layer at a path; returns the name of its output. */
  String add(String layerPath, Layer layer, String input) {
    String outerPath = path;
    String outerWhere = where;
    path = layerPath;
    where = Layers.who(layerPath, layer) + ": ";
    try {
      requireValue("input", input);
      String result = addForm(layer, input);
      requireValue("its ONNX form", result);
      return result;
    } finally {
      path = outerPath;
      where = outerWhere;
    }
  }

  private String addForm(Layer layer, String input) {
    LayerFormat<?> format = registry.of(layer);
    if (format != null && format.hasOnnxForm()) {
      return format.addTo(this, layer, input);
    }
    if (layer instanceof Activation activation) {
      return formula(activation.formula(), input);
    }
    throw new IllegalArgumentException(
        where
            + "has no ONNX form; "
            + (layer instanceof Elementwise
                ? "write it as an Activation, whose formula is its form, or give its LayerFormat"
                    + " one, withOnnx"
                : "give its LayerFormat one, withOnnx")
            + (format == null
                ? " (there is no format for " + layer.getClass() + registry.reason() + ")"
                : ""));
  }

  /** Makes a value the graph's output. */
  void finish(String value) {
    boolean computed = nodes.stream().anyMatch(node -> node.output().equals(value));
    String last = computed ? value : node("Identity", value);
    nodes.replaceAll(node -> node.renamed(last, output));
  }

  /** The nodes, each after those whose outputs it uses. */
  List<Node> nodes() {
    return nodes;
  }

  /** The constants, parameters among them, by name. */
  Map<String, Tensor> constants() {
    return constants;
  }

  // Fields, types of attributes and of elements have the numbers of onnx.proto.

  /** GraphProto, but for inputs and outputs. */
  ProtoWriter toProto() {
    ProtoWriter graph = new ProtoWriter();
    for (Node node : nodes) {
      ProtoWriter proto = new ProtoWriter();
      node.inputs().forEach(input -> proto.text(1, input));
      proto.text(2, node.output()).text(3, node.name()).text(4, node.operator());
      node.attributes()
          .forEach((name, value) -> proto.message(5, attribute(node.operator(), name, value)));
      graph.message(1, proto);
    }
    graph.text(2, "network");
    constants.forEach((name, value) -> {
      ProtoWriter proto = new ProtoWriter();
      for (int axis = 0; axis < value.shape().rank(); axis++) {
        proto.integer(1, value.shape().dimension(axis));
      }
      graph.message(5, proto.integer(2, elementType(dtype)).text(8, name).elements(9, value));
    });
    return graph;
  }

  /** AttributeProto. */
  private ProtoWriter attribute(String operator, String name, Object value) {
    ProtoWriter proto = new ProtoWriter().text(1, name);
    return switch (value) {
      case Float number -> proto.float32(2, number).integer(20, 1);
      case Double number -> proto.float32(2, number.floatValue()).integer(20, 1);
      case Integer number -> proto.integer(3, number).integer(20, 2);
      case Long number -> proto.integer(3, number).integer(20, 2);
      case String text -> proto.text(4, text).integer(20, 3);
      case int[] numbers -> {
        for (int number : numbers) {
          proto.integer(8, number);
        }
        yield proto.integer(20, 7);
      }
      default ->
          throw new IllegalArgumentException(
              where
                  + operator
                  + ": attribute "
                  + name
                  + " must be a number, a String or an int[], got "
                  + value.getClass().getSimpleName());
    };
  }

  /** TensorProto.DataType. */
  static int elementType(DType dtype) {
    return dtype == DType.FLOAT32 ? 1 : 11;
  }
}

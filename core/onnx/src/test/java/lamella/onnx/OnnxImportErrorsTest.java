package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import lamella.core.Activation;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.formula.Formula;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import org.junit.jupiter.api.Test;

/** What is refused in an ONNX file, and in which words; and layers that are formulas. */
class OnnxImportErrorsTest {
  /** As a third party writes it. */
  private static final class Mish extends Activation {
    static final LayerFormat<Mish> FORMAT = LayerFormat.of("test.Mish", Mish.class, Mish::new);

    Mish() {
      super(Formula.of(x -> x.times(x.softplus().tanh())));
    }
  }

  private static final class Plus extends Activation {
    static final LayerFormat<Plus> FORMAT =
        LayerFormat.of("test.Plus", Plus.class, saved -> new Plus(saved.number("summand")))
            .withOption("summand", plus -> plus.summand)
            .fromOnnx("Add", node -> new Plus(node.constant(1).get(0)));

    final double summand;

    Plus(double summand) {
      super(Formula.of(x -> x.plus(summand)));
      if (summand > 9) {
        throw new IllegalArgumentException("Plus: at most 9, got " + summand);
      }
      this.summand = summand;
    }

    @Override
    public String toString() {
      return "Plus(" + summand + ")";
    }
  }

  /** Keeps the axes that a file gives; what it computes nobody asks. */
  private static final class Axes extends Activation {
    static final LayerFormat<Axes> FORMAT =
        LayerFormat.of("test.Axes", Axes.class, saved -> new Axes(List.of()))
            .fromOnnx("ReduceMean", node -> new Axes(node.axes()));

    final List<Long> axes;

    Axes(List<Long> axes) {
      super(Formula.of(x -> x.plus(1)));
      this.axes = axes;
    }

    @Override
    public String toString() {
      return "Axes" + axes;
    }
  }

  private static final List<LayerFormat<?>> FORMATS = List.of(Mish.FORMAT, Plus.FORMAT);

  private static final List<LayerFormat<?>> AXES = List.of(Axes.FORMAT);

  // Messages with the field numbers of onnx.proto.

  private static Proto value(String name, int type, int... sizes) {
    Proto shape = new Proto();
    for (int size : sizes) {
      shape.message(1, size < 0 ? new Proto().text(2, "open") : new Proto().integer(1, size));
    }
    Proto tensor = new Proto().integer(1, type).message(2, shape);
    return new Proto().text(1, name).message(2, new Proto().message(1, tensor));
  }

  private static Proto node(String operator, String output, String... inputs) {
    Proto node = new Proto();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, "n").text(4, operator);
  }

  private static Proto number(String name, float value) {
    return new Proto().integer(2, 1).text(8, name).packed(9, value);
  }

  private static Proto graph() {
    return new Proto().message(11, value("x", 1, -1, 3)).message(12, value("y", 1, -1, 3));
  }

  private static byte[] file(Proto graph) throws IOException {
    return file(graph, 17);
  }

  private static byte[] file(Proto graph, int opset) throws IOException {
    return new Proto()
        .integer(1, 8)
        .message(7, graph)
        .message(8, new Proto().text(1, "").integer(2, opset))
        .bytes();
  }

  private static OnnxImport read(byte[] file) throws FileFormatException {
    return OnnxImport.parse("f", file, FORMATS);
  }

  private static void refused(String message, byte[] file) {
    assertEquals(
        "f: " + message, assertThrows(FileFormatException.class, () -> read(file)).getMessage());
  }

  private static void refused(String message, UnaryOperator<Proto> more) throws IOException {
    refused(message, file(more.apply(graph())));
  }

  @Test
  void activationsComeBackByTheirFormulas() throws IOException {
    Network network = Network.of(Shape.of(3), new Mish(), new Plus(2), new Mish());
    byte[] file =
        file(
            graph()
                .message(1, node("Softplus", "a", "x"))
                .message(1, node("Tanh", "b", "a"))
                .message(1, node("Mul", "c", "x", "b"))
                .message(1, node("Add", "d", "c", "two"))
                .message(1, node("Softplus", "e", "d"))
                .message(1, node("Tanh", "f", "e"))
                .message(1, node("Mul", "y", "d", "f"))
                .message(5, number("two", 2)));
    assertEquals(network.toString(), read(file).network().toString());
  }

  @Test
  void whatCannotBeComputedIsRefusedWithTheNode() throws IOException {
    refused(
        "node \"n\" Conv (version 17): no layer is made of it, and it cannot be computed:"
            + " convolutions and pooling are not computed",
        graph -> graph.message(1, node("Conv", "y", "x")));
    refused(
        "node \"n\" Add: input 0 has no meaning for the layer made of it",
        graph ->
            graph
                .message(1, node("Add", "y", "a", "b", "x"))
                .message(5, number("a", 1))
                .message(5, number("b", 1)));
    refused(
        "node \"n\" Add: attribute \"axis\" has no meaning for the layer made of it",
        graph ->
            graph
                .message(
                    1,
                    node("Add", "y", "x", "a")
                        .message(5, new Proto().text(1, "axis").integer(3, 1)))
                .message(5, number("a", 1)));
    refused(
        "Network: needs at least one layer", graph -> graph.message(1, node("Identity", "y", "x")));
    refused(
        "node \"n\" com.example.Gelu (version 0): no layer is made of it, and it cannot be"
            + " computed: no such operator is known",
        graph -> graph.message(1, node("Gelu", "y", "x").text(7, "com.example")));
    refused(
        "value \"y\": floats of each example expected, found float[3] of 2 examples",
        graph ->
            graph.message(
                1,
                node("ReduceMean", "y", "x")
                    .message(5, axesAttribute("axes", 0))
                    .message(5, new Proto().text(1, "keepdims").integer(3, 0))));
  }

  @Test
  void whatNoLayerIsMadeOfIsComputedAsItIs() throws IOException {
    assertEquals(
        "Network([3] -> OperatorLayer(Add))",
        read(file(graph().message(1, node("Add", "y", "x", "x")))).network().toString());
    assertEquals(
        "Network([3] -> Mish -> OperatorLayer(Add))",
        read(file(
                graph()
                    .message(1, node("Mish", "m", "x"))
                    .message(1, node("Add", "y", "m", "a"))
                    .message(5, number("a", 10)),
                18))
            .network()
            .toString());
  }

  @Test
  void graphsThatAreNoNetworksAreRefused() throws IOException {
    refused(
        "output \"y\": one input that it is computed from expected, as a network has, found 0;"
            + " OnnxModel runs graphs with any inputs",
        graph ->
            graph
                .message(1, node("Add", "y", "a", "b"))
                .message(5, number("a", 1))
                .message(5, number("b", 1)));
    refused(
        "output \"y\": one input that it is computed from expected, as a network has, found 2:"
            + " \"x\" float[open, 3], \"z\" float[open, 3]; OnnxModel runs graphs with any inputs",
        graph -> graph.message(1, node("Add", "y", "x", "z")).message(11, value("z", 1, -1, 3)));
    refused(
        "one output of floats expected, found 2 of \"y\" float[open, 3], \"z\" float[open, 3];"
            + " choose one: --output NAME, or OnnxImport.of(OnnxModel.read(path).withOutputs(name))",
        graph ->
            graph
                .message(1, node("Relu", "y", "x"))
                .message(1, node("Tanh", "z", "x"))
                .message(12, value("z", 1, -1, 3)));
    Proto plus = node("Add", "y", "x", "a");
    refused(
        "input \"x\": a size of dimension 1 expected, found an open one",
        file(
            new Proto()
                .message(1, plus)
                .message(5, number("a", 1))
                .message(11, value("x", 1, 1, -1))
                .message(12, value("y", 1))));
    refused(
        "input \"x\": floats expected, found int64[1, 3]",
        file(
            new Proto()
                .message(1, plus)
                .message(5, number("a", 1))
                .message(11, value("x", 7, 1, 3))
                .message(12, value("y", 7))));
    refused(
        "output \"y\": [4] for each example expected, as the file says, its nodes give [3]",
        file(
            new Proto()
                .message(1, plus)
                .message(5, number("a", 1))
                .message(11, value("x", 1, 1, 3))
                .message(12, value("y", 1, 1, 4))));
  }

  private static Proto axesAttribute(String name, int... axes) {
    Proto attribute = new Proto().text(1, name);
    for (int axis : axes) {
      attribute.integer(8, axis);
    }
    return attribute.integer(20, 7);
  }

  /** Elements of 64 bits, which those of a float64 tensor are, too. */
  private static Proto integers(int type, long... values) {
    double[] bits = Arrays.stream(values).mapToDouble(Double::longBitsToDouble).toArray();
    return new Proto().integer(1, values.length).integer(2, type).text(8, "axes").packed(9, bits);
  }

  private static void axes(String expected, UnaryOperator<Proto> more) throws IOException {
    byte[] file = file(more.apply(graph()), 18);
    assertEquals(
        "Network([3] -> Axes" + expected + ")",
        OnnxImport.parse("f", file, AXES).network().toString());
  }

  @Test
  void axesAreAnAttributeOrAnInput() throws IOException {
    axes("[]", graph -> graph.message(1, node("ReduceMean", "y", "x")));
    axes(
        "[1, -1]",
        graph ->
            graph.message(
                1, node("ReduceMean", "y", "x").message(5, axesAttribute("axes", 1, -1))));
    axes(
        "[1, -1]",
        graph ->
            graph.message(1, node("ReduceMean", "y", "x", "axes")).message(5, integers(7, 1, -1)));
    axes(
        "[-1]",
        graph ->
            graph
                .message(1, node("Constant", "a").message(5, axesAttribute("value_ints", -1)))
                .message(1, node("ReduceMean", "y", "x", "a")));
  }

  @Test
  void anInputThatIsAConstantInAnOldFileIsNoInput() throws IOException {
    byte[] file =
        file(
            graph()
                .message(1, node("Add", "y", "x", "a"))
                .message(5, number("a", 4))
                .message(11, value("a", 1)));
    assertEquals("Network([3] -> Plus(4.0))", read(file).network().toString());
    assertEquals(Map.of(), read(file).metadata());
  }
}

package lamella.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class OnnxExportTest {
  @TempDir Path folder;

  /** A layer that cannot be exported. */
  private static class Plain implements Layer {
    final List<Parameter> parameters;

    Plain(Parameter... parameters) {
      this.parameters = List.of(parameters);
    }

    @Override
    public List<Parameter> parameters() {
      return parameters;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      throw new AssertionError("an export computes nothing");
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      throw new AssertionError("an export computes nothing");
    }

    @Override
    public String toString() {
      return "Plain";
    }
  }

  /** A layer of any form. */
  private static class Form extends Plain implements OnnxLayer {
    private final BiFunction<OnnxGraph, String, String> form;

    Form(BiFunction<OnnxGraph, String, String> form, Parameter... parameters) {
      super(parameters);
      this.form = form;
    }

    @Override
    public String toOnnx(OnnxGraph graph, String input) {
      return form.apply(graph, input);
    }

    @Override
    public String toString() {
      return "Form";
    }
  }

  private static Form operator(String operator) {
    return new Form((graph, input) -> graph.node(operator, input));
  }

  private static Form times(Parameter factor) {
    return new Form((graph, input) -> graph.node("Mul", input, graph.parameter(factor)), factor);
  }

  private static Parameter parameter(String name, Tensor value) {
    return new Parameter(name, Role.WEIGHT, value);
  }

  private static Network network(Layer... layers) {
    return Network.of(Shape.of(2), layers);
  }

  private static OnnxFile file(Layer... layers) {
    return OnnxFile.parse(OnnxExport.of(network(layers)).toBytes());
  }

  private static List<String> nodes(OnnxFile file) {
    return file.nodes().stream().map(OnnxFile.Node::toString).toList();
  }

  // The format.

  @Test
  void writesTheBytesOfTheFormatsOwnImplementation() throws IOException {
    Parameter weight =
        parameter(
            "weight",
            FloatTensor.of(
                Shape.of(2, 3),
                0.1f,
                -0f,
                Float.POSITIVE_INFINITY,
                Float.MIN_VALUE,
                -Float.MAX_VALUE,
                2));
    Parameter bias = parameter("bias", FloatTensor.of(Shape.of(3), 1, 2, 3));
    Form factor = times(parameter("factor", FloatTensor.of(Shape.of(), 3)));
    Network network =
        network(
            new Form(
                (graph, input) ->
                    graph.node("Gemm", input, graph.parameter(weight), graph.parameter(bias)),
                weight,
                bias) {
              @Override
              public Shape outputShape(Shape input) {
                return input.withLast(3);
              }
            },
            Network.of(
                Shape.of(3),
                factor,
                new Form((graph, input) -> graph.node("LeakyRelu", Map.of("alpha", 0.1), input))),
            factor,
            new Form((graph, input) -> {
              Map<String, int[]> swap = Map.of("perm", new int[] {1, 0});
              String same = graph.node("Einsum", Map.of("equation", "ij->ij"), input);
              return graph.node("Transpose", swap, graph.node("Transpose", swap, same));
            }));
    byte[] bytes =
        OnnxExport.of(network)
            .withMean(DoubleTensor.of(Shape.of(2), 127.5, 0.25))
            .withSoftmax()
            .withNames("pixels", "classes")
            .withProducer("golden", "1.2")
            .withMetadata(Map.of("seed", "7", "labels", "é 🙂"))
            .toBytes();
    try (InputStream golden = OnnxExportTest.class.getResourceAsStream("golden.onnx")) {
      assertArrayEquals(golden.readAllBytes(), bytes);
    }
  }

  @Test
  void inputAndOutputAreBatchesOfAnySize() {
    OnnxFile file = file(operator("Abs"), operator("Neg"));
    assertEquals(List.of("input 1[batch, 2]"), file.inputs());
    assertEquals(List.of("output 1[batch, 2]"), file.outputs());
    assertEquals(List.of("layer0_Abs = Abs(input)", "output = Neg(layer0_Abs)"), nodes(file));
    Network images = Network.of(Shape.of(3, 32, 32), operator("Abs"));
    assertEquals(
        List.of("input 1[batch, 3, 32, 32]"),
        OnnxFile.parse(OnnxExport.of(images).toBytes()).inputs());
  }

  @Test
  void attributesKeepTypeAndValueAndComeInTheOrderOfTheirNames() {
    Map<String, Object> attributes =
        Map.of(
            "f", -2.5f, "d", 0.1, "i", -1, "l", Long.MIN_VALUE, "s", "é", "a", new int[] {-3, 300});
    OnnxFile file = file(new Form((graph, input) -> graph.node("Any", attributes, input)));
    assertEquals(
        List.of(
            "output = Any(input) {a=[-3, 300], d=0.1, f=-2.5, i=-1, l=-9223372036854775808, s=é}"),
        nodes(file));
  }

  @Property(tries = 50)
  void anyNetworkIsAWellFormedGraphWithItsParametersBitForBit(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    DType dtype = random.nextBoolean() ? DType.FLOAT32 : DType.FLOAT64;
    List<Form> shared = new ArrayList<>();
    Network network = anyNetwork(random, dtype, shared, 3);
    byte[] bytes = OnnxExport.of(network).toBytes();
    assertArrayEquals(bytes, OnnxExport.of(network).toBytes());
    OnnxFile file = OnnxFile.parse(bytes);
    List<OnnxFile.Initializer> written = List.copyOf(file.initializers().values());
    assertEquals(network.parameters().size(), written.size());
    for (int i = 0; i < written.size(); i++) {
      Tensor value = network.parameters().get(i).value();
      assertEquals(dtype == DType.FLOAT32 ? 1 : 11, written.get(i).type());
      assertEquals(value.shape().toString(), written.get(i).dimensions().toString());
      ByteBuffer raw = written.get(i).raw();
      for (int k = 0; k < value.size(); k++) {
        switch (value) {
          case FloatTensor floats ->
              assertEquals(Float.floatToRawIntBits(floats.array()[k]), raw.getInt());
          case DoubleTensor doubles ->
              assertEquals(Double.doubleToRawLongBits(doubles.array()[k]), raw.getLong());
        }
      }
    }
  }

  /** Layers that compute, layers that do nothing, layers that come twice, and networks of them. */
  private static Network anyNetwork(
      SplittableRandom random, DType dtype, List<Form> shared, int depth) {
    Layer[] layers = new Layer[random.nextInt(1, 4)];
    for (int i = 0; i < layers.length; i++) {
      layers[i] =
          switch (random.nextInt(depth > 0 ? 5 : 4)) {
            case 0 -> operator("Relu");
            case 1 -> new Form((graph, input) -> input);
            case 2 -> {
              if (shared.isEmpty() || random.nextBoolean()) {
                Shape shape = random.nextBoolean() ? Shape.of() : Shape.of(2);
                shared.add(times(parameter("factor", anyBits(dtype, shape, random))));
              }
              yield shared.get(random.nextInt(shared.size()));
            }
            case 3 ->
                new Form((graph, input) -> {
                  String once = graph.node("Sigmoid", input);
                  return graph.node("Add", input, graph.node("Sigmoid", once));
                });
            default -> anyNetwork(random, dtype, shared, depth - 1);
          };
    }
    return network(layers);
  }

  /** NaNs of all kinds and infinities among them. */
  private static Tensor anyBits(DType dtype, Shape shape, SplittableRandom random) {
    double[] special = {Double.NaN, Double.NEGATIVE_INFINITY, -0.0};
    Tensor tensor = Tensor.zeros(dtype, shape);
    for (int i = 0; i < tensor.size(); i++) {
      boolean bits = random.nextBoolean();
      switch (tensor) {
        case FloatTensor floats ->
            floats.array()[i] =
                bits ? Float.intBitsToFloat(random.nextInt()) : (float) special[random.nextInt(3)];
        case DoubleTensor doubles ->
            doubles.array()[i] =
                bits ? Double.longBitsToDouble(random.nextLong()) : special[random.nextInt(3)];
      }
    }
    return tensor;
  }

  // The options.

  @Test
  void aNetworkThatComputesNothingIsOneIdentity() {
    Form nothing = new Form((graph, input) -> input);
    assertEquals(List.of("output = Identity(input)"), nodes(file(nothing)));
    assertEquals(List.of("output = Identity(input)"), nodes(file(nothing, nothing)));
  }

  @Test
  void constantsHaveTheNetworksType() {
    Form twice = new Form((graph, input) -> graph.node("Mul", input, graph.constant("two", 2)));
    OnnxFile floats = file(twice);
    assertEquals(List.of("output = Mul(input, layer0_two)"), nodes(floats));
    assertEquals(1, floats.initializers().get("layer0_two").type());
    Form one = times(parameter("one", DoubleTensor.of(Shape.of(2), 1, 1)));
    OnnxFile doubles = file(one, twice, twice);
    assertEquals(11, doubles.initializers().get("layer1_two").type());
    assertEquals(List.of("layer0_one", "layer1_two", "layer2_two"), names(doubles));
    assertEquals(List.of("input 11[batch, 2]"), doubles.inputs());
  }

  private static List<String> names(OnnxFile file) {
    return List.copyOf(file.initializers().keySet());
  }

  @Test
  void namesGivenToInputAndOutputAreTakenFromTheOthers() {
    Form layer = times(parameter("w", FloatTensor.of(Shape.of(2), 1, 2)));
    OnnxExport export = OnnxExport.of(network(layer, operator("Abs")));
    OnnxFile file = OnnxFile.parse(export.withNames("layer0_w", "layer0_Mul").toBytes());
    assertEquals(
        List.of("layer0_Mul_2 = Mul(layer0_w, layer0_w_2)", "layer0_Mul = Abs(layer0_Mul_2)"),
        nodes(file));
  }

  @Test
  void anOptionMakesAnotherExportAndLeavesThisOne() {
    OnnxExport export = OnnxExport.of(network(operator("Abs")));
    byte[] before = export.toBytes();
    Tensor mean = FloatTensor.of(Shape.of(2), 1, 2);
    OnnxExport centred = export.withMean(mean);
    mean.fill(7);
    OnnxFile file =
        OnnxFile.parse(
            centred.withSoftmax().withMetadata(Map.of("z", "1", "a", "2", "m", "3")).toBytes());
    assertEquals(
        List.of(
            "Sub = Sub(input, mean)",
            "layer0_Abs = Abs(Sub)",
            "output = Softmax(layer0_Abs) {axis=-1}"),
        nodes(file));
    ByteBuffer centre = file.initializers().get("mean").raw();
    assertEquals(1, centre.getFloat());
    assertEquals(2, centre.getFloat());
    assertEquals(List.of("a", "m", "z"), List.copyOf(file.metadata().keySet()));
    assertEquals("2", file.metadata().get("a"));
    assertArrayEquals(before, export.toBytes());
  }

  private static OnnxExport export(Outputs meaning) {
    return OnnxExport.of(network(operator("Abs")).withOutputs(meaning));
  }

  private static void says(String meaning, String description, OnnxExport export) {
    OnnxFile file = OnnxFile.parse(export.withMetadata(Map.of("a", "b")).toBytes());
    assertEquals(Map.of("lamella.outputs", meaning, "a", "b"), file.metadata());
    assertEquals(List.of("output 1[batch, 2]: " + description), file.outputs());
  }

  @Test
  void theFileSaysWhatTheOutputsMean() {
    says("classes", "logits of classes", export(Outputs.CLASSES));
    says("classes", "probabilities of classes", export(Outputs.CLASSES).withSoftmax());
    says("numbers", "numbers", export(Outputs.NUMBERS));
    says("yes-no", "logits of yes", export(Outputs.YES_NO));
    OnnxExport sigmoid = export(Outputs.YES_NO).withSigmoid();
    says("yes-no", "probabilities of yes", sigmoid);
    assertEquals(
        List.of("layer0_Abs = Abs(input)", "output = Sigmoid(layer0_Abs)"),
        nodes(OnnxFile.parse(sigmoid.toBytes())));
    assertArrayEquals(
        OnnxExport.of(network(operator("Abs"))).toBytes(), export(Outputs.UNSPECIFIED).toBytes());
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalStateException.class, call).getMessage());
  }

  @Test
  void probabilitiesThatTheOutputsDoNotHaveAreRefused() {
    refuses(
        "OnnxExport: the network's outputs are numbers, which have no classes; use the outputs"
            + " themselves, or say by Network.withOutputs what else they are",
        () -> export(Outputs.NUMBERS).withSoftmax());
    refuses(
        "OnnxExport: softmax is for classes, the network's outputs are yes-no; use withSigmoid",
        () -> export(Outputs.YES_NO).withSoftmax());
    refuses(
        "OnnxExport: sigmoid is for outputs of yes or no, the network's are numbers",
        () -> export(Outputs.NUMBERS).withSigmoid());
    refuses(
        "OnnxExport: sigmoid is for outputs of yes or no, the network's are classes; use"
            + " withSoftmax",
        () -> export(Outputs.CLASSES).withSigmoid());
    OnnxExport one = OnnxExport.of(Network.of(Shape.of(1), operator("Abs")));
    assertTrue(
        assertThrows(IllegalStateException.class, one::withSoftmax)
            .getMessage()
            .startsWith("OnnxExport: the network has one output, and nobody said what it means"));
    assertEquals(
        "output = Sigmoid(layer0_Abs)",
        nodes(OnnxFile.parse(one.withSigmoid().toBytes())).getLast());
  }

  @Test
  void aFileHoldsTheBytes() throws IOException {
    OnnxExport export = OnnxExport.of(network(operator("Abs")));
    Path path = folder.resolve("network.onnx");
    export.write(path);
    assertArrayEquals(export.toBytes(), Files.readAllBytes(path));
  }

  // Errors.

  private static void assertRefused(String message, Layer... layers) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> OnnxExport.of(network(layers)).toBytes())
            .getMessage());
  }

  @Test
  void aLayerWithoutOnnxFormIsNamedWithItsPosition() throws IOException {
    String reason = "Plain: has no ONNX form; implement lamella.core.onnx.OnnxLayer to give it one";
    assertRefused("layer 1 " + reason, operator("Abs"), new Plain());
    assertRefused(
        "layer 0.1.0 " + reason, network(operator("Abs"), network(new Plain())), operator("Abs"));
    Path path = folder.resolve("network.onnx");
    assertThrows(
        IllegalArgumentException.class, () -> OnnxExport.of(network(new Plain())).write(path));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void aLayersMistakesAreItsOwn() {
    assertRefused(
        "layer 0 Form: Mul: no value is named x",
        new Form((graph, input) -> graph.node("Mul", input, "x")));
    assertRefused(
        "layer 1 Form: Mul: no value is named output",
        operator("Abs"),
        new Form((graph, input) -> graph.node("Mul", input, "output")));
    assertRefused("layer 0 Form: toOnnx: no value is named y", new Form((graph, input) -> "y"));
    assertRefused(
        "layer 0 Form: Elu: attribute alpha must be a number, a String or an int[], got Boolean",
        new Form((graph, input) -> graph.node("Elu", Map.of("alpha", true), input)));
    Parameter f = parameter("f", FloatTensor.of(Shape.of(2), 1, 2));
    Parameter d = parameter("d", DoubleTensor.of(Shape.of(2), 1, 2));
    assertRefused("layer 1 Form: d: expects float32, got float64", times(f), times(d));
  }

  @Test
  void wrongOptionsAreRefused() {
    OnnxExport export = OnnxExport.of(network(operator("Abs")));
    assertEquals(
        "OnnxExport: mean: expects [2], got [1, 2]",
        assertThrows(
                ShapeException.class, () -> export.withMean(FloatTensor.of(Shape.of(1, 2), 1, 2)))
            .getMessage());
    for (String[] names : new String[][] {{"", "y"}, {"x", " "}, {"x", "x"}}) {
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> export.withNames(names[0], names[1]))
              .getMessage()
              .startsWith("OnnxExport: input and output need a name each, got "));
    }
    assertEquals(
        "OnnxExport: unpaired surrogate in \"\ud800\"",
        assertThrows(
                IllegalArgumentException.class, () -> export.withProducer("\ud800", "").toBytes())
            .getMessage());
  }

  @Test
  void moreThanTheFormatCanHoldIsRefusedBeforeAnythingIsWritten() throws IOException {
    // 33 parameters of 64 MiB over one array.
    FloatTensor large = FloatTensor.zeros(Shape.of(1 << 24));
    Parameter[] parameters = new Parameter[33];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = parameter("p" + i, large);
    }
    Form sum =
        new Form((graph, input) -> {
          String value = input;
          for (Parameter parameter : parameters) {
            value = graph.node("Add", value, graph.parameter(parameter));
          }
          return value;
        });
    Path path = folder.resolve("large.onnx");
    String message =
        assertThrows(IllegalStateException.class, () -> OnnxExport.of(network(sum)).write(path))
            .getMessage();
    assertTrue(
        message.matches("OnnxExport: 22145\\d{5} bytes exceed the 2 GB that an ONNX file can have"),
        message);
    assertTrue(Files.notExists(path));
  }

  @Test
  void aFileThatCannotBeWrittenSaysWhere() {
    OnnxExport export = OnnxExport.of(network(operator("Abs")));
    Path path = folder.resolve("missing").resolve("network.onnx");
    assertEquals(
        folder.resolve("missing").toString(),
        assertThrows(NoSuchFileException.class, () -> export.write(path)).getFile());
  }
}

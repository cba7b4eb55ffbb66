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
import lamella.core.Elementwise;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Residual;
import lamella.core.Shape;
import lamella.core.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxExportTest {
  private static final LayerFormat<Residual> RESIDUAL =
      LayerFormat.of("test.Residual", Residual.class, saved -> new Residual(saved.layers().get(0)))
          .withOnnx((residual, graph, x) -> graph.node("Add", x, graph.layer(0, residual.f(), x)));

  private static final Registry FORMS = new Registry(List.of(() -> List.of(Form.FORMAT, RESIDUAL)));

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
  private static class Form extends Plain {
    static final LayerFormat<Form> FORMAT =
        LayerFormat.of("test.Form", Form.class, saved -> new Form((graph, input) -> input))
            .withOnnx((layer, graph, input) -> layer.form.apply(graph, input));

    private final BiFunction<OnnxGraph, String, String> form;

    Form(BiFunction<OnnxGraph, String, String> form, Parameter... parameters) {
      super(parameters);
      this.form = form;
    }

    /** As wide as the bias of a dense layer. */
    @Override
    public Shape outputShape(Shape input) {
      return parameters.size() == 2 ? input.withLast(parameters.get(1).shape().last()) : input;
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
    return OnnxFile.parse(OnnxExport.of(network(layers)).toBytes(FORMS));
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
                bias),
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
    OnnxExport export =
        OnnxExport.of(network)
            .withSoftmax()
            .withNames("pixels", "classes")
            .withProducer("golden", "1.2")
            .withMetadata(Map.of("seed", "7", "labels", "é 🙂"));
    assertArrayEquals(golden("golden.onnx"), export.toBytes(FORMS));
    assertArrayEquals(golden("golden13.onnx"), export.withOpset(13).toBytes(FORMS));
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = OnnxExportTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  @Test
  void theVersionOfTheOperatorsIsThatAskedForAndTheFormatsGoesWithIt() {
    OnnxExport export = OnnxExport.of(network(operator("Abs")));
    assertEquals(20, OnnxFile.parse(export.toBytes(FORMS)).opset());
    for (int opset = 13; opset <= 20; opset++) {
      assertEquals(opset, OnnxFile.parse(export.withOpset(opset).toBytes(FORMS)).opset());
    }
    for (int opset : new int[] {-1, 12, 21}) {
      assertEquals(
          "OnnxExport: opset must be from 13 to 20, got " + opset,
          assertThrows(IllegalArgumentException.class, () -> export.withOpset(opset)).getMessage());
    }
  }

  @Test
  void aLayerAsksWhichOperatorsThereAre() {
    Form newest =
        new Form((graph, input) ->
            graph.opset() >= 20
                ? graph.node("Gelu", input)
                : graph.node("Mul", input, graph.node("Erf", input)));
    OnnxExport export = OnnxExport.of(network(newest));
    assertEquals(List.of("output = Gelu(input)"), nodes(OnnxFile.parse(export.toBytes(FORMS))));
    assertEquals(
        List.of("0.Erf = Erf(input)", "output = Mul(input, 0.Erf)"),
        nodes(OnnxFile.parse(export.withOpset(19).toBytes(FORMS))));
  }

  /** The versions that the ONNX project's list of operators gives. */
  @ParameterizedTest
  @CsvSource({
    "HardSwish, 14",
    "LayerNormalization, 17",
    "Mish, 18",
    "GroupNormalization, 18",
    "Gelu, 20",
    "RMSNormalization, 23",
    "Swish, 24"
  })
  void anOperatorNewerThanTheFileIsRefused(String operator, int since) {
    OnnxExport export = OnnxExport.of(network(operator("Abs"), operator(operator)));
    for (int opset = 13; opset <= 20; opset++) {
      OnnxExport older = export.withOpset(opset);
      if (opset < since) {
        assertEquals(
            "layer 1 Form: "
                + operator
                + ": is an operator of version "
                + since
                + " and later, the graph has version "
                + opset
                + "; take a later one (OnnxExport.withOpset), or older operators where graph.opset()"
                + " is below "
                + since,
            assertThrows(IllegalArgumentException.class, () -> older.toBytes(FORMS)).getMessage());
      } else {
        assertEquals(opset, OnnxFile.parse(older.toBytes(FORMS)).opset());
      }
    }
  }

  @Test
  void aReductionHasItsAxesAsItsVersionDemands() {
    Form means =
        new Form((graph, input) -> {
          String mean = graph.reduction("ReduceMean", new int[] {-1}, input);
          return graph.reduction("ReduceSum", new int[] {0, 1}, mean);
        });
    OnnxExport export = OnnxExport.of(network(means));
    assertEquals(
        List.of(
            "0.ReduceMean = ReduceMean(input) {axes=[-1]}",
            "0.Constant = Constant() {value_ints=[0, 1]}",
            "output = ReduceSum(0.ReduceMean, 0.Constant)"),
        nodes(OnnxFile.parse(export.withOpset(17).toBytes(FORMS))));
    assertEquals(
        List.of(
            "0.Constant = Constant() {value_ints=[-1]}",
            "0.ReduceMean = ReduceMean(input, 0.Constant)",
            "0.Constant_2 = Constant() {value_ints=[0, 1]}",
            "output = ReduceSum(0.ReduceMean, 0.Constant_2)"),
        nodes(OnnxFile.parse(export.withOpset(18).toBytes(FORMS))));
  }

  @Test
  void inputAndOutputAreBatchesOfAnySize() {
    OnnxFile file = file(operator("Abs"), operator("Neg"));
    assertEquals(List.of("input 1[batch, 2]"), file.inputs());
    assertEquals(List.of("output 1[batch, 2]"), file.outputs());
    assertEquals(List.of("0.Abs = Abs(input)", "output = Neg(0.Abs)"), nodes(file));
    Network images = Network.of(Shape.of(3, 32, 32), operator("Abs"));
    assertEquals(
        List.of("input 1[batch, 3, 32, 32]"),
        OnnxFile.parse(OnnxExport.of(images).toBytes(FORMS)).inputs());
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
    byte[] bytes = OnnxExport.of(network).toBytes(FORMS);
    assertArrayEquals(bytes, OnnxExport.of(network).toBytes(FORMS));
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
    assertEquals(List.of("output = Mul(input, 0.two)"), nodes(floats));
    assertEquals(1, floats.initializers().get("0.two").type());
    Form one = times(parameter("one", DoubleTensor.of(Shape.of(2), 1, 1)));
    OnnxFile doubles = file(one, twice, twice);
    assertEquals(11, doubles.initializers().get("1.two").type());
    assertEquals(List.of("0.one", "1.two", "2.two"), names(doubles));
    assertEquals(List.of("input 11[batch, 2]"), doubles.inputs());
  }

  private static List<String> names(OnnxFile file) {
    return List.copyOf(file.initializers().keySet());
  }

  @Test
  void namesGivenToInputAndOutputAreTakenFromTheOthers() {
    Form layer = times(parameter("w", FloatTensor.of(Shape.of(2), 1, 2)));
    OnnxExport export = OnnxExport.of(network(layer, operator("Abs")));
    OnnxFile file = OnnxFile.parse(export.withNames("0.w", "0.Mul").toBytes(FORMS));
    assertEquals(List.of("0.Mul_2 = Mul(0.w, 0.w_2)", "0.Mul = Abs(0.Mul_2)"), nodes(file));
  }

  @Test
  void anOptionMakesAnotherExportAndLeavesThisOne() {
    OnnxExport export = OnnxExport.of(network(operator("Abs")));
    byte[] before = export.toBytes(FORMS);
    OnnxFile file =
        OnnxFile.parse(
            export.withSoftmax().withMetadata(Map.of("z", "1", "a", "2", "m", "3")).toBytes(FORMS));
    assertEquals(List.of("0.Abs = Abs(input)", "output = Softmax(0.Abs) {axis=-1}"), nodes(file));
    assertEquals(List.of("a", "m", "z"), List.copyOf(file.metadata().keySet()));
    assertEquals("2", file.metadata().get("a"));
    assertArrayEquals(before, export.toBytes(FORMS));
  }

  private static OnnxExport export(Outputs meaning) {
    return OnnxExport.of(network(operator("Abs")).withOutputs(meaning));
  }

  private static void says(String meaning, String description, OnnxExport export) {
    OnnxFile file = OnnxFile.parse(export.withMetadata(Map.of("a", "b")).toBytes(FORMS));
    assertEquals(Map.of("lamella.outputs", meaning, "a", "b"), file.metadata());
    assertEquals(List.of("output 1[batch, 2]: " + description), file.outputs());
  }

  @Test
  void theFileSaysWhatTheOutputsMean() {
    says("classes", "logits of classes", export(Outputs.CLASSES));
    says("classes", "probabilities of classes", export(Outputs.CLASSES).withSoftmax());
    says("numbers", "numbers", export(Outputs.NUMBERS));
    says("probabilities", "probabilities of classes", export(Outputs.PROBABILITIES));
    says("yes-no", "logits of yes", export(Outputs.YES_NO));
    OnnxExport sigmoid = export(Outputs.YES_NO).withSigmoid();
    says("yes-no", "probabilities of yes", sigmoid);
    assertEquals(
        List.of("0.Abs = Abs(input)", "output = Sigmoid(0.Abs)"),
        nodes(OnnxFile.parse(sigmoid.toBytes(FORMS))));
    assertArrayEquals(
        OnnxExport.of(network(operator("Abs"))).toBytes(FORMS),
        export(Outputs.UNSPECIFIED).toBytes(FORMS));
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
        "OnnxExport: softmax is for logits of classes, the network's outputs are yes-no; use withSigmoid",
        () -> export(Outputs.YES_NO).withSoftmax());
    refuses(
        "OnnxExport: softmax is for logits of classes, the network's outputs are probabilities;"
            + " export it as it is",
        () -> export(Outputs.PROBABILITIES).withSoftmax());
    refuses(
        "OnnxExport: sigmoid is for outputs of yes or no, the network's are probabilities",
        () -> export(Outputs.PROBABILITIES).withSigmoid());
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
        "output = Sigmoid(0.Abs)",
        nodes(OnnxFile.parse(one.withSigmoid().toBytes(FORMS))).getLast());
  }

  @Test
  void aFileHoldsTheBytes() throws IOException {
    OnnxExport export = OnnxExport.of(network(operator("Abs")));
    Path path = folder.resolve("network.onnx");
    export.write(path, FORMS);
    assertArrayEquals(export.toBytes(FORMS), Files.readAllBytes(path));
  }

  // Layers inside layers.

  @Test
  void aContainerIsWrittenByTheLayersInsideItWithTheirPathsAsNames() {
    Form factor = times(parameter("factor", FloatTensor.of(Shape.of(), 3)));
    OnnxFile file =
        file(operator("Abs"), new Residual(network(factor, operator("Neg"))), new Residual(factor));
    assertEquals(
        List.of(
            "0.Abs = Abs(input)",
            "1.0.0.Mul = Mul(0.Abs, 1.0.0.factor)",
            "1.0.1.Neg = Neg(1.0.0.Mul)",
            "1.Add = Add(0.Abs, 1.0.1.Neg)",
            "2.0.Mul = Mul(1.Add, 1.0.0.factor)",
            "output = Add(1.Add, 2.0.Mul)"),
        nodes(file));
    assertEquals(List.of("1.0.0.factor"), names(file));
    Network network = network(operator("Abs"), new Residual(network(factor, operator("Neg"))));
    assertEquals(List.of("1.0.0.factor"), List.copyOf(Layers.parameters(network).keySet()));
    assertRefused(
        "layer 0.0.1 Plain: has no ONNX form; give its LayerFormat one, withOnnx (there is no format"
            + " for "
            + Plain.class
            + Registry.HINT
            + ")",
        new Residual(network(operator("Abs"), new Plain())));
  }

  /** Plain Java, of which nobody knows what it computes. */
  private static final class Cube extends Elementwise {
    @Override
    protected double value(double x) {
      return x * x * x;
    }

    @Override
    protected double slope(double x, double y) {
      return 3 * x * x;
    }
  }

  @Test
  void anElementwiseLayerWithoutAFormIsToldOfFormulas() {
    LayerFormat<Cube> format = LayerFormat.of("test.Cube", Cube.class, Cube::new);
    OnnxExport export = OnnxExport.of(network(new Cube()));
    assertEquals(
        "layer 0 Cube: has no ONNX form; write it as an Activation, whose formula is its form, or"
            + " give its LayerFormat one, withOnnx",
        assertThrows(
                IllegalArgumentException.class,
                () -> export.toBytes(new Registry(List.of(() -> List.of(format)))))
            .getMessage());
  }

  // Errors.

  private static void assertRefused(String message, Layer... layers) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class, () -> OnnxExport.of(network(layers)).toBytes(FORMS))
            .getMessage());
  }

  @Test
  void aLayerWithoutOnnxFormIsNamedWithItsPosition() throws IOException {
    String reason =
        "Plain: has no ONNX form; give its LayerFormat one, withOnnx (there is no format for "
            + Plain.class
            + Registry.HINT
            + ")";
    assertRefused("layer 1 " + reason, operator("Abs"), new Plain());
    assertRefused(
        "layer 0.1.0 " + reason, network(operator("Abs"), network(new Plain())), operator("Abs"));
    Path path = folder.resolve("network.onnx");
    assertThrows(
        IllegalArgumentException.class,
        () -> OnnxExport.of(network(new Plain())).write(path, FORMS));
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
    assertRefused(
        "layer 0 Form: its ONNX form: no value is named y", new Form((graph, input) -> "y"));
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
    for (String[] names : new String[][] {{"", "y"}, {"x", " "}, {"x", "x"}}) {
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> export.withNames(names[0], names[1]))
              .getMessage()
              .startsWith("OnnxExport: input and output need a name each, got "));
    }
    assertEquals(
        "OnnxExport: unpaired surrogate in \"\ud800\"",
        assertThrows(
                IllegalArgumentException.class,
                () -> export.withProducer("\ud800", "").toBytes(FORMS))
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
        assertThrows(
                IllegalStateException.class, () -> OnnxExport.of(network(sum)).write(path, FORMS))
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
        assertThrows(NoSuchFileException.class, () -> export.write(path, FORMS)).getFile());
  }
}

package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Elementwise;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.core.io.SafeTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
  private static final String HINT =
      "; where several jars were put into one, their files"
          + " META-INF/services/lamella.core.io.LayerFormats must be merged (maven-shade-plugin:"
          + " ServicesResourceTransformer)";

  private static final Tensor MEAN = DoubleTensor.of(Shape.of(2), 0.1, -3);

  @TempDir Path folder;

  private static Linear linear(DType dtype, int inputs, int outputs, long seed) {
    return new Linear(dtype, inputs, outputs, Initializer.he(), new SplittableRandom(seed));
  }

  /** Every kind of layer, a nested network, and a layer and a network that stand at two places. */
  private static Network network(DType dtype) {
    Linear shared = linear(dtype, 4, 4, 1);
    LeakyReLU leaky = new LeakyReLU(0.1 + 0.2);
    Network inner = Network.of(Shape.of(4), shared, leaky);
    return Network.of(
        Shape.of(5),
        linear(dtype, 5, 4, 2),
        new Swish(),
        inner,
        shared,
        new SELU(),
        inner,
        leaky,
        linear(dtype, 4, 3, 3),
        new ReLU());
  }

  private static SafeTensors content(byte[] bytes) throws IOException {
    return SafeTensors.parse("model", bytes);
  }

  // There and back.

  @ParameterizedTest
  @EnumSource(DType.class)
  void aNetworkComesBackBitForBit(DType dtype) throws IOException {
    Network before = network(dtype);
    Path path = folder.resolve("model.safetensors");
    Map<String, String> metadata = Map.of("author", "a \"b\" \\ é");
    new ModelFile(before, Map.of("mean", MEAN), metadata).write(path);
    ModelFile read = ModelFile.read(path);
    Network after = read.network();

    assertEquals(before.toString(), after.toString());
    assertEquals(before.summary(), after.summary());
    assertEquals(dtype, after.dtype());
    assertEquals(Fingerprint.of(before.parameters()), Fingerprint.of(after.parameters()));
    Tensor x = FloatTensor.of(Shape.of(2, 5), 1, -2, 3, 0.5f, -1, 0, 1, -1, 2, -2).to(dtype);
    assertArrayEquals(before.forward(x).toDoubleArray(), after.forward(x).toDoubleArray());

    assertEquals(List.of("mean"), List.copyOf(read.tensors().keySet()));
    assertArrayEquals(MEAN.toDoubleArray(), read.tensors().get("mean").toDoubleArray());
    assertEquals(metadata, read.metadata());
    assertArrayEquals(Files.readAllBytes(path), read.toBytes());
    assertEquals(0.1 + 0.2, ((LeakyReLU) after.layers().get(6)).slope());
  }

  @Test
  void aFileWrittenWhileTheParametersChangeCanBeRead() throws Exception {
    Network network = Network.of(Shape.of(200), linear(DType.FLOAT32, 200, 200, 1));
    float[] weights = ((FloatTensor) network.parameters().getFirst().value()).array();
    FloatTensor mean = FloatTensor.zeros(Shape.of(1000));
    ModelFile file = new ModelFile(network, Map.of("mean", mean), Map.of());
    Path path = folder.resolve("model.safetensors");
    AtomicBoolean stop = new AtomicBoolean();
    Thread training =
        Thread.ofPlatform()
            .start(() -> {
              for (int step = 0; !stop.get(); step++) {
                Arrays.fill(weights, step);
                Arrays.fill(mean.array(), step);
              }
            });
    try {
      for (int i = 0; i < 20; i++) {
        file.write(path);
        ModelFile.read(path);
        ModelFile.parse("bytes", file.toBytes());
      }
    } finally {
      stop.set(true);
      training.join();
    }
  }

  @Test
  void anotherToolsBiasMayBeARow() throws IOException {
    Network network = Network.of(Shape.of(2), linear(DType.FLOAT32, 2, 3, 1));
    SafeTensors content = content(ModelFile.of(network).toBytes());
    Map<String, Tensor> tensors = new LinkedHashMap<>(content.tensors());
    tensors.replace("layers.0.bias", FloatTensor.of(Shape.of(1, 3), 1, 2, 3));
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    metadata.remove("lamella.sha256");
    metadata.put("lamella.format", "1 unchecked");
    byte[] bytes = SafeTensors.of(tensors, metadata).toBytes();
    Network read = ModelFile.parse("model", bytes).network();
    assertEquals(Shape.of(3), read.parameters().get(1).shape());
    assertArrayEquals(
        new double[] {1, 2, 3}, read.forward(FloatTensor.zeros(Shape.of(1, 2))).toDoubleArray());
  }

  @Test
  void whatWasSharedIsSharedAgain() throws IOException {
    List<Layer> layers =
        ModelFile.parse("model", ModelFile.of(network(DType.FLOAT32)).toBytes()).network().layers();
    Network inner = (Network) layers.get(2);
    assertSame(inner, layers.get(5));
    assertSame(inner.layers().get(0), layers.get(3));
    assertSame(inner.layers().get(1), layers.get(6));
    assertNotSame(layers.get(0), layers.get(7));
  }

  @Test
  void theFileSaysWhatIsInIt() throws IOException {
    SafeTensors content = content(ModelFile.of(network(DType.FLOAT32)).toBytes());
    assertEquals(
        List.of(
            "layers.0.weight",
            "layers.0.bias",
            "layers.2.0.weight",
            "layers.2.0.bias",
            "layers.7.weight",
            "layers.7.bias"),
        List.copyOf(content.tensors().keySet()));
    assertEquals(Shape.of(5, 4), content.tensor("layers.0.weight").shape());
    assertEquals(
        List.of("lamella.format", "lamella.network", "lamella.sha256"),
        List.copyOf(content.metadata().keySet()));
    assertEquals(
        "{\"type\":\"lamella.Network\",\"input\":\"5\",\"layers\":[{\"type\":\"lamella.Linear\"},"
            + "{\"type\":\"lamella.Swish\"},"
            + "{\"type\":\"lamella.Network\",\"input\":\"4\",\"layers\":[{\"type\":\"lamella.Linear\"},"
            + "{\"type\":\"lamella.LeakyReLU\",\"slope\":\"0.30000000000000004\"}]},"
            + "{\"same\":\"2.0\"},{\"type\":\"lamella.SELU\"},{\"same\":\"2\"},{\"same\":\"2.1\"},"
            + "{\"type\":\"lamella.Linear\"},{\"type\":\"lamella.ReLU\"}]}",
        content.metadata().get("lamella.network"));
  }

  @ParameterizedTest
  @EnumSource(Outputs.class)
  void whatTheOutputsMeanComesBack(Outputs meaning) throws IOException {
    Network inner = Network.of(Shape.of(4), linear(DType.FLOAT32, 4, 3, 1)).withOutputs(meaning);
    Network before = Network.of(Shape.of(4), new ReLU(), inner);
    ModelFile read = ModelFile.parse("model", ModelFile.of(before).toBytes());
    assertEquals(meaning, read.network().outputs());
    assertEquals(meaning, ((Network) read.network().layers().getLast()).outputs());
    assertArrayEquals(ModelFile.of(before).toBytes(), read.toBytes());
    assertArrayEquals(ModelFile.of(before.copy()).toBytes(), read.toBytes());
    assertEquals(
        meaning != Outputs.UNSPECIFIED,
        content(read.toBytes())
            .metadata()
            .get("lamella.network")
            .startsWith(
                "{\"type\":\"lamella.Network\",\"input\":\"4\",\"outputs\":\""
                    + meaning
                    + "\",\"layers\":["));
  }

  @Test
  void inputsOfAnyRankComeBack() throws IOException {
    for (Shape shape : List.of(Shape.of(), Shape.of(7), Shape.of(4, 1, 3))) {
      Network before = Network.of(shape, new ReLU());
      Network after = ModelFile.parse("model", ModelFile.of(before).toBytes()).network();
      assertEquals(shape, after.inputShape());
      assertEquals(before.toString(), after.toString());
    }
  }

  /** Other tools keep neither the order of tensors nor that of metadata. */
  @Test
  void theChecksumDoesNotDependOnTheOrder() throws IOException {
    SafeTensors content =
        content(
            new ModelFile(network(DType.FLOAT32), Map.of("mean", MEAN), Map.of("a", "b", "c", "d"))
                .toBytes());
    ModelFile read =
        ModelFile.parse(
            "model",
            SafeTensors.of(reversed(content.tensors()), reversed(content.metadata())).toBytes());
    assertEquals(
        Fingerprint.of(network(DType.FLOAT32).parameters()),
        Fingerprint.of(read.network().parameters()));
  }

  private static <T> Map<String, T> reversed(Map<String, T> map) {
    Map<String, T> reversed = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(map.keySet());
    for (String name : names.reversed()) {
      reversed.put(name, map.get(name));
    }
    return reversed;
  }

  // What cannot be written.

  private static final class Unknown extends Elementwise {
    @Override
    protected double value(double x) {
      return x;
    }

    @Override
    protected double slope(double x, double y) {
      return 1;
    }
  }

  private static String refusal(Network network) {
    return assertThrows(IllegalArgumentException.class, () -> ModelFile.of(network).toBytes())
        .getMessage();
  }

  @Test
  void aLayerWithoutAFormatIsNamed() {
    Network inner = Network.of(Shape.of(2), new ReLU(), new Unknown());
    assertEquals(
        "ModelFile: layer 1.1 Unknown: no format for class lamella.layers.ModelFileTest$Unknown;"
            + " its library can provide one, see LayerFormats"
            + HINT,
        refusal(Network.of(Shape.of(2), new ReLU(), inner)));
  }

  @Test
  void aNetworkTooDeepOrTooLargeIsRefusedBeforeItIsWritten() {
    Network deep = Network.of(Shape.of(2), new ReLU());
    for (int i = 0; i < 65; i++) {
      deep = Network.of(Shape.of(2), deep);
    }
    assertEquals("ModelFile: at most 64 networks within networks can be kept", refusal(deep));
    Network large = Network.of(Shape.of(2), new ReLU());
    for (int i = 0; i < 17; i++) {
      large = Network.of(Shape.of(2), large, large);
    }
    assertEquals("ModelFile: at most 100000 layers can be kept", refusal(large));
  }

  @Test
  void mixedTypesAreRefused() {
    Network mixed =
        Network.of(Shape.of(3), linear(DType.FLOAT32, 3, 3, 1), linear(DType.FLOAT64, 3, 2, 1));
    assertThrows(IllegalStateException.class, () -> ModelFile.of(mixed).toBytes());
  }

  @Test
  void namesOfTheNetworksOwnAreKept() {
    Network network = network(DType.FLOAT32);
    assertEquals(
        "ModelFile: tensor names beginning with layers. are kept, got layers.mean",
        assertThrows(
                IllegalArgumentException.class,
                () -> new ModelFile(network, Map.of("layers.mean", MEAN), Map.of()))
            .getMessage());
    assertEquals(
        "ModelFile: metadata names beginning with lamella. are kept, got lamella.author",
        assertThrows(
                IllegalArgumentException.class,
                () -> new ModelFile(network, Map.of(), Map.of("lamella.author", "me")))
            .getMessage());
  }

  // What cannot be read.

  /** A change of a map. */
  private interface Change<T> {
    void apply(Map<String, T> map);
  }

  /** A right file, changed, and without the checksum, which would notice first. */
  private static String failure(Change<Tensor> tensors, Change<String> metadata)
      throws IOException {
    SafeTensors content = content(ModelFile.of(network(DType.FLOAT32)).toBytes());
    Map<String, Tensor> changedTensors = new LinkedHashMap<>(content.tensors());
    Map<String, String> changedMetadata = new LinkedHashMap<>(content.metadata());
    changedMetadata.remove("lamella.sha256");
    changedMetadata.put("lamella.format", "1 unchecked");
    tensors.apply(changedTensors);
    metadata.apply(changedMetadata);
    byte[] bytes = SafeTensors.of(changedTensors, changedMetadata).toBytes();
    String message =
        assertThrows(FileFormatException.class, () -> ModelFile.parse("model", bytes)).getMessage();
    assertTrue(message.startsWith("model: "), message);
    assertEquals(1, message.lines().count(), message);
    return message.substring("model: ".length());
  }

  private static String failure(Change<Tensor> tensors) throws IOException {
    return failure(tensors, metadata -> {});
  }

  /** With another description of the network. */
  private static String failure(String network) throws IOException {
    return failure(tensors -> {}, metadata -> metadata.put("lamella.network", network));
  }

  private static Tensor zeros(int... dimensions) {
    return FloatTensor.zeros(Shape.of(dimensions));
  }

  @Test
  void tensorsThatAreMissingSurplusOrOfAnotherShapeOrTypeAreNamed() throws IOException {
    assertTrue(
        failure(tensors -> tensors.remove("layers.2.0.bias"))
            .startsWith("no tensor \"layers.2.0.bias\", has \"layers.0.weight\", "));
    assertEquals(
        "tensor \"layers.1.weight\" belongs to no layer of the network",
        failure(tensors -> tensors.put("layers.1.weight", zeros(4))));
    assertEquals(
        "layer 0 \"lamella.Linear\": Linear bias: expects [4], got [3]",
        failure(tensors -> tensors.put("layers.0.bias", zeros(3))));
    assertEquals(
        "layer 0 \"lamella.Linear\": Linear: expects weight [inputs, outputs], got [20]",
        failure(tensors -> tensors.put("layers.0.weight", zeros(20))));
    assertEquals(
        "layer 0 \"lamella.Linear\": Linear: expects bias of type float32, as weight, got float64",
        failure(tensors -> tensors.put("layers.0.bias", DoubleTensor.zeros(Shape.of(4)))));
    assertEquals(
        "\"lamella.Network\": layer 7 Linear(6 -> 3): expects [n, 6], got [n, 4]",
        failure(tensors -> tensors.put("layers.7.weight", zeros(6, 3))));
    assertEquals(
        "layer 7 \"lamella.Linear\": weight of type float32 expected, as of the layers before, found"
            + " float64",
        failure(tensors -> {
          tensors.put("layers.7.weight", DoubleTensor.zeros(Shape.of(4, 3)));
          tensors.put("layers.7.bias", DoubleTensor.zeros(Shape.of(3)));
        }));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // the layers inside of a network of 5 inputs | message
        "{'type':'lamella.Linear','inputs':'2000000000','outputs':'2000000000'} | layer 0 'lamella.Linear': unknown option 'inputs'",
        "{'type':'lamella.LeakyReLU'} | layer 0 'lamella.LeakyReLU': option 'slope' expected, not found",
        "{'type':'lamella.LeakyReLU','slope':'steep'} | layer 0 'lamella.LeakyReLU': option 'slope': a number expected, found 'steep'",
        "{'type':'lamella.LeakyReLU','slope':'NaN'} | layer 0 'lamella.LeakyReLU': LeakyReLU: slope must be finite, got NaN",
        "{'type':'lamella.LeakyReLU','slope':'1','slope':'1'} | a layer names expected once, found twice: 'slope'",
        "{'type':'lamella.LeakyReLU','slope':1} | lamella.network at character 84: expected ''', found '1}]}'",
        "{'type':'lamella.ReLU','layers':[{'type':'lamella.SELU'}]} | layer 0 'lamella.ReLU': other layers inside it expected than 1",
        "{'type':'lamella.ReLU','type':'lamella.SELU'} | a layer names expected once, found twice: 'type'",
        "{'layers':[],'layers':[]} | a layer names expected once, found twice: 'layers'",
        "{} | a layer's type, or where the same one stands, expected, found neither or both",
        "{'same':'0'} | layer 0: no layer '0' before it to be the same as",
        "{'same':''} | layer 0: no layer '' before it to be the same as",
        "{'same':'0','type':'lamella.ReLU'} | a layer's type, or where the same one stands, expected, found neither or both",
        "{'same':'0','slope':'1'} | a layer's type, or where the same one stands, expected, found neither or both",
        "{'type':'lamella.Network','layers':[]} | layer 0 'lamella.Network': option 'input' expected, not found",
        "{'type':'lamella.Network','input':'5','layers':[]} | layer 0 'lamella.Network': Network: needs at least one layer",
        "{'type':'lamella.Network','input':'0','layers':[{'type':'lamella.ReLU'}]} | layer 0 'lamella.Network': Shape: every dimension must be at least 1, got [0]",
        "{'type':'lamella.Network','input':'65536,65536','layers':[{'type':'lamella.ReLU'}]} | layer 0 'lamella.Network': Shape: [65536, 65536] has more elements than a Java array can hold",
        "{'type':'lamella.Network','input':'5,','layers':[{'type':'lamella.ReLU'}]} | layer 0 'lamella.Network': input shape expected, found '5,'",
        "{'type':'lamella.Network','input':'5','outputs':'ranks','layers':[{'type':'lamella.ReLU'}]} | layer 0 'lamella.Network': outputs classes, probabilities, numbers or yes-no expected, found 'ranks' (of a newer Lamella?)",
        "{'type':'lamella.Network','input':'5','outputs':'unspecified','layers':[{'type':'lamella.ReLU'}]} | layer 0 'lamella.Network': outputs classes, probabilities, numbers or yes-no expected, found 'unspecified' (of a newer Lamella?)",
        "{'type':'lamella.Network','input':'1','outputs':'classes','layers':[{'type':'lamella.ReLU'}]} | layer 0 'lamella.Network': Network([1] -> ReLU): classes need outputs [classes], two or more, got [1]; for yes or no with one output, use Outputs.YES_NO",
        "{'type':'lamella.Network','input':'5','layers':[{'same':'0'}]} | layer 0.0: no layer '0' before it to be the same as",
      })
  void aWrongLayerIsOneClearLine(String layer, String message) throws IOException {
    String network = "{'type':'lamella.Network','input':'5','layers':[" + layer + "]}";
    assertEquals(
        message.replace('\'', '"'), failure(network.replace('\'', '"')).replace('\'', '"'));
  }

  @Test
  void aLayerThatIsNotOnThePathIsNamedWithThoseThatAre() throws IOException {
    assertEquals(
        "layer 0 \"org.example.Softplus\": no layer of this type on the module path or class path,"
            + " only "
            + Stream.concat(
                    Stream.of("lamella.Network"),
                    BuiltIn.all().stream().map(builtIn -> builtIn.format().type()))
                .sorted()
                .collect(Collectors.joining(", "))
            + "; add the library that has it"
            + HINT,
        failure(
            "{\"type\":\"lamella.Network\",\"input\":\"5\",\"layers\":[{\"type\":\"org.example.Softplus\"}]}"));
  }

  @Test
  void filesThatAreNoModelSayWhatIsMissing() throws IOException {
    for (String name : List.of("lamella.format", "lamella.network")) {
      assertEquals(
          "no model file: its metadata have no lamella.format and lamella.network",
          failure(tensors -> {}, metadata -> metadata.remove(name)));
    }
    assertEquals(
        "lamella.format 1 expected, found \"2\" (of a newer Lamella?)",
        failure(tensors -> {}, metadata -> metadata.put("lamella.format", "2")));
    assertEquals(
        "unknown metadata \"lamella.more\"",
        failure(tensors -> {}, metadata -> metadata.put("lamella.more", "")));
    assertEquals(
        "a network expected, found \"lamella.ReLU\"", failure("{\"type\":\"lamella.ReLU\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{\"type\":",
        "{\"type\":\"lamella.Network\"",
        "{\"layers\":[[",
        "{} {}"
      })
  void aDescriptionThatIsNoJsonIsRefused(String description) throws IOException {
    assertFalse(failure(description).isEmpty());
  }

  @Test
  void aFileThatWasChangedIsNoticed() throws IOException {
    byte[] whole =
        new ModelFile(network(DType.FLOAT32), Map.of("mean", MEAN), Map.of("classes", "cat,dog"))
            .toBytes();
    String text = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1);
    for (int at :
        new int[] {
          text.indexOf("cat,dog"), text.indexOf("0.3000"), whole.length - 1, whole.length - 40
        }) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 1;
      String message =
          assertThrows(FileFormatException.class, () -> ModelFile.parse("model", flipped))
              .getMessage();
      assertTrue(
          message.matches(
              "model: damaged, or changed since it was written: sha256 [0-9a-f]{64} expected,"
                  + " \"[0-9a-f.]+\" found"),
          message);
    }
  }

  @Test
  void aFileWithoutItsChecksumSaysSoOrIsRefused() throws IOException {
    SafeTensors content = content(ModelFile.of(network(DType.FLOAT32)).toBytes());
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    metadata.remove("lamella.sha256");
    byte[] without = SafeTensors.of(content.tensors(), metadata).toBytes();
    assertTrue(
        assertThrows(FileFormatException.class, () -> ModelFile.parse("model", without))
            .getMessage()
            .endsWith(" expected, none found"));
    metadata.put("lamella.format", "1 unchecked");
    byte[] unchecked = SafeTensors.of(content.tensors(), metadata).toBytes();
    assertEquals(
        Fingerprint.of(network(DType.FLOAT32).parameters()),
        Fingerprint.of(ModelFile.parse("model", unchecked).network().parameters()));
  }

  // Hostile files.

  @Test
  void nestingBeyondAnyNetworkIsRefused() throws IOException {
    String open = "{\"type\":\"lamella.Network\",\"input\":\"5\",\"layers\":[";
    assertEquals("layers at most 64 deep expected", failure(open.repeat(100_000)));
    String sixtyFour = open.repeat(64) + "{\"type\":\"lamella.ReLU\"}" + "]}".repeat(64);
    assertTrue(failure(sixtyFour).startsWith("tensor \"layers.0.bias\" belongs to no layer"));
  }

  /** Each level uses the one below twice: 60 of them are 10^18 layers. */
  @Test
  void sharingThatDoublesIsRefusedBeforeAnybodyWalksThroughIt() throws IOException {
    StringBuilder layers = new StringBuilder("{\"type\":\"lamella.ReLU\"}");
    String open = "{\"type\":\"lamella.Network\",\"input\":\"5\",\"layers\":[";
    for (int i = 0; i < 60; i++) {
      layers.append(",").append(open);
      layers.append("{\"same\":\"").append(i).append("\"},{\"same\":\"").append(i).append("\"}]}");
    }
    assertEquals("at most 100000 layers expected", failure(open + layers + "]}"));
  }

  @Test
  void moreLayersAndOptionsThanAnyNetworkHasAreRefusedWhileTheyAreRead() throws IOException {
    String open = "{\"type\":\"lamella.Network\",\"input\":\"5\",\"layers\":[";
    assertEquals(
        "at most 1000000 layers and options expected",
        failure(open + "{\"type\":\"\"},".repeat(600_000)));
    assertEquals(
        "at most 100000 layers expected",
        failure(open + "{\"type\":\"lamella.ReLU\"},".repeat(100_000) + "{\"same\":\"0\"}]}"));
  }

  @Test
  void messagesOfLayersAreCut() throws IOException {
    String many = "{\"type\":\"lamella.ReLU\"},".repeat(50_000);
    String open = "{\"type\":\"lamella.Network\",\"input\":\"";
    String message =
        failure(
            open
                + "5\",\"layers\":["
                + open
                + "6\",\"layers\":["
                + many
                + "{\"type\":\"lamella.ReLU\"}]}]}");
    assertTrue(message.length() < 400 && message.endsWith("..."), message);
  }
}

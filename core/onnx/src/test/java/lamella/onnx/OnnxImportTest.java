package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.contract.FileChecks;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;
import lamella.core.io.OnnxExport;
import lamella.layers.BatchNorm;
import lamella.layers.Columns;
import lamella.layers.ContrastNorm;
import lamella.layers.Dropout;
import lamella.layers.ELU;
import lamella.layers.Embedding;
import lamella.layers.Ensemble;
import lamella.layers.EnsembleLinear;
import lamella.layers.FillMissing;
import lamella.layers.GELU;
import lamella.layers.GaussianNoise;
import lamella.layers.HardSwish;
import lamella.layers.InputNorm;
import lamella.layers.LayerNorm;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.layers.MemberMean;
import lamella.layers.Mish;
import lamella.layers.MissingIndicator;
import lamella.layers.OneHot;
import lamella.layers.PeriodicEmbedding;
import lamella.layers.PiecewiseLinear;
import lamella.layers.ReLU;
import lamella.layers.Residual;
import lamella.layers.RobustScale;
import lamella.layers.SELU;
import lamella.layers.Scale;
import lamella.layers.Sigmoid;
import lamella.layers.Softmax;
import lamella.layers.Softplus;
import lamella.layers.Swish;
import lamella.layers.Tanh;
import lamella.layers.Whitening;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks come back from ONNX files, ours and others'. */
class OnnxImportTest {
  @TempDir Path folder;

  private static Linear linear(DType dtype, int inputs, int outputs) {
    SplittableRandom random = new SplittableRandom(31L * inputs + outputs);
    Linear linear = new Linear(inputs, outputs, random);
    linear.parameters().forEach(parameter -> parameter.convertTo(dtype));
    for (int j = 0; j < outputs; j++) {
      linear.bias().value().set(j, random.nextDouble(-1, 1));
    }
    return linear;
  }

  private static Tensor row(DType dtype, int columns, double first) {
    Tensor row = Tensor.zeros(dtype, Shape.of(columns));
    for (int j = 0; j < columns; j++) {
      row.set(j, first + 0.3 * j);
    }
    return row;
  }

  private static Tensor examples(DType dtype, int columns) {
    SplittableRandom random = new SplittableRandom(5);
    Tensor x = Tensor.zeros(dtype, Shape.of(20, columns));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextDouble(-5, 5));
    }
    return x;
  }

  private static OnnxImport again(Network network) throws FileFormatException {
    return OnnxImport.parse("x.onnx", OnnxExport.of(network).toBytes());
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = OnnxImportTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  // Ours.

  /** One layer of each format that this library has, alone and with another slope. */
  static Stream<Arguments> layers() {
    return Stream.of(DType.values())
        .flatMap(dtype ->
            Stream.of(
                    linear(dtype, 5, 3),
                    new ReLU(),
                    new LeakyReLU(),
                    new LeakyReLU(-0.3),
                    new LeakyReLU(1.0 / 3),
                    new Swish(),
                    new SELU(),
                    new GELU(),
                    GELU.tanh(),
                    new Mish(),
                    new HardSwish(),
                    new Tanh(),
                    new Sigmoid(),
                    new Softplus(),
                    new ELU(),
                    new ELU(-0.3),
                    new Dropout(0.1),
                    new Residual(linear(dtype, 5, 3), new ELU(2), linear(dtype, 3, 5)),
                    new Scale(dtype, 5),
                    Scale.of(row(dtype, 5, -1)),
                    LayerNorm.of(row(dtype, 5, -1), row(dtype, 5, 0.5)),
                    LayerNorm.of(row(dtype, 5, -1), row(dtype, 5, 0.5), 1e-3),
                    new Softmax(),
                    new BatchNorm(dtype, 5),
                    BatchNorm.of(
                        row(dtype, 5, -1),
                        row(dtype, 5, 0.5),
                        row(dtype, 5, 2),
                        row(dtype, 5, 0.1),
                        0.1,
                        1e-3),
                    Columns.of(
                        Columns.part(new int[] {0, 3}, linear(dtype, 2, 3)),
                        Columns.part(new int[] {4})),
                    RobustScale.of(row(dtype, 5, -1), row(dtype, 5, 0.5)),
                    RobustScale.of(row(dtype, 5, -1), row(dtype, 5, 0.5)).withAsinh(),
                    PiecewiseLinear.of(
                        DoubleTensor.of(Shape.of(5, 2), 0, 1, -1, 2, 0.1, 0.3, -9, -8, -1, 1)
                            .to(dtype),
                        DoubleTensor.of(Shape.of(5, 2), 1, 0, -2, 3, 0.2, 0.7, 0, 1, -3, 1)
                            .to(dtype)),
                    FillMissing.of(row(dtype, 5, -1)),
                    new PeriodicEmbedding(dtype, 5, 3, 4, 0.1, new SplittableRandom(6)),
                    new MemberMean(5, Outputs.NUMBERS),
                    new EnsembleLinear(dtype, 3, 5, 4, Initializer.he(), new SplittableRandom(6)),
                    new MissingIndicator(),
                    new OneHot(2, 3, 4, 2, 5),
                    new ContrastNorm(),
                    new ContrastNorm(1e-3),
                    InputNorm.centring(row(dtype, 5, -1)),
                    InputNorm.standardising(row(dtype, 5, -1), row(dtype, 5, 0.5)))
                .map(layer -> Arguments.of(dtype, layer)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void everyLayerComesBackBitForBit(DType dtype, Layer layer) throws FileFormatException {
    Network network = Network.of(Shape.of(5), linear(dtype, 5, 5), layer);
    OnnxImport read = again(network);
    Layer same = read.network().layers().get(1);
    assertSame(layer.getClass(), same.getClass());
    Tensor x = examples(dtype, 5);
    assertArrayEquals(
        network.forward(x).toDoubleArray(), read.network().forward(x).toDoubleArray());
    if (dtype == DType.FLOAT64 || !layer.toString().contains("0.3333")) {
      assertEquals(network.toString(), read.network().toString());
    }
    assertEquals(dtype, read.network().dtype());
    assertFalse(read.probabilities());
  }

  @Test
  void theseAreAllLayersThatHaveAFormat() {
    List<Class<?>> tested = new ArrayList<>();
    layers().forEach(arguments -> tested.add(arguments.get()[1].getClass()));
    tested.add(Network.class); // see the next one
    tested.add(Embedding.class); // takes no outputs of a linear layer; see OpsetsTest
    tested.add(Ensemble.class); // its branches are not read
    tested.add(Whitening.class); // comes back as another, see below
    tested.add(GaussianNoise.class); // is not in a graph
    for (LayerFormat<?> format : LayerFormats.all()) {
      assertTrue(tested.contains(format.layerClass()), format.toString());
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aWhiteningComesBackAsALinearOfTheSameNumbers(DType dtype) throws FileFormatException {
    Linear like = linear(dtype, 5, 3);
    Network network =
        Network.of(
            Shape.of(5),
            new ContrastNorm(),
            Whitening.of(like.weight().value(), like.bias().value()));
    Network read = again(network).network();
    assertEquals("Network([5] -> ContrastNorm(10.0) -> Linear(5 -> 3))", read.toString());
    Tensor x = examples(dtype, 5);
    assertArrayEquals(network.forward(x).toDoubleArray(), read.forward(x).toDoubleArray());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void networksWithinNetworksAreOneChainAndALayerThatAppearsTwiceIsOne(DType dtype)
      throws FileFormatException {
    Linear shared = linear(dtype, 4, 4);
    Network inner = Network.of(Shape.of(4), new LeakyReLU(0.25), shared, new Swish());
    Network network =
        Network.of(
            Shape.of(4),
            InputNorm.centring(row(dtype, 4, 1)),
            shared,
            inner,
            inner,
            new SELU(),
            linear(dtype, 4, 2));
    Network read = again(network).network();
    assertEquals(
        "Network([4] -> InputNorm(mean) -> Linear(4 -> 4) -> LeakyReLU(0.25) -> Linear(4 -> 4) ->"
            + " Swish -> LeakyReLU(0.25) -> Linear(4 -> 4) -> Swish -> SELU -> Linear(4 -> 2))",
        read.toString());
    assertSame(read.layers().get(1), read.layers().get(3));
    assertSame(read.layers().get(1), read.layers().get(6));
    assertEquals(network.parameters().size(), read.parameters().size());
    Tensor x = examples(dtype, 4);
    assertArrayEquals(network.forward(x).toDoubleArray(), read.forward(x).toDoubleArray());
    assertEquals(read.toString(), read.copy().toString());
  }

  @Test
  void whatTheOutputsMeanComesBackAndProbabilitiesDoNotBecomeALayer() throws IOException {
    Network plain = Network.of(Shape.of(3), linear(DType.FLOAT32, 3, 2), new ReLU());
    assertEquals(Outputs.UNSPECIFIED, again(plain).network().outputs());
    for (Outputs meaning : Outputs.values()) {
      Network network = plain.withOutputs(meaning);
      OnnxExport export = OnnxExport.of(network).withMetadata(Map.of("seed", "7"));
      boolean yesNo = meaning == Outputs.YES_NO;
      if (meaning != Outputs.NUMBERS && meaning != Outputs.PROBABILITIES) {
        Path path = folder.resolve(meaning + ".onnx");
        (yesNo ? export.withSigmoid() : export.withSoftmax()).write(path);
        OnnxImport read = OnnxImport.read(path);
        assertTrue(read.probabilities());
        assertEquals(network.toString(), read.network().toString());
        assertEquals(yesNo ? meaning : Outputs.CLASSES, read.network().outputs());
      }
      OnnxImport read = OnnxImport.parse("x.onnx", export.toBytes());
      assertFalse(read.probabilities());
      assertEquals(meaning, read.network().outputs());
      assertEquals(Map.of("seed", "7"), read.metadata());
    }
  }

  // Others'.

  @Test
  void anotherProgramsFileGivesWhatNumPyComputes() throws IOException {
    OnnxImport read = OnnxImport.parse("foreign.onnx", resource("foreign.onnx"));
    assertEquals(
        "Network([3] -> Linear(3 -> 4) -> LeakyReLU(0.2) -> Linear(4 -> 5) -> Swish -> SELU ->"
            + " Linear(5 -> 2))",
        read.network().toString());
    assertTrue(read.probabilities());
    assertEquals(Outputs.CLASSES, read.network().outputs());
    assertEquals(Map.of("epoch", "12"), read.metadata());
    List<String> lines =
        new String(resource("foreign.txt"), StandardCharsets.UTF_8).lines().toList();
    for (String line : lines) {
      double[] numbers = Stream.of(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
      Tensor x =
          FloatTensor.of(
              Shape.of(1, 3), (float) numbers[0], (float) numbers[1], (float) numbers[2]);
      double[] y = read.network().forward(x).toDoubleArray();
      assertEquals(numbers[3], y[0], 2e-6);
      assertEquals(numbers[4], y[1], 2e-6);
    }
  }

  @Test
  void geluAndLayerNormComeBackAsPyTorchWroteThemBeforeItHadOperators() throws IOException {
    Network network =
        OnnxImport.parse("foreign_pytorch.onnx", resource("foreign_pytorch.onnx")).network();
    assertEquals(
        "Network([4] -> Linear(4 -> 4) -> GELU -> Linear(4 -> 4) -> GELU -> GELU(tanh)"
            + " -> LayerNorm(4, epsilon 0.001))",
        network.toString());
    String text = new String(resource("foreign_pytorch.txt"), StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      double[] numbers = Stream.of(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
      Tensor x = FloatTensor.zeros(Shape.of(1, 4));
      for (int j = 0; j < 4; j++) {
        x.set(j, numbers[j]);
      }
      double[] y = network.forward(x).toDoubleArray();
      for (int j = 0; j < 4; j++) {
        assertEquals(numbers[4 + j], y[j], 2e-6);
      }
    }
  }

  // What cannot be read.

  private static String failure(byte[] file) {
    return assertThrows(FileFormatException.class, () -> OnnxImport.parse("x.onnx", file))
        .getMessage();
  }

  /** Our file of a dense layer and a Selu, with one text in it replaced by another. */
  private static byte[] with(String text, String other) {
    Network network = Network.of(Shape.of(3), linear(DType.FLOAT32, 3, 2), new SELU());
    String file = new String(OnnxExport.of(network).toBytes(), StandardCharsets.ISO_8859_1);
    assertEquals(text.length(), other.length());
    assertTrue(file.contains(text));
    return file.replace(text, other).getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // The lengths of texts stay, since they stand before them.
        "Selu | Conv | node \"1.Conv\" Conv (version 20): no layer is made of it, and it cannot be"
            + " computed: convolutions and pooling are not computed",
        "alpha | alphb | node \"1.Selu\" Selu: attribute \"alphb\" has no meaning for the layer"
            + " made of it",
      })
  void whatNoLayerIsMadeOfIsNamed(String text, String other, String message) {
    String failure = failure(with(text, other));
    assertTrue(failure.startsWith("x.onnx: " + message), failure);
  }

  @Test
  void whatIsNoOnnxFileIsRefused() throws IOException {
    assertEquals(
        "x.onnx: no ONNX file: a version, a graph and its set of operators expected",
        failure(new byte[0]));
    assertEquals(
        "x.onnx: byte 1: field 14 of a wire type that nobody writes: 3",
        failure("some text".getBytes(StandardCharsets.US_ASCII)));
    Path missing = folder.resolve("missing.onnx");
    assertThrows(NoSuchFileException.class, () -> OnnxImport.read(missing));
    Path path = folder.resolve("cut.onnx");
    byte[] file = resource("foreign.onnx");
    Files.write(path, java.util.Arrays.copyOf(file, file.length - 100));
    assertTrue(
        assertThrows(FileFormatException.class, () -> OnnxImport.read(path))
            .getMessage()
            .startsWith(path + ": byte "));
  }

  // Damage.

  /** The files' own small operators, computed again by a reader that shares no code with ours. */
  @Test
  void damagedFilesAreRefusedInOneLineOrReadRight() throws IOException {
    FileChecks<OnnxImport> checks =
        new FileChecks<>(FileFormatException.class, "x.onnx: ") {
          @Override
          protected OnnxImport read(byte[] file) throws IOException {
            return OnnxImport.parse("x.onnx", file);
          }

          // More by the layers that functions are compared with, whatever the file says.
          @Override
          protected long allowance(byte[] file) {
            return 500_000 + super.allowance(file);
          }

          @Override
          protected void requireRight(byte[] file, OnnxImport read) {
            PlainOnnx plain = PlainOnnx.of(file);
            int columns = read.network().inputShape().size();
            assertEquals(columns, plain.columns());
            double[] x = new double[columns];
            for (int j = 0; j < columns; j++) {
              x[j] = 0.5 * j - 0.7;
            }
            DType dtype = read.network().dtype();
            double[] y =
                read.network()
                    .forward(DoubleTensor.of(Shape.of(1, columns), x).to(dtype))
                    .toDoubleArray();
            plain.requireOutputs(x, y, dtype == DType.FLOAT32 ? 1e-4 : 1e-9);
          }
        };
    Network network =
        Network.of(
            Shape.of(3),
            InputNorm.standardising(row(DType.FLOAT64, 3, -1), row(DType.FLOAT64, 3, 0.5)),
            linear(DType.FLOAT64, 3, 4),
            new LeakyReLU(0.1),
            new Swish(),
            new SELU());
    List<byte[]> files =
        List.of(resource("foreign.onnx"), OnnxExport.of(network).withSoftmax().toBytes());
    FileChecks.Tally tally = checks.run(files, 10_000);
    assertTrue(tally.read() > 300 && tally.refused() > 5_000, tally.toString());
  }
}

package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.core.io.SafeTensors;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.ImageShape;
import lamella.layers.InputNorm;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelTest {
  @TempDir Path directory;

  private static Model model(DType dtype) {
    NumPyRandom random = new NumPyRandom(3);
    Tensor mean = Tensor.zeros(dtype, Shape.of(3072));
    for (int i = 0; i < mean.size(); i++) {
      mean.set(i, 255 * random.nextDouble());
    }
    return new Model(
        TwoLayerNetwork.of(3072, 5, 3, Activation.SWISH, 0.1, dtype, random)
            .network()
            .withHead(InputNorm.centring(mean)),
        ImageShape.CIFAR10,
        List.of("cat", "dog", "polar bear"),
        Map.of("seed", "3"));
  }

  private Path written(DType dtype) throws IOException {
    Path file = directory.resolve("model.safetensors");
    model(dtype).write(file);
    return file;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void comesBackBitForBit(DType dtype) throws IOException {
    Model before = model(dtype);
    Model after = Model.read(written(dtype));
    assertEquals(before.fingerprint(), after.fingerprint());
    assertEquals(dtype, after.network().dtype());
    assertEquals(before.network().toString(), after.network().toString());
    assertArrayEquals(mean(before), mean(after));
    assertEquals(before.classNames(), after.classNames());
    assertEquals(before.origin(), after.origin());
  }

  private static double[] mean(Model model) {
    return ((InputNorm) model.network().layers().getFirst()).mean().value().toDoubleArray();
  }

  @Test
  void aFileOfVersion01WithAMeanBesideTheNetworkIsReadAsOneNetwork() throws IOException {
    Model model = model(DType.FLOAT32);
    Tensor mean = DoubleTensor.of(Shape.of(3072), mean(model));
    Path file = directory.resolve("old.safetensors");
    Map<String, String> metadata = Map.of("layout", "HWC", "classes", "cat,dog,polar bear");
    new ModelFile(model.network().withoutHead(), Map.of("mean_image", mean), metadata).write(file);
    Model read = Model.read(file);
    assertEquals(model.network().toString(), read.network().toString());
    assertEquals(
        Fingerprint.of(model.network().parameters()), Fingerprint.of(read.network().parameters()));
    assertEquals(model.fingerprint(), read.fingerprint());
  }

  @Test
  void theFileHasTheParametersByNameAndSaysHowItWasMade() throws IOException {
    SafeTensors content = SafeTensors.read(written(DType.FLOAT32));
    assertEquals(
        List.of(
            "layers.0.mean",
            "layers.1.weight",
            "layers.1.bias",
            "layers.3.weight",
            "layers.3.bias"),
        List.copyOf(content.tensors().keySet()));
    assertEquals(Shape.of(3072, 5), content.tensor("layers.1.weight").shape());
    assertEquals("cat,dog,polar bear", content.metadata().get("classes"));
    assertEquals("HWC", content.metadata().get("layout"));
    assertEquals("3", content.metadata().get("seed"));
    assertEquals(model(DType.FLOAT32).fingerprint(), content.metadata().get("fingerprint"));
  }

  @Test
  void aFlippedBitIsNoticedInAParameterAndInTheMean() throws IOException {
    Path file = written(DType.FLOAT32);
    byte[] whole = Files.readAllBytes(file);
    for (int fromEnd : new int[] {4 * (3072 * 5 + 5 + 5 * 3 + 3) + 1, 1}) {
      byte[] bytes = whole.clone();
      bytes[bytes.length - fromEnd] ^= 1;
      Files.write(file, bytes);
      assertTrue(failure(file).contains("model.safetensors: damaged"), failure(file));
    }
  }

  @Test
  void aFileCutAnywhereIsRefusedInOneLine() throws IOException {
    Path file = written(DType.FLOAT32);
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 7, 8, 100, 1000, bytes.length / 2, bytes.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      String message = failure(file);
      assertTrue(message.contains("model.safetensors: "), message);
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void networksSavedWithoutWhatImagesNeedAreRefusedWithTheReason() throws IOException {
    assertRefused(
        "no model of images: nothing says in which order it takes the numbers of an image; say"
            + " --layout hwc or chw",
        tensors -> {},
        metadata -> metadata.remove("layout"));
    assertRefused(
        "no model of images: layout HWC or CHW expected, WHC found",
        tensors -> {},
        metadata -> metadata.put("layout", "WHC"));
    assertRefused(
        "no model of images: classes [2] expected, [3] found",
        tensors -> {},
        metadata -> metadata.put("classes", "a,b"));
    assertRefused(
        "3072 numbers in its mean_image expected, 7 found",
        tensors -> tensors.put("mean_image", Tensor.zeros(DType.FLOAT64, Shape.of(7))),
        metadata -> {});
  }

  @Test
  void aNetworkOfOtherInputsIsRefused() throws IOException {
    Path file = directory.resolve("other.safetensors");
    ModelFile.of(Network.of(Shape.of(100), new ReLU())).write(file);
    assertEquals(
        file
            + ": no model of images: nothing says the shape of its images, which have 100 numbers; say --image height x width x channels, such as 28x28x1",
        failure(file));
  }

  @Test
  void aNetworkWhoseOutputsAreNoClassesIsRefused() throws IOException {
    Model model = model(DType.FLOAT32);
    for (Outputs meaning : List.of(Outputs.NUMBERS, Outputs.YES_NO)) {
      Path file = directory.resolve("other.safetensors");
      new Model(
              model.network().withOutputs(meaning),
              model.shape(),
              model.classNames(),
              model.origin())
          .write(file);
      assertEquals(
          file + ": no model of images: outputs expected that are classes, found [3] " + meaning,
          failure(file));
    }
  }

  @Test
  void aFileOfTheFormatBeforeIsRefused() throws IOException {
    Path file = directory.resolve("old.safetensors");
    SafeTensors.of(
            Map.of("w1", Tensor.zeros(DType.FLOAT32, Shape.of(3072, 5))),
            Map.of("activation", "relu"))
        .write(file);
    assertEquals(
        file
            + ": has tensors by name, but nothing of the layers that they belong to; 'lamella"
            + " describe' lists them, and a program takes them into a network of its own by"
            + " Parameters.load",
        failure(file));
  }

  /** A change of a map. */
  private interface Change<T> {
    void apply(Map<String, T> map);
  }

  private void assertRefused(String reason, Change<Tensor> tensors, Change<String> metadata)
      throws IOException {
    ModelFile content = ModelFile.read(written(DType.FLOAT32));
    Map<String, Tensor> changedTensors = new LinkedHashMap<>(content.tensors());
    Map<String, String> changedMetadata = new LinkedHashMap<>(content.metadata());
    tensors.apply(changedTensors);
    metadata.apply(changedMetadata);
    Path file = directory.resolve("other.safetensors");
    new ModelFile(content.network(), changedTensors, changedMetadata).write(file);
    String message = failure(file);
    assertTrue(message.endsWith("other.safetensors: " + reason), message);
  }

  private static String failure(Path file) {
    return assertThrows(FileFormatException.class, () -> Model.read(file)).getMessage();
  }

  @Test
  void modelsOfOtherImagesSayTheirShapeAndFilesWithoutOneAreOfCifar10s() throws IOException {
    ImageShape shape = new ImageShape(5, 7, 1);
    Network network = Network.of(Shape.of(35), new Linear(35, 2, new NumPyRandom(1)));
    Path file = directory.resolve("grey.safetensors");
    new Model(network, shape, List.of("a", "b"), Map.of()).write(file);
    assertEquals("5x7x1", ModelFile.read(file).metadata().get(Model.IMAGE_KEY));
    Model grey = Model.read(file);
    assertEquals(shape, grey.shape());
    assertEquals(Map.of(), grey.origin());
    // As files were before they said it.
    ModelFile whole = ModelFile.read(written(DType.FLOAT32));
    Map<String, String> metadata = new LinkedHashMap<>(whole.metadata());
    metadata.remove(Model.IMAGE_KEY);
    metadata.keySet().removeIf(key -> key.startsWith("lamella."));
    new ModelFile(whole.network(), Map.of(), metadata).write(file);
    assertEquals(ImageShape.CIFAR10, Model.read(file).shape());
    // A shape of another size than the inputs'.
    metadata.put(Model.IMAGE_KEY, "28x28x1");
    new ModelFile(whole.network(), Map.of(), metadata).write(file);
    assertEquals(
        file + ": no model of images: inputs [784] expected of images 28x28x1, [3072] found",
        assertThrows(FileFormatException.class, () -> Model.read(file)).getMessage());
  }

  /** What the shape of another program's inputs says of its images. */
  @Test
  void theShapeOfOtherModelsImagesIsToldByTheirInputsOrByTheUser() {
    Network network = Network.of(Shape.of(84), new Linear(84, 2, new NumPyRandom(1)));
    PixelFormat unsaid = PixelFormat.UNSAID;
    Map<String, String> none = Map.of();
    assertEquals(new ImageShape(4, 7, 3), unsaid.shape(network, Shape.of(3, 4, 7), none));
    assertEquals(new ImageShape(4, 7, 3), unsaid.shape(network, Shape.of(4, 7, 3), none));
    assertEquals(new ImageShape(6, 14, 1), unsaid.shape(network, Shape.of(6, 14), none));
    assertEquals(new ImageShape(6, 14, 1), unsaid.shape(network, Shape.of(1, 6, 14), none));
    assertThrows(IllegalArgumentException.class, () -> unsaid.shape(network, Shape.of(84), none));
    assertThrows(
        IllegalArgumentException.class, () -> unsaid.shape(network, Shape.of(1, 28, 3), none));
    PixelFormat said = new PixelFormat(new ImageShape(12, 7, 1), null, null, null, null, null);
    assertEquals(new ImageShape(12, 7, 1), said.shape(network, Shape.of(84), none));
    Network same = said.before(network, new ImageShape(12, 7, 1), Shape.of(84), null);
    assertSame(network, same);
  }
}

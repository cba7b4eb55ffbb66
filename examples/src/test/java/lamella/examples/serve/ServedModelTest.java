package lamella.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.MeanImage;
import lamella.examples.EnsembleModel;
import lamella.examples.Model;
import lamella.examples.Views;
import lamella.layers.InputNorm;
import lamella.layers.Linear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedModelTest {
  @TempDir Path directory;

  private Path write(Network network, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    Path file = directory.resolve("model.safetensors");
    new ModelFile(network, tensors, metadata).write(file);
    return file;
  }

  private static Linear linear(int inputs, int outputs) {
    return new Linear(inputs, outputs, new NumPyRandom(1));
  }

  private static Network linear(int inputs, int outputs, int seed) {
    return Network.of(Shape.of(inputs), new Linear(inputs, outputs, new NumPyRandom(seed)));
  }

  @Test
  void aModelOfImagesAnswersAsItsNetworkDoesOnPixelsLessTheMean() throws IOException {
    Random random = new Random(1);
    byte[] pixels = new byte[ImageShape.CIFAR10.size()];
    random.nextBytes(pixels);
    ImageSet image =
        ImageSet.wrap(ImageShape.CIFAR10, Model.LAYOUT, Cifar10.CLASSES, new byte[1], pixels);
    byte[] others = new byte[7 * ImageShape.CIFAR10.size()];
    random.nextBytes(others);
    MeanImage mean =
        MeanImage.of(
            ImageSet.wrap(ImageShape.CIFAR10, Model.LAYOUT, Cifar10.CLASSES, new byte[7], others));
    Network network = linear(ImageShape.CIFAR10.size(), 2, 1);
    Path file = directory.resolve("images.safetensors");
    Network whole = network.withHead(InputNorm.centring(mean.mean().to(DType.FLOAT32)));
    new Model(whole, ImageShape.CIFAR10, List.of("day", "night"), Map.of()).write(file);

    float[] numbers = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      numbers[i] = pixels[i] & 0xff;
    }
    ImageDataset data = new ImageDataset(image, mean);
    Batch<int[]> batch = data.newBatch(1, network.dtype());
    data.read(new int[1], batch);
    Tensor p = Predictor.of(network).probabilities(batch.inputs());
    String name = p.argMax(0) == 0 ? "day" : "night";
    assertEquals(
        "{\"class\": %d, \"name\": \"%s\", \"probabilities\": [%s, %s]}"
            .formatted(p.argMax(0), name, (float) p.get(0), (float) p.get(1)),
        ServedModel.read(file).answer(numbers));
  }

  @Test
  void theMeanBesideANetworkOfVersion01IsSubtracted() throws IOException {
    Linear linear = linear(1, 1);
    linear.weight().value().set(0, 2);
    Network network = Network.of(Shape.of(1), linear).withOutputs(Outputs.NUMBERS);
    Path file = write(network, Map.of("mean_image", DoubleTensor.of(Shape.of(1), 3)), Map.of());
    assertEquals("{\"outputs\": [4.0]}", ServedModel.read(file).answer(new float[] {5}));
  }

  /** The answer of a network that gives its inputs. */
  private String answer(Outputs meaning, Map<String, String> metadata, float... outputs)
      throws IOException {
    Linear same = linear(outputs.length, outputs.length);
    same.weight().value().fill(0);
    for (int i = 0; i < outputs.length; i++) {
      same.weight().value().set(i * (outputs.length + 1), 1);
    }
    Network network = Network.of(Shape.of(outputs.length), same).withOutputs(meaning);
    return ServedModel.read(write(network, Map.of(), metadata)).answer(outputs);
  }

  @Test
  void theAnswerSaysWhatTheOutputsMean() throws IOException {
    Map<String, String> none = Map.of();
    String classes = "{\"class\": 1, \"probabilities\": [0.26894143, 0.7310586]}";
    assertEquals(classes, answer(Outputs.CLASSES, none, 1, 2));
    assertEquals(classes, answer(Outputs.UNSPECIFIED, none, 1, 2));
    assertEquals("{\"outputs\": [1.0, -0.5]}", answer(Outputs.NUMBERS, none, 1, -0.5f));
    assertEquals("{\"outputs\": [1.5]}", answer(Outputs.NUMBERS, none, 1.5f));
    assertEquals("{\"outputs\": [1.5]}", answer(Outputs.UNSPECIFIED, none, 1.5f));
    assertEquals(
        "{\"yes\": [true, false, false], \"probabilities\": [0.7310586, 0.5, 0.26894143]}",
        answer(Outputs.YES_NO, none, 1, 0, -1));
    assertEquals(
        "{\"yes\": [true, false, true], \"names\": [\"sun\", \"wind\"], \"probabilities\":"
            + " [0.7310586, 0.5, 0.7310586]}",
        answer(Outputs.YES_NO, Map.of("classes", "sun,rain,wind"), 1, 0, 1));
    assertEquals("{\"class\": 1, \"probabilities\": [0.7310586]}", answer(Outputs.YES_NO, none, 1));
    assertEquals(
        "{\"class\": 0, \"name\": \"no\", \"probabilities\": [0.26894143]}",
        answer(Outputs.YES_NO, Map.of("classes", "no,yes"), -1));
  }

  /** Their probabilities are equal in float32; the larger output is the class. */
  @Test
  void outputsThatDifferByTheirLastBitAreTwoClasses() throws IOException {
    float next = Math.nextUp(1e-8f);
    assertEquals(
        "{\"class\": 1, \"probabilities\": [0.5, 0.5]}",
        answer(Outputs.CLASSES, Map.of(), 1e-8f, next));
    assertTrue(
        answer(Outputs.CLASSES, Map.of(), -9, 1e-8f, next, -9).startsWith("{\"class\": 2, "));
  }

  @Test
  void outputsThatAreNotFiniteAreRefused() {
    for (Outputs meaning : Outputs.values()) {
      String message =
          assertThrows(
                  ArithmeticException.class,
                  () -> answer(meaning, Map.of(), 1, Float.POSITIVE_INFINITY))
              .getMessage();
      assertTrue(message.contains("outputs are not finite numbers"), message);
    }
  }

  @Test
  void namesAreQuotedAsJsonHasIt() throws IOException {
    assertEquals(
        "{\"class\": 0, \"name\": \"5\\\" disk \\\\ new\\u000aline \\u00e9 \\ud83d\\ude42\","
            + " \"probabilities\": [0.5, 0.5]}",
        answer(Outputs.CLASSES, Map.of("classes", "5\" disk \\ new\nline é 🙂,b"), 0, 0));
  }

  @Test
  void theDescriptionSaysWhatGoesInAndWhatComesOut() throws IOException {
    Network network = linear(2, 3, 1);
    Path file = write(network, Map.of(), Map.of("classes", "a,b,c"));
    String description = ServedModel.read(file).description();
    assertTrue(
        description.matches(
            "\\{\"name\": \"model\", \"network\": \"Network\\(\\[2\\] -> Linear\\(2 -> 3\\)\\)\", \"type\":"
                + " \"float32\", \"inputs\": \\[2\\], \"outputs\": \\[3\\], \"meaning\": \"unspecified\","
                + " \"classes\": \\[\"a\", \"b\", \"c\"\\], \"lamella\": \"[0-9a-zA-Z.-]+\"\\}"),
        description);
  }

  @Test
  void theDescriptionSaysOfHowManyPredictionsOneIsTheMean() throws IOException {
    Network mean = EnsembleModel.of(List.of(linear(3072, 2, 1), linear(3072, 2, 2)));
    Path file = write(mean, Map.of(), Map.of("layout", "HWC"));
    Servable served = Servable.read("m", file, true, Views.of("mirrored"));
    String text =
        "the mean over 2 views of the mean of 2 networks such as Network([3072] -> Linear";
    assertTrue(served.description().contains(text), served.description());
    assertTrue(served.description().contains(", \"members\": 2, \"views\": 2, \"lamella\""));
    assertTrue(served.toString().startsWith(text), served.toString());
  }

  @Test
  void aFileWhosePartsDoNotFitIsNamedWithWhatIsWrong() throws IOException {
    assertRefused(
        "2 names in its classes expected, 3 found",
        write(linear(3, 2, 1), Map.of(), Map.of("classes", "a,b,c")));
    assertRefused(
        "0 names in its classes expected, 2 found",
        write(linear(3, 2, 1).withOutputs(Outputs.NUMBERS), Map.of(), Map.of("classes", "a,b")));
    assertRefused(
        "2 names in its classes expected, 1 found",
        write(linear(3, 1, 1).withOutputs(Outputs.YES_NO), Map.of(), Map.of("classes", "a")));
    assertRefused(
        "3 numbers in its mean_image expected, 4 found",
        write(linear(3, 2, 1), Map.of("mean_image", FloatTensor.zeros(Shape.of(4))), Map.of()));
    Tensor tooLarge = DoubleTensor.of(Shape.of(3), 0, 1e39, 0);
    assertRefused(
        "its mean_image: InputNorm: mean must be finite, got Infinity at feature 1",
        write(linear(3, 2, 1), Map.of("mean_image", tooLarge), Map.of()));
  }

  private static void assertRefused(String expected, Path file) {
    FileFormatException thrown =
        assertThrows(FileFormatException.class, () -> ServedModel.read(file));
    assertEquals(file + ": " + expected, thrown.getMessage());
  }
}

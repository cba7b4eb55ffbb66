package lamella.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lamella.core.Batch;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.MeanImage;
import lamella.examples.Model;
import lamella.layers.Linear;
import lamella.layers.Swish;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTest {
  @TempDir Path directory;

  private Path write(Network network, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    Path file = directory.resolve("model.safetensors");
    new ModelFile(network, tensors, metadata).write(file);
    return file;
  }

  private static Network linear(int inputs, int outputs) {
    return Network.of(Shape.of(inputs), new Linear(inputs, outputs, new NumPyRandom(1)));
  }

  @Test
  void aModelOfImagesAnswersAsItsNetworkDoesOnPixelsLessTheMean() throws IOException {
    Random random = new Random(1);
    byte[] pixels = new byte[ImageSet.IMAGE_BYTES];
    random.nextBytes(pixels);
    ImageSet image = ImageSet.wrap(Model.LAYOUT, new byte[1], pixels);
    byte[] others = new byte[7 * ImageSet.IMAGE_BYTES];
    random.nextBytes(others);
    MeanImage mean = MeanImage.of(ImageSet.wrap(Model.LAYOUT, new byte[7], others));
    Network network = linear(ImageSet.IMAGE_BYTES, 2);
    Path file = directory.resolve("images.safetensors");
    new Model(network, mean, List.of("day", "night"), Map.of()).write(file);

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
        Classifier.read(file).classify(numbers));
  }

  @Test
  void namesAreQuotedAsJsonHasIt() throws IOException {
    Path file = write(linear(2, 1), Map.of(), Map.of("classes", "5\" disk \\ new\nline"));
    assertEquals(
        "{\"class\": 0, \"name\": \"5\\u0022 disk \\u005c new\\u000aline\", \"probabilities\": [1.0]}",
        Classifier.read(file).classify(new float[2]));
  }

  @Test
  void aFileThatIsNoClassifierIsNamedWithWhatIsWrong() throws IOException {
    assertRefused(
        "2 names in its classes expected, 3 found",
        write(linear(3, 2), Map.of(), Map.of("classes", "a,b,c")));
    assertRefused(
        "3 numbers in its mean_image expected, 4 found",
        write(linear(3, 2), Map.of("mean_image", FloatTensor.zeros(Shape.of(4))), Map.of()));
    assertRefused(
        "1 dimension of its outputs expected, 2 found",
        write(Network.of(Shape.of(5, 3), new Swish()), Map.of(), Map.of()));
  }

  private static void assertRefused(String expected, Path file) {
    FileFormatException thrown =
        assertThrows(FileFormatException.class, () -> Classifier.read(file));
    assertEquals(file + ": no classifier: " + expected, thrown.getMessage());
  }
}

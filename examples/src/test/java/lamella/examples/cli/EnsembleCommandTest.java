package lamella.examples.cli;

import static lamella.examples.cli.TableRuns.lamella;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import lamella.core.DType;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.io.SafeTensors;
import lamella.examples.Model;
import lamella.examples.TableModels;
import lamella.layers.InputNorm;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code lamella ensemble}, and what other commands make of several models and of views. */
class EnsembleCommandTest {
  private static final int SIDE = 32;
  private static final Map<String, String> SAID = Map.of("layout", "HWC", "classes", "a,b,c");

  @TempDir static Path shared;
  private static Path first;
  private static Path second;
  private static Path both;

  @TempDir Path directory;

  @BeforeAll
  static void writeTwoModelsAndTheirMeanOverMirrorImages() throws IOException {
    first = write(shared.resolve("first.safetensors"), network(1, 3), Map.of("seed", "1"));
    Files.createDirectory(shared.resolve("run"));
    second = write(shared.resolve("run/model.safetensors"), network(2, 3), Map.of("seed", "2"));
    both = shared.resolve("both.safetensors");
    assertEquals(
        "wrote "
            + both
            + ": the mean over 2 views of [3072] -> InputNorm(mean) -> the mean of 2 networks such"
            + " as Network([3072] -> Linear(3072 -> 4) -> ReLU -> Linear(4 -> 3)), 27,686"
            + " parameters, float32",
        lamella("ensemble", first, shared.resolve("run"), "--views", "mirrored", "--out", both)
            .lastLine());
  }

  /** All subtract one mean image, as those of one training set. */
  private static Network network(long seed, int classes) {
    SplittableRandom random = new SplittableRandom(seed);
    FloatTensor mean = FloatTensor.zeros(Shape.of(3072));
    mean.fill(120);
    Linear pixels = new Linear(3072, 4, random);
    for (int i = 0; i < pixels.weight().value().size(); i++) {
      pixels.weight().value().set(i, 0.02 * pixels.weight().value().get(i));
    }
    return Network.of(
            Shape.of(3072),
            InputNorm.centring(mean),
            pixels,
            new ReLU(),
            new Linear(4, classes, random))
        .withOutputs(Outputs.CLASSES);
  }

  private static Path write(Path file, Network network, Map<String, String> more)
      throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(SAID);
    metadata.putAll(more);
    metadata.values().removeIf(String::isEmpty);
    new ModelFile(network, Map.of(), metadata).write(file);
    return file;
  }

  private static FloatTensor images(int n) {
    Random random = new Random(7);
    FloatTensor images = FloatTensor.zeros(Shape.of(n, 3072));
    for (int i = 0; i < images.size(); i++) {
      images.set(i, random.nextInt(256));
    }
    return images;
  }

  private static FloatTensor mirrored(FloatTensor images) {
    FloatTensor mirrored = FloatTensor.zeros(images.shape());
    for (int i = 0; i < images.size(); i++) {
      int column = i / 3 % SIDE;
      mirrored.set(i, images.get(i + 3 * (SIDE - 1 - 2 * column)));
    }
    return mirrored;
  }

  private static double[] probabilities(Path file, FloatTensor images) throws IOException {
    return Predictor.of(Model.read(file).network()).probabilities(images).toDoubleArray();
  }

  private static double[] mean(double[]... all) {
    double[] mean = new double[all[0].length];
    for (double[] one : all) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += one[i] / all.length;
      }
    }
    return mean;
  }

  private static double[] expected(FloatTensor images) throws IOException {
    FloatTensor mirrored = mirrored(images);
    return mean(
        probabilities(first, images),
        probabilities(second, images),
        probabilities(first, mirrored),
        probabilities(second, mirrored));
  }

  // What is written.

  @Test
  void theFilePredictsTheMeanOfModelsAndViews() throws IOException {
    FloatTensor images = images(3);
    assertArrayEquals(expected(images), probabilities(both, images), 1e-6);
  }

  /** One mean image, and of each model two weights and two biases. */
  @Test
  void whatAllShareIsInTheFileOnce() throws IOException {
    assertEquals(9, SafeTensors.read(both).tensors().size());
    assertEquals(9, Model.read(both).network().parameters().size());
  }

  @Test
  void theFileSaysWhatItIsMadeOf() throws IOException {
    Map<String, String> metadata = ModelFile.read(both).metadata();
    assertEquals("HWC", metadata.get("layout"));
    assertEquals("a,b,c", metadata.get("classes"));
    assertEquals("mirrored", metadata.get("views"));
    assertEquals(
        first + ", parameters sha256 " + Model.read(first).fingerprint(), metadata.get("member_1"));
    assertEquals(
        second + ", parameters sha256 " + Model.read(second).fingerprint(),
        metadata.get("member_2"));
    assertEquals("1", metadata.get("member_1_seed"));
    assertEquals("2", metadata.get("member_2_seed"));
    // Of the weights and biases that were trained, one network's and then the other's.
    List<Parameter> trained =
        new ArrayList<>(Model.read(first).network().withoutHead().parameters());
    trained.addAll(Model.read(second).network().withoutHead().parameters());
    assertEquals(Fingerprint.of(trained), metadata.get("fingerprint"));
    assertEquals(Fingerprint.of(trained), Model.read(both).fingerprint());
  }

  @Test
  void describeSaysWhatItIs() {
    String text = lamella("describe", both).done().out();
    for (String part :
        List.of(
            "the mean over 2 views of [3072]",
            "ImageView(mirrored)",
            "pixels of an image, 0 to 255, HWC, 32x32x3; prepared by the network itself, InputNorm(mean)",
            "parameters take 110,744 bytes in float32",
            "member_2")) {
      assertTrue(text.contains(part), part + "\n" + text);
    }
  }

  @Test
  void anEnsembleCanBePartOfAnother() throws IOException {
    Path third = write(directory.resolve("third.safetensors"), network(3, 3), Map.of());
    Path nested = directory.resolve("nested.safetensors");
    lamella("ensemble", both, third, "--out", nested).done();
    FloatTensor images = images(2);
    assertArrayEquals(
        mean(expected(images), probabilities(third, images)), probabilities(nested, images), 1e-6);
    // Views that are asked for take the place of those that a part has.
    lamella("ensemble", both, third, "--views", "none", "--out", nested, "--replace").done();
    assertArrayEquals(
        mean(
            mean(probabilities(first, images), probabilities(second, images)),
            probabilities(third, images)),
        probabilities(nested, images),
        1e-6);
  }

  /** The same views are made once, before all, and the mean image is subtracted once for each. */
  @Test
  void viewsThatAllHaveStandBeforeAll() throws IOException {
    Path third = write(directory.resolve("third.safetensors"), network(3, 3), Map.of());
    Path mirrored = directory.resolve("mirrored.safetensors");
    lamella("ensemble", third, "--views", "mirrored", "--out", mirrored).done();
    Path nested = directory.resolve("nested.safetensors");
    String line = lamella("ensemble", both, mirrored, "--out", nested).lastLine();
    assertTrue(line.contains("the mean over 2 views of [3072] -> InputNorm"), line);
    assertEquals("mirrored", ModelFile.read(nested).metadata().get("views"));
    FloatTensor images = images(2);
    assertArrayEquals(
        mean(expected(images), probabilities(mirrored, images)),
        probabilities(nested, images),
        1e-6);
  }

  // Commands.

  private Path image() throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(5);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, random.nextInt(1 << 24));
    }
    Path file = directory.resolve("image.png");
    assertTrue(ImageIO.write(image, "png", file.toFile()));
    return file;
  }

  @Test
  void predictTakesSeveralModelsAndViews() throws IOException {
    Path image = image();
    String mean = lamella("predict", "--model", both, image).done().out();
    assertEquals(
        mean,
        lamella("predict", "--model", first, "--model", second, "--views", "mirrored", image)
            .done()
            .out());
    String plain = lamella("predict", "--model", first, "--model", second, image).done().out();
    assertNotEquals(mean, plain);
    assertEquals(plain, lamella("predict", "--model", both, "--views", "none", image).done().out());
  }

  @Test
  void onnxruntimeFindsTheSameProbabilities() throws IOException, OrtException {
    Path onnx = directory.resolve("both.onnx");
    assertEquals(
        "wrote " + onnx + ": float32, pixels [batch, 3072] -> probabilities [batch, 3]",
        lamella("export", "--model", both, "--onnx", onnx, "--softmax").lastLine());
    FloatTensor images = images(4);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(onnx.toString());
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(images.array()), new long[] {4, 3072});
        OrtSession.Result result = session.run(Map.of("pixels", input))) {
      FloatBuffer found = ((OnnxTensor) result.get(0)).getFloatBuffer();
      double[] actual = new double[found.remaining()];
      for (int i = 0; i < actual.length; i++) {
        actual[i] = found.get(i);
      }
      assertArrayEquals(expected(images), actual, 1e-6);
    }
  }

  // Other models.

  @Test
  void modelsOfATableBecomeOne() throws IOException {
    Path one = directory.resolve("one.safetensors");
    Path other = directory.resolve("other.safetensors");
    Path mean = directory.resolve("mean.safetensors");
    TableModel again =
        TableModel.classifier("species").withEpochs(2).withSeed(9).fit(TableModels.PENGUINS);
    TableModels.SPECIES.write(one);
    again.write(other);
    lamella("ensemble", one, other, "--out", mean).done();
    TableModel read = TableModel.read(mean);
    List<TablePrediction> expected = TableModels.SPECIES.predict(TableModels.PENGUINS);
    List<TablePrediction> others = again.predict(TableModels.PENGUINS);
    List<TablePrediction> actual = read.predict(TableModels.PENGUINS);
    for (int row = 0; row < 20; row++) {
      for (String label : List.of("Adelie", "Chinstrap", "Gentoo")) {
        assertEquals(
            (expected.get(row).probability(label) + others.get(row).probability(label)) / 2,
            actual.get(row).probability(label),
            1e-6);
      }
    }
    assertEquals(
        one
            + ": no model of images whose file says in its metadata layout how it takes them; only"
            + " of these there are views",
        message(lamella("ensemble", one, "--views", "mirrored", "--out", mean, "--replace")));
    TableModels.MASS.write(other);
    String refused = message(lamella("ensemble", one, other, "--out", mean, "--replace"));
    assertTrue(refused.startsWith(other + ": outputs [3] expected as in " + one), refused);
  }

  private static String message(TableRuns.Outcome outcome) {
    return outcome.failure(1).replaceFirst("lamella ensemble: ", "");
  }

  // What is refused.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4 | | | outputs [3] expected as in FIRST, found [4]",
        "3 | layout | CHW | layout of images HWC expected as in FIRST, found CHW",
        "3 | image | 96x32x1 | size of images 32x32x3 expected as in FIRST, found 96x32x1",
        "3 | classes | a,c,b | classes a,b,c expected as in FIRST, found a,c,b",
        "3 | classes | '' | classes a,b,c expected as in FIRST, found (nothing said)",
      })
  void modelsThatDoNotAgreeAreNamed(int classes, String key, String value, String expected)
      throws IOException {
    Path other = directory.resolve("other.safetensors");
    write(other, network(4, classes), key == null ? Map.of() : Map.of(key, value));
    assertEquals(
        other
            + ": "
            + expected.replace("FIRST", first.toString())
            + "; models of one ensemble agree in inputs, outputs and what these mean",
        message(lamella("ensemble", first, other, "--out", directory.resolve("x"))));
  }

  @Test
  void theTypeOfNumbersAndTheInputsAreThoseOfAll() throws IOException {
    Network wide = network(4, 3);
    wide.parameters().forEach(parameter -> parameter.convertTo(DType.FLOAT64));
    Path other = write(directory.resolve("other.safetensors"), wide, Map.of());
    String refused = message(lamella("ensemble", first, other, "--out", directory.resolve("x")));
    assertTrue(refused.contains(": numbers of type float32 expected as in " + first), refused);
    Layer linear = new Linear(12, 3, new SplittableRandom(1));
    write(
        other,
        Network.of(Shape.of(12), linear).withOutputs(Outputs.CLASSES),
        Map.of(Model.IMAGE_KEY, "2x2x3"));
    refused = lamella("predict", "--model", first, "--model", other, "x.png").failure(1);
    assertTrue(refused.contains("inputs [3072] expected"), refused);
  }

  @Test
  void wrongUsageIsExplained() {
    Path out = directory.resolve("x");
    assertEquals(
        "lamella ensemble: one model alone is no ensemble; name others, or say --views; see"
            + " 'lamella ensemble --help'",
        lamella("ensemble", first, "--out", out).failure(2));
    assertEquals(
        "lamella ensemble: " + first + " is named twice; see 'lamella ensemble --help'",
        lamella("ensemble", first, first, "--out", out).failure(2));
    assertEquals(
        "lamella ensemble: missing required option: '--out=FILE'; see 'lamella ensemble --help'",
        lamella("ensemble", first, second).failure(2));
    assertEquals(
        "lamella predict: invalid value for option '--views': 'mirror' at position 1 is unknown, did"
            + " you mean 'mirrored'; expected mirrored, shifts(1), both, or none; see 'lamella predict"
            + " --help'",
        lamella("predict", "--model", first, "--views", "mirror", "x.png").failure(2));
    assertEquals(
        "lamella ensemble: " + second + ": is the model " + second + " itself; name another file",
        lamella("ensemble", first, second, "--out", second, "--replace").failure(1));
    assertEquals(
        "lamella ensemble: "
            + first
            + ": views shifts(32): ImageView: an image 32x32x3 is shifted by fewer pixels than it"
            + " has, got -32 down and 0 to the right",
        lamella("ensemble", first, "--views", "shifts(32)", "--out", out).failure(1));
  }
}

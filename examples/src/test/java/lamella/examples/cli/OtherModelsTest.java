package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.core.io.OnnxExport;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.ImageShape;
import lamella.examples.Model;
import lamella.layers.InputNorm;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands with models of other programs, in ONNX. */
class OtherModelsTest {
  private static final int PIXELS = 1024;
  private static final double[] MEAN = {0.49, 0.48, 0.45};
  private static final double[] DEVIATION = {0.25, 0.24, 0.26};

  @TempDir Path directory;

  private record Outcome(int status, String out, String err) {
    String done() {
      assertEquals(0, status, err);
      return out;
    }

    void failedWith(String line) {
      assertEquals(line, err);
      assertEquals("", out);
      assertEquals(1, status);
    }
  }

  private static Outcome lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Outcome(status, out.toString().strip(), err.toString().strip());
  }

  // Import.

  private static Network classifier() {
    NumPyRandom random = new NumPyRandom(3);
    return Network.of(Shape.of(3), new Linear(3, 4, random), new ReLU(), new Linear(4, 2, random))
        .withOutputs(Outputs.CLASSES);
  }

  @Test
  void importedNetworksAreModelsOfOurs() throws IOException {
    Network network = classifier();
    Path onnx = directory.resolve("model.onnx");
    OnnxExport.of(network)
        .withSoftmax()
        .withMetadata(Map.of("classes", "cat,dog", "seed", "3"))
        .write(onnx);
    Path file = directory.resolve("model.safetensors");
    String out = lamella("import", onnx, "--out", file).done();
    assertEquals(network.summary() + "\nwrote " + file + ": float32", out.replace("\r\n", "\n"));
    ModelFile read = ModelFile.read(file);
    assertEquals(Map.of("classes", "cat,dog", "seed", "3"), read.metadata());
    assertEquals(Outputs.CLASSES, read.network().outputs());
    FloatTensor x = FloatTensor.of(Shape.of(1, 3), 1, -2, 3);
    assertArrayEquals(
        network.forward(x).toDoubleArray(), read.network().forward(x).toDoubleArray());

    Path again = directory.resolve("again.onnx");
    lamella("export", "--model", file, "--onnx", again, "--softmax").done();
    Path back = directory.resolve("back.safetensors");
    lamella("import", again, "--out", back).done();
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(back));
  }

  @Test
  void aModelOfAnotherProgramIsImportedAndComputedAlike() throws IOException {
    Path onnx = Path.of("src/test/resources/lamella/examples/classifier.onnx");
    Path file = directory.resolve("model.safetensors");
    lamella("import", onnx, "--out", file).done();
    Path inputs = directory.resolve("x.npy");
    NpyArray.of(FloatTensor.of(Shape.of(2, 3), 1, 2, 3, -4, 5, -6)).write(inputs);
    Path graph = directory.resolve("graph.npz");
    Path network = directory.resolve("network.npz");
    lamella("run", "--model", onnx, "--inputs", inputs, "--outputs", graph).done();
    lamella("run", "--model", file, "--inputs", inputs, "--outputs", network).done();
    double[] expected = Npz.read(graph).tensors().get("output").toDoubleArray();
    assertArrayEquals(expected, Npz.read(network).tensors().get("output").toDoubleArray(), 1e-6);
    assertEquals(4, expected.length);
    // Any value on the way.
    Path hidden = directory.resolve("hidden.npy");
    assertEquals(
        "wrote " + hidden + ": /1/LeakyRelu_output_0 float32[2, 4]",
        lamella(
                "run",
                "--model",
                onnx,
                "--inputs",
                inputs,
                "--outputs",
                hidden,
                "--output",
                "/1/LeakyRelu_output_0")
            .done());
    Outcome unknown =
        lamella(
            "run",
            "--model",
            onnx,
            "--inputs",
            inputs,
            "--outputs",
            hidden,
            "--output",
            "x",
            "--replace");
    assertEquals(1, unknown.status);
    assertTrue(
        unknown.err.startsWith(
            "lamella run: " + onnx + ": no value is named \"x\"; outputs are \"output\" "),
        unknown.err);
  }

  @Test
  void importStopsAtAnyValue() throws IOException {
    Path onnx = Path.of("src/test/resources/lamella/examples/classifier.onnx");
    Path file = directory.resolve("hidden.safetensors");
    lamella("import", onnx, "--out", file, "--output", "/1/LeakyRelu_output_0").done();
    assertEquals(
        "Network([3] -> Linear(3 -> 4) -> LeakyReLU(0.2))",
        ModelFile.read(file).network().toString());
    Outcome unknown = lamella("import", onnx, "--out", file, "--output", "x", "--replace");
    assertEquals(1, unknown.status);
    assertTrue(
        unknown.err.startsWith(
            "lamella import: " + onnx + ": no value is named \"x\"; outputs are"),
        unknown.err);
  }

  @Test
  void importSaysWhatItNeeds() throws IOException {
    Path ours = directory.resolve("ours.safetensors");
    ModelFile.of(classifier()).write(ours);
    Path out = directory.resolve("out.safetensors");
    lamella("import", ours, "--out", out)
        .failedWith("lamella import: " + ours + ": is a model of ours already");
    lamella("import", ours, "--out", ours)
        .failedWith("lamella import: " + ours + ": is the ONNX model itself; name another file");
    Files.createFile(out);
    lamella("import", ours, "--out", out)
        .failedWith(
            "lamella import: " + out + ": is there already; name another file, or --replace it");
    assertEquals(
        "lamella import: missing required option: --out; see 'lamella import --help'",
        lamella("import", ours).err);
    assertEquals(
        "lamella import: missing required parameter: MODEL; see 'lamella import --help'",
        lamella("import", "--out", out).err);
  }

  // Images.

  /**
   * A network of images as another program has it: all reds first, and trained on standardised
   * numbers; and the same as one of ours.
   */
  private void writeNetworksOfImages(Path theirs, Path ours) throws IOException {
    Linear chw = new Linear(3 * PIXELS, 3, new NumPyRandom(5));
    Linear hwc = new Linear(3 * PIXELS, 3, new NumPyRandom(6));
    FloatTensor mean = FloatTensor.zeros(Shape.of(3 * PIXELS));
    FloatTensor deviation = FloatTensor.zeros(Shape.of(3 * PIXELS));
    Tensor from = chw.parameters().getFirst().value();
    Tensor to = hwc.parameters().getFirst().value();
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      for (int colour = 0; colour < 3; colour++) {
        int place = 3 * pixel + colour;
        mean.set(place, 255 * MEAN[colour]);
        deviation.set(place, 255 * DEVIATION[colour]);
        for (int output = 0; output < 3; output++) {
          to.set(3 * place + output, from.get(3 * (PIXELS * colour + pixel) + output));
        }
      }
    }
    OnnxExport.of(Network.of(Shape.of(3 * PIXELS), chw)).write(theirs);
    Network network =
        Network.of(Shape.of(3 * PIXELS), InputNorm.standardising(mean, deviation), hwc);
    new Model(network, ImageShape.CIFAR10, List.of("cat", "dog", "horse"), Map.of()).write(ours);
  }

  private Path image() throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < PIXELS; i++) {
      image.setRGB(i % 32, i / 32, random.nextInt());
    }
    Path file = directory.resolve("image.png");
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  @Test
  void imagesAreClassifiedAsTheOtherProgramDoes() throws IOException {
    Path theirs = directory.resolve("theirs.onnx");
    Path ours = directory.resolve("ours.safetensors");
    writeNetworksOfImages(theirs, ours);
    Path image = image();
    String expected = lamella("predict", "--model", ours, image).done();
    Object[] format = {
      "--layout",
      "chw",
      "--scale",
      "255",
      "--mean",
      "0.49,0.48,0.45",
      "--deviation",
      "0.25,0.24,0.26"
    };
    assertEquals(expected, predict(theirs, image, format, "--classes", "cat,dog,horse"));
    assertEquals(
        expected.replace("cat", "0").replace("dog", "1").replace("horse", "2"),
        predict(theirs, image, format));
    assertEquals(expected, predict(ours, image, new Object[0], "--unpacked"));

    lamella("predict", "--model", theirs, image)
        .failedWith(
            "lamella predict: "
                + theirs
                + ": no model of images: nothing says in which order it takes the numbers of an"
                + " image; say --layout hwc or chw");
    lamella("predict", "--model", ours, image, "--layout", "hwc")
        .failedWith(
            "lamella predict: "
                + ours
                + ": no model of images: it says itself how it takes images; --image, --layout, --scale,"
                + " --mean and --deviation are for models of other programs");
    lamella("predict", "--model", theirs, image, "--layout", "hwc", "--classes", "a,b")
        .failedWith(
            "lamella predict: " + theirs + ": no model of images: classes [2] expected, [3] found");
  }

  private static String predict(Path model, Path image, Object[] format, Object... more) {
    Object[] args = {"predict", "--model", model, image};
    Object[] all = Arrays.copyOf(args, args.length + format.length + more.length);
    System.arraycopy(format, 0, all, args.length, format.length);
    System.arraycopy(more, 0, all, args.length + format.length, more.length);
    return lamella(all).done();
  }

  @Test
  void aModelInOnnxIsEvaluatedAsOneOfOurs() throws IOException {
    Path out = directory.resolve("out");
    lamella("train", "--quiet", "--out", out, "--iterations", 20, "--hidden", 4).done();
    Path ours = out.resolve("model.safetensors");
    Path theirs = directory.resolve("theirs.onnx");
    lamella("export", "--model", ours, "--onnx", theirs).done();
    // Whatever the name.
    Path renamed = Files.move(theirs, directory.resolve("model"));
    assertEquals(
        lamella("evaluate", "--model", ours).done(),
        lamella("evaluate", "--model", renamed).done());
    Path image = image();
    assertEquals(
        lamella("predict", "--model", ours, image).done(),
        lamella("predict", "--model", renamed, image).done());
    Path again = directory.resolve("again.onnx");
    lamella("export", "--model", renamed, "--onnx", again).done();
    Path first = directory.resolve("first.onnx");
    lamella("export", "--model", ours, "--onnx", first).done();
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(again));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --layout xyz        | invalid value for option '--layout': expected hwc or chw, got xyz
          --scale 0           | invalid value for option '--scale': expected a number above 0, got 0
          --scale x           | invalid value for option '--scale': expected a number above 0, got x
          --mean 1,2          | invalid value for option '--mean': expected 1 or 3 numbers, separated by commas, got 1,2
          --deviation 1,0,1   | invalid value for option '--deviation': expected 1 or 3 numbers above 0, separated by commas, got 1,0,1
          """)
  void wrongFormatsOfPixelsAreNamed(String typed, String expected) {
    String[] words = typed.split(" ", -1);
    Outcome outcome = lamella("predict", "--model", "x", "image.png", words[0], words[1]);
    assertEquals("lamella predict: " + expected + "; see 'lamella predict --help'", outcome.err);
    assertEquals(2, outcome.status);
  }
}

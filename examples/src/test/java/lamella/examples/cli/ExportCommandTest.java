package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.ImageView;
import lamella.data.cifar.Layout;
import lamella.data.cifar.MeanImage;
import lamella.examples.Model;
import lamella.layers.Ensemble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code lamella export}: onnxruntime classifies all test images as we do. They are CIFAR-10's if
 * that is installed (CIFAR10_HOME), or those of the built-in set.
 */
class ExportCommandTest {
  private static final int BATCH = 1000;

  /**
   * How far logits may be apart, relative to the largest of all images. (Not of the image: where
   * all of an image's are small, they are sums of 3072 numbers that cancel.)
   */
  private static final double TOLERANCE = 1e-5;

  @TempDir static Path models;
  private static ImageSet images;

  @TempDir Path directory;

  @BeforeAll
  static void trainOneModelOfEachActivation() throws IOException {
    lamella(0, "report", "--out", models, "--iterations", 100, "--hidden", 16);
    images = Images.open(null, new PrintWriter(Writer.nullWriter())).test().images();
  }

  /** What a command prints that ends with this status, on standard output or else on error. */
  private static String lamella(int status, Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int ended = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    assertEquals(status, ended, err.toString());
    return (status == 0 ? out : err).toString().strip();
  }

  private static Path model(String activation) {
    return models.resolve(activation).resolve("model.safetensors");
  }

  /** Images as they are, 0 to 255. */
  private static FloatTensor pixels(int[] indices) {
    FloatTensor result = FloatTensor.zeros(Shape.of(indices.length, ImageShape.CIFAR10.size()));
    for (int i = 0; i < indices.length; i++) {
      byte[] pixels = images.pixels(indices[i]);
      for (int j = 0; j < pixels.length; j++) {
        result.array()[i * pixels.length + j] = pixels[j] & 0xff;
      }
    }
    return result;
  }

  private static FloatTensor run(OrtSession session, FloatTensor x) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {x.shape().dimension(0), x.shape().last()};
    String name = session.getInputNames().iterator().next();
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(x.array()), shape);
        OrtSession.Result result = session.run(Map.of(name, input))) {
      FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
      FloatTensor y =
          FloatTensor.zeros(Shape.of((int) shape[0], buffer.remaining() / (int) shape[0]));
      buffer.get(y.array());
      return y;
    }
  }

  @Test
  void onnxruntimeSeesTheSameViewsOfImages() throws IOException, OrtException {
    Network network = Model.read(model("relu")).network();
    Network views =
        Ensemble.of(
            network,
            ImageView.mirrored(ImageShape.CIFAR10, Layout.HWC).before(network),
            ImageView.shifted(ImageShape.CIFAR10, Layout.HWC, 2, -1).before(network));
    FloatTensor images = pixels(new int[] {3, 1, 4, 15});
    Tensor ours = views.forward(images);
    Path onnx = directory.resolve("views.onnx");
    OnnxExport.of(views).write(onnx);
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      assertArrayEquals(ours.toDoubleArray(), run(session, images).toDoubleArray(), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"relu", "leaky-relu", "swish", "selu"})
  void onnxruntimeClassifiesEveryTestImageAsWeDo(String activation)
      throws IOException, OrtException {
    Path onnx = directory.resolve("model.onnx");
    assertEquals(
        "wrote " + onnx + ": float32, pixels [batch, 3072] -> logits [batch, 10]",
        lamella(0, "export", "--model", model(activation), "--onnx", onnx));
    Model model = Model.read(model(activation));
    Network network = model.network();
    ImageDataset data = new ImageDataset(images, MeanImage.zero(ImageShape.CIFAR10));
    Batch<int[]> batch = data.newBatch(BATCH, DType.FLOAT32);
    int equal = 0;
    double difference = 0;
    double largest = 0;
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      for (int from = 0; from < images.size(); from += BATCH) {
        int[] indices = IntStream.range(from, from + BATCH).toArray();
        data.read(indices, batch);
        Tensor ours = network.forward(batch.inputs());
        Tensor theirs = run(session, pixels(indices));
        for (int i = 0; i < ours.size(); i++) {
          difference = Math.max(difference, Math.abs(ours.get(i) - theirs.get(i)));
          largest = Math.max(largest, Math.abs(ours.get(i)));
        }
        for (int i = 0; i < BATCH; i++) {
          int prediction = ours.argMax(i);
          int other = theirs.argMax(i);
          equal += prediction == other ? 1 : 0;
          // Classes that differ by no more than rounding are a tie.
          assertTrue(ours.get(i, prediction) - ours.get(i, other) <= TOLERANCE * largest);
        }
      }
      FloatTensor one = run(session, pixels(new int[] {images.size() - 1}));
      assertEquals(Shape.of(1, 10), one.shape());
    }
    System.out.printf(
        Locale.ROOT,
        "%s: onnxruntime predicts %d of %d test images as we do; logits, up to %.1f, differ by at most %.1e%n",
        activation,
        equal,
        images.size(),
        largest,
        difference);
    assertTrue(difference <= TOLERANCE * largest, difference + " of " + largest);
  }

  @Test
  void withSoftmaxTheOutputsAreProbabilities() throws IOException, OrtException {
    Path onnx = directory.resolve("model.onnx");
    lamella(0, "export", "--model", model("relu"), "--onnx", onnx, "--softmax");
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      assertEquals("[probabilities]", session.getOutputNames().toString());
      Tensor y = run(session, pixels(new int[] {0, 1, 2}));
      for (int i = 0; i < 3; i++) {
        int row = i;
        assertEquals(1, IntStream.range(0, 10).mapToDouble(k -> y.get(row, k)).sum(), 1e-6);
      }
    }
  }

  @Test
  void withoutTheMeanTheInputIsWhatTheNetworkTakes() throws IOException, OrtException {
    Path onnx = directory.resolve("model.onnx");
    lamella(0, "export", "--model", model("relu"), "--onnx", onnx, "--no-mean");
    Model model = Model.read(model("relu"));
    FloatTensor pixels = pixels(new int[] {0, 1, 2});
    Tensor ours = model.network().forward(pixels);
    Tensor centred = model.network().layers().getFirst().forward(pixels);
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      assertEquals("[centred]", session.getInputNames().toString());
      Tensor theirs = run(session, (FloatTensor) centred);
      for (int i = 0; i < ours.size(); i++) {
        assertEquals(ours.get(i), theirs.get(i), 1e-5);
      }
    }
  }

  @Test
  void anOlderOpsetGivesTheSameLogits() throws IOException, OrtException {
    Path newest = directory.resolve("newest.onnx");
    Path oldest = directory.resolve("oldest.onnx");
    lamella(0, "export", "--model", model("selu"), "--onnx", newest);
    lamella(0, "export", "--model", model("selu"), "--onnx", oldest, "--opset", 13);
    assertFalse(Arrays.equals(Files.readAllBytes(newest), Files.readAllBytes(oldest)));
    FloatTensor pixels = pixels(new int[] {0, 1, 2});
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession a = environment.createSession(newest.toString());
        OrtSession b = environment.createSession(oldest.toString())) {
      assertEquals(
          Arrays.toString(run(a, pixels).array()), Arrays.toString(run(b, pixels).array()));
    }
    for (int opset : new int[] {12, 21}) {
      assertEquals(
          "lamella export: --opset must be from 13 to 20, got "
              + opset
              + "; see 'lamella export --help'",
          lamella(2, "export", "--model", model("selu"), "--onnx", oldest, "--opset", opset));
    }
    assertTrue(
        lamella(2, "export", "--model", model("selu"), "--npz", oldest, "--opset", 13)
            .startsWith("lamella export: --softmax, --no-mean and --opset go with --onnx"));
  }

  @Test
  void theFileSaysHowTheModelWasMade() throws IOException, OrtException {
    Path onnx = directory.resolve("model.onnx");
    lamella(0, "export", "--model", model("swish"), "--onnx", onnx);
    byte[] first = Files.readAllBytes(onnx);
    lamella(0, "export", "--model", model("swish"), "--onnx", onnx, "--replace");
    assertTrue(Arrays.equals(first, Files.readAllBytes(onnx)), "equal bytes");
    Model model = Model.read(model("swish"));
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      assertEquals("lamella", session.getMetadata().getProducerName());
      Map<String, String> metadata = session.getMetadata().getCustomMetadata();
      assertEquals(model.fingerprint(), metadata.get("fingerprint"));
      assertEquals(String.join(",", model.classNames()), metadata.get("classes"));
      assertEquals("HWC", metadata.get("layout"));
      assertTrue(metadata.get("options").startsWith("--activation swish"), metadata.toString());
    }
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyIfAskedTo() throws IOException {
    Path onnx = directory.resolve("model.onnx");
    Path npz = Files.writeString(directory.resolve("model.npz"), "mine");
    // The other file would be new; it is not written either.
    String err = lamella(1, "export", "--model", model("relu"), "--npz", npz, "--onnx", onnx);
    assertTrue(err.contains(npz + ": is there already") && err.contains("--replace"), err);
    assertFalse(Files.exists(onnx));
    assertEquals("mine", Files.readString(npz));
    lamella(0, "export", "--model", model("relu"), "--npz", npz, "--onnx", onnx, "--replace");
    assertTrue(Files.size(npz) > 1000);

    Path model = Files.copy(model("relu"), directory.resolve("model.safetensors"));
    byte[] bytes = Files.readAllBytes(model);
    assertTrue(
        lamella(1, "export", "--model", model, "--npz", model, "--replace").contains("itself"));
    assertTrue(Arrays.equals(bytes, Files.readAllBytes(model)));
    Path both = directory.resolve("both");
    assertTrue(
        lamella(2, "export", "--model", model, "--npz", both, "--onnx", both).contains("one file"));
    assertFalse(Files.exists(both));
  }

  @Test
  void whatGoesWrongIsOneLine() throws IOException {
    Path missing = directory.resolve("missing");
    assertEquals(
        "lamella export: " + missing + ": no such file or directory",
        lamella(1, "export", "--model", missing, "--onnx", directory.resolve("x.onnx")));
    assertEquals(
        "lamella export: " + missing + ": no such file or directory",
        lamella(1, "export", "--model", model("relu"), "--onnx", missing.resolve("x.onnx")));
    assertEquals(
        "lamella export: " + directory + ": is a directory, expected a file",
        lamella(1, "export", "--model", model("relu"), "--onnx", directory));
    assertTrue(lamella(2, "export", "--model", model("relu")).contains("--onnx"));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
  }
}

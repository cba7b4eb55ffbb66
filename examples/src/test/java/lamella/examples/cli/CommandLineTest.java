package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.core.io.SafeTensors;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.ImageShape;
import lamella.examples.Model;
import lamella.layers.Linear;
import lamella.layers.SELU;
import lamella.layers.Swish;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands in this JVM, on the built-in set written to files as CIFAR-10 is. */
class CommandLineTest {
  /** The last line of train and of evaluate. */
  private static final Pattern LAST_LINE =
      Pattern.compile("validation (0\\.\\d{4}) test (0\\.\\d{4}) parameters sha256 ([0-9a-f]{64})");

  @TempDir static Path shared;
  private static Path set;
  private static Path model;
  private static String trained;

  @TempDir Path directory;

  /** What a command printed, and how it ended. */
  private record Outcome(int status, String out, String err) {
    String lastLine() {
      return out.lines().toList().getLast();
    }

    /** Asserts that the command failed with one line. */
    String failure(int expectedStatus) {
      assertEquals(expectedStatus, status, err);
      assertEquals(1, err.lines().count(), err);
      assertFalse(err.contains("\tat "), err);
      assertFalse(err.contains("internal error"), err);
      return err;
    }

    Outcome done() {
      assertEquals("", err);
      assertEquals(0, status);
      return this;
    }
  }

  private static Outcome lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Outcome(status, out.toString(), err.toString());
  }

  /** A run that takes a second: two steps of a small network. */
  private static Object[] shortRun(String command, Path data, Path out, Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of(command, "--data", data, "--out", out, "--iterations", 2, "--hidden", 4));
    args.addAll(List.of(more));
    return args.toArray();
  }

  private static List<String> words(String line) {
    return Arrays.stream(line.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
  }

  @BeforeAll
  static void synthesizeAndTrain() {
    set = shared.resolve("set");
    lamella("data", "synthesize", set).done();
    Path out = shared.resolve("trained");
    trained = lamella(shortRun("train", set, out, "--dtype", "float64")).done().lastLine();
    model = out.resolve("model.safetensors");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  // What the commands do.

  @Test
  void trainWritesThreeFilesAndEndsWithAccuraciesAndFingerprint() throws IOException {
    Matcher line = LAST_LINE.matcher(trained);
    assertTrue(line.matches(), trained);
    Path out = model.resolveSibling("");
    assertEquals(List.of("accuracy.csv", "history.csv", "model.safetensors"), names(out));

    List<String> history = Files.readAllLines(out.resolve("history.csv"));
    assertEquals("iteration,loss,data_loss,penalty,learning_rate", history.getFirst());
    assertEquals(3, history.size());
    for (int t = 0; t < 2; t++) {
      String[] fields = history.get(t + 1).split(",", -1);
      assertEquals(t, Integer.parseInt(fields[0]));
      assertEquals(
          Double.parseDouble(fields[1]),
          Double.parseDouble(fields[2]) + Double.parseDouble(fields[3]));
      assertEquals(t == 0 ? 1e-3 : 1e-3 * 0.95, Double.parseDouble(fields[4]));
    }

    List<String> accuracy = Files.readAllLines(out.resolve("accuracy.csv"));
    assertEquals("iteration,train_accuracy,validation_accuracy", accuracy.getFirst());
    assertEquals(2, accuracy.size());
    assertTrue(accuracy.get(1).startsWith("0,0."), accuracy.get(1));

    SafeTensors content = SafeTensors.read(model);
    assertEquals(
        List.of(
            "layers.0.mean",
            "layers.1.weight",
            "layers.1.bias",
            "layers.3.weight",
            "layers.3.bias"),
        List.copyOf(content.tensors().keySet()));
    assertEquals(line.group(3), content.metadata().get("fingerprint"));
    assertEquals("1", content.metadata().get("seed"));
    assertTrue(
        content
            .metadata()
            .get("options")
            .startsWith("--activation relu --hidden 4 --iterations 2 "),
        content.metadata().get("options"));
  }

  @Test
  void theSameOptionsTwiceGiveTheSameFingerprintAndTheSameCurves() throws IOException {
    Path out = directory.resolve("again");
    assertEquals(
        trained, lamella(shortRun("train", set, out, "--dtype", "float64")).done().lastLine());
    for (String name : List.of("history.csv", "accuracy.csv")) {
      assertEquals(
          Files.readString(model.resolveSibling(name)), Files.readString(out.resolve(name)));
    }
  }

  @Test
  void evaluateRepeatsTheAccuraciesOfTrainAndCountsEveryTestImage() {
    Outcome outcome = lamella("evaluate", "--model", model, "--data", set).done();
    assertEquals(trained, outcome.lastLine());
    assertFalse(outcome.out.contains("note:"), outcome.out);
    List<String> lines = outcome.out.lines().toList();
    int matrix = 0;
    while (!lines.get(matrix).startsWith("confusion matrix")) {
      matrix++;
    }
    int sum = 0;
    int diagonal = 0;
    for (int actual = 0; actual < 10; actual++) {
      String line = lines.get(matrix + 2 + actual);
      String counts = line.substring(line.length() - 60);
      for (int predicted = 0; predicted < 10; predicted++) {
        int count = Integer.parseInt(counts.substring(6 * predicted, 6 * predicted + 6).strip());
        sum += count;
        diagonal += predicted == actual ? count : 0;
      }
    }
    assertEquals(10_000, sum);
    Matcher last = LAST_LINE.matcher(trained);
    assertTrue(last.matches());
    assertEquals(Double.parseDouble(last.group(2)), diagonal / 10_000.0, 5e-5);
  }

  @Test
  void predictNamesTheClassAndAllProbabilities() throws IOException {
    Path image = directory.resolve("photo.png");
    ImageIO.write(new BufferedImage(40, 50, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
    String line = lamella("predict", "--model", model, image).done().lastLine();
    List<String> classes = List.of(metadata("classes").split(",", -1));
    assertTrue(line.startsWith(image + ": "), line);
    Matcher parts =
        Pattern.compile("(.+) \\((.+)\\)").matcher(line.substring((image + ": ").length()));
    assertTrue(parts.matches(), line);
    double sum = 0;
    double last = 1;
    List<String> named = new ArrayList<>();
    for (String entry : parts.group(2).split(", ", -1)) {
      int space = entry.lastIndexOf(' ');
      named.add(entry.substring(0, space));
      double probability = Double.parseDouble(entry.substring(space + 1));
      assertTrue(probability <= last, line);
      last = probability;
      sum += probability;
    }
    assertEquals(parts.group(1), named.getFirst(), line);
    assertEquals(1, sum, 6e-4, line);
    assertEquals(classes.stream().sorted().toList(), named.stream().sorted().toList());
  }

  @Test
  void anyNetworkOf3072InputsIsEvaluatedAndPredictsOnceSavedLikeThose() throws IOException {
    NumPyRandom random = new NumPyRandom(1);
    Network three =
        Network.of(
            Shape.of(3072),
            new Linear(3072, 6, random),
            new Swish(),
            Network.of(Shape.of(6), new Linear(6, 5, random), new SELU()),
            new Linear(5, 10, random));
    Path file = directory.resolve("three.safetensors");
    Model trainedModel = Model.read(model);
    new Model(three, ImageShape.CIFAR10, trainedModel.classNames(), Map.of()).write(file);
    Outcome evaluated = lamella("evaluate", "--model", file, "--data", set).done();
    assertTrue(evaluated.out.contains("model: " + three + ", float32"), evaluated.out);
    assertTrue(evaluated.lastLine().endsWith(Fingerprint.of(three.parameters())), evaluated.out);
    Path image = directory.resolve("photo.png");
    ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
    assertTrue(lamella("predict", "--model", file, image).done().out.startsWith(image + ": "));
  }

  @Test
  void aTrainedNetworkOfAnyItemsIsEvaluatedPredictsAndIsExportedAndRun() throws IOException {
    Path out = directory.resolve("any");
    String last =
        lamella(
                "train",
                "--data",
                set,
                "--out",
                out,
                "--iterations",
                3,
                "--network",
                "layer-norm 6 gelu dropout(0.2) residual(5 mish 6) batch-norm scale",
                "--optimizer",
                "lion",
                "--preprocess",
                "standardise")
            .done()
            .lastLine();
    Outcome evaluated = lamella("evaluate", "--model", out, "--data", set).done();
    assertEquals(last, evaluated.lastLine());
    assertFalse(evaluated.out.contains("note:"), evaluated.out);
    Path image = directory.resolve("photo.png");
    ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
    assertTrue(lamella("predict", "--model", out, image).done().out.startsWith(image + ": "));
    Path onnx = directory.resolve("any.onnx");
    Path npz = directory.resolve("any.npz");
    lamella("export", "--model", out, "--onnx", onnx, "--npz", npz).done();
    assertTrue(Files.size(onnx) > 0);
    assertTrue(Npz.read(npz).arrays().containsKey("1.gain"), Npz.read(npz).toString());
    Path pixels = directory.resolve("pixels.npy");
    NpyArray.ofUnsigned(Shape.of(2, 3072), new byte[2 * 3072]).write(pixels);
    Path logits = directory.resolve("logits.npy");
    lamella("run", "--model", out, "--inputs", pixels, "--outputs", logits).done();
    assertEquals(Shape.of(2, 10), NpyArray.read(logits).shape());
  }

  @Test
  void deepNetworksThatBeginWithTheReportsSmallWeightsGetAHint() {
    String hint =
        "hint: a network of several layers without layer-norm hardly learns from initial weights of"
            + " deviation 1.0E-4; --init-std he begins with larger ones";
    List<List<String>> hinted =
        List.of(List.of("--network", "4 relu 3 relu"), List.of("--network", "residual(3 3072)"));
    List<List<String>> others =
        List.of(
            List.of("--hidden", "4"),
            List.of("--network", "4 layer-norm relu 3 relu"),
            List.of("--network", "4 relu 3 relu", "--init-std", "he"),
            List.of("--network", "4 relu 3 relu", "--quiet"));
    for (boolean expected : new boolean[] {true, false}) {
      for (List<String> options : expected ? hinted : others) {
        List<Object> args = new ArrayList<>(List.of("train", "--data", set, "--iterations", 1));
        args.addAll(List.of("--out", directory.resolve("out"), "--replace"));
        args.addAll(options);
        String out = lamella(args.toArray()).done().out;
        assertEquals(expected, out.lines().anyMatch(hint::equals), options + ": " + out);
      }
    }
  }

  @Test
  void aModelOfOtherClassesThanTheImagesIsNotEvaluated() throws IOException {
    Network two = Network.of(Shape.of(3072), new Linear(3072, 2, new NumPyRandom(1)));
    Path file = directory.resolve("two.safetensors");
    new Model(two, ImageShape.CIFAR10, List.of("day", "night"), Map.of()).write(file);
    assertEquals(
        "lamella evaluate: " + file + ": 2 classes, but the images have 10",
        lamella("evaluate", "--model", file, "--data", set).failure(1).strip());
  }

  private static String metadata(String key) throws IOException {
    return SafeTensors.read(model).metadata().get(key);
  }

  @Test
  void reportRunsAllFourActivationsAndSaysWhyItStandsAlone() throws IOException {
    Path out = directory.resolve("report");
    Outcome outcome = lamella(shortRun("report", set, out)).done();
    assertTrue(outcome.out.contains("these are not CIFAR-10's images"), outcome.out);
    for (String title : List.of("ReLU", "LeakyReLU", "Swish", "SELU")) {
      assertTrue(outcome.out.lines().anyMatch(title::equals), outcome.out);
    }
    assertFalse(outcome.out.contains("-2.301592"), outcome.out);
    assertEquals(
        List.of("leaky-relu", "relu", "report", "report.csv", "selu", "swish"), names(out));
    assertTrue(outcome.lastLine().startsWith("wrote report/index.html, "), outcome.out);
    String page = Files.readString(out.resolve("report").resolve("index.html"));
    for (String title : List.of("ReLU", "LeakyReLU", "Swish", "SELU")) {
      assertTrue(page.contains("First-layer weights of 4 hidden units with " + title + ","));
    }
    assertTrue(Files.exists(out.resolve("report").resolve("weights-selu.png")));
    for (String activation : List.of("leaky-relu", "relu", "selu", "swish")) {
      assertEquals(
          List.of("accuracy.csv", "history.csv", "model.safetensors"),
          names(out.resolve(activation)));
      String options =
          SafeTensors.read(out.resolve(activation).resolve("model.safetensors"))
              .metadata()
              .get("options");
      assertTrue(options.startsWith("--activation " + activation + " "), options);
    }
    List<String> csv = Files.readAllLines(out.resolve("report.csv"));
    assertEquals(
        "activation,iteration,loss,data_loss,penalty,penalty_minus_cross_entropy,report,difference",
        csv.getFirst());
    assertEquals(1 + 4 * 2, csv.size());
    assertTrue(csv.get(1).startsWith("relu,0,2.3") && csv.get(1).endsWith(",,"), csv.get(1));
  }

  @Test
  void onCifar10sClassesReportPrintsTheReportsColumnBesideOurs() throws IOException {
    Path named = linked("cifar");
    Files.delete(named.resolve("batches.meta.txt"));
    Files.writeString(
        named.resolve("batches.meta.txt"),
        "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    Path out = directory.resolve("report");
    Outcome outcome = lamella(shortRun("report", named, out, "--seed", 2)).done();
    assertTrue(outcome.out.contains("--hidden 4 (report: 64), --seed 2 (report: 1)"), outcome.out);
    for (String first : List.of("-2.301592", "-2.301593", "-2.301582")) {
      assertTrue(outcome.out.contains(first), outcome.out);
    }
    assertTrue(outcome.out.contains("differences over 4 lines"), outcome.out);
    String line = Files.readAllLines(out.resolve("report.csv")).get(1);
    String[] fields = line.split(",", -1);
    assertEquals("-2.301592", fields[6]);
    assertEquals(
        Double.parseDouble(fields[4]) - Double.parseDouble(fields[3]),
        Double.parseDouble(fields[5]));
    assertEquals(Double.parseDouble(fields[5]) + 2.301592, Double.parseDouble(fields[7]), 1e-15);
  }

  @Test
  void infoDescribesSourceClassesAndChecksums() {
    for (Object[] args : new Object[][] {{"data", "info", set}, {"data", "info", "--data", set}}) {
      String out = lamella(args).done().out;
      assertTrue(out.contains(set.toString()), out);
      assertTrue(out.contains("50000 training, 10000 test images"), out);
      assertTrue(out.contains("red, green and blue (32x32x3), 10 classes"), out);
      assertTrue(out.matches("(?s).*\\n   all +50000 +10000\\R.*"), out);
      assertTrue(out.matches("(?s).*data_batch_1.bin +sha256 [0-9a-f]{64} not official\\R.*"), out);
      assertTrue(out.endsWith("not CIFAR-10's official files" + System.lineSeparator()), out);
    }
  }

  @Test
  void versionNamesLamellaJdkAndHowItComputes() {
    String out = lamella("--version").done().out;
    assertTrue(
        out.matches(
            "lamella \\d+\\.\\d+\\.\\d+\\RJDK 2[5-9].*\\R.*(vectors|kernels), \\d+ threads?.*\\R"),
        out);
  }

  @ParameterizedTest
  @CsvSource({
    "'', train report evaluate predict run serve export table data help generate-completion 130",
    "train, --tensorboard --data --activation --hidden --network --iterations --batch-size --learning-rate --schedule"
        + " --decay --warm-up --l2 --init-std --seed --dtype --preprocess --optimizer --momentum --nesterov --beta1"
        + " --beta2 --epsilon --weight-decay --label-smoothing --augment --mixup --clip-norm --ema --early-stopping"
        + " --threads --out --replace 1e-3 0.95 1e-4 0.999 lamella-out Optimiser: Regularisation: Files:",
    "report, --data --hidden --iterations --batch-size --learning-rate --decay --l2 --init-std"
        + " --seed --dtype --optimizer --schedule --threads --out",
    "run, --model --inputs --outputs --replace --threads",
    "evaluate, --model --data",
    "predict, --model IMAGE",
    "serve, --model --host --port --max-examples --unpacked /predict /models /metrics",
    "export, --model --onnx --npz --replace --softmax --no-mean --opset",
    "table, describe train evaluate predict folds",
    "table describe, --kind --separator --decimal-comma --missing --charset --no-header --json",
    "table train, --target --task --ignore --log-target --weights --balanced --split --split-column --validation-share"
        + " --test-share --seed --epochs --batch-size --patience --members --kind --out --replace --resume"
        + " --no-page --threads",
    "table evaluate, --model --split --part --json",
    "table predict, --model --out --keep --keep-all --no-probabilities --replace --threads",
    "table folds, --target --folds --threads",
    "data, fetch info synthesize",
    "data fetch, --url --replace DIR",
    "data info, --data IDX",
    "data synthesize, DIR"
  })
  void helpExplainsEveryOption(String command, String expected) {
    List<String> args = new ArrayList<>(words(command));
    args.add("--help");
    String out = lamella(args.toArray()).done().out;
    for (String word : words(expected)) {
      assertTrue(out.contains(word), word + " in " + out);
    }
    args.addFirst("help");
    args.removeLast();
    assertEquals(out, lamella(args.toArray()).done().out);
  }

  // Wrong usage: one line, status 2, nothing done.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--learning-rate -1",
        "--learning-rate NaN",
        "--learning-rate Infinity",
        "--learning-rate fast",
        "--hidden 0",
        "--hidden 1e3",
        "--hidden 700000",
        "--iterations 0",
        "--batch-size 0",
        "--batch-size 49001",
        "--decay 0",
        "--decay 1.1",
        "--l2 -0.1",
        "--init-std -1",
        "--seed -1",
        "--seed 4294967296",
        "--dtype float16",
        "--threads 0",
        "--activation tanh",
        "--unknown 1",
        "surplus"
      })
  void aWrongOptionIsOneLineThatNamesItAndTheHelp(String option) {
    Path out = directory.resolve("out");
    List<Object> args = new ArrayList<>(List.of("train", "--data", set, "--out", out));
    args.addAll(words(option));
    Outcome outcome = lamella(args.toArray());
    String err = outcome.failure(2);
    assertTrue(err.contains(words(option).getFirst()), err);
    assertTrue(err.contains("see 'lamella train --help'"), err);
    assertEquals("", outcome.out);
    assertFalse(Files.exists(out));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "trian",
        "data",
        "data fetsh",
        "predict",
        "predict --model m.safetensors",
        "help trian",
        "serve --model m.safetensors --port 65536",
        "serve --model m.safetensors --max-examples 0",
        "export --model m.safetensors",
        "export --model m.safetensors --npz m.npz --softmax",
        "data synthesize",
        "data info here --data there",
        "data fetch --url ftp://example.org/x",
        "report --activation relu"
      })
  void aMissingOrMisspeltWordIsOneLine(String line) {
    Outcome outcome = lamella(words(line).toArray());
    assertTrue(outcome.failure(2).contains("see 'lamella"), outcome.err);
    assertEquals("", outcome.out);
  }

  // Bad data: one line, status 1, nothing left behind.

  /** The set in another directory, without copying it. */
  private Path linked(String name) throws IOException {
    Path folder = Files.createDirectory(directory.resolve(name));
    for (String file : names(set)) {
      try {
        Files.createLink(folder.resolve(file), set.resolve(file));
      } catch (IOException | UnsupportedOperationException e) {
        Files.copy(set.resolve(file), folder.resolve(file));
      }
    }
    return folder;
  }

  /** A file of the set of one's own, to be changed. */
  private static Path unlinked(Path folder, String name) throws IOException {
    Files.delete(folder.resolve(name));
    return Files.copy(set.resolve(name), folder.resolve(name));
  }

  private void assertBadData(Path data, String... expected) throws IOException {
    Path out = directory.resolve("parent").resolve("out");
    for (String command : List.of("train", "report")) {
      Outcome outcome = lamella(shortRun(command, data, out));
      String err = outcome.failure(1);
      assertTrue(err.startsWith("lamella " + command + ": "), err);
      for (String text : expected) {
        assertTrue(err.contains(text), err);
      }
      assertFalse(Files.exists(out.getParent()), "left behind: " + out.getParent());
    }
  }

  @Test
  void aMissingBatchFileIsNamed() throws IOException {
    Path data = linked("data");
    Files.delete(data.resolve("data_batch_3.bin"));
    assertBadData(data, "data_batch_3.bin");
  }

  @Test
  void aTruncatedBatchFileIsNamedWithBothSizes() throws IOException {
    Path data = linked("data");
    Path file = unlinked(data, "data_batch_2.bin");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(30_729_999);
    }
    assertBadData(data, "data_batch_2.bin", "30730000", "30729999");
  }

  @Test
  void aLabel10IsNamedWithFileAndPlace() throws IOException {
    Path data = linked("data");
    Path file = unlinked(data, "test_batch.bin");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {10}), 3073L * 7);
    }
    assertBadData(data, "test_batch.bin", "label 10", "7");
  }

  @Test
  void placesWithoutCifar10AreNamed() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertBadData(empty, empty.toString());
    Path missing = directory.resolve("missing");
    assertBadData(missing, missing.toString(), "no such file");
    Path noTar = directory.resolve("archive.tar.gz");
    Files.writeString(noTar, "this is no archive");
    assertBadData(noTar, "archive.tar.gz");
  }

  // Bad output, bad models, bad images, runs that diverge.

  @Test
  void anOutputDirectoryThatCannotBeWrittenIsNoticedBeforeTheRun() throws IOException {
    Path file = directory.resolve("file");
    Files.writeString(file, "mine");
    for (Path out : List.of(file, file.resolve("below"), file.resolve("far").resolve("below"))) {
      for (String command : List.of("train", "report")) {
        Outcome outcome = lamella(shortRun(command, set, out));
        String err = outcome.failure(1);
        assertTrue(err.contains("cannot write to " + out), err);
        assertEquals("", outcome.out, "it had begun");
      }
    }
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void aRunThatDivergesNamesStepLayerAndRateAndLeavesNothing() {
    Path out = directory.resolve("out");
    for (String command : List.of("train", "report")) {
      Outcome outcome =
          lamella(command, "--data", set, "--out", out, "--hidden", 4, "--learning-rate", 10);
      String err = outcome.failure(1);
      assertTrue(
          err.matches(
              "lamella "
                  + command
                  + ": iteration \\d+, layer \\d .*: .* is not finite; learning rate 10\\.0 is probably too high\\R"),
          err);
      assertFalse(Files.exists(out));
    }
  }

  @Test
  void filesOfAnEarlierRunStayWhereALaterOneFails() throws IOException {
    Path out = directory.resolve("out");
    lamella(shortRun("train", set, out)).done();
    String before = Files.readString(out.resolve("history.csv"));
    lamella(shortRun("train", set, out, "--learning-rate", 1e300, "--replace")).failure(1);
    assertEquals(List.of("accuracy.csv", "history.csv", "model.safetensors"), names(out));
    assertEquals(before, Files.readString(out.resolve("history.csv")));
  }

  @Test
  void aBadModelFileIsNamed() throws IOException {
    Path image = directory.resolve("photo.png");
    ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
    byte[] whole = Files.readAllBytes(model);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 4;
    byte[][] contents = {
      new byte[0],
      "no model".getBytes(StandardCharsets.UTF_8),
      Arrays.copyOf(whole, whole.length - 1),
      Arrays.copyOf(whole, 100),
      flipped
    };
    Path file = directory.resolve("bad.safetensors");
    for (byte[] content : contents) {
      Files.write(file, content);
      assertTrue(
          lamella("evaluate", "--model", file, "--data", set).failure(1).contains(file.toString()));
      assertTrue(lamella("predict", "--model", file, image).failure(1).contains(file.toString()));
      assertTrue(lamella("serve", "--model", file).failure(1).contains(file.toString()));
    }
    Path missing = directory.resolve("missing.safetensors");
    String err = lamella("evaluate", "--model", missing, "--data", set).failure(1);
    assertEquals("lamella evaluate: " + missing + ": no such file or directory", err.strip());
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      String err = lamella("serve", "--model", model, "--port", port).failure(1);
      assertTrue(err.startsWith("lamella serve: cannot listen at localhost:" + port + ": "), err);
    }
    String err = lamella("serve", "--model", model, "--host", "no.such.host.invalid").failure(1);
    assertTrue(err.startsWith("lamella serve: cannot listen at no.such.host.invalid:8080: "), err);
  }

  @Test
  void anUnreadableImageIsNamedAndTheOthersAreClassified() throws IOException {
    Path good = directory.resolve("good.png");
    ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", good.toFile());
    Path bad = directory.resolve("bad.png");
    Files.write(bad, Arrays.copyOf(Files.readAllBytes(good), 50));
    Outcome outcome = lamella("predict", "--model", model, bad, good);
    assertTrue(outcome.failure(1).startsWith("lamella predict: " + bad + ": "), outcome.err);
    assertEquals(
        "lamella predict: "
            + bad
            + ": unreadable image: cut off? The end of the PNG file is missing",
        outcome.err.strip());
    assertTrue(outcome.out.startsWith(good + ": "), outcome.out);
    assertEquals(1, outcome.out.lines().count());
  }

  /** A white image overflows these weights; a black one gives the biases, which are 0. */
  @Test
  void anImageWhoseOutputsAreNotFiniteIsNamedAndTheOthersAreClassified() throws IOException {
    Model trained = Model.read(model);
    Network large = Network.of(Shape.of(3072), new Linear(3072, 10, new NumPyRandom(1)));
    large.parameters().getFirst().value().fill(3e38);
    Path file = directory.resolve("large.safetensors");
    new Model(large, ImageShape.CIFAR10, trained.classNames(), Map.of()).write(file);
    Path black = directory.resolve("black.png");
    Path white = directory.resolve("white.png");
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(image, "png", black.toFile());
    image.setRGB(0, 0, 0xffffff);
    ImageIO.write(image, "png", white.toFile());
    Outcome outcome = lamella("predict", "--model", file, white, black);
    assertEquals(
        "lamella predict: "
            + white
            + ": Predictor: row 0: outputs are not finite numbers; its inputs are too large for"
            + " these weights in float32",
        outcome.failure(1).strip());
    assertTrue(outcome.out.startsWith(black + ": "), outcome.out);
    assertEquals(1, outcome.out.lines().count());
  }

  @Test
  void evaluateTakesTheMeanOfAnImageAndItsMirrorImage() {
    String plain = lamella("evaluate", "--model", model, "--data", set).done().out;
    String both =
        lamella("evaluate", "--model", model, "--data", set, "--views", "mirrored").done().out;
    assertNotEquals(qualityOfTestImages(plain), qualityOfTestImages(both));
    // The parameters are the same.
    assertEquals(plain.substring(plain.indexOf("sha256")), both.substring(both.indexOf("sha256")));
    // A file with views is measured with them, or without.
    Path views = directory.resolve("views.safetensors");
    lamella("ensemble", model, "--views", "mirrored", "--out", views).done();
    assertEquals(both, lamella("evaluate", "--model", views, "--data", set).done().out);
    assertEquals(
        plain, lamella("evaluate", "--model", views, "--data", set, "--views", "none").done().out);
  }

  @Test
  void evaluateTakesTheMeanOfSeveralModels() {
    Path out = directory.resolve("other");
    lamella(shortRun("train", set, out, "--dtype", "float64", "--seed", 5)).done();
    String mean = lamella("evaluate", "--model", model, "--model", out, "--data", set).done().out;
    assertTrue(mean.contains("model: [3072] -> InputNorm(mean) -> the mean of 2 networks such as"));
    Path both = directory.resolve("both.safetensors");
    lamella("ensemble", model, out, "--out", both).done();
    assertEquals(mean, lamella("evaluate", "--model", both, "--data", set).done().out);
  }

  private static String qualityOfTestImages(String out) {
    return out.lines().filter(line -> line.startsWith("test  ")).findFirst().orElseThrow();
  }

  @Test
  void evaluateSaysWhereTheModelWasTrainedOnOtherImages() throws IOException {
    Path data = linked("data");
    Path file = unlinked(data, "data_batch_1.bin");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1000]), 1);
    }
    String out = lamella("evaluate", "--model", model, "--data", data).done().out;
    assertTrue(out.contains("note: the model was trained on other images"), out);
  }
}

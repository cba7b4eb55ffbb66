package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import lamella.data.cifar.ImageShape;
import lamella.examples.Model;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on IDX files of grey images of 6 rows and 5 columns, light above or light below. */
class IdxCommandsTest {
  private static final int ROWS = 6;
  private static final int COLUMNS = 5;
  private static final int TRAINING = 300;

  @TempDir static Path data;
  @TempDir static Path made;

  private record Outcome(int status, String out, String err) {
    String done() {
      assertEquals(0, status, err);
      return out;
    }
  }

  private static Outcome lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status = Lamella.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Outcome(status, out.toString(), err.toString());
  }

  private static String lastLine(String text) {
    return text.lines().toList().getLast();
  }

  @BeforeAll
  static void trainOnFiles() throws IOException {
    write("train", TRAINING, 1);
    write("t10k", 50, 2);
    train(made.resolve("run"));
  }

  /** Images of class i mod 2: of class 1 the upper half is light. */
  private static void write(String part, int n, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer images = ByteBuffer.allocate(16 + n * ROWS * COLUMNS);
    images.putInt(0x803).putInt(n).putInt(ROWS).putInt(COLUMNS);
    ByteBuffer labels = ByteBuffer.allocate(8 + n).putInt(0x801).putInt(n);
    for (int i = 0; i < n; i++) {
      labels.put((byte) (i % 2));
      for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
          boolean light = (row < ROWS / 2) == (i % 2 == 1);
          images.put((byte) ((light ? 150 : 0) + random.nextInt(100)));
        }
      }
    }
    Files.write(data.resolve(part + "-images-idx3-ubyte"), images.array());
    Files.write(data.resolve(part + "-labels-idx1-ubyte"), labels.array());
  }

  private static String train(Path out) {
    return lamella(
            "train",
            "--data",
            data,
            "--out",
            out,
            "--validation",
            20,
            "--network",
            "8 relu",
            "--init-std",
            "0.05",
            "--preprocess",
            "standardise",
            "--l2",
            0,
            "--epochs",
            6,
            "--batch-size",
            20,
            "--learning-rate",
            0.1)
        .done();
  }

  private static Path model() {
    return made.resolve("run").resolve("model.safetensors");
  }

  @Test
  void aTrainingLearnsAndAnEvaluationRepeatsItsNumbers() throws IOException {
    String again = train(made.resolve("again"));
    assertTrue(again.contains("280 training, 20 validation, 50 test images"), again);
    assertTrue(lastLine(again).startsWith("validation 1.0000 test 1.0000 parameters sha256 "));
    Outcome evaluated = lamella("evaluate", "--model", model(), "--data", data);
    assertEquals(lastLine(again), lastLine(evaluated.done()));
    assertEquals(new ImageShape(ROWS, COLUMNS, 1), Model.read(model()).shape());
  }

  @Test
  void informationAndDescriptionSayTheShape() {
    String info = lamella("data", "info", data.resolve("t10k-labels-idx1-ubyte")).done();
    assertTrue(info.contains("images: 6 x 5 pixels, grey (6x5x1), 2 classes\n"), info);
    assertTrue(info.contains("\n   all         300    50\n"), info);
    assertTrue(info.contains("train-images-idx3-ubyte sha256 "), info);
    assertTrue(info.endsWith("not the official files of MNIST or Fashion-MNIST\n"), info);
    String description = lamella("describe", model()).done();
    assertTrue(description.contains("pixels of an image, 0 to 255, HWC, 6x5x1;"), description);
  }

  /** A photograph in colours, twenty times as large, whose upper half is light. */
  @Test
  void picturesOfAnySizeAndColourArePredicted() throws IOException {
    BufferedImage picture = new BufferedImage(100, 120, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 60; y++) {
      for (int x = 0; x < 100; x++) {
        picture.setRGB(x, y, 0xffe0c0);
      }
    }
    Path file = made.resolve("picture.png");
    assertTrue(ImageIO.write(picture, "png", file.toFile()));
    String out = lamella("predict", "--model", model(), file).done();
    assertTrue(out.startsWith(file + ": 1 (1 0."), out);
  }

  @Test
  void whatDoesNotFitTheImagesIsNamed() {
    Outcome wrong =
        lamella(
            "train",
            "--data",
            data,
            "--validation",
            20,
            "--network",
            "residual(8)",
            "--out",
            made.resolve("no"));
    assertEquals(2, wrong.status);
    assertTrue(wrong.err.contains("adds its input, of width 30, to what"), wrong.err);
    Outcome crop =
        lamella(
            "train",
            "--data",
            data,
            "--validation",
            20,
            "--augment",
            "crop(5)",
            "--out",
            made.resolve("no"));
    assertEquals(2, crop.status);
    assertTrue(crop.err.contains("6x5x1"), crop.err);
    Outcome few = lamella("train", "--data", data, "--out", made.resolve("no"));
    assertEquals(
        "lamella train: "
            + data
            + ": of 300 training images at most 299 can be set aside for validation, got"
            + " --validation 1000",
        few.err.strip());
    Outcome other = lamella("evaluate", "--model", model(), "--data", data.resolve("none"));
    assertEquals(1, other.status);
    assertTrue(other.err.contains("no such file or directory"), other.err);
  }
}

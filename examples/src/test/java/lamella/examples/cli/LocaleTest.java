package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.core.io.Parameters;
import lamella.core.random.NumPyRandom;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Checkpoints;
import lamella.optim.CsvHistory;
import lamella.optim.ProgressLines;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import lamella.optim.tensorboard.TensorBoardListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A country's digits, letters, calendar, time, charset and line ends, and the directory that a
 * process runs in, change nothing that is written, named, read, resumed or printed.
 */
class LocaleTest {
  /** Where most is as programs expect it. */
  private static final String[] PLAIN = {
    "-Duser.language=en", "-Duser.country=US", "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8"
  };

  /** Each begins a training that the next one ends. */
  private static final String[][] COUNTRIES = {
    {
      "-Duser.language=fa",
      "-Duser.country=IR",
      "-Duser.timezone=Asia/Tehran",
      "-Dline.separator=\r\n",
      "-Dstdout.encoding=US-ASCII"
    },
    {
      "-Duser.language=ar",
      "-Duser.country=EG",
      "-Duser.timezone=Africa/Cairo",
      "-Dfile.encoding=COMPAT",
      "-Dnative.encoding=ISO-8859-6"
    },
    {
      "-Duser.language=th",
      "-Duser.country=TH",
      "-Duser.extensions=u-ca-buddhist-nu-thai",
      "-Duser.timezone=Asia/Bangkok",
      "-Dline.separator=\r\n"
    },
    {
      "-Duser.language=tr",
      "-Duser.country=TR",
      "-Duser.timezone=Asia/Kathmandu",
      "-Dstdout.encoding=UTF-16"
    }
  };

  @TempDir Path folder;

  @Test
  void aCountryChangesNothing() throws Exception {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    run(PLAIN, folder, plain, "begin");
    run(PLAIN, folder, plain, "end");
    Map<String, byte[]> expected = files(plain);
    assertTrue(expected.size() > 12, expected.keySet().toString());
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    for (int i = 0; i < COUNTRIES.length; i += 2) {
      Path country = Files.createDirectory(folder.resolve(COUNTRIES[i][0]));
      run(COUNTRIES[i], elsewhere, country, "begin");
      run(COUNTRIES[i + 1], folder, country, "end");
      Map<String, byte[]> found = files(country);
      assertEquals(expected.keySet(), found.keySet());
      expected.forEach((name, bytes) -> {
        if (name.endsWith(".txt")) {
          assertEquals(text(bytes, plain), text(found.get(name), country), name);
        } else {
          assertArrayEquals(bytes, found.get(name), name);
        }
      });
    }
  }

  /** What was printed, without the place it was printed at and with one kind of line ends. */
  private static String text(byte[] bytes, Path place) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.replace(place.toString(), "PLACE").replace("\r\n", "\n");
  }

  /** What checkpoints say of the command line has paths in it. */
  private static Map<String, byte[]> files(Path directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString().replace('\\', '/');
        byte[] bytes =
            name.startsWith("train-checkpoints/") ? new byte[0] : Files.readAllBytes(file);
        // TensorBoard wants the machine and the process in the name.
        files.put(name.replaceAll("(tfevents\\.\\d+)\\..*", "$1"), bytes);
      }
    }
    return files;
  }

  private static void run(String[] options, Path working, Path directory, String part)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", lamella.examples.Jdk.classPath()));
    command.addAll(List.of(Child.class.getName(), directory.toString(), part));
    Path printed = working.resolve("printed");
    int status =
        new ProcessBuilder(command)
            .directory(working.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start()
            .waitFor();
    assertEquals(
        0,
        status,
        () -> Arrays.toString(options) + ": " + new String(read(printed), StandardCharsets.UTF_8));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes all kinds of files there are. */
  static final class Child {
    private final Path directory;
    private final PrintWriter printed;

    private Child(Path directory, PrintWriter printed) {
      this.directory = directory;
      this.printed = printed;
    }

    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      boolean begins = arguments[1].equals("begin");
      try (PrintWriter printed =
          new PrintWriter(Files.newBufferedWriter(directory.resolve(arguments[1] + ".txt")))) {
        Child child = new Child(directory, printed);
        child.train(begins ? 1000 : 2000, begins);
        child.commands(begins);
      }
    }

    private void train(int steps, boolean begins) throws IOException {
      NumPyRandom random = new NumPyRandom(3);
      FloatTensor x = FloatTensor.zeros(Shape.of(20, 3));
      int[] labels = new int[20];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = i % 2;
        for (int j = 0; j < 3; j++) {
          x.set(3 * i + j, random.nextGaussian());
        }
      }
      Network network =
          Network.of(
              Shape.of(3), new Linear(3, 4, random), new LeakyReLU(0.01), new Linear(4, 2, random));
      Checkpoints checkpoints = Checkpoints.in(directory.resolve("checkpoints")).every(500);
      Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1).withMomentum(0.9))
          .withBatchSize(5)
          .withSteps(steps)
          .withEvaluation("test", Dataset.of(x, labels))
          .withCheckpoints(begins ? checkpoints : checkpoints.resuming())
          .withListeners(
              ProgressLines.every(500, printed::println),
              new CsvHistory(directory.resolve("history.csv")),
              new TensorBoardListener(
                  directory.resolve("board" + steps),
                  InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000))))
          .fit(Dataset.of(x, labels), random);
      printed.println(network.summary());
      ModelFile.of(network).write(directory.resolve("model.safetensors"));
      assertEquals(
          network.toString(),
          ModelFile.read(directory.resolve("model.safetensors")).network().toString());
      Npz.ofTensors(Parameters.of(network)).writeCompressed(directory.resolve("model.npz"));
      NpyArray.of(Shape.of(2), 1234567, -89).write(directory.resolve("numbers.npy"));
      NpyArray.read(directory.resolve("numbers.npy"));
    }

    private void commands(boolean begins) throws IOException {
      Path out = directory.resolve("out");
      Path checkpoints = directory.resolve("train-checkpoints");
      if (begins) {
        lamella(
            List.of("train", "--quiet", "--out", out, "--hidden", 4, "--batch-size", 10),
            List.of("--init-std", 0.01, "--iterations", 40, "--checkpoints", checkpoints));
        return;
      }
      lamella(List.of("train", "--quiet", "--resume", checkpoints), List.of("--iterations", 80));
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(Color.ORANGE);
      graphics.fillRect(4, 8, 16, 16);
      graphics.dispose();
      Path png = directory.resolve("image.png");
      ImageIO.write(image, "png", png.toFile());
      Path model = out.resolve("model.safetensors");
      lamella(List.of("predict", "--model", model, png), List.of());
      lamella(
          List.of("export", "--model", model, "--onnx", directory.resolve("model.onnx")),
          List.of("--npz", directory.resolve("export.npz")));
    }

    private void lamella(List<?> first, List<?> more) {
      String[] words =
          Stream.concat(first.stream(), more.stream()).map(Object::toString).toArray(String[]::new);
      int status = Lamella.run(printed, printed, words);
      if (status != 0) {
        printed.flush();
        throw new AssertionError(Arrays.toString(words) + " ended with " + status);
      }
    }
  }
}

package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lamella.core.Network;
import lamella.data.cifar.ImageDataset;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.CsvHistory;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A training with dropout, mixup, augmentation, statistics of batches and an average of the
 * parameters ends with the same bits for any number of threads, any vectors or none, with listeners
 * and without, and killed and resumed, each in a JVM of its own.
 */
class NetworkBitsTest {
  /** Wide enough that products and rows are divided over threads, and no multiple of a vector. */
  private static final int WIDTH = 251;

  private static final int ITERATIONS = 12;

  private static String reference = "";

  @TempDir Path folder;

  @BeforeAll
  static void inThisProcess() throws DivergedException {
    reference = NetworkBitsRun.run(WIDTH, ITERATIONS, null);
  }

  private static Process start(String options, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(List.of(options.split(" ", -1)));
    command.add("-cp");
    List<String> places = new ArrayList<>();
    Stream.of(
            Network.class,
            Linear.class,
            SoftmaxCrossEntropy.class,
            Sgd.class,
            ImageDataset.class,
            Trainer.class,
            Training.class,
            NetworkBitsRun.class)
        .map(NetworkBitsTest::place)
        .forEach(places::add);
    places.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    command.add(String.join(File.pathSeparator, places));
    command.add(NetworkBitsRun.class.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.start();
  }

  /** The folder or jar a class came from. */
  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static String output(Process process) throws IOException, InterruptedException {
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dlamella.vector=off -Dlamella.threads=1",
        "-Dlamella.vector=128 -Dlamella.threads=3",
        "-Dlamella.vector=256 -Dlamella.threads=2",
        "-Dlamella.vector=512 -Dlamella.threads=1",
        "-Dlamella.vector=auto -Dlamella.threads=7",
      })
  void threadsAndVectorsChangeNoBit(String options) throws IOException, InterruptedException {
    assertEquals(reference, output(start(options, WIDTH, ITERATIONS)));
  }

  @Test
  void listenersAndCheckpointsChangeNoBit() throws DivergedException, IOException {
    Path history = folder.resolve("history.csv");
    assertEquals(
        reference,
        NetworkBitsRun.run(
            WIDTH, ITERATIONS, folder.resolve("checkpoints"), new CsvHistory(history)));
    assertEquals(ITERATIONS + 1, Files.readAllLines(history).size());
  }

  private static List<Path> checkpoints(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  /** The process is ended as {@code kill -9} does, once by chance in the middle of a step. */
  @Test
  void killedAndResumedWithOtherThreadsAndVectorsItEndsTheSame() throws Exception {
    int width = 23;
    int iterations = 900;
    String whole = NetworkBitsRun.run(width, iterations, null);
    List<String> options =
        List.of(
            "-Dlamella.vector=off -Dlamella.threads=3", "-Dlamella.vector=128 -Dlamella.threads=1");
    List<Path> before = List.of();
    for (String option : options) {
      Process process = start(option, width, iterations, folder);
      while (checkpoints(folder).isEmpty() || checkpoints(folder).equals(before)) {
        assertTrue(process.isAlive(), "ended before its first checkpoint");
        Thread.sleep(1);
      }
      Thread.sleep(50);
      process.destroyForcibly().waitFor();
      before = checkpoints(folder);
    }
    String last = before.getLast().getFileName().toString();
    assertTrue(Integer.parseInt(last.replaceAll("\\D", "")) < iterations, "killed too late");
    String resumed =
        output(start("-Dlamella.vector=auto -Dlamella.threads=2", width, iterations, folder));
    assertEquals(whole, resumed);
  }
}

package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lamella train}, stopped in every way there is, and resumed. */
class ResumeTest {
  @TempDir static Path shared;
  private static String whole;

  @TempDir Path directory;

  private record Outcome(int status, String out, String err) {
    String lastLine() {
      assertEquals("", err);
      assertEquals(0, status);
      return out.lines().toList().getLast();
    }
  }

  /** In this JVM. */
  private static Outcome lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Outcome(status, out.toString(), err.toString());
  }

  /** In a JVM of its own; what it prints goes to {@code printed}. */
  private Process start(Path printed, Object... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String modulePath = System.getProperty("jdk.module.path");
    if (modulePath != null) {
      command.addAll(
          List.of("-p", modulePath, "-m", "lamella.examples/" + Lamella.class.getName()));
    } else {
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), Lamella.class.getName()));
    }
    Arrays.stream(args).map(Object::toString).forEach(command::add);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.start();
  }

  private Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  private List<Path> files() throws IOException {
    if (!Files.exists(checkpoints())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(checkpoints())) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  /** Many short iterations of a small network, so that there is time to be stopped in. */
  private static Object[] longRun(Path out, Object... more) {
    List<Object> args =
        new ArrayList<>(List.of("train", "--out", out, "--hidden", 4, "--batch-size", 10));
    args.addAll(List.of("--iterations", 4000, "--init-std", 0.01));
    args.addAll(List.of(more));
    return args.toArray();
  }

  @BeforeAll
  static void neverStopped() {
    whole = lamella(longRun(shared)).lastLine();
  }

  private void awaitCheckpoint(Process process, int former) throws Exception {
    while (files().isEmpty() || newest() <= former) {
      assertTrue(process.isAlive(), "ended before its first checkpoint");
      Thread.sleep(1);
    }
  }

  private int newest() throws IOException {
    String name = files().getLast().getFileName().toString();
    return Integer.parseInt(name.replaceAll("\\D", ""));
  }

  @Test
  void killedAtAnyMomentAndResumedItEndsAsIfItHadNotBeen() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    int kills = 2;
    for (int i = 0; i < kills; i++) {
      int former = files().isEmpty() ? -1 : newest();
      Object[] args =
          i == 0
              ? longRun(directory.resolve("resumed"), "--checkpoints", checkpoints(), "--every", 3)
              : new Object[] {"train", "--resume", checkpoints(), "--every", 3};
      Process process = start(directory.resolve("printed"), args);
      awaitCheckpoint(process, former);
      Thread.sleep(random.nextInt(100));
      process.destroyForcibly().waitFor();
    }
    assertTrue(newest() < 4000, "killed too late: " + files());
    assertEquals(whole, lamella("train", "--resume", checkpoints()).lastLine());
    for (String name : List.of("history.csv", "accuracy.csv")) {
      assertEquals(
          Files.readString(shared.resolve(name)),
          Files.readString(directory.resolve("resumed").resolve(name)));
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // has no signals
  void askedToEndItFinishesItsIterationAndSaysHowToGoOn() throws Exception {
    Path printed = directory.resolve("printed");
    Path kept = directory.resolve("resumed").resolve("checkpoints");
    Process process = start(printed, longRun(directory.resolve("resumed")));
    while (!Files.readString(printed).contains("iteration 100 /")) {
      assertTrue(process.isAlive(), Files.readString(printed));
      Thread.sleep(1);
    }
    process.destroy();
    assertEquals(143, process.waitFor());
    List<String> lines = Files.readAllLines(printed);
    assertEquals("to go on: lamella train --resume " + kept, lines.getLast());
    assertTrue(
        lines.get(lines.size() - 2).matches("interrupted after \\d+ of 4000 iterations"),
        lines.toString());
    assertFalse(Files.exists(kept.resolveSibling("history.csv")));
    assertEquals(whole, lamella("train", "--resume", kept).lastLine());
  }

  /** A run of 30 iterations with three checkpoints, and its last line. */
  private String shortRun(Object... more) {
    List<Object> args =
        new ArrayList<>(List.of("train", "--out", directory.resolve("out"), "--hidden", 4));
    args.addAll(List.of("--iterations", 30, "--checkpoints", checkpoints(), "--every", 10));
    args.addAll(List.of(more));
    return lamella(args.toArray()).lastLine();
  }

  @Test
  void aDamagedCheckpointIsNamedAndTheOneBeforeUsed() throws IOException {
    String undamaged = shortRun();
    Path newest = files().getLast();
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 16;
    Files.write(newest, bytes);
    Outcome outcome = lamella("train", "--resume", checkpoints());
    assertEquals(undamaged, outcome.out.lines().toList().getLast());
    assertTrue(
        outcome.err.matches(
            "lamella train: damaged checkpoint, trying the one before it: \\Q"
                + newest
                + "\\E: .*\\R"),
        outcome.err);
  }

  @Test
  void moreIterationsGoOnAndOtherOptionsAreRefused() {
    String quiet = shortRun("--quiet");
    Outcome other = lamella("train", "--resume", checkpoints(), "--hidden", 5);
    assertEquals(1, other.status);
    assertTrue(
        other.err.matches(
            "lamella train: .*checkpoint-000000030.safetensors: does not belong to this training:"
                + " options is '.*--hidden 4 .*' there and '.*--hidden 5 .*' here\\R"),
        other.err);
    String more = lamella("train", "--resume", checkpoints(), "--iterations", 60).lastLine();
    Object[] atOnce = {
      "train", "--quiet", "--out", directory.resolve("out"), "--hidden", 4, "--iterations", 60
    };
    assertEquals(more + System.lineSeparator(), lamella(atOnce).out);
    assertTrue(!quiet.equals(more));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--every 5", "--every 0 --checkpoints a", "--checkpoints a --resume b"})
  void optionsThatDoNotGoTogetherAreWrongUsage(String options) {
    List<Object> args = new ArrayList<>(List.of("train"));
    args.addAll(List.of(options.split(" ", -1)));
    Outcome outcome = lamella(args.toArray());
    assertEquals(2, outcome.status);
    assertEquals(1, outcome.err.lines().count(), outcome.err);
    assertEquals("", outcome.out);
  }
}

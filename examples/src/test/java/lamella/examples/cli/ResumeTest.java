package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lamella.examples.Model;
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
      // A quiet run says there that its images are drawn.
      assertEquals(
          0, err.lines().filter(line -> !line.startsWith("no CIFAR-10 found")).count(), err);
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
    List<Object> args = new ArrayList<>(List.of("train", "--out", out, "--batch-size", 10));
    if (!List.of(more).contains("--network")) {
      args.addAll(List.of("--hidden", 4));
    }
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

  /** With all that draws random numbers, and statistics over rows. */
  @Test
  void killedAndResumedItDrawsWhatItWouldHaveDrawn() throws Exception {
    Object[] more = {
      "--network",
      "4 batch-norm gelu dropout(0.3)",
      "--optimizer",
      "adamw",
      "--schedule",
      "cosine",
      "--warm-up",
      100,
      "--mixup",
      0.3,
      "--augment",
      "flip crop(4)",
      "--ema",
      0.99
    };
    Path undisturbed = directory.resolve("undisturbed");
    String expected = lamella(longRun(undisturbed, more)).lastLine();
    requireSameAfterKills(1, more, undisturbed, expected);
  }

  @Test
  void killedAtAnyMomentAndResumedItEndsAsIfItHadNotBeen() throws Exception {
    requireSameAfterKills(2, new Object[0], shared, whole);
  }

  private void requireSameAfterKills(int kills, Object[] more, Path undisturbed, String expected)
      throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < kills; i++) {
      int former = files().isEmpty() ? -1 : newest();
      Object[] args =
          i == 0
              ? longRun(directory.resolve("resumed"), checkpointing(more))
              : new Object[] {"train", "--resume", checkpoints(), "--every", 3};
      Process process = start(directory.resolve("printed"), args);
      awaitCheckpoint(process, former);
      Thread.sleep(random.nextInt(100));
      process.destroyForcibly().waitFor();
    }
    assertTrue(newest() < 4000, "killed too late: " + files());
    assertEquals(expected, lamella("train", "--resume", checkpoints()).lastLine());
    for (String name : List.of("history.csv", "accuracy.csv")) {
      assertEquals(
          Files.readString(undisturbed.resolve(name)),
          Files.readString(directory.resolve("resumed").resolve(name)));
    }
  }

  private Object[] checkpointing(Object[] more) {
    List<Object> args = new ArrayList<>(List.of("--checkpoints", checkpoints(), "--every", 3));
    args.addAll(List.of(more));
    return args.toArray();
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
    Outcome second = lamella(longRun(directory.resolve("resumed")));
    assertEquals(
        "lamella train: "
            + directory.resolve("resumed")
            + ": another run is writing to this directory",
        second.err.strip());
    assertEquals(1, second.status);
    process.destroy();
    assertEquals(143, process.waitFor());
    List<String> lines = Files.readAllLines(printed);
    assertEquals("to go on: lamella train --resume " + kept, lines.getLast());
    assertTrue(
        lines.get(lines.size() - 2).matches("interrupted after \\d+ of 4000 iterations"),
        lines.toString());
    assertFalse(Files.exists(kept.resolveSibling("history.csv")));

    Outcome anew = lamella(longRun(directory.resolve("resumed")));
    assertEquals(1, anew.status);
    assertEquals(1, anew.err.lines().count(), anew.err);
    assertTrue(anew.err.contains("lamella train --resume " + kept), anew.err);
    assertTrue(anew.err.contains("--replace"), anew.err);
    // Either directory will do.
    Outcome resumed = lamella("train", "--resume", kept.getParent());
    assertEquals(whole, resumed.lastLine());
    assertTrue(resumed.out.matches("(?s).*\\Rgoing on after \\d+ iterations\\R.*"), resumed.out);
  }

  /** A run of 30 iterations with three checkpoints, and its last line. */
  private String shortRun(Object... more) {
    List<Object> args = new ArrayList<>(List.of("train", "--out", directory.resolve("out")));
    if (!List.of(more).contains("--network")) {
      args.addAll(List.of("--hidden", 4));
    }
    args.addAll(List.of("--iterations", 30, "--checkpoints", checkpoints(), "--every", 10));
    args.addAll(List.of(more));
    return lamella(args.toArray()).lastLine();
  }

  @Test
  void aDamagedCheckpointIsNamedAndTheOneBeforeUsed() throws IOException {
    String undamaged = shortRun();
    Path newest = files().getLast();
    Files.delete(directory.resolve("out").resolve("accuracy.csv")); // else it has ended
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
    assertEquals(
        "lamella train: "
            + checkpoints()
            + ": a run goes on with the options it was begun with, got --hidden 5 (begun with: 4);"
            + " leave that out, or begin another run without --resume",
        other.err.strip());
    assertEquals("", other.out);
    String more = lamella("train", "--resume", checkpoints(), "--iterations", 60).lastLine();
    Object[] atOnce = {
      "train", "--quiet", "--out", directory.resolve("once"), "--hidden", 4, "--iterations", 60
    };
    assertEquals(more + System.lineSeparator(), lamella(atOnce).out);
    Outcome back = lamella("train", "--resume", checkpoints(), "--iterations", 40);
    assertEquals(
        "lamella train: "
            + checkpoints()
            + ": this run has gone 60 iterations already, got --iterations 40",
        back.err.strip());
    assertTrue(!quiet.equals(more));
  }

  /** As if the run had been killed before its last checkpoint. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--network|6 layer-norm gelu dropout(0.3) residual(5 mish 6)|--optimizer|adamw|--schedule|cosine|--warm-up|5",
        "--network|6 leaky-relu(-0.5) scale|--optimizer|lion|--schedule|one-cycle|--init-std|he|--dtype|float64",
        "--network|6 batch-norm tanh|--momentum|0.9|--nesterov|--schedule|cosine-log|--ema|0.9",
        "--mixup|0.4|--augment|flip crop(4) cutout(8)|--clip-norm|0.5|--label-smoothing|0.1",
        "--early-stopping|1|--learning-rate|0|--batch-size|3000|--ema|0.5|--preprocess|standardise"
      })
  void whateverTheOptionsTheResultIsThatOfARunNeverStopped(String options) throws IOException {
    List<String> names =
        new ArrayList<>(List.of("history.csv", "accuracy.csv", "model.safetensors"));
    if (options.contains("--ema")) {
      names.add("model-average.safetensors");
    }
    String undisturbed = shortRun((Object[]) options.split("\\|", -1));
    Map<Path, byte[]> before = content(directory.resolve("out"));
    assertEquals(names.size(), before.size());
    for (String name : names) {
      Files.delete(directory.resolve("out").resolve(name));
    }
    Files.delete(files().getLast());
    Outcome outcome = lamella("train", "--resume", checkpoints());
    assertEquals(undisturbed, outcome.lastLine());
    assertTrue(outcome.out.contains("going on after "), outcome.out);
    assertSame(before, content(directory.resolve("out")));
    Outcome again = lamella("train", "--resume", checkpoints());
    assertTrue(again.lastLine().startsWith("this run ended before, after "), again.out);
  }

  @Test
  void iterationsThatTheRatesDependOnAreOptionsLikeOthers() {
    String ended = shortRun("--schedule", "cosine");
    Outcome more = lamella("train", "--resume", checkpoints(), "--iterations", 60);
    assertEquals(
        "lamella train: "
            + checkpoints()
            + ": a run goes on with the options it was begun with, got --iterations 60 (begun with:"
            + " 30); leave that out, or begin another run without --resume",
        more.err.strip());
    Outcome other = lamella("train", "--resume", checkpoints(), "--network", "4 gelu");
    assertEquals(
        "lamella train: --activation goes with one hidden layer, leave it out beside --network; see"
            + " 'lamella train --help'",
        other.err.strip());
    assertEquals(2, other.status);
    assertTrue(ended.startsWith("validation "), ended);
  }

  @Test
  void aRunThatEarlyStoppingEndedHasAllItsFilesAndNoCheckpoint() throws IOException {
    Path out = directory.resolve("out");
    Object[] args = {
      "train",
      "--out",
      out,
      "--hidden",
      4,
      "--learning-rate",
      0,
      "--batch-size",
      7000,
      "--early-stopping",
      1,
      "--iterations",
      20
    };
    Outcome outcome = lamella(args);
    assertTrue(
        outcome.out.contains("stopped after 8 of 20 iterations: validation accuracy was best, "),
        outcome.out);
    assertTrue(outcome.lastLine().startsWith("validation "), outcome.out);
    assertEquals(9, Files.readAllLines(out.resolve("history.csv")).size());
    assertEquals(3, content(out).size());
  }

  @Test
  void aRunThatHasEndedIsLeftAlone() throws IOException {
    String ended = shortRun();
    Path out = directory.resolve("out");
    Map<Path, byte[]> before = content(directory);
    Outcome again = lamella("train", "--resume", checkpoints());
    assertEquals(
        "this run ended before, after 30 iterations; its files are in " + out, again.lastLine());
    assertEquals(1, again.out.lines().count());
    assertSame(before, content(directory));

    // Its files elsewhere, and then lost: the checkpoints still have all of it.
    Path elsewhere = directory.resolve("elsewhere");
    assertEquals(ended, lamella("train", "--resume", checkpoints(), "--out", elsewhere).lastLine());
    Files.delete(out.resolve("model.safetensors"));
    Files.delete(out.resolve("history.csv"));
    Files.delete(out.resolve("accuracy.csv"));
    assertEquals(ended, lamella("train", "--resume", checkpoints(), "--out", out).lastLine());
  }

  private static void assertSame(Map<Path, byte[]> expected, Map<Path, byte[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((file, bytes) -> assertArrayEquals(bytes, found.get(file), file.toString()));
  }

  private static Map<Path, byte[]> content(Path folder) throws IOException {
    Map<Path, byte[]> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(file, Files.readAllBytes(file));
      }
    }
    return content;
  }

  @Test
  void filesOfAnotherRunAreNotReplacedByOneThatGoesOn() throws IOException {
    String first = shortRun();
    Path out = directory.resolve("out");
    Object[] other = {"train", "--out", out, "--replace", "--hidden", 3, "--iterations", 5};
    lamella(other).lastLine();
    Map<Path, byte[]> before = content(directory);
    Outcome refused = lamella("train", "--resume", checkpoints());
    assertEquals(1, refused.status);
    assertEquals(
        "lamella train: "
            + out
            + " has files of another run, model.safetensors for example; name another directory with"
            + " --out, or --replace them",
        refused.err.strip());
    assertSame(before, content(directory));
    assertEquals(first, lamella("train", "--resume", checkpoints(), "--replace").lastLine());
  }

  @Test
  void withoutACheckpointNothingBegins() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Outcome outcome = lamella("train", "--resume", empty, "--out", directory.resolve("out"));
    assertEquals(1, outcome.status);
    assertEquals(
        "lamella train: "
            + empty
            + ": no checkpoint to go on from; to begin a run that writes some there: lamella train"
            + " --checkpoints "
            + empty,
        outcome.err.strip());
    assertEquals("", outcome.out);
    Path missing = directory.resolve("missing");
    assertEquals(
        "lamella train: " + missing + ": no such file or directory",
        lamella("train", "--resume", missing).err.strip());
    assertEquals(List.of(empty), List.copyOf(folders()));
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void checkpointsOfAnEarlierRunAreReplacedOnlyIfAskedTo() throws IOException {
    shortRun();
    Map<Path, byte[]> before = content(directory);
    Object[] args = {
      "train",
      "--out",
      directory.resolve("new"),
      "--hidden",
      4,
      "--iterations",
      5,
      "--checkpoints",
      checkpoints()
    };
    Outcome refused = lamella(args);
    assertEquals(1, refused.status);
    assertTrue(refused.err.contains("lamella train --resume " + checkpoints()), refused.err);
    assertSame(before, content(directory));
    Object[] replacing = Arrays.copyOf(args, args.length + 1);
    replacing[args.length] = "--replace";
    lamella(replacing).lastLine();
    assertEquals(5, newest());
    assertEquals(1, files().size());
  }

  @Test
  void aDirectoryThatIsLostDuringTrainingDoesNotLoseTheNetwork() throws Exception {
    Path printed = directory.resolve("printed");
    Path out = directory.resolve("out");
    Process process = start(printed, longRun(out));
    while (!Files.readString(printed).contains("iteration 100 /")) {
      assertTrue(process.isAlive(), Files.readString(printed));
      Thread.sleep(1);
    }
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Files.writeString(out, "no directory any more");
    assertEquals(1, process.waitFor());
    Matcher message =
        Pattern.compile(
                "lamella train: cannot write \\S+model.safetensors: is a file, a directory is needed; the"
                    + " network and its curves are in (\\S+) instead")
            .matcher(Files.readAllLines(printed).getLast());
    assertTrue(message.matches(), Files.readString(printed));
    Path saved = Path.of(message.group(1));
    assertTrue(whole.endsWith(Model.read(saved.resolve("model.safetensors")).fingerprint()));
    for (String name : List.of("history.csv", "accuracy.csv")) {
      assertEquals(Files.readString(shared.resolve(name)), Files.readString(saved.resolve(name)));
    }
    for (String name : List.of("model.safetensors", "history.csv", "accuracy.csv")) {
      Files.delete(saved.resolve(name));
    }
    Files.delete(saved);
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

package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import lamella.examples.Model;
import lamella.layers.Ensemble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamella train --members} and {@code --views}: models of more than one prediction. */
class MembersTest {
  private static final List<Object> SMALL =
      List.of(
          "train",
          "--hidden",
          4,
          "--batch-size",
          10,
          "--init-std",
          0.01,
          "--measure",
          "validation");

  @TempDir static Path shared;
  private static String whole;

  @TempDir Path directory;

  private record Outcome(int status, String out, String err) {
    List<String> lines() {
      assertEquals(0, status, err);
      return out.lines().toList();
    }

    String lastLine() {
      return lines().getLast();
    }
  }

  private static String[] words(List<?> args) {
    return args.stream().map(Object::toString).toArray(String[]::new);
  }

  private static Outcome lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Lamella.run(
            new PrintWriter(out, true), new PrintWriter(err, true), words(Arrays.asList(args)));
    return new Outcome(status, out.toString(), err.toString());
  }

  private Outcome train(String out, Object... more) {
    List<Object> args = new ArrayList<>(SMALL);
    args.addAll(List.of("--out", directory.resolve(out)));
    args.addAll(List.of(more));
    return lamella(args.toArray());
  }

  private Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  private static String fingerprint(String line) {
    return line.substring(line.indexOf("sha256 ") + "sha256 ".length());
  }

  private static Map<String, byte[]> content(Path folder) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return content;
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((file, bytes) -> assertArrayEquals(bytes, found.get(file), file));
  }

  @Test
  void eachNetworkIsThatOfItsSeedAndTheModelIsTheirMean() throws IOException {
    String single = train("single", "--iterations", 30, "--seed", 5).lastLine();
    // (5 + 2654435769) mod 2^32
    String second = train("second", "--iterations", 30, "--seed", 2654435774L).lastLine();
    List<String> lines = train("several", "--iterations", 30, "--seed", 5, "--members", 2).lines();
    assertTrue(lines.contains("member 1 of 2: " + single), lines.toString());
    assertTrue(lines.contains("member 2 of 2: " + second), lines.toString());
    Path several = directory.resolve("several");
    Model model = Model.read(several.resolve("model.safetensors"));
    assertEquals(1, model.network().layers().stream().filter(Ensemble.class::isInstance).count());
    assertEquals(model.fingerprint(), fingerprint(lines.getLast()));
    assertNotEquals(fingerprint(single), model.fingerprint());

    List<String> history = Files.readAllLines(several.resolve("history.csv"));
    assertEquals("member,iteration,loss,data_loss,penalty,learning_rate", history.getFirst());
    List<String> expected = new ArrayList<>(List.of(history.getFirst()));
    List<String> folders = List.of("single", "second");
    for (int m = 0; m < 2; m++) {
      List<String> own =
          Files.readAllLines(directory.resolve(folders.get(m)).resolve("history.csv"));
      for (String line : own.subList(1, own.size())) {
        expected.add((m + 1) + "," + line);
      }
    }
    assertEquals(expected, history);
    List<String> accuracy = Files.readAllLines(several.resolve("accuracy.csv"));
    assertEquals("member,iteration,validation_accuracy", accuracy.getFirst());
    assertEquals(3, accuracy.size());
    // Nothing is left of what was kept for a resume.
    assertEquals(3, content(several).size());
    assertFalse(Files.exists(several.resolve("checkpoints")));
    assertEquals(
        lines.getLast(),
        lamella("evaluate", "--model", several.resolve("model.safetensors")).lastLine());
  }

  @Test
  void viewsChangeThePredictionAndNotTheParameters() {
    String single = train("single", "--iterations", 60, "--validation", 3000).lastLine();
    List<String> lines =
        train("views", "--iterations", 60, "--validation", 3000, "--views", "mirrored").lines();
    assertEquals("without views: " + single, lines.get(lines.size() - 2));
    assertEquals(fingerprint(single), fingerprint(lines.getLast()));
    assertNotEquals(single, lines.getLast());
    Path model = directory.resolve("views").resolve("model.safetensors");
    assertEquals(lines.getLast(), lamella("evaluate", "--model", model).lastLine());
  }

  @Test
  void stoppedInTheSecondMemberItEndsAsIfItHadNotBeen() throws IOException {
    String undisturbed =
        train(
                "out",
                "--iterations",
                20,
                "--members",
                3,
                "--ema",
                0.9,
                "--order",
                "shuffled",
                "--checkpoints",
                checkpoints(),
                "--every",
                8)
            .lastLine();
    Map<String, byte[]> before = content(directory.resolve("out"));
    assertEquals(4, before.size());
    for (String file : before.keySet()) {
      Files.delete(directory.resolve("out").resolve(file));
    }
    Map<String, byte[]> kept = content(checkpoints());
    for (String file : kept.keySet()) {
      int member = Integer.parseInt(file.replaceAll("member-(\\d).*", "$1"));
      // The checkpoints after 8, 16 and 20 iterations; the second of these was the last.
      if (member > 2 || (member == 2 && file.contains("020."))) {
        Files.delete(checkpoints().resolve(file));
      }
    }
    Outcome resumed = lamella("train", "--resume", checkpoints());
    assertEquals(undisturbed, resumed.lastLine());
    assertTrue(resumed.out.contains("member 2 of 3: going on after 16 iterations"), resumed.out);
    assertSame(before, content(directory.resolve("out")));
    // One that has ended is left alone, and each member's directory leads to it.
    assertTrue(
        lamella("train", "--resume", OutputDirectory.member(checkpoints(), 1))
            .lastLine()
            .startsWith("this run ended before, after 20 iterations"));
  }

  @Test
  void earlyStoppingIsEachMembersOwnAndResumedAsItWas() throws IOException {
    Object[] options = {
      "train",
      "--out",
      directory.resolve("out"),
      "--hidden",
      4,
      "--batch-size",
      3000,
      "--iterations",
      60,
      "--early-stopping",
      1,
      "--learning-rate",
      0,
      "--members",
      2,
      "--checkpoints",
      checkpoints()
    };
    Outcome undisturbed = lamella(options);
    assertTrue(
        undisturbed.out.contains("member 2 of 2 stopped after 17 of 60 iterations"),
        undisturbed.out);
    Map<String, byte[]> before = content(directory.resolve("out"));
    for (String file : before.keySet()) {
      Files.delete(directory.resolve("out").resolve(file));
    }
    Path second = OutputDirectory.member(checkpoints(), 1);
    for (String file : content(second).keySet()) {
      Files.delete(second.resolve(file));
    }
    assertEquals(undisturbed.lastLine(), lamella("train", "--resume", checkpoints()).lastLine());
    assertSame(before, content(directory.resolve("out")));
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
    command.addAll(List.of(words(Arrays.asList(args))));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.start();
  }

  private static Object[] longRun(Path out, Object... more) {
    List<Object> args = new ArrayList<>(SMALL);
    args.addAll(List.of("--iterations", 2500, "--members", 2, "--out", out));
    args.addAll(List.of(more));
    return args.toArray();
  }

  @BeforeAll
  static void neverStopped() {
    whole = lamella(longRun(shared)).lastLine();
  }

  @Test
  void killedInTheSecondMemberAndResumedItEndsAsIfItHadNotBeen() throws Exception {
    Path out = directory.resolve("out");
    Path printed = directory.resolve("printed");
    Process process = start(printed, longRun(out));
    awaitSecondMember(process, printed);
    process.destroyForcibly().waitFor();
    // The first was kept, though nobody asked for checkpoints.
    Path kept = out.resolve("checkpoints");
    assertEquals(1, OutputDirectory.members(kept).size());
    Outcome anew = lamella(longRun(out));
    assertEquals(1, anew.status);
    assertTrue(anew.err.contains("lamella train --resume " + kept), anew.err);

    process = start(printed, "train", "--resume", out, "--every", 3);
    awaitSecondMember(process, printed);
    while (OutputDirectory.members(kept).size() < 2) {
      assertTrue(process.isAlive(), Files.readString(printed));
      Thread.sleep(1);
    }
    process.destroyForcibly().waitFor();
    assertEquals(whole, lamella("train", "--resume", out).lastLine());
    assertEquals(
        Files.readString(shared.resolve("history.csv")),
        Files.readString(out.resolve("history.csv")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // has no signals
  void askedToEndInTheSecondMemberItSaysHowToGoOn() throws Exception {
    Path out = directory.resolve("out");
    Path printed = directory.resolve("printed");
    Process process = start(printed, longRun(out));
    awaitSecondMember(process, printed);
    process.destroy();
    assertEquals(143, process.waitFor());
    List<String> lines = Files.readAllLines(printed);
    assertTrue(
        lines
            .get(lines.size() - 2)
            .matches("interrupted after \\d+ of 2500 iterations of member 2 of 2"),
        lines.toString());
    assertEquals("to go on: lamella train --resume " + out.resolve("checkpoints"), lines.getLast());
    assertEquals(whole, lamella("train", "--resume", out).lastLine());
  }

  private static void awaitSecondMember(Process process, Path printed) throws Exception {
    while (!Files.readString(printed).contains("member 2 of 2, iteration 100 /")) {
      assertTrue(process.isAlive(), Files.readString(printed));
      Thread.sleep(1);
    }
  }

  @Test
  void aRunThatReplacesOneOfSeveralNetworksLeavesNoneOfThem() throws IOException {
    Object[] several = {
      "--iterations", 10, "--members", 3, "--checkpoints", checkpoints(), "--every", 5
    };
    train("out", several).lastLine();
    assertEquals(3, OutputDirectory.members(checkpoints()).size());
    Object[] one = {"--iterations", 12, "--checkpoints", checkpoints(), "--replace"};
    String single = train("out", one).lastLine();
    assertEquals(List.of(), OutputDirectory.members(checkpoints()));
    Object[] two = {
      "--iterations", 10, "--members", 2, "--checkpoints", checkpoints(), "--replace"
    };
    List<String> lines = train("out", two).lines();
    assertEquals(2, OutputDirectory.members(checkpoints()).size());
    assertEquals(2, content(checkpoints()).size());
    assertNotEquals(single, lines.getLast());
  }
}

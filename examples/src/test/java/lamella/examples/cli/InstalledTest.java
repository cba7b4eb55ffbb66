package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command line in a JVM of its own, on a machine without CIFAR-10. */
class InstalledTest {
  @TempDir Path directory;

  private record Outcome(int status, String out, String err) {}

  private Outcome lamella(Map<String, String> environment, List<String> args)
      throws IOException, InterruptedException {
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
    command.addAll(args);
    Path out = directory.resolve("stdout");
    Path err = directory.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("CIFAR10_HOME");
    builder.environment().put("LAMELLA_CACHE", directory.resolve("no-cache").toString());
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    // The JVM's own warning, of the Vector API's module.
    List<String> errors =
        Files.readAllLines(err).stream()
            .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
            .filter(line -> !line.startsWith("NOTE: Picked up JDK_JAVA_OPTIONS"))
            .toList();
    return new Outcome(status, Files.readString(out), String.join("\n", errors));
  }

  private static final String DRAWN = "no CIFAR-10 found, using the built-in set of drawn images; ";

  @Test
  void withoutCifar10TheBuiltInSetIsUsedAndAnyNumberOfThreadsGivesTheSameBits()
      throws IOException, InterruptedException {
    Set<String> lastLines = new HashSet<>();
    for (int threads = 1; threads <= 3; threads++) {
      List<String> args =
          new ArrayList<>(
              List.of("train", "--iterations", "3", "--hidden", "20", "--threads", "" + threads));
      boolean quiet = threads == 3;
      if (quiet) {
        args.add("--quiet");
      }
      // The second in a country with digits, and a time zone, of its own.
      Map<String, String> environment =
          threads == 2
              ? Map.of(
                  "JDK_JAVA_OPTIONS",
                  "-Duser.language=ar -Duser.country=EG -Duser.timezone=Asia/Kathmandu")
              : Map.of("CIFAR10_HOME", "");
      Outcome outcome = lamella(environment, args);
      assertEquals(0, outcome.status, outcome.err);
      // What nobody may miss is said on standard error where standard output is to be quiet.
      String taken =
          "lamella train: lamella-out is taken, so the files go to lamella-out-" + threads;
      List<String> errors = outcome.err.lines().toList();
      assertEquals((threads > 1 ? 1 : 0) + (quiet ? 1 : 0), errors.size(), outcome.err);
      assertEquals(threads > 1 ? taken : "", threads > 1 ? errors.getFirst() : "");
      String first = quiet ? errors.getLast() : outcome.out.lines().findFirst().orElse("");
      assertTrue(first.startsWith(DRAWN), first);
      assertTrue(first.contains("lamella data fetch"), first);
      if (quiet) {
        assertEquals(1, outcome.out.lines().count(), outcome.out);
      } else {
        assertTrue(
            outcome.out.matches("(?s).*\ncomputing with [^\n]*\\b" + threads + " threads?\\b.*"),
            outcome.out);
      }
      lastLines.add(outcome.out.lines().toList().getLast());
    }
    assertEquals(1, lastLines.size(), lastLines.toString());
    for (String name : List.of("lamella-out", "lamella-out-2", "lamella-out-3")) {
      Path out = directory.resolve(name);
      for (String file : List.of("model.safetensors", "history.csv", "accuracy.csv")) {
        assertArrayEquals(
            Files.readAllBytes(directory.resolve("lamella-out").resolve(file)),
            Files.readAllBytes(out.resolve(file)),
            name + " " + file);
      }
    }

    // Without --model it is the last one, and what it has learned from is said.
    Files.setLastModifiedTime(
        directory.resolve("lamella-out-2").resolve("model.safetensors"),
        FileTime.from(Instant.now().plusSeconds(60)));
    Outcome evaluated = lamella(Map.of(), List.of("evaluate"));
    assertEquals(
        "lamella evaluate: taking --model " + Path.of("lamella-out-2", "model.safetensors"),
        evaluated.err);
    assertTrue(evaluated.out.contains("note: the model was trained on the built-in set"));
    assertEquals(lastLines.iterator().next(), evaluated.out.lines().toList().getLast());
    Outcome predicted = lamella(Map.of(), List.of("predict", "no.png"));
    assertEquals(3, predicted.err.lines().count(), predicted.err);
    assertTrue(predicted.err.contains("note: the model was trained on the built-in set"));
  }

  @Test
  void aNamedPlaceWithoutImagesIsAnErrorQuietOrNot() throws IOException, InterruptedException {
    Path missing = directory.resolve("missing");
    for (List<String> more : List.of(List.<String>of(), List.of("--quiet"))) {
      for (Path home : List.of(directory, missing)) {
        List<String> args = new ArrayList<>(List.of("train", "--iterations", "3"));
        args.addAll(more);
        Outcome outcome = lamella(Map.of("CIFAR10_HOME", home.toString()), args);
        assertEquals(1, outcome.status);
        assertEquals(1, outcome.err.lines().count(), outcome.err);
        assertTrue(
            outcome.err.startsWith("lamella train: CIFAR10_HOME: " + home + ": no "), outcome.err);
        assertEquals("", outcome.out);
        assertFalse(Files.exists(directory.resolve("lamella-out")));
      }
    }
    Outcome information = lamella(Map.of("CIFAR10_HOME", "missing"), List.of("data", "info"));
    assertEquals(
        "lamella data info: CIFAR10_HOME: missing: no such file or directory", information.err);
  }

  @Test
  void withoutAModelItSaysHowToGetOne() throws IOException, InterruptedException {
    Outcome nothing = lamella(Map.of(), List.of("evaluate"));
    Path usual = Path.of("lamella-out", "model.safetensors");
    assertEquals(
        "lamella evaluate: no "
            + usual
            + " here; train a network with 'lamella train', or name a file with --model",
        nothing.err);
    assertEquals(1, nothing.status);
    Path report = Files.createDirectories(directory.resolve("lamella-out").resolve("relu"));
    Files.write(report.resolve("model.safetensors"), new byte[1]);
    Outcome ofReport = lamella(Map.of(), List.of("serve"));
    assertTrue(
        ofReport.err.endsWith(
            ", " + Path.of("lamella-out", "relu", "model.safetensors") + " for example"),
        ofReport.err);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
    Outcome script = lamella(Map.of(), List.of("generate-completion"));
    assertEquals(0, script.status, script.err);
    Path file = Files.writeString(directory.resolve("completion"), script.out);
    assertEquals("train", completed(file, "lamella", "tra"));
    assertEquals("--learning-rate", completed(file, "lamella", "train", "--lea"));
    assertEquals("leaky-relu", completed(file, "lamella", "train", "--activation", "le"));
    assertEquals("adamw", completed(file, "lamella", "train", "--optimizer", "a"));
    assertEquals("one-cycle", completed(file, "lamella", "report", "--schedule", "o"));
    assertEquals("standardise", completed(file, "lamella", "train", "--preprocess", "s"));
    assertEquals("fetch", completed(file, "lamella", "data", "f"));
  }

  /** What bash makes of the last word. */
  private static String completed(Path script, String... words)
      throws IOException, InterruptedException {
    String line = String.join(" ", words);
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                ("source '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; COMP_POINT=%d;"
                        + " _complete_lamella; echo \"${COMPREPLY[@]}\"")
                    .formatted(script, line, words.length - 1, line, line.length()))
            .redirectError(ProcessBuilder.Redirect.DISCARD) // compopt is for a person's bash only
            .start();
    String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), printed);
    return printed.strip();
  }

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere fonts do not come through fontconfig
  void withoutFontsAndDisplayTheReportSaysInOneLineWhatIsMissing()
      throws IOException, InterruptedException {
    Path noFonts = directory.resolve("fonts.conf");
    Files.writeString(noFonts, "<fontconfig></fontconfig>");
    Outcome outcome =
        lamella(
            Map.of(
                "FONTCONFIG_FILE",
                noFonts.toString(),
                "DISPLAY",
                ":77",
                // Its home is where a JDK remembers the fonts it once found.
                "JDK_JAVA_OPTIONS",
                "-Duser.home=" + directory),
            List.of("report", "--iterations", "1", "--hidden", "1"));
    List<String> errors = outcome.err.lines().toList();
    assertEquals(1, errors.size(), outcome.err);
    assertTrue(errors.getFirst().startsWith("lamella report: no font found"), outcome.err);
    assertEquals(0, outcome.status);
    Path report = directory.resolve("lamella-out").resolve("report");
    assertTrue(Files.exists(report.resolve("index.html")));
    assertTrue(Files.exists(report.resolve("weights-relu.png")));
    assertFalse(Files.exists(report.resolve("loss.png")));
  }

  @Test
  void anErrorIsOneLineAndStatus1() throws IOException, InterruptedException {
    Outcome outcome = lamella(Map.of(), List.of("data", "info", "missing"));
    assertEquals("lamella data info: missing: no such file or directory", outcome.err);
    assertEquals("", outcome.out);
    assertEquals(1, outcome.status);
  }

  @Test
  void wrongUsageIsStatus2() throws IOException, InterruptedException {
    Outcome outcome = lamella(Map.of(), List.of("train", "--hidden", "0"));
    assertEquals(1, outcome.err.lines().count(), outcome.err);
    assertEquals(2, outcome.status);
  }

  @Test
  void memoryThatDoesNotSufficeIsOneLine() throws IOException, InterruptedException {
    Outcome outcome =
        lamella(
            Map.of("JDK_JAVA_OPTIONS", "-Xmx32m"),
            List.of("data", "synthesize", directory.resolve("set").toString()));
    String errors = outcome.err.lines().toList().toString();
    assertTrue(errors.startsWith("[lamella: not enough memory"), errors);
    assertEquals(1, outcome.status);
  }
}

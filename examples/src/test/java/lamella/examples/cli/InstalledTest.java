package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            .toList();
    return new Outcome(status, Files.readString(out), String.join("\n", errors));
  }

  @Test
  void withoutCifar10TheBuiltInSetIsUsedAndAnyNumberOfThreadsGivesTheSameBits()
      throws IOException, InterruptedException {
    Set<String> lastLines = new HashSet<>();
    for (int threads = 1; threads <= 3; threads++) {
      List<String> args =
          List.of("train", "--iterations", "3", "--hidden", "20", "--threads", "" + threads);
      Map<String, String> environment =
          threads == 1 ? Map.of() : Map.of("CIFAR10_HOME", directory.toString());
      Outcome outcome = lamella(environment, args);
      assertEquals("", outcome.err);
      assertEquals(0, outcome.status);
      String first = outcome.out.lines().findFirst().orElse("");
      assertTrue(first.startsWith("no CIFAR-10 found"), first);
      assertTrue(first.contains("using the built-in set"), first);
      assertTrue(first.contains("lamella data fetch"), first);
      assertEquals(threads > 1, first.contains("CIFAR10_HOME=" + directory), first);
      assertTrue(
          outcome.out.matches("(?s).*\ncomputing with [^\n]*\\b" + threads + " threads?\\b.*"),
          outcome.out);
      lastLines.add(outcome.out.lines().toList().getLast());
    }
    assertEquals(1, lastLines.size(), lastLines.toString());
    assertTrue(Files.exists(directory.resolve("lamella-out").resolve("model.safetensors")));
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
    List<String> errors =
        outcome
            .err
            .lines()
            .filter(line -> !line.startsWith("NOTE: Picked up JDK_JAVA_OPTIONS"))
            .toList();
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
    String errors =
        outcome
            .err
            .lines()
            .filter(line -> !line.startsWith("NOTE: Picked up JDK_JAVA_OPTIONS"))
            .toList()
            .toString();
    assertTrue(errors.startsWith("[lamella: not enough memory"), errors);
    assertEquals(1, outcome.status);
  }
}

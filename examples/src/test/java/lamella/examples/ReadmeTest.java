package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.core.Network;
import lamella.data.cifar.Cifar10;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README's Java programs, compiled and run, and what it says they print. */
class ReadmeTest {
  /** A program, and after it what it prints. */
  private static final Pattern PROGRAM =
      Pattern.compile("```java\\R(.*?)```(?:\\s+prints\\s+```text\\R(.*?)```)?", Pattern.DOTALL);

  @TempDir Path directory;

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    return Files.exists(folder.resolve("README.md")) ? folder : folder.getParent();
  }

  @Test
  void everyProgramCompilesAndPrintsWhatIsSaid() throws IOException, InterruptedException {
    String readme = Files.readString(root().resolve("README.md"));
    // What PyTorch would have written.
    try (InputStream model = ReadmeTest.class.getResourceAsStream("model.safetensors")) {
      Files.copy(model, directory.resolve("model.safetensors"));
    }
    Matcher programs = PROGRAM.matcher(readme);
    List<String> results = new ArrayList<>();
    while (programs.find()) {
      String printed = run("Program" + results.size(), programs.group(1));
      assertFalse(printed.isBlank());
      if (programs.group(2) != null) {
        assertEquals(programs.group(2).strip(), printed.strip());
      }
      results.add(printed);
    }
    assertEquals(readme.split("```java", -1).length - 1, results.size());
    assertTrue(results.size() >= 2, results.toString());
  }

  private String run(String name, String source) throws IOException, InterruptedException {
    Path file = directory.resolve(name + ".java");
    Path printed = directory.resolve(name + ".txt");
    Path errors = directory.resolve(name + ".err");
    Files.writeString(file, source);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    int status =
        new ProcessBuilder(java.toString(), "-cp", classPath(), file.toString())
            .directory(directory.toFile())
            .redirectOutput(printed.toFile())
            .redirectError(errors.toFile())
            .start()
            .waitFor();
    assertEquals(0, status, Files.readString(errors));
    return Files.readString(printed).replace("\r\n", "\n");
  }

  /** Where the modules lie that README's programs use. */
  private static String classPath() {
    return Stream.of(
            Network.class, Linear.class, SoftmaxCrossEntropy.class, Sgd.class, Cifar10.class)
        .map(ReadmeTest::location)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyOptionItNamesExists() throws IOException {
    String readme = Files.readString(root().resolve("README.md"));
    String sources =
        Stream.of(
                "Lamella",
                "TrainingOptions",
                "DataOptions",
                "CheckpointOptions",
                "TrainCommand",
                "EvaluateCommand",
                "ExportCommand",
                "DataCommand")
            .map(name ->
                root().resolve("examples/src/main/java/lamella/examples/cli/" + name + ".java"))
            .map(ReadmeTest::read)
            .collect(Collectors.joining());
    Matcher options = Pattern.compile("lamella [^`\\n]*?(--[a-z0-9-]+)").matcher(readme);
    int found = 0;
    while (options.find()) {
      assertTrue(sources.contains('"' + options.group(1) + '"'), options.group(1));
      found++;
    }
    assertTrue(found > 0);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

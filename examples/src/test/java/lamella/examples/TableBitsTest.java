package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.table.Task;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A training on a table by the default recipe ends with the same model, whose predictions are the
 * same to the last bit, for any number of threads, any vectors or none, and killed and resumed,
 * each in a JVM of its own.
 */
class TableBitsTest {
  private static final int EPOCHS = 4;

  private static final Map<Task, String> REFERENCES = new EnumMap<>(Task.class);

  @TempDir Path folder;

  @BeforeAll
  static void inThisProcess() {
    for (Task task : Task.values()) {
      REFERENCES.put(task, TableBitsRun.run(task, EPOCHS, null));
    }
  }

  private static Process start(String options, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(List.of(options.split(" ", -1)));
    command.add("-cp");
    command.add(classPath());
    command.add(TableBitsRun.class.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.start();
  }

  /** What this test runs with, as one class path. */
  private static String classPath() {
    return Stream.of(
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path", ""),
            Path.of("target", "classes").toAbsolutePath().toString(),
            Path.of("target", "test-classes").toAbsolutePath().toString())
        .filter(path -> !path.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String output(Process process) throws IOException, InterruptedException {
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  @ParameterizedTest
  @CsvSource({
    "CLASSIFICATION, -Dlamella.vector=off -Dlamella.threads=3",
    "CLASSIFICATION, -Dlamella.vector=128 -Dlamella.threads=1",
    "REGRESSION, -Dlamella.vector=256 -Dlamella.threads=2",
    "REGRESSION, -Dlamella.vector=512 -Dlamella.threads=1",
  })
  void threadsAndVectorsChangeNoBit(Task task, String options)
      throws IOException, InterruptedException {
    assertEquals(REFERENCES.get(task), output(start(options, task, EPOCHS)));
  }

  /** Those that are whole; another process may be writing one. */
  private List<String> checkpoints() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.safetensors")) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    Collections.sort(names);
    return names;
  }

  /** The processes are ended as {@code kill -9} does, with other threads and vectors each time. */
  @ParameterizedTest
  @EnumSource(Task.class)
  void killedAndResumedItEndsTheSame(Task task) throws Exception {
    List<String> before = List.of();
    for (String options :
        List.of(
            "-Dlamella.vector=128 -Dlamella.threads=1",
            "-Dlamella.vector=off -Dlamella.threads=2")) {
      Process process = start(options, task, EPOCHS, folder);
      while (process.isAlive() && checkpoints().equals(before)) {
        Thread.sleep(1);
      }
      process.destroyForcibly().waitFor();
      before = checkpoints();
      assertFalse(before.isEmpty(), "no checkpoint");
    }
    assertEquals(
        REFERENCES.get(task),
        output(start("-Dlamella.vector=auto -Dlamella.threads=2", task, EPOCHS, folder)));
  }
}

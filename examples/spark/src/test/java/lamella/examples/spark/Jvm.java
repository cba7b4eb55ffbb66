package lamella.examples.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command, and keeps what it says. */
record Jvm(int status, String out, String errors) {
  private static final long PATIENCE_SECONDS = 120;

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** The options that a JVM needs which drives Spark. */
  static Path options() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("optim/spark/pom.xml"))) {
      folder = folder.getParent();
    }
    return folder.resolve("optim/spark/src/main/jvm/driver.options");
  }

  /** The entries of this test's class path. */
  static List<String> classPath() {
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  /** Runs a class as a user does by a plain java. */
  static Jvm java(Path folder, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(java().toString());
    command.add("@" + options());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g"));
    command.add("-Dspark.ui.enabled=false");
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath())));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return run(folder, command);
  }

  static Jvm run(Path folder, List<String> command) throws IOException, InterruptedException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(errors);
    assertTrue(ended, said);
    return new Jvm(process.exitValue(), Files.readString(out), said);
  }

  Jvm requireSuccess() {
    assertTrue(status == 0, this::toString);
    return this;
  }

  /** The line that begins with a word. */
  String line(String word) {
    return out.lines()
        .filter(line -> line.startsWith(word + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(toString()));
  }
}

package lamella.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A driver in a JVM of its own, started as the tests' own is: it can be killed. */
final class ChildDriver {
  private final Process process;
  private final Path output;

  private ChildDriver(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts one.
   *
   * @param output a file for all it says
   * @param main its class
   * @param arguments of main
   */
  static ChildDriver start(Path output, Class<?> main, String... arguments) throws IOException {
    TestSpark.home();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + options());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    File log = output.toFile();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    return new ChildDriver(process, output);
  }

  /** The options that a JVM needs which drives Spark, as users have them. */
  static Path options() {
    return Path.of("src", "main", "jvm", "driver.options").toAbsolutePath();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Kills it with -9, and the executors that it has; its exit status. */
  int kill() throws InterruptedException {
    List<ProcessHandle> executors = process.descendants().toList();
    int status = process.destroyForcibly().waitFor();
    executors.forEach(ProcessHandle::destroyForcibly);
    return status;
  }

  /** Waits until it ends by itself; its exit status. */
  int await() throws InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("a driver has not ended within two minutes");
    }
    return process.exitValue();
  }

  /** All that drivers have said into this file. */
  String said() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

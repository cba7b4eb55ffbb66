package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.examples.Jdk;

/** Commands for tables, in this JVM or in one of their own. */
final class TableRuns {
  private TableRuns() {}

  /** What a command printed, and how it ended. */
  record Outcome(int status, String out, String err) {
    /** Asserts that the command failed with one line, which is returned. */
    String failure(int expectedStatus) {
      assertEquals(expectedStatus, status, err);
      assertEquals(1, err.lines().count(), err);
      assertFalse(err.contains("Exception"), err);
      assertFalse(err.contains("internal error"), err);
      assertEquals("", out);
      return err.strip();
    }

    /** Asserts that it did not. */
    Outcome done() {
      assertEquals(0, status, err);
      return this;
    }

    String lastLine() {
      return done().out.lines().toList().getLast();
    }
  }

  /** In this JVM. */
  static Outcome lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Outcome(status, out.toString(), err.toString());
  }

  /**
   * In a JVM of its own.
   *
   * @param directory in which it runs
   * @param options for the JVM
   */
  static ProcessBuilder process(Path directory, List<String> options, Object... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    String modulePath = System.getProperty("jdk.module.path");
    if (modulePath != null) {
      command.addAll(
          List.of("-p", modulePath, "-m", "lamella.examples/" + Lamella.class.getName()));
    } else {
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), Lamella.class.getName()));
    }
    Arrays.stream(args).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder;
  }

  /** The penguins, of the guide: 344 rows, three species. */
  static Path penguins() {
    return Jdk.examples("guide/penguins.csv");
  }

  /** A short training of the penguins. */
  static Object[] training(Path out, Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of(
                "table",
                "train",
                penguins(),
                "--target",
                "species",
                "--test-share",
                0.2,
                "--out",
                out,
                "--epochs",
                20));
    args.addAll(List.of(more));
    return args.toArray();
  }

  /** A file of rows. */
  static Path csv(Path directory, String name, String... lines) throws IOException {
    return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
  }
}

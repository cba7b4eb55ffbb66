package lamella.examples.cli;

import java.io.Console;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command prints to. */
final class Output {
  private Output() {}

  /** Standard output, as the command line was given it. */
  static PrintWriter of(@Nullable CommandSpec spec) {
    return filled(spec).commandLine().getOut();
  }

  /** Standard output for data that programs read: in UTF-8 wherever that can be chosen. */
  static Writer data(@Nullable CommandSpec spec) {
    PrintWriter out = of(spec);
    out.flush();
    return out instanceof Standard standard
        ? new PrintWriter(new OutputStreamWriter(standard.stream, StandardCharsets.UTF_8))
        : out;
  }

  /** Prints to one of the process's streams, in its encoding. */
  static final class Standard extends PrintWriter {
    private final PrintStream stream;

    Standard(PrintStream stream) {
      super(new OutputStreamWriter(stream, stream.charset()), true);
      this.stream = stream;
    }
  }

  /** Standard error, as the command line was given it. */
  static PrintWriter errors(@Nullable CommandSpec spec) {
    return filled(spec).commandLine().getErr();
  }

  /** What picocli fills in before it calls a command. */
  static CommandSpec filled(@Nullable CommandSpec spec) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not filled the command in");
    }
    return spec;
  }

  /** A path as a word of a command that can be typed. */
  static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[\\w./\\\\:@%+,~-]+") ? text : "\"" + text + "\"";
  }

  /** Whether somebody watches standard output: no file, and no other program. */
  static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }
}

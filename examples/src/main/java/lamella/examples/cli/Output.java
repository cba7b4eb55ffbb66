package lamella.examples.cli;

import java.io.Console;
import java.io.PrintWriter;
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

package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a run's files go: {@code --out} and {@code --replace}. */
final class OutputOptions {
  /** Where they go if nobody says. */
  static final Path DEFAULT = Path.of("lamella-out");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Directory for the files; made if missing. One that has a run is refused. Default: lamella-out, or if that"
              + " has a run, the first without one of lamella-out-2, lamella-out-3 and so on.")
  private @Nullable Path out;

  @Option(
      names = "--replace",
      description = "Replace the run that is in the directory, lamella-out without --out.")
  private boolean replace;

  OutputOptions() {}

  /** Whether an earlier run may be replaced. */
  boolean isReplacing() {
    return replace;
  }

  /** The directory asked for. */
  Path named() {
    return out == null ? DEFAULT : out;
  }

  /**
   * Takes the directory.
   *
   * @param command that asks, for the message
   * @param errors told where another directory than the usual one is taken
   * @throws IOException if it cannot be had; says why, and what to do
   */
  OutputDirectory open(String command, PrintWriter errors) throws IOException {
    if (replace) {
      return OutputDirectory.openAnyway(named());
    }
    if (out != null) {
      return OutputDirectory.open(out, command);
    }
    OutputDirectory directory = OutputDirectory.openNew(DEFAULT);
    if (!directory.path().equals(DEFAULT)) {
      errors.println(
          command + ": " + DEFAULT + " is taken, so the files go to " + directory.path());
    }
    return directory;
  }
}

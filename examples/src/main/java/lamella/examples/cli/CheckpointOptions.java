package lamella.examples.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import lamella.optim.Checkpoints;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --checkpoints}, {@code --every} and {@code --resume}. */
final class CheckpointOptions {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--checkpoints",
      paramLabel = "DIR",
      description =
          "Write a checkpoint to this directory every ten seconds and at the end; the last three are kept."
              + " Default: only where Ctrl-C stops training, to 'checkpoints' in the directory of --out.")
  private @Nullable Path directory;

  @Option(
      names = "--every",
      paramLabel = "N",
      description = "Write a checkpoint every N iterations instead.")
  private @Nullable Long every;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on from the newest checkpoint in this directory that is whole, with the options it was begun with,"
              + " and write to it. The result is that of a run never stopped, bit for bit. Where there is no"
              + " checkpoint yet, the run begins.")
  private @Nullable Path resume;

  CheckpointOptions() {}

  /** The directory to resume from. */
  @Nullable Path resume() {
    return resume;
  }

  /**
   * Where the checkpoints of this run go.
   *
   * @param out the directory of the run's other files
   */
  Checkpoints checkpoints(Path out, PrintWriter errors) {
    Checkpoints checkpoints = place(out).withLog(line -> errors.println("lamella train: " + line));
    return every == null ? checkpoints : checkpoints.every(every);
  }

  private Checkpoints place(Path out) {
    if (resume != null) {
      return Checkpoints.in(resume).resuming();
    }
    return directory != null
        ? Checkpoints.in(directory)
        : Checkpoints.in(out.resolve("checkpoints")).onlyWhenStopped().replacing();
  }

  /**
   * Checks the options against each other.
   *
   * @throws ParameterException if they make no sense
   */
  void check() {
    if (every != null && every < 1) {
      throw wrong("--every must be at least 1, got " + every);
    }
    if (every != null && directory == null && resume == null) {
      throw wrong("--every needs --checkpoints or --resume");
    }
    if (directory != null && resume != null) {
      throw wrong("--resume goes on writing to its own directory; leave out --checkpoints");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Output.filled(spec).commandLine(), message);
  }
}

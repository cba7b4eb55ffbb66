package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;
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
      converter = NumberConverters.Whole.class,
      description = "Write a checkpoint every N iterations instead.")
  private @Nullable Long every;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on from the newest whole checkpoint in this directory, or in 'checkpoints' in it, with the options it was"
              + " begun with, and write to it. The result is that of a run never stopped, bit for bit. Options of the network"
              + " and its training may not differ.")
  private @Nullable Path resume;

  CheckpointOptions() {}

  /** Whether a run is to go on. */
  boolean isResuming() {
    return resume != null;
  }

  /**
   * The directory of the checkpoints to go on from: that of {@code --resume}, or {@code
   * checkpoints} in it.
   *
   * @throws IOException if there is no checkpoint; says what to do
   */
  Path found() throws IOException {
    Path given = resume == null ? Path.of("") : resume;
    if (!Files.exists(given)) {
      throw new NoSuchFileException(given.toString());
    }
    Path parent = given.toAbsolutePath().normalize().getParent();
    if (parent != null
        && OutputDirectory.members(parent).contains(parent.resolve(given.getFileName()))) {
      return parent; // that of all members
    }
    Path inside = given.resolve(OutputDirectory.CHECKPOINTS);
    for (Path place : new Path[] {given, inside}) {
      if (OutputDirectory.hasCheckpoints(place)) {
        return place;
      }
    }
    throw new IOException(
        given
            + ": no checkpoint to go on from; to begin a run that writes some there: "
            + command()
            + " --checkpoints "
            + Output.quoted(given));
  }

  /**
   * What a run wrote down in its checkpoints.
   *
   * @param place where they are
   */
  static Map<String, String> notes(Path place) throws IOException {
    List<Path> members = OutputDirectory.members(place);
    return Checkpoints.in(members.isEmpty() ? place : members.getFirst())
        .withLog(damage -> {})
        .readNotes()
        .orElse(Map.of());
  }

  /**
   * Where the checkpoints of this run go.
   *
   * @param out the directory of the run's other files
   * @param replacing whether those of an earlier run may go
   * @throws IOException if there are some that may not
   */
  Checkpoints checkpoints(Path out, boolean replacing, PrintWriter errors) throws IOException {
    Checkpoints checkpoints =
        place(out, replacing).withLog(line -> errors.println(command() + ": " + line));
    return every == null ? checkpoints : checkpoints.every(every);
  }

  /**
   * Where the checkpoints go of one of several networks, which are trained one after another. Each
   * has at least that of its end, so that it is not lost where one after it is stopped.
   *
   * @param all what {@link #checkpoints} says of them
   * @param index of the network, from 0 on
   */
  Checkpoints ofMember(Checkpoints all, int index, PrintWriter errors) {
    Checkpoints checkpoints =
        Checkpoints.in(OutputDirectory.member(all.directory(), index))
            .withLog(line -> errors.println(command() + ": " + line));
    if (resume != null) {
      checkpoints = checkpoints.resuming();
    }
    if (every != null) {
      return checkpoints.every(every);
    }
    return isOnlyWhenStopped() ? checkpoints.every(Long.MAX_VALUE) : checkpoints;
  }

  private Checkpoints place(Path out, boolean replacing) throws IOException {
    if (resume != null) {
      return Checkpoints.in(found()).resumingOrFail();
    }
    Checkpoints checkpoints =
        directory != null
            ? Checkpoints.in(directory)
            : Checkpoints.in(out.resolve(OutputDirectory.CHECKPOINTS)).onlyWhenStopped();
    if (replacing) {
      return checkpoints.replacing();
    }
    if (OutputDirectory.hasCheckpoints(checkpoints.directory())) {
      throw new IOException(
          checkpoints.directory()
              + " has the checkpoints of an earlier run; go on with it: "
              + command()
              + " --resume "
              + Output.quoted(checkpoints.directory())
              + ", or name another directory, or --replace them");
    }
    return checkpoints;
  }

  /** Whether checkpoints are written only where training is stopped. */
  boolean isOnlyWhenStopped() {
    return directory == null && resume == null;
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

  /** The command as it is typed, {@code lamella train} for example. */
  private String command() {
    return Output.filled(spec).qualifiedName();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Output.filled(spec).commandLine(), message);
  }

  /** The command that goes on from checkpoints. */
  String toGoOn(Checkpoints checkpoints) {
    return "to go on: "
        + Output.filled(spec).qualifiedName()
        + " --resume "
        + Output.quoted(checkpoints.directory());
  }

  /**
   * What is to be thrown where a checkpoint, or TensorBoard's file, could not be written: the
   * checkpoints before are whole, and if there are any it says how to go on.
   *
   * @throws UncheckedIOException if there is no way on
   * @throws IOException if the directory cannot be read
   */
  IOException withWayOn(UncheckedIOException e, Checkpoints checkpoints) throws IOException {
    boolean refused = e.getCause() instanceof FileFormatException;
    if (refused || !OutputDirectory.hasCheckpoints(checkpoints.directory())) {
      throw e;
    }
    return new IOException(Failures.describe(e) + "; " + toGoOn(checkpoints), e);
  }
}

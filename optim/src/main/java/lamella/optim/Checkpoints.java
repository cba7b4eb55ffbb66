package lamella.optim;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lamella.core.Parameter;
import lamella.core.State;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Where, and how often, a training writes down all it needs to be resumed bit for bit: parameters,
 * optimiser, sampler and its random numbers, history, and what listeners remember.
 *
 * <p>A checkpoint is a file {@code checkpoint-STEPS.safetensors}, after so many steps. It appears
 * under its name only when all of it is on the disk, and has a checksum of all of it, so that a
 * training killed at any moment leaves checkpoints that are whole. Where one is damaged later, the
 * one before it is used.
 *
 * <p>One directory is for one training, and at a time for one process.
 */
public final class Checkpoints {
  /** How a training begins in a directory. */
  private enum Start {
    /** The directory must have no checkpoint. */
    FRESH,
    /** From the newest checkpoint; without one, from the first step. */
    RESUME,
    /** From the first step; those of an earlier training go when there is a new one. */
    REPLACE
  }

  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{1,18})\\.safetensors");

  /** What a training that was killed while it wrote one leaves, see AtomicFile. */
  private static final Pattern PART =
      Pattern.compile("\\.checkpoint-\\d{1,18}\\.safetensors\\.[0-9a-f]{1,16}\\.part");

  private final Path directory;
  private long steps = Long.MAX_VALUE;
  private long nanos = 10_000_000_000L;
  private int kept = 3;
  private boolean atTheEnd = true;
  private Start start = Start.FRESH;
  private Map<String, String> configuration = Map.of();
  private Map<String, String> notes = Map.of();
  private Consumer<String> log =
      message -> System.getLogger("lamella.optim").log(Level.WARNING, message);

  private Checkpoints(Path directory) {
    this.directory = directory;
  }

  private Checkpoints(Checkpoints other) {
    directory = other.directory;
    steps = other.steps;
    nanos = other.nanos;
    kept = other.kept;
    atTheEnd = other.atTheEnd;
    start = other.start;
    configuration = other.configuration;
    notes = other.notes;
    log = other.log;
  }

  /**
   * {@return checkpoints in this directory, which is made if need be: one every ten seconds and one
   * at the end, of which the last three are kept} A directory that has checkpoints is refused,
   * unless it is said what is to become of them.
   *
   * @param directory of one training
   */
  public static Checkpoints in(Path directory) {
    return new Checkpoints(directory);
  }

  /**
   * Writes one after every so many steps instead.
   *
   * @param number of steps
   * @return new settings like these
   * @throws IllegalArgumentException if that is below 1
   */
  public Checkpoints every(long number) {
    if (number < 1) {
      throw new IllegalArgumentException("Checkpoints: must be at least 1 step apart");
    }
    Checkpoints copy = new Checkpoints(this);
    copy.steps = number;
    copy.nanos = Long.MAX_VALUE;
    return copy;
  }

  /**
   * Writes one whenever so much time has gone by, after the step that is then at hand.
   *
   * @param interval between two
   * @return new settings like these
   */
  public Checkpoints every(Duration interval) {
    Checkpoints copy = new Checkpoints(this);
    copy.steps = Long.MAX_VALUE;
    copy.nanos = interval.toNanos();
    return copy;
  }

  /**
   * Writes one only where training is stopped before its last step.
   *
   * @return new settings like these
   */
  public Checkpoints onlyWhenStopped() {
    Checkpoints copy = every(Long.MAX_VALUE);
    copy.atTheEnd = false;
    return copy;
  }

  /**
   * Keeps the last so many.
   *
   * @param number of checkpoints
   * @return new settings like these
   * @throws IllegalArgumentException if that is below 1
   */
  public Checkpoints keeping(int number) {
    if (number < 1) {
      throw new IllegalArgumentException("Checkpoints: must keep at least 1, got " + number);
    }
    Checkpoints copy = new Checkpoints(this);
    copy.kept = number;
    return copy;
  }

  /**
   * Continues from the newest checkpoint that is whole; where there is none, begins anew.
   *
   * @return new settings like these
   */
  public Checkpoints resuming() {
    Checkpoints copy = new Checkpoints(this);
    copy.start = Start.RESUME;
    return copy;
  }

  /**
   * Begins anew; an earlier training's checkpoints are deleted when there is one of this.
   *
   * @return new settings like these
   */
  public Checkpoints replacing() {
    Checkpoints copy = new Checkpoints(this);
    copy.start = Start.REPLACE;
    return copy;
  }

  /**
   * Adds to what is written down about the training. One with another value for this key is not
   * resumed. Network, loss, optimiser, batch size, number of examples and sampler are compared
   * anyway.
   *
   * @param key what is compared
   * @param value compared as it stands
   * @return new settings like these
   */
  public Checkpoints withConfiguration(String key, String value) {
    Checkpoints copy = new Checkpoints(this);
    copy.configuration = new LinkedHashMap<>(configuration);
    copy.configuration.put(key, value);
    return copy;
  }

  /**
   * Adds to what is written down, for {@link #readNotes}; compared with nothing.
   *
   * @param key what the note is about
   * @param value any text
   * @return new settings like these
   */
  public Checkpoints withNote(String key, String value) {
    Checkpoints copy = new Checkpoints(this);
    copy.notes = new LinkedHashMap<>(notes);
    copy.notes.put(key, value);
    return copy;
  }

  /**
   * Tells about damaged checkpoints here instead of in the system's log.
   *
   * @param messages told one line for each
   * @return new settings like these
   */
  public Checkpoints withLog(Consumer<String> messages) {
    Checkpoints copy = new Checkpoints(this);
    copy.log = messages;
    return copy;
  }

  /** {@return the directory} */
  public Path directory() {
    return directory;
  }

  /**
   * {@return what {@link #withNote} wrote down in the newest checkpoint that is whole; empty if
   * there is no checkpoint}
   *
   * @throws FileFormatException if there are some, but none is whole
   */
  public Optional<Map<String, String>> readNotes() throws IOException {
    Saved newest = newest(List.of());
    if (newest == null) {
      return Optional.empty();
    }
    Map<String, String> saved = new LinkedHashMap<>();
    newest
        .state
        .texts()
        .forEach((key, value) -> {
          if (key.startsWith(Snapshot.NOTE)) {
            saved.put(key.substring(Snapshot.NOTE.length()), value);
          }
        });
    return Optional.of(saved);
  }

  // For the trainer.

  /** A checkpoint that was read. */
  record Saved(Path file, State state) {}

  Map<String, String> configuration() {
    return configuration;
  }

  Map<String, String> notes() {
    return notes;
  }

  /**
   * Makes the directory, unless it may not be needed, and reads where training is to begin; null:
   * at the beginning.
   */
  @Nullable Saved begin(List<Parameter> parameters) throws IOException {
    if (atTheEnd) {
      Files.createDirectories(directory);
    }
    List<Path> files = files();
    if (start == Start.FRESH && !files.isEmpty()) {
      throw new FileFormatException(
          directory.toString(),
          "has checkpoints of an earlier training, "
              + files.getFirst().getFileName()
              + " the newest; resume that, or use another directory");
    }
    return start == Start.RESUME ? newest(parameters) : null;
  }

  private @Nullable Saved newest(List<Parameter> parameters) throws IOException {
    List<Path> files = files();
    for (Path file : files) {
      try {
        return new Saved(file, CheckpointFile.read(file, parameters));
      } catch (FileFormatException e) {
        log.accept("damaged checkpoint, trying the one before it: " + e.getMessage());
      }
    }
    if (!files.isEmpty()) {
      throw new FileFormatException(
          directory.toString(), "none of its " + files.size() + " checkpoints is whole");
    }
    return null;
  }

  /** The checkpoints there are, newest first. */
  private List<Path> files() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> steps(file) >= 0)
          .sorted(Comparator.comparingLong(Checkpoints::steps).reversed())
          .toList();
    }
  }

  /** The number of steps in a checkpoint's name; -1 for other files. */
  private static long steps(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }

  /** Whether one is due after so many steps, so long after the last. */
  boolean isDue(long done, long nanosSinceLast) {
    return done % steps == 0 || nanosSinceLast >= nanos;
  }

  boolean isDueAtTheEnd(boolean stopped) {
    return atTheEnd || stopped;
  }

  /** Writes one, and deletes those that are not to be kept. */
  void write(long done, boolean first, State state) throws IOException {
    Files.createDirectories(directory);
    if (first) {
      removeParts();
    }
    List<Path> earlier = first && start == Start.REPLACE ? files() : List.of();
    CheckpointFile.write(directory.resolve("checkpoint-%09d.safetensors".formatted(done)), state);
    force(directory);
    List<Path> files = new ArrayList<>(files());
    for (int i = 0; i < files.size(); i++) {
      if (i >= kept || (earlier.contains(files.get(i)) && steps(files.get(i)) != done)) {
        Files.deleteIfExists(files.get(i));
      }
    }
  }

  /** As one process writes to a directory at a time, parts there are nobody's. */
  private void removeParts() throws IOException {
    List<Path> parts;
    try (Stream<Path> all = Files.list(directory)) {
      parts = all.filter(file -> PART.matcher(file.getFileName().toString()).matches()).toList();
    }
    for (Path part : parts) {
      Files.deleteIfExists(part);
    }
  }

  /** Asks for the directory's entries to reach the disk, where the system lets one. */
  private static void force(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no directories; the rename is in its journal.
      return;
    }
  }
}

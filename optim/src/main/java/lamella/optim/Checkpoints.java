package lamella.optim;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.core.Parameter;
import lamella.core.SavedState;
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
 * <p>A training is resumed if it is the same training, so that what comes out has the bits of one
 * never stopped; else it is refused, with what differs there and here, before anything has changed.
 * Compared are:
 *
 * <ul>
 *   <li>the network: its layers and those inside them ({@link lamella.core.Layer#layers}), each by
 *       its {@code toString} or, where its class has none, its class's name; the names, roles,
 *       shapes and type of its parameters; and, together with the loss, what it computes for the
 *       first examples with parameters made up for this, which tells apart layers and losses with
 *       other settings that do not say so (a setting that matters in training only, how much is
 *       dropped for example, belongs into {@code toString});
 *   <li>the data, the evaluations' too: {@link lamella.core.Dataset#fingerprint}; which steps the
 *       evaluations are due after;
 *   <li>optimiser and loss by what they say they are; {@link Optimizer#schedules} by that too, and
 *       those of your own by their rates at 4,096 steps and more beyond;
 *   <li>batch size, sampler, the listeners that have a state and their order, and whatever {@link
 *       #withConfiguration} adds.
 * </ul>
 *
 * <p>More steps may be asked for, or fewer than before but not than were done; threads, processor,
 * Java version, locale, listeners without a state and these settings may change.
 *
 * <p>Asked for their state are the optimiser, the sampler, listeners, and those of the layers, loss
 * and {@link lamella.core.Dataset#datasets datasets} that are {@link lamella.core.Stateful}. A
 * layer inside one that does not name its layers cannot be seen: the outer one saves it. Before the
 * first step a few examples are drawn, read and sent through the network twice, from the same saved
 * state; where something else comes out, a part remembers what it does not save, and the training
 * is refused.
 *
 * <p>A checkpoint is as large as the parameters, what the optimiser and the listeners keep, and the
 * history: 24 bytes for each step in it, 8 where penalty and rate stay the same. That is at most
 * 100 MB, as a longer history has every second step only, and so on; {@link
 * Trainer#withHistoryEvery} makes it smaller.
 *
 * <p>They may be elsewhere than in a directory of this machine: {@link #in(CheckpointStore)}.
 *
 * <p>One directory is for one training, and at a time for one process: a second one is refused, as
 * long as the first lives. What a killed one left unfinished is removed by the next.
 */
public final class Checkpoints {
  /** How a training begins in a directory. */
  private enum Start {
    /** The directory must have no checkpoint. */
    FRESH,
    /** From the newest checkpoint; without one, from the first step. */
    RESUME,
    /** From the newest checkpoint, which must be there. */
    RESUME_OR_FAIL,
    /** From the first step; those of an earlier training go when there is a new one. */
    REPLACE
  }

  private static final String PREFIX = "checkpoint-";
  private static final String SUFFIX = ".safetensors";
  private static final Pattern NAME = Pattern.compile("checkpoint-([0-9]{1,18})\\.safetensors");

  private final CheckpointStore store;
  private long steps = Long.MAX_VALUE;
  private long nanos = 10_000_000_000L;
  private int kept = 3;
  private boolean atTheEnd = true;
  private Start start = Start.FRESH;
  private Map<String, String> configuration = Map.of();
  private Map<String, String> notes = Map.of();
  private Consumer<String> log =
      message -> System.getLogger("lamella.optim").log(Level.WARNING, message);

  private Checkpoints(CheckpointStore store) {
    this.store = store;
  }

  private Checkpoints(Checkpoints other) {
    store = other.store;
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
    return new Checkpoints(new CheckpointDirectory(directory));
  }

  /**
   * {@return checkpoints in this place, as often as those in a directory, and as many}
   *
   * @param store of one training
   */
  public static Checkpoints in(CheckpointStore store) {
    return new Checkpoints(store);
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
   * @param interval between two; one of more than 292 years is never over
   * @return new settings like these
   * @throws IllegalArgumentException if it is negative
   */
  public Checkpoints every(Duration interval) {
    Checkpoints copy = new Checkpoints(this);
    copy.steps = Long.MAX_VALUE;
    copy.nanos = Durations.nanos("Checkpoints", interval);
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
   * Continues from the newest checkpoint that is whole; where there is none, begins anew: the same
   * program can be started again and again until it has come to its end. To be told where there is
   * none, use {@link #resumingOrFail}.
   *
   * @return new settings like these
   */
  public Checkpoints resuming() {
    Checkpoints copy = new Checkpoints(this);
    copy.start = Start.RESUME;
    return copy;
  }

  /**
   * Continues from the newest checkpoint that is whole; where there is none, nothing is begun.
   *
   * @return new settings like these
   */
  public Checkpoints resumingOrFail() {
    Checkpoints copy = new Checkpoints(this);
    copy.start = Start.RESUME_OR_FAIL;
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
   * resumed, nor one without this key. What is listed above is compared anyway.
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

  /**
   * {@return the directory}
   *
   * @throws IllegalStateException if they are in a {@link CheckpointStore} instead
   */
  public Path directory() {
    if (store instanceof CheckpointDirectory directory) {
      return directory.path();
    }
    throw new IllegalStateException("Checkpoints: " + store + " is no directory of this machine");
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
  record Saved(String file, SavedState state) {}

  Map<String, String> configuration() {
    return configuration;
  }

  Map<String, String> notes() {
    return notes;
  }

  /**
   * Finds out whether checkpoints can be in this place; changes nothing.
   *
   * @throws IOException if they cannot
   */
  void requireUsable() throws IOException {
    store.requireUsable();
  }

  /** Where a training is to begin; null: at the beginning. Changes nothing. */
  @Nullable Saved begin(List<Parameter> parameters) throws IOException {
    List<String> files = files();
    if (start == Start.FRESH && !files.isEmpty()) {
      throw new FileFormatException(
          store.toString(),
          "has checkpoints of an earlier training, "
              + files.getFirst()
              + " the newest; resume that, or use another directory");
    }
    if (start == Start.RESUME_OR_FAIL && files.isEmpty()) {
      throw new FileFormatException(store.toString(), "no checkpoint to resume from");
    }
    return start == Start.RESUME || start == Start.RESUME_OR_FAIL ? newest(parameters) : null;
  }

  /** Takes the place for this training, and makes it if need be. */
  Closeable lock() throws IOException {
    return store.lock(log);
  }

  private @Nullable Saved newest(List<Parameter> parameters) throws IOException {
    List<String> files = files();
    for (String file : files) {
      try {
        return new Saved(
            store.path(file), store.read(file, copy -> CheckpointFile.read(copy, parameters)));
      } catch (FileFormatException e) {
        // It names the file that was read, which may be a copy.
        String problem = String.valueOf(e.getMessage()).substring(e.file().length());
        log.accept("damaged checkpoint, trying the one before it: " + store.path(file) + problem);
      }
    }
    if (!files.isEmpty()) {
      throw new FileFormatException(
          store.toString(), "none of its " + files.size() + " checkpoints is whole");
    }
    return null;
  }

  /** The names of the checkpoints there are, newest first. */
  List<String> files() throws IOException {
    return store.names().stream()
        .filter(file -> steps(file) >= 0)
        .sorted(Comparator.comparingLong(Checkpoints::steps).reversed())
        .toList();
  }

  /** Nine digits or more, so that the names are in order too; the same whatever the locale. */
  private static String name(long steps) {
    String digits = Long.toString(steps);
    return PREFIX + "0".repeat(Math.max(0, 9 - digits.length())) + digits + SUFFIX;
  }

  /** The number of steps in a checkpoint's name; -1 for other files. */
  private static long steps(String file) {
    Matcher name = NAME.matcher(file);
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }

  /**
   * Whether one is due after so many steps, the last of which were a round, so long after the last.
   */
  boolean isDue(long done, int ofRound, long nanosSinceLast) {
    return done % steps < ofRound || nanosSinceLast >= nanos;
  }

  boolean isDueAtTheEnd(boolean stopped) {
    return atTheEnd || stopped;
  }

  /** Writes one, and deletes those that are not to be kept. */
  void write(long done, boolean first, SavedState state) throws IOException {
    List<String> earlier = first && start == Start.REPLACE ? files() : List.of();
    store.write(name(done), file -> CheckpointFile.write(file, state));
    int own = 0;
    for (String file : files()) {
      // One after more steps is damaged, or this training would have begun there.
      boolean useless = steps(file) > done || (earlier.contains(file) && steps(file) != done);
      if (useless || own++ >= kept) {
        store.delete(file);
      }
    }
  }
}

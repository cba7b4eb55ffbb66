package lamella.examples.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lamella.examples.Activation;
import org.jspecify.annotations.Nullable;

/**
 * A directory for the files of one run: made, tried and locked before the run, filled after it.
 * Where the run fails, what was made for it is removed again.
 */
final class OutputDirectory implements AutoCloseable {
  /** The trained network. */
  static final String MODEL = "model.safetensors";

  /** The network with the averaged parameters. */
  static final String AVERAGE = "model-average.safetensors";

  /** The losses of all iterations. */
  static final String HISTORY = "history.csv";

  /** The accuracies of all epochs. */
  static final String ACCURACY = "accuracy.csv";

  /** What a training of a table was like, for people to look at. */
  static final String PAGE = "index.html";

  /** Where a run that is stopped leaves its checkpoint, unless it is told another place. */
  static final String CHECKPOINTS = "checkpoints";

  private static final String PART = ".part";
  private static final Pattern MEMBER = Pattern.compile("member-[1-9]\\d{0,8}");
  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{1,18})\\.safetensors");

  private final Path directory;
  private final Deque<Path> made = new ArrayDeque<>();
  private final List<Path> parts = new ArrayList<>();
  private @Nullable DirectoryLock lock;

  private OutputDirectory(Path directory) {
    this.directory = directory;
  }

  /** Writes the content of a file. */
  interface Content {
    void writeTo(Writer writer) throws IOException;
  }

  /** Writes a file. */
  interface File {
    void writeTo(Path file) throws IOException;
  }

  /**
   * Takes a directory that has no run yet.
   *
   * @param command that asks, for the message
   * @throws IOException if it has one, or cannot be written; says what to do
   */
  static OutputDirectory open(Path directory, String command) throws IOException {
    OutputDirectory output = openAnyway(directory);
    String found = runIn(directory);
    if (found == null) {
      return output;
    }
    output.close();
    throw new IOException(
        directory
            + " has "
            + (found.equals(CHECKPOINTS)
                ? "a run that was stopped; go on with it: "
                    + command
                    + " --resume "
                    + Output.quoted(directory.resolve(CHECKPOINTS))
                    + ", or name another --out, or --replace it"
                : "a run already, with " + found + "; name another --out, or --replace it"));
  }

  /**
   * Takes a new directory: that of this name, or where it is taken, the first that is not of
   * NAME-2, NAME-3 and so on.
   */
  static OutputDirectory openNew(Path base) throws IOException {
    for (int n = 1; ; n++) {
      Path directory = n == 1 ? base : base.resolveSibling(base.getFileName() + "-" + n);
      if (Files.exists(directory) && (!Files.isDirectory(directory) || runIn(directory) != null)) {
        continue;
      }
      OutputDirectory output;
      try {
        output = openAnyway(directory);
      } catch (DirectoryLock.HeldException e) {
        continue;
      }
      if (runIn(directory) == null) {
        return output;
      }
      // Another run has ended here in the meantime.
      output.close();
    }
  }

  /** Whether {@link #openNew} gives out directories of this name. */
  static boolean isNumbered(Path base, Path directory) {
    return name(directory).matches(Pattern.quote(name(base)) + "(-[1-9]\\d*)?");
  }

  /**
   * Makes the directory if it is not there, locks it, and writes a byte into it to see that it can;
   * whether it has a run is not asked.
   *
   * @throws IOException if this cannot be done; names the directory
   */
  static OutputDirectory openAnyway(Path directory) throws IOException {
    OutputDirectory output = new OutputDirectory(directory);
    try {
      output.make();
      output.lock = DirectoryLock.of(directory);
      Path probe = Files.createTempFile(directory.toAbsolutePath(), "lamella", PART);
      try {
        Files.write(probe, new byte[1]);
      } finally {
        Files.delete(probe);
      }
      return output;
    } catch (DirectoryLock.HeldException e) {
      output.close();
      throw e;
    } catch (IOException e) {
      output.close();
      throw new IOException("cannot write to " + directory + ": " + reason(e, directory), e);
    }
  }

  private void make() throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    Deque<Path> missing = new ArrayDeque<>();
    for (Path path = absolute; path != null && !Files.exists(path); path = path.getParent()) {
      missing.push(path);
    }
    for (Path path : missing) {
      try {
        Files.createDirectory(path);
        made.push(path);
      } catch (FileAlreadyExistsException e) {
        // Another process was faster.
        if (!Files.isDirectory(path)) {
          throw e;
        }
      }
    }
    if (!Files.isDirectory(absolute)) {
      throw new NotDirectoryException(directory.toString());
    }
  }

  private static String reason(IOException e, Path directory) {
    for (Path path = directory; path != null; path = path.getParent()) {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        return (path.equals(directory) ? "" : path + " ") + "is a file, a directory is needed";
      }
    }
    return e instanceof FileSystemException named && named.getReason() != null
        ? named.getReason()
        : Failures.describe(e);
  }

  /** A file or folder of an earlier run in a directory, or null if there is none. */
  static @Nullable String runIn(Path directory) throws IOException {
    for (String name : List.of(MODEL, AVERAGE, HISTORY, ACCURACY, PAGE, "report.csv", "report")) {
      if (Files.exists(directory.resolve(name))) {
        return name;
      }
    }
    for (Activation activation : Activation.values()) {
      if (Files.exists(directory.resolve(activation.toString()))) {
        return activation.toString();
      }
    }
    return hasCheckpoints(directory.resolve(CHECKPOINTS)) ? CHECKPOINTS : null;
  }

  /** Whether there are checkpoints in a directory, of one network or of several. */
  static boolean hasCheckpoints(Path directory) throws IOException {
    return !checkpoints(directory).isEmpty() || !members(directory).isEmpty();
  }

  /**
   * The number of iterations after which the newest checkpoint in a directory was written; of
   * several networks, that of the one that has gone farthest.
   */
  static long newestCheckpoint(Path directory) throws IOException {
    List<Path> files = new ArrayList<>(checkpoints(directory));
    for (Path member : members(directory)) {
      files.addAll(checkpoints(member));
    }
    return files.stream()
        .mapToLong(file -> Long.parseLong(CHECKPOINT.matcher(name(file)).replaceFirst("$1")))
        .max()
        .orElse(0);
  }

  private static List<Path> checkpoints(Path directory) throws IOException {
    return list(directory, OutputDirectory::isCheckpoint);
  }

  /** The directory, in that of a run's checkpoints, of those of one of several networks. */
  static Path member(Path directory, int index) {
    return directory.resolve("member-" + (index + 1));
  }

  /** Whether a directory is that of one of several networks. */
  static boolean isMember(Path directory) {
    return MEMBER.matcher(name(directory)).matches();
  }

  /** The directories of the networks that have checkpoints. */
  static List<Path> members(Path directory) throws IOException {
    List<Path> members = new ArrayList<>();
    for (Path member : list(directory, OutputDirectory::isMember)) {
      if (!checkpoints(member).isEmpty()) {
        members.add(member);
      }
    }
    return members;
  }

  private static List<Path> list(Path directory, Predicate<Path> chosen) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(chosen).sorted().toList();
    }
  }

  private static boolean isCheckpoint(Path file) {
    return CHECKPOINT.matcher(name(file)).matches();
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** A directory in this one, for some of the run's files; made if it is not there. */
  OutputDirectory subdirectory(String name) throws IOException {
    OutputDirectory inner = new OutputDirectory(directory.resolve(name));
    try {
      inner.make();
      return inner;
    } catch (IOException e) {
      inner.close();
      throw new IOException(
          "cannot write to " + inner.directory + ": " + reason(e, inner.directory), e);
    }
  }

  Path path() {
    return directory;
  }

  Path resolve(String name) {
    return directory.resolve(name);
  }

  /** Writes a file under another name, which {@link #publish} takes away. */
  void stage(String name, Content content) throws IOException {
    stageFile(
        name,
        file -> {
          try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            content.writeTo(writer);
          }
        });
  }

  /** The same for a file whose bytes are there already. */
  void stage(String name, byte[] content) throws IOException {
    stageFile(name, file -> Files.write(file, content));
  }

  /** The same for a file that somebody else writes. */
  void stageFile(String name, File content) throws IOException {
    Path part = directory.resolve(name + PART);
    parts.add(part);
    try {
      make(); // again, where somebody removed it during the run
      content.writeTo(part);
    } catch (IOException e) {
      throw new IOException(
          "cannot write " + directory.resolve(name) + ": " + reason(e, directory), e);
    }
  }

  /**
   * Gives all staged files their names, in the order they were staged; from here on the directory
   * stays.
   */
  void publish() throws IOException {
    for (Path part : List.copyOf(parts)) {
      String name = part.getFileName().toString();
      Path file = part.resolveSibling(name.substring(0, name.length() - PART.length()));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      parts.remove(part);
    }
    made.clear();
  }

  /** Deletes the checkpoints of a run that was stopped here and is replaced by a finished one. */
  void forgetCheckpoints() throws IOException {
    forgetCheckpoints(directory.resolve(CHECKPOINTS));
  }

  /** Deletes the checkpoints in a directory, of one network or of several. */
  static void forgetCheckpoints(Path folder) throws IOException {
    for (Path checkpoint : checkpoints(folder)) {
      Files.deleteIfExists(checkpoint);
    }
    List<Path> members = members(folder);
    for (Path member : members) {
      for (Path checkpoint : checkpoints(member)) {
        Files.deleteIfExists(checkpoint);
      }
      deleteIfEmpty(member);
    }
    if (!members.isEmpty()) {
      deleteIfEmpty(folder);
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException e) {
      // Something of somebody else's is in there.
      return;
    }
  }

  /** Removes what was not published, and the directories made for it. */
  @Override
  public void close() {
    try {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
      if (lock != null) {
        lock.close();
      }
      while (!made.isEmpty()) {
        Files.deleteIfExists(made.pop());
      }
    } catch (IOException e) {
      // Something of somebody else's is in there by now, or the directory has become unwritable:
      // leave it.
      made.clear();
    }
    parts.clear();
  }
}

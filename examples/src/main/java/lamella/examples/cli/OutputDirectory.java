package lamella.examples.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A directory for the files of one run: made and tried before the run, filled after it. Where the
 * run fails, what was made for it is removed again.
 */
final class OutputDirectory implements AutoCloseable {
  private static final String PART = ".part";

  private final Path directory;
  private final Deque<Path> made;
  private final List<Path> parts = new ArrayList<>();

  private OutputDirectory(Path directory, Deque<Path> made) {
    this.directory = directory;
    this.made = made;
  }

  /** Writes the content of a file. */
  interface Content {
    void writeTo(Writer writer) throws IOException;
  }

  /**
   * Makes the directory if it is not there, and writes a byte into it to see that it can.
   *
   * @throws IOException if this cannot be done; names the directory
   */
  static OutputDirectory open(Path directory) throws IOException {
    Deque<Path> made = new ArrayDeque<>();
    OutputDirectory output = new OutputDirectory(directory, made);
    try {
      Path absolute = directory.toAbsolutePath().normalize();
      Deque<Path> missing = new ArrayDeque<>();
      for (Path path = absolute; path != null && !Files.exists(path); path = path.getParent()) {
        missing.push(path);
      }
      for (Path path : missing) {
        Files.createDirectory(path);
        made.push(path);
      }
      Path probe = Files.createTempFile(absolute, "lamella", PART);
      try {
        Files.write(probe, new byte[1]);
      } finally {
        Files.delete(probe);
      }
      return output;
    } catch (FileAlreadyExistsException e) {
      output.close();
      throw new IOException(e.getFile() + ": is a file, a directory is needed", e);
    } catch (IOException e) {
      output.close();
      String reason =
          Files.exists(directory) && !Files.isDirectory(directory)
              ? "is a file, a directory is needed"
              : Failures.describe(e);
      throw new IOException("cannot write to " + directory + ": " + reason, e);
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
    Path part = part(name);
    try (Writer writer = Files.newBufferedWriter(part)) {
      content.writeTo(writer);
    }
  }

  /** The same for a file whose bytes are there already. */
  void stage(String name, byte[] content) throws IOException {
    Files.write(part(name), content);
  }

  private Path part(String name) {
    Path part = directory.resolve(name + PART);
    parts.add(part);
    return part;
  }

  /** Gives all staged files their names; from here on the directory stays. */
  void publish() throws IOException {
    for (Path part : List.copyOf(parts)) {
      String name = part.getFileName().toString();
      Path file = part.resolveSibling(name.substring(0, name.length() - PART.length()));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      parts.remove(part);
    }
    made.clear();
  }

  /** Removes what was not published, and the directories made for it. */
  @Override
  public void close() {
    try {
      for (Path part : parts) {
        Files.deleteIfExists(part);
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

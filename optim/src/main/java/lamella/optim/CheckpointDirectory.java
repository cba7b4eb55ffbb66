package lamella.optim;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lamella.core.io.FileFormatException;

/** Checkpoints in a directory of this machine, of one training and at a time for one process. */
final class CheckpointDirectory implements CheckpointStore {
  /** What a writer that was killed leaves: a file that never got its name. */
  private static final Pattern PART = Pattern.compile("\\.?checkpoint-[0-9]{1,18}\\..*\\.part");

  private final Path directory;

  CheckpointDirectory(Path directory) {
    this.directory = directory;
  }

  Path path() {
    return directory;
  }

  @Override
  public void requireUsable() throws IOException {
    if (Files.isSymbolicLink(directory) && !Files.exists(directory)) {
      throw new FileFormatException(
          directory.toString(),
          "is a link to "
              + Files.readSymbolicLink(directory)
              + ", which is not there; make that directory, or use another one");
    }
    Path nearest = directory.toAbsolutePath();
    while (nearest.getParent() != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    if (!Files.isDirectory(nearest)) {
      throw new FileFormatException(
          nearest.toString(), "is a file, expected a directory for checkpoints");
    }
    if (!Files.isWritable(nearest) || !Files.isReadable(nearest)) {
      throw new AccessDeniedException(
          nearest.toString(), null, "checkpoints cannot be written or read here");
    }
  }

  @Override
  public List<String> names() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Override
  public <R> R read(String name, Reader<R> reader) throws IOException {
    return reader.read(directory.resolve(name));
  }

  @Override
  public void write(String name, Writer writer) throws IOException {
    if (!Files.isDirectory(directory)) {
      // Somebody has deleted it meanwhile.
      Files.createDirectories(directory);
    }
    writer.write(directory.resolve(name));
    force();
  }

  /** Asks for the directory's entries to reach the disk, where the system lets one. */
  private void force() {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException | UnsupportedOperationException e) {
      // Windows opens no directories; the rename is in its journal.
      return;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public Closeable lock(Consumer<String> log) throws IOException {
    DirectoryLock lock = DirectoryLock.of(directory, log);
    boolean kept = false;
    try {
      for (String name : names()) {
        if (PART.matcher(name).matches()) {
          delete(name);
        }
      }
      kept = true;
      return lock;
    } finally {
      if (!kept) {
        lock.close();
      }
    }
  }

  @Override
  public String path(String name) {
    return directory.resolve(name).toString();
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}

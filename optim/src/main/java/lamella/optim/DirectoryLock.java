package lamella.optim;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a directory, held by one training at a time: a lock on a file in it, which
 * the system lets go when a process dies. The directory is made if need be; what was made and is
 * empty at the end goes again.
 */
final class DirectoryLock implements Closeable {
  private static final String NAME = "checkpoints.lock";

  private static final long LENGTHS = 1 << 20;

  /**
   * Directories of this process. The system's locks belong to processes, and on POSIX closing a
   * second channel to a file gives away the first one's lock; so nobody in this process opens it
   * again.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final Path file;
  private final @Nullable RandomAccessFile open;
  private final Deque<Path> made;

  private DirectoryLock(
      Path directory, Path file, @Nullable RandomAccessFile open, Deque<Path> made) {
    this.directory = directory;
    this.file = file;
    this.open = open;
    this.made = made;
  }

  /**
   * Takes the lock, without waiting.
   *
   * @param log told where the file system knows no locks; then there is none
   * @throws IOException if another training has it, or there can be no such directory
   */
  static DirectoryLock of(Path directory, Consumer<String> log) throws IOException {
    Deque<Path> made = make(directory);
    Path real = directory;
    boolean added = false;
    boolean locked = false;
    try {
      real = directory.toRealPath();
      added = HELD_HERE.add(real);
      if (!added) {
        throw held(directory);
      }
      // A file in a directory that is named as the user named it, for messages.
      Path file = directory.resolve(NAME);
      boolean ofTheSystem = directory.getFileSystem().equals(FileSystems.getDefault());
      RandomAccessFile open = ofTheSystem ? open(directory, file, log) : null;
      DirectoryLock lock = new DirectoryLock(real, file, open, made);
      locked = true;
      return lock;
    } finally {
      if (!locked) {
        if (added) {
          HELD_HERE.remove(real);
        }
        remove(made);
      }
    }
  }

  private static Deque<Path> make(Path directory) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    Path absolute = directory.toAbsolutePath();
    for (Path path = absolute; path != null && !Files.exists(path); path = path.getParent()) {
      missing.push(path);
    }
    Files.createDirectories(directory);
    Deque<Path> made = new ArrayDeque<>();
    missing.forEach(made::push);
    return made;
  }

  /** Those that are empty, the innermost first. */
  private static void remove(Deque<Path> made) {
    try {
      for (Path path : made) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // There are checkpoints in it, or something of somebody else's.
      return;
    }
  }

  /** Tries until the file that is locked is the one in the directory, not one just removed. */
  private static RandomAccessFile open(Path directory, Path file, Consumer<String> log)
      throws IOException {
    while (true) {
      RandomAccessFile open = openForWriting(file);
      boolean kept = false;
      try {
        if (!lock(open, directory, log)) {
          kept = true;
          return open;
        }
        kept = isIn(file, open);
        if (kept) {
          return open;
        }
      } finally {
        if (!kept) {
          open.close();
        }
      }
    }
  }

  private static RandomAccessFile openForWriting(Path file) throws IOException {
    try {
      return new RandomAccessFile(file.toFile(), "rw");
    } catch (FileNotFoundException e) {
      throw new IOException("no checkpoints can be written: " + e.getMessage(), e);
    }
  }

  /** Whether there is a lock; false where the file system knows none. */
  private static boolean lock(RandomAccessFile open, Path directory, Consumer<String> log)
      throws IOException {
    FileLock lock;
    try {
      lock = open.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      throw held(directory);
    } catch (IOException e) {
      log.accept(
          directory
              + ": cannot be locked, so that a second training in it would not be noticed: "
              + e.getMessage());
      return false;
    }
    if (lock == null) {
      throw held(directory);
    }
    return true;
  }

  /**
   * Whether the file of this name is the open one: whether it has the length, drawn at random, that
   * the open one is given. To read it would give the lock away, see above.
   */
  private static boolean isIn(Path file, RandomAccessFile open) throws IOException {
    long length = ThreadLocalRandom.current().nextLong(1, LENGTHS);
    open.setLength(length);
    try {
      return Files.size(file) == length;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static IOException held(Path directory) {
    return new IOException(
        directory
            + ": another training is writing its checkpoints here; wait for its end, or use"
            + " another directory");
  }

  @Override
  public void close() throws IOException {
    try {
      if (open != null) {
        // Before it is free: afterwards it may be somebody else's.
        boolean deleted = delete();
        open.close();
        if (!deleted) {
          // Windows deletes no open file, and so not that of somebody else either.
          delete();
        }
      }
    } finally {
      HELD_HERE.remove(directory);
    }
    remove(made);
  }

  private boolean delete() {
    try {
      Files.deleteIfExists(file);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

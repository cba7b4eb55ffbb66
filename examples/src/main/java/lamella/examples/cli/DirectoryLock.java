package lamella.examples.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a directory, held by one run on the machine at a time: a lock on a file in
 * it, which the system lets go when the process dies.
 */
final class DirectoryLock implements Closeable {
  private static final String FILE = ".lamella.lock";

  /**
   * Directories of this process. The system's locks belong to processes, and on POSIX closing a
   * second channel to the lock file would give away the first one's lock; so a second run of this
   * process never opens it.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** Says that another run writes to a directory. */
  static final class HeldException extends IOException {
    private static final long serialVersionUID = 1;

    private HeldException(Path directory) {
      super(directory + ": another run is writing to this directory");
    }
  }

  /**
   * Takes the lock, without waiting.
   *
   * @param directory that exists
   * @throws HeldException if another run has it
   */
  static DirectoryLock of(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!HELD_HERE.add(real)) {
      throw new HeldException(directory);
    }
    try {
      FileChannel channel = null;
      while (channel == null) {
        channel = open(directory, real.resolve(FILE));
      }
      return new DirectoryLock(real, channel);
    } catch (IOException | RuntimeException e) {
      HELD_HERE.remove(real);
      throw e;
    }
  }

  /** The locked channel; null if its holder removed the file between our opening and locking it. */
  private static @Nullable FileChannel open(Path directory, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      if (!lock(channel)) {
        throw new HeldException(directory);
      }
      locked = Files.exists(file);
      return locked ? channel : null;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static boolean lock(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (IOException e) {
      // A file system without locks: nobody can be asked.
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(directory.resolve(FILE));
    } finally {
      HELD_HERE.remove(directory);
    }
  }
}

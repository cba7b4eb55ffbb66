package lamella.data.cifar;

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
 * The right to write a file, held by one download on the machine at a time: a lock on a file beside
 * it, which the system lets go when a process dies.
 */
final class TargetLock implements Closeable {
  /**
   * Targets of this process. The system's locks belong to processes, and on POSIX closing a second
   * channel to the lock file would give away the first one's lock; so a second download of this
   * process never opens it.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path target;
  private final Path file;
  private final FileChannel channel;

  private TargetLock(Path target, Path file, FileChannel channel) {
    this.target = target;
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock, without waiting.
   *
   * @param target absolute
   * @throws DownloadException if another download has it
   */
  static TargetLock of(Path target) throws IOException {
    if (!HELD_HERE.add(target)) {
      throw held(target);
    }
    try {
      Path file = target.resolveSibling(target.getFileName() + ".lock");
      FileChannel channel = null;
      while (channel == null) {
        channel = open(target, file);
      }
      return new TargetLock(target, file, channel);
    } catch (IOException | RuntimeException e) {
      HELD_HERE.remove(target);
      throw e;
    }
  }

  /** The locked channel; null if its holder removed the file between our opening and locking it. */
  private static @Nullable FileChannel open(Path target, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw held(target);
      }
      locked = Files.exists(file);
      return locked ? channel : null;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static DownloadException held(Path target) {
    return new DownloadException(target + ": another download to this file is running");
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    } finally {
      HELD_HERE.remove(target);
    }
  }
}

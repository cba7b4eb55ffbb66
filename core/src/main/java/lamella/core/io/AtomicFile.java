package lamella.core.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Files that are there whole or not at all.
 *
 * <p>The bytes go to a part beside the file, {@code .NAME.UNIQUE.part}, which takes the file's name
 * only when every one of them is on the disk. Whatever goes wrong, power included, the file is then
 * the old one or the new one. Each writer has a part of its own: of several threads or processes
 * that write one file, the one that finishes last wins, and every reader sees one of their files
 * whole. A writer that was killed leaves its part, which may be deleted.
 *
 * <ul>
 *   <li>Where the path is a symbolic link, it stays, and the file that it points to is replaced or
 *       made. Other hard links to a replaced file keep the old one.
 *   <li>A new file has the permissions of any new file; one that is replaced keeps its permissions,
 *       and its owner and group where the system allows it.
 *   <li>An interrupted thread writes its file all the same, and stays interrupted.
 * </ul>
 */
public final class AtomicFile {
  private static final String PART = ".part";

  /** So much of a file's name is in its part's: 255 bytes are the most that a name may have. */
  private static final int LONGEST_NAME_IN_PART = 50;

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private static final int BUFFER = 1 << 16;

  private AtomicFile() {}

  /** What a file is to hold. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it. Need not flush or close the stream, which is buffered.
     *
     * @param out where to
     * @throws IOException if that fails; then there is no file, or the one there was
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Opens a part, which must not exist; in tests, one on a disk that fills up. */
  @FunctionalInterface
  interface Opener {
    OutputStream open(Path part) throws IOException;
  }

  /**
   * Writes a file, in place of one of this name that is there.
   *
   * @param path where the file is to be
   * @param content writes it
   * @throws NoSuchFileException if there is no such directory; names the directory
   * @throws AccessDeniedException if the file there may not be written, or none may be made there
   * @throws FileSystemException if it cannot be written for another reason, a full disk for
   *     example; names the file. The part is removed
   * @throws IOException if the content throws it
   */
  public static void write(Path path, Content content) throws IOException {
    write(
        path,
        content,
        part ->
            Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  static void write(Path path, Content content, Opener opener) throws IOException {
    Path target = followLinks(path);
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString());
    }
    requireReplaceable(path, target);
    NamedOutput out = null;
    try {
      out = open(path, target, opener);
      try (NamedOutput closed = out) {
        keepAttributes(target, closed.part);
        BufferedOutputStream buffered = new BufferedOutputStream(closed, BUFFER);
        content.writeTo(buffered);
        buffered.flush();
      }
      publish(path, target, out.part);
    } catch (Throwable e) {
      try {
        if (out != null) {
          Files.deleteIfExists(out.part);
        }
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** The file that is meant; it need not exist. */
  private static Path followLinks(Path path) throws IOException {
    Path target = path;
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MOST_LINKS) {
        throw new FileSystemLoopException(path.toString());
      }
      // A relative link counts from the folder it really is in.
      Path folder = target.toAbsolutePath().getParent();
      Path link = Files.readSymbolicLink(target);
      target = folder == null ? link : folder.toRealPath().resolve(link);
    }
    return target;
  }

  /** A rename would replace a file that is protected, or a device, without asking. */
  private static void requireReplaceable(Path path, Path target) throws FileSystemException {
    if (Files.isDirectory(target)) {
      throw new FileSystemException(path.toString(), null, "is a directory, expected a file");
    }
    if (Files.exists(target)) {
      if (!Files.isRegularFile(target)) {
        throw new FileSystemException(
            path.toString(), null, "is a device or a pipe, expected a file");
      }
      if (!Files.isWritable(target)) {
        throw new AccessDeniedException(path.toString(), null, "may not be written");
      }
    }
  }

  private static NamedOutput open(Path path, Path target, Opener opener) throws IOException {
    String name = target.getFileName().toString();
    int length = Math.min(name.length(), LONGEST_NAME_IN_PART);
    if (length < name.length() && Character.isHighSurrogate(name.charAt(length - 1))) {
      length--;
    }
    String start = "." + name.substring(0, length) + ".";
    while (true) {
      String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
      Path part = target.resolveSibling(start + unique + PART);
      try {
        return new NamedOutput(path, part, opener.open(part));
      } catch (FileAlreadyExistsException e) {
        // Another writer's; the next name will be free.
      } catch (IOException e) {
        throw named(path, part, e);
      } catch (ReadOnlyFileSystemException e) {
        throw withCause(
            new FileSystemException(path.toString(), null, "its file system is read-only"), e);
      }
    }
  }

  private static void publish(Path path, Path target, Path part) throws IOException {
    try {
      if (part.getFileSystem().equals(FileSystems.getDefault())) {
        force(part);
      }
      // In a zip file system, which is written as a whole when it is closed, the second counts.
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw withCause(
          new FileSystemException(
              path.toString(), null, "its file system cannot replace a file in one step"),
          e);
    } catch (IOException e) {
      throw named(path, part, e);
    }
  }

  /** Waits until all of a file is on the disk, however often this thread is interrupted. */
  private static void force(Path file) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          // Between the question and the answer: again.
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Gives the part the permissions, group and owner of the file it is going to replace. */
  private static void keepAttributes(Path target, Path part) {
    PosixFileAttributeView to = Files.getFileAttributeView(part, PosixFileAttributeView.class);
    if (to == null || !Files.exists(target)) {
      return;
    }
    try {
      PosixFileAttributes old = Files.readAttributes(target, PosixFileAttributes.class);
      PosixFileAttributes own = to.readAttributes();
      if (!own.group().equals(old.group())) {
        attempt(() -> to.setGroup(old.group()));
      }
      if (!own.owner().equals(old.owner())) {
        attempt(() -> to.setOwner(old.owner()));
      }
      to.setPermissions(old.permissions());
    } catch (IOException e) {
      // A file system without them, or another writer's move came between: as a new file's.
      return;
    }
  }

  /** Changes an attribute that only some may change. */
  private static void attempt(Change change) {
    try {
      change.make();
    } catch (IOException e) {
      return;
    }
  }

  @FunctionalInterface
  private interface Change {
    void make() throws IOException;
  }

  /** An error that names the file, and not the part that nobody knows of. */
  private static FileSystemException named(Path path, Path part, IOException e) {
    String file = path.toString();
    if (e instanceof AccessDeniedException) {
      return withCause(new AccessDeniedException(file), e);
    }
    String said = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    String reason = said == null ? e.getClass().getSimpleName() : said;
    return withCause(
        new FileSystemException(
            file, null, isFull(part) ? "the disk is full (" + reason + ")" : reason),
        e);
  }

  private static <E extends Exception> E withCause(E error, Exception cause) {
    error.initCause(cause);
    return error;
  }

  /** By what is left, as the system says "no space left on device" in the user's language. */
  private static boolean isFull(Path part) {
    try {
      return Files.getFileStore(part).getUsableSpace() < BUFFER;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** A part's stream, whose errors name the file. */
  private static final class NamedOutput extends OutputStream {
    private final Path path;
    private final Path part;
    private final OutputStream out;
    private @Nullable IOException failure;

    private NamedOutput(Path path, Path part, OutputStream out) {
      this.path = path;
      this.part = part;
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      // Content that goes on after an error must not end in a file with a hole.
      if (failure != null) {
        throw failure;
      }
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = named(path, part, e);
        throw failure;
      }
    }

    @Override
    public void flush() throws IOException {
      if (failure != null) {
        throw failure;
      }
      out.flush();
    }

    @Override
    public void close() throws IOException {
      try {
        out.close();
      } catch (IOException e) {
        if (failure == null) {
          throw named(path, part, e);
        }
      }
    }
  }
}

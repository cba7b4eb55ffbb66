package lamella.spark;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import lamella.core.io.FileFormatException;
import lamella.optim.CheckpointStore;
import lamella.optim.Checkpoints;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints of a training on any file system that Hadoop knows ({@code hdfs}, {@code s3a}, {@code
 * gs}, {@code abfss}, {@code file}), so that they outlive the driver's machine: started again, on
 * whichever machine, a driver that is {@link Checkpoints#resuming} goes on from the newest that is
 * whole, bit for bit.
 *
 * <p>A checkpoint is written to a temporary file of the driver's machine, copied under the name of
 * a part, and renamed when its length is right. What fails is tried five times, within eight
 * seconds or so besides what Hadoop's own clients try; then the training ends with an {@code
 * IOException}, and started again goes on from the checkpoint before.
 *
 * <p>One directory is for one training. A file system of many machines cannot say whether a driver
 * still lives that wrote here before, so the driver that came last has the directory: it leaves a
 * file {@code checkpoints.owner}, and one that was thought dead and is not ends with an error that
 * says so at its next checkpoint.
 */
public final class HadoopCheckpoints implements CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(HadoopCheckpoints.class);

  private static final int ATTEMPTS = 5;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private static final String OWNER = "checkpoints.owner";

  private static final String PART = ".part";

  private final Path directory;
  private final FileSystem files;
  private final Duration firstPause;

  /** Tells this driver from all others. */
  private final String id = UUID.randomUUID().toString();

  /** Something that is tried more than once. */
  @FunctionalInterface
  private interface Action<R> {
    R run() throws IOException;
  }

  HadoopCheckpoints(Path directory, FileSystem files, Duration firstPause) {
    this.directory = files.makeQualified(directory);
    this.files = files;
    this.firstPause = firstPause;
  }

  /**
   * {@return checkpoints in this directory, which is made if need be: one every ten seconds and one
   * at the end, of which the last three are kept}
   *
   * @param directory of one training; without a scheme, on the cluster's own file system
   * @param spark whose settings of Hadoop are used
   * @throws IOException if there is no such file system
   */
  public static Checkpoints in(String directory, SparkSession spark) throws IOException {
    return in(new Path(directory), spark.sparkContext().hadoopConfiguration());
  }

  /**
   * {@return checkpoints in this directory, which is made if need be: one every ten seconds and one
   * at the end, of which the last three are kept}
   *
   * @param directory of one training
   * @param configuration of Hadoop
   * @throws IOException if there is no such file system
   */
  public static Checkpoints in(Path directory, Configuration configuration) throws IOException {
    FileSystem files;
    try {
      files = directory.getFileSystem(configuration);
    } catch (UnsupportedFileSystemException e) {
      throw new IOException(
          directory
              + ": Hadoop knows no such file system ("
              + firstLine(e)
              + "); add its jar to the driver's class path",
          e);
    }
    return Checkpoints.in(new HadoopCheckpoints(directory, files, FIRST_PAUSE)).withLog(LOG::warn);
  }

  @Override
  public void requireUsable() throws IOException {
    for (Path place = directory; place != null; place = place.getParent()) {
      Optional<FileStatus> status = statusOf(place);
      if (status.isPresent()) {
        if (!status.get().isDirectory()) {
          throw new FileFormatException(
              place.toString(), "is a file, expected a directory for checkpoints");
        }
        return;
      }
    }
  }

  private Optional<FileStatus> statusOf(Path path) throws IOException {
    return tried(
        path,
        () -> {
          try {
            return Optional.of(files.getFileStatus(path));
          } catch (FileNotFoundException e) {
            return Optional.empty();
          }
        });
  }

  @Override
  public List<String> names() throws IOException {
    return tried(
        directory,
        () -> {
          List<String> names = new ArrayList<>();
          try {
            for (FileStatus status : files.listStatus(directory)) {
              if (status.isFile()) {
                names.add(status.getPath().getName());
              }
            }
          } catch (FileNotFoundException e) {
            return List.of();
          }
          return names;
        });
  }

  @Override
  public <R> R read(String name, Reader<R> reader) throws IOException {
    return onThisMachine(
        name,
        local -> {
          Path file = new Path(directory, name);
          try {
            tried(
                file,
                () -> {
                  try (InputStream in = files.open(file)) {
                    return Files.copy(in, local, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                  }
                });
          } catch (ChecksumException e) {
            FileFormatException damaged = new FileFormatException(file.toString(), firstLine(e));
            damaged.initCause(e);
            throw damaged;
          } catch (IOException e) {
            throw new IOException(
                firstLine(e)
                    + "; where it is lost for good, delete it, and the checkpoint before it is"
                    + " used",
                e);
          }
          return reader.read(local);
        });
  }

  @Override
  public void write(String name, Writer writer) throws IOException {
    onThisMachine(
        name,
        local -> {
          writer.write(local);
          Path file = new Path(directory, name);
          return tried(
              file,
              () -> {
                requireOwner();
                copy(local, file);
                return file;
              });
        });
  }

  /** Whole or not at all, but on file systems whose rename is neither. */
  private void copy(java.nio.file.Path local, Path file) throws IOException {
    Path part = new Path(directory, "." + file.getName() + "." + id + PART);
    boolean renamed = false;
    try {
      try (FSDataOutputStream out = files.create(part, true)) {
        Files.copy(local, out);
        if (out.hasCapability(StreamCapabilities.HSYNC)) {
          out.hsync();
        }
      }
      long expected = Files.size(local);
      long found = files.getFileStatus(part).getLen();
      if (found != expected) {
        throw new IOException(expected + " bytes were written, and " + found + " are there");
      }
      // Whoever writes the same step again does so because that one was damaged.
      files.delete(file, false);
      renamed = files.rename(part, file);
      if (!renamed) {
        throw new IOException("could not be renamed from " + part.getName());
      }
    } finally {
      if (!renamed) {
        deleteQuietly(part);
      }
    }
  }

  private void deleteQuietly(Path path) {
    try {
      files.delete(path, false);
    } catch (IOException e) {
      LOG.debug("{} remains until the next training: {}", path, e.toString());
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Path file = new Path(directory, name);
    tried(file, () -> files.delete(file, false));
  }

  @Override
  public Closeable lock(Consumer<String> log) throws IOException {
    tried(
        directory,
        () -> {
          if (!files.mkdirs(directory)) {
            throw new IOException("could not be made");
          }
          own();
          return directory;
        });
    for (String name : names()) {
      if (name.startsWith(".checkpoint-") && name.endsWith(PART)) {
        delete(name);
      }
    }
    // The owner's file stays, for a driver that was thought dead and only slept.
    return () -> {};
  }

  private void own() throws IOException {
    try (FSDataOutputStream out = files.create(new Path(directory, OWNER), true)) {
      out.write(id.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The driver that has the directory; empty if none has. */
  private String owner() throws IOException {
    try {
      return new String(SavedFiles.read(files, new Path(directory, OWNER)), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return "";
    }
  }

  private void requireOwner() throws IOException {
    String owner = owner();
    if (owner.isEmpty()) {
      // Somebody has deleted the directory meanwhile.
      files.mkdirs(directory);
      own();
    } else if (!owner.equals(id)) {
      throw new FileFormatException(
          directory.toString(),
          "another driver has gone on from these checkpoints, so this training ends; where both"
              + " are to train, give each a directory of its own");
    }
  }

  @Override
  public String path(String name) {
    return new Path(directory, name).toString();
  }

  /** The directory, with its scheme. */
  @Override
  public String toString() {
    return directory.toString();
  }

  /** A temporary file of this name, in a folder of its own. */
  private static <R> R onThisMachine(String name, Reader<R> action) throws IOException {
    java.nio.file.Path folder = Files.createTempDirectory("lamella-checkpoint");
    java.nio.file.Path file = folder.resolve(name);
    try {
      return action.read(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  /** What storage of many machines refuses now it may grant in a second. */
  private <R> R tried(Path file, Action<R> action) throws IOException {
    Duration pause = firstPause;
    for (int attempt = 1; ; attempt++) {
      try {
        return action.run();
      } catch (FileFormatException | ChecksumException | InterruptedIOException e) {
        throw e;
      } catch (AccessControlException e) {
        throw new IOException(file + ": access denied: " + firstLine(e), e);
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new IOException(
              file + ": failed " + ATTEMPTS + " times, the last time with: " + firstLine(e), e);
        }
        LOG.warn(
            "{}: {}; tried again in {} ms ({} of {})",
            file,
            firstLine(e),
            pause.toMillis(),
            attempt,
            ATTEMPTS);
      }
      sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  private static void sleep(Duration pause) throws IOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}

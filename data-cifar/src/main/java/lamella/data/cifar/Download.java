package lamella.data.cifar;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Fetches CIFAR-10's archive over HTTP: resumed where an earlier attempt ended, checked, and under
 * its name only when it is complete and right.
 *
 * <p>The bytes go to {@code NAME.part} beside the target, which stays when a download is cut,
 * interrupted or finds the disk full, so that the next one goes on from there. When all have come,
 * size and SHA-256 are checked, the file is forced to the device and renamed. Bytes with a wrong
 * checksum are deleted.
 *
 * <p>Proxies are those of Java's system properties ({@code https.proxyHost}, {@code
 * https.proxyPort}), else of the environment ({@code https_proxy}, {@code http_proxy}, {@code
 * all_proxy}, {@code no_proxy}).
 *
 * <p>Immutable: the {@code with} methods return a new one.
 */
public final class Download {
  /** Where CIFAR-10 lives. */
  public static final URI ARCHIVE =
      URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz");

  /**
   * The archive's file name, by which {@link Cifar10#findInstalled} finds it in the cache
   * directory.
   */
  public static final String FILE_NAME = CifarFiles.ARCHIVE;

  /** The size of the official archive in bytes. */
  public static final long ARCHIVE_BYTES = 170_052_171L;

  /** The SHA-256 of the official archive. */
  public static final String ARCHIVE_SHA256 =
      "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";

  /** An attempt that brought so much counts as success: the attempts are counted anew. */
  private static final long PROGRESS_BYTES = 1 << 20;

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private final URI source;
  private final long size;
  private final String sha256;
  private final Options options;

  private Download(URI source, long size, String sha256, Options options) {
    this.source = source;
    this.size = size;
    this.sha256 = sha256;
    this.options = options;
  }

  /** All that has a default. */
  record Options(
      Listener listener,
      Duration connectLimit,
      Duration stallLimit,
      int attempts,
      Duration firstPause,
      Disk disk,
      Map<String, String> environment) {

    static Options defaults() {
      return new Options(
          (bytes, total) -> {},
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          5,
          Duration.ofSeconds(1),
          Disk.system(),
          System.getenv());
    }
  }

  /** Told about a download's progress, on the thread that downloads. */
  @FunctionalInterface
  public interface Listener {
    /**
     * So many of the total bytes are there, those of earlier attempts included; falls if it starts
     * again.
     *
     * @param bytes there now
     * @param total to be there at the end
     */
    void progress(long bytes, long total);

    /**
     * An attempt has failed for this reason, and another will be made after a pause.
     *
     * @param reason in a line
     * @param pause before the next attempt
     */
    default void retrying(String reason, Duration pause) {}
  }

  /** {@return the download of the official archive from its home} */
  public static Download official() {
    return from(ARCHIVE);
  }

  /**
   * {@return the download of the official archive from somewhere else; its size and checksum are
   * the same}
   *
   * @param source an http or https address
   */
  public static Download from(URI source) {
    return of(source, ARCHIVE_BYTES, ARCHIVE_SHA256);
  }

  /**
   * {@return the download of any file of known size and SHA-256}
   *
   * @param source an http or https address
   * @param size in bytes, at least 1
   * @param sha256 64 hexadecimal digits
   * @throws IllegalArgumentException if one of them is something else
   */
  public static Download of(URI source, long size, String sha256) {
    String scheme = source.getScheme();
    if (!("http".equals(scheme) || "https".equals(scheme)) || source.getHost() == null) {
      throw new IllegalArgumentException(
          "Download: expects an http or https address, got " + source);
    }
    if (size < 1) {
      throw new IllegalArgumentException("Download: size must be at least 1 byte, got " + size);
    }
    if (!sha256.matches("[0-9a-fA-F]{64}")) {
      throw new IllegalArgumentException(
          "Download: a SHA-256 has 64 hexadecimal digits, got " + sha256);
    }
    return new Download(source, size, sha256.toLowerCase(Locale.ROOT), Options.defaults());
  }

  /**
   * {@return a download like this one that tells this listener}
   *
   * @param listener called on the thread that downloads
   */
  public Download withListener(Listener listener) {
    Options o = options;
    return with(
        new Options(
            listener,
            o.connectLimit,
            o.stallLimit,
            o.attempts,
            o.firstPause,
            o.disk,
            o.environment));
  }

  /**
   * {@return a download like this one with other limits on waiting}
   *
   * @param connect for the connection; 20 s by default
   * @param stall for the answer, and then without a single byte; 30 s by default
   */
  public Download withLimits(Duration connect, Duration stall) {
    Options o = options;
    return with(
        new Options(o.listener, connect, stall, o.attempts, o.firstPause, o.disk, o.environment));
  }

  /**
   * {@return a download like this one with other patience}
   *
   * @param attempts in a row that fail before the download does, at least 1; 5 by default
   * @param firstPause before the second attempt, doubled before each further one; 1 s by default
   */
  public Download withAttempts(int attempts, Duration firstPause) {
    if (attempts < 1) {
      throw new IllegalArgumentException("Download: needs at least 1 attempt, got " + attempts);
    }
    Options o = options;
    return with(
        new Options(
            o.listener, o.connectLimit, o.stallLimit, attempts, firstPause, o.disk, o.environment));
  }

  Download withDisk(Disk disk) {
    Options o = options;
    return with(
        new Options(
            o.listener,
            o.connectLimit,
            o.stallLimit,
            o.attempts,
            o.firstPause,
            disk,
            o.environment));
  }

  Download withEnvironment(Map<String, String> environment) {
    Options o = options;
    return with(
        new Options(
            o.listener,
            o.connectLimit,
            o.stallLimit,
            o.attempts,
            o.firstPause,
            o.disk,
            environment));
  }

  private Download with(Options changed) {
    return new Download(source, size, sha256, changed);
  }

  /** {@return the address of what is fetched} */
  public URI source() {
    return source;
  }

  /**
   * Downloads to a file. If it is there already with the right size and checksum, nothing is
   * fetched; if it is there with other content, it is replaced in the end. Where it is a symbolic
   * link, the link stays, and the file that it points to is meant.
   *
   * @param target the file; its directory is made if it is not there
   * @throws DownloadException if the file cannot be had, is not the expected one, or cannot be
   *     written; one line
   * @throws InterruptedException if the thread is interrupted; the next download goes on from there
   */
  public void to(Path target) throws DownloadException, InterruptedException {
    Path absolute = target.toAbsolutePath().normalize();
    try {
      toAbsolute(followLinks(absolute));
    } catch (ClosedByInterruptException e) {
      // The flag that closed the channel is taken back in exchange for the exception, as everywhere
      // in Java.
      Thread.interrupted();
      InterruptedException interrupted = new InterruptedException("download interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (DownloadException e) {
      throw e;
    } catch (IOException e) {
      throw new DownloadException("cannot write " + absolute + ": " + Reason.of(e), e);
    }
  }

  /** The file that is meant where the target is a symbolic link: the link stays. */
  private static Path followLinks(Path target) throws IOException {
    Path file = target;
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      Path folder = file.getParent();
      if (folder == null || links == MOST_LINKS) {
        throw new FileSystemLoopException(target.toString());
      }
      // A relative link counts from the folder it really is in.
      file = folder.toRealPath().resolve(Files.readSymbolicLink(file)).normalize();
    }
    return file;
  }

  private void toAbsolute(Path target) throws IOException, InterruptedException {
    Path directory = target.getParent();
    if (directory == null || Files.isDirectory(target)) {
      throw new DownloadException(target + " is a directory (expected the name of a file)");
    }
    Files.createDirectories(directory);
    try (TargetLock _ = TargetLock.of(target)) {
      if (Files.exists(target) && Files.size(target) == size && Sha256.of(target).equals(sha256)) {
        options.listener.progress(size, size);
        return;
      }
      Path part = target.resolveSibling(target.getFileName() + ".part");
      fetchChecked(part);
      move(part, target);
    }
  }

  /** Fetches until the file has the right checksum. */
  private void fetchChecked(Path part) throws IOException, InterruptedException {
    boolean resumed = Files.exists(part) && Files.size(part) > 0;
    fetchAll(part);
    String found = Sha256.of(part);
    if (!found.equals(sha256) && resumed) {
      // What an earlier download left may be the beginning of another file.
      Files.delete(part);
      options.listener.retrying("wrong checksum after resuming", Duration.ZERO);
      fetchAll(part);
      found = Sha256.of(part);
    }
    if (!found.equals(sha256)) {
      Files.delete(part);
      throw new DownloadException(
          source + ": wrong checksum: SHA-256 " + sha256 + " expected, " + found + " got");
    }
  }

  /** Fetches until the file has its size; after a cut connection again, from there. */
  private void fetchAll(Path part) throws IOException, InterruptedException {
    try (Fetch fetch = new Fetch(source, size, part, options)) {
      long mark = fetch.length();
      int failures = 0;
      while (fetch.length() < size) {
        try {
          fetch.attempt();
        } catch (Fetch.CutException e) {
          if (fetch.length() >= mark + PROGRESS_BYTES) {
            mark = fetch.length();
            failures = 0;
          }
          failures++;
          if (failures >= options.attempts) {
            throw new DownloadException(
                source
                    + ": "
                    + e.getMessage()
                    + "; "
                    + fetch.length()
                    + " of "
                    + size
                    + " bytes are here, run it again to go on from there",
                e);
          }
          Duration pause = options.firstPause.multipliedBy(1L << Math.min(failures - 1, 10));
          options.listener.retrying(String.valueOf(e.getMessage()), pause);
          Thread.sleep(pause);
        }
      }
    }
  }

  private static void move(Path part, Path target) throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new DownloadException(
          target + ": this file system cannot rename atomically; the file is " + part, e);
    }
  }
}

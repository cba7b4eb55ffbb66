package lamella.data.cifar;

import java.io.IOException;

/** A download that failed; the message is one line: what, why, and what may help. */
public final class DownloadException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * An error with this line.
   *
   * @param message names the address and the reason
   */
  public DownloadException(String message) {
    super(message);
  }

  /**
   * An error with this line, and what led to it.
   *
   * @param message names the address and the reason
   * @param cause what led to it
   */
  public DownloadException(String message, Throwable cause) {
    super(message, cause);
  }
}

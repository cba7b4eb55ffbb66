package lamella.data.cifar;

import java.io.IOException;

/**
 * Files that are not what CIFAR-10's are; the message is one line: which file, what was expected,
 * what was found.
 */
public final class CifarFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * An error with this line.
   *
   * @param message names the file, what was expected and what was found
   */
  public CifarFormatException(String message) {
    super(message);
  }

  /**
   * An error with this line, and what led to it.
   *
   * @param message names the file, what was expected and what was found
   * @param cause what led to it
   */
  public CifarFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}

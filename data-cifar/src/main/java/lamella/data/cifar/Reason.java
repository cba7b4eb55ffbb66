package lamella.data.cifar;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;

/**
 * Why something failed, in words and on one line: the platform's messages are often a path alone,
 * or nothing.
 */
final class Reason {
  private Reason() {}

  static String of(Throwable e) {
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return switch (file) {
        case AccessDeniedException _ -> "permission denied for " + file.getFile();
        case FileAlreadyExistsException _ -> file.getFile() + " is no directory";
        default -> file.getClass().getSimpleName() + " " + file.getFile();
      };
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null || message.isBlank()
        ? root.getClass().getSimpleName()
        : message.replaceAll("[\\s\\p{Cntrl}]+", " ");
  }
}

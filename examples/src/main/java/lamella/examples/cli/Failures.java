package lamella.examples.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import lamella.examples.DivergedException;

/** Exceptions in one line for the user. */
final class Failures {
  private static final String MORE_MEMORY = "; give the JVM more: LAMELLA_OPTS=-Xmx4g";

  private Failures() {}

  /** What went wrong, and where the reader can do something about it, what. */
  static String describe(Throwable failure) {
    return switch (failure) {
      // A lack of memory for one file, which the message names.
      case IOException e when e.getCause() instanceof OutOfMemoryError ->
          e.getMessage() + MORE_MEMORY;
      case NoSuchFileException e -> e.getFile() + ": no such file or directory";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      // The message of other file system exceptions begins with the file.
      case FileSystemException e when e.getReason() == null ->
          e.getFile() + ": " + e.getClass().getSimpleName().replace("Exception", "");
      case IOException e when e.getMessage() != null -> e.getMessage();
      case UncheckedIOException e when e.getCause() != null -> describe(e.getCause());
      case InterruptedException e -> "interrupted";
      case DivergedException e when e.getMessage() != null -> e.getMessage();
      case OutOfMemoryError e -> "not enough memory (" + e.getMessage() + ")" + MORE_MEMORY;
      default ->
          "internal error, please report it: "
              + failure
              + " (LAMELLA_OPTS=-Dlamella.debug=true shows where)";
    };
  }
}

package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import lamella.examples.DivergedException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void sayWhatWentWrong() {
    assertEquals("a: no such file or directory", Failures.describe(new NoSuchFileException("a")));
    assertEquals("a: permission denied", Failures.describe(new AccessDeniedException("a")));
    assertEquals(
        "a: No space left on device",
        Failures.describe(new FileSystemException("a", null, "No space left on device")));
    assertEquals("a: DirectoryNotEmpty", Failures.describe(new DirectoryNotEmptyException("a")));
    assertEquals("b is bad", Failures.describe(new IOException("b is bad")));
    assertEquals(
        "b is bad", Failures.describe(new UncheckedIOException(new IOException("b is bad"))));
    assertEquals("step 3", Failures.describe(new DivergedException("step 3")));
    assertEquals(
        "not enough memory (Java heap space); give the JVM more: LAMELLA_OPTS=-Xmx4g",
        Failures.describe(new OutOfMemoryError("Java heap space")));
    assertEquals(
        "a.jpg: not enough memory (Java heap space); give the JVM more: LAMELLA_OPTS=-Xmx4g",
        Failures.describe(
            new IOException(
                "a.jpg: not enough memory (Java heap space)",
                new OutOfMemoryError("Java heap space"))));
  }

  @Test
  void aDefectOfOursSaysSoAndHowToShowIt() {
    assertEquals(
        "internal error, please report it: java.lang.IllegalStateException: oops"
            + " (LAMELLA_OPTS=-Dlamella.debug=true shows where)",
        Failures.describe(new IllegalStateException("oops")));
    assertEquals(
        "internal error, please report it: java.io.IOException"
            + " (LAMELLA_OPTS=-Dlamella.debug=true shows where)",
        Failures.describe(new IOException()));
  }
}

package lamella.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SafeTensorsTest does not ask of a file already. */
class AtomicFileTest {
  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.toList();
    }
  }

  @Test
  void theFileHoldsWhatWasWritten() throws IOException {
    Path path = folder.resolve("file");
    AtomicFile.write(
        path,
        out -> {
          out.write(new byte[] {1, 2});
          out.write(3);
        });
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(path));
    assertEquals(List.of(path), files());
  }

  @Test
  void whateverTheContentThrowsTheOldFileStays() throws IOException {
    Path path = folder.resolve("file");
    Files.writeString(path, "old");
    for (Throwable failure :
        new Throwable[] {new IOException(), new IllegalStateException(), new OutOfMemoryError()}) {
      Throwable thrown =
          assertThrows(
              Throwable.class,
              () ->
                  AtomicFile.write(
                      path,
                      out -> {
                        out.write(1);
                        AtomicFileTest.<RuntimeException>fail(failure);
                      }));
      assertSame(failure, thrown);
      assertEquals("old", Files.readString(path));
      assertEquals(List.of(path), files());
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void fail(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void aMissingDirectoryAndADirectoryInTheWayAreNamed() throws IOException {
    Path missing = folder.resolve("missing");
    NoSuchFileException nowhere =
        assertThrows(
            NoSuchFileException.class, () -> AtomicFile.write(missing.resolve("file"), out -> {}));
    assertEquals(missing.toString(), nowhere.getFile());
    FileSystemException directory =
        assertThrows(FileSystemException.class, () -> AtomicFile.write(folder, out -> {}));
    assertEquals(folder + ": is a directory, expected a file", directory.getMessage());
    assertEquals(List.of(), files());
  }
}

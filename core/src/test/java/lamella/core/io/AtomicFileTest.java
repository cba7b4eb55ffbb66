package lamella.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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

  // Several writers.

  @Test
  void ofTwoWritersAtOnceOneWinsAndNeitherIsDamaged() throws Exception {
    Path path = folder.resolve("file");
    AtomicFile.write(path, filledWith(0));
    AtomicInteger running = new AtomicInteger(3);
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> writers = new ArrayList<>();
    for (int w = 1; w <= 3; w++) {
      int value = w;
      writers.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int i = 0; i < 20; i++) {
                    AtomicFile.write(path, filledWith(value));
                  }
                } catch (Throwable e) {
                  failures.add(e);
                } finally {
                  running.decrementAndGet();
                }
              }));
    }
    int reads = 0;
    while (running.get() > 0 || reads == 0) {
      requireWhole(Files.readAllBytes(path));
      reads++;
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertEquals(List.of(), failures);
    requireWhole(Files.readAllBytes(path));
    assertEquals(List.of(path), files());
  }

  @Test
  void aWriterInsideAnothersContentDoesNotDisturbIt() throws IOException {
    Path path = folder.resolve("file");
    AtomicFile.write(
        path,
        out -> {
          out.write(new byte[100_000]);
          AtomicFile.write(path, filledWith(1));
          requireWhole(Files.readAllBytes(path));
        });
    assertArrayEquals(new byte[100_000], Files.readAllBytes(path));
    assertEquals(List.of(path), files());
  }

  private static AtomicFile.Content filledWith(int value) {
    return out -> {
      byte[] bytes = new byte[50_000];
      Arrays.fill(bytes, (byte) value);
      for (int i = 0; i < 4; i++) {
        out.write(bytes);
      }
    };
  }

  private static void requireWhole(byte[] bytes) {
    assertEquals(200_000, bytes.length);
    for (byte b : bytes) {
      assertEquals(bytes[0], b);
    }
  }

  @Test
  void aPartIsHiddenAndSaysWhoseItIs() throws IOException {
    Path path = folder.resolve("file");
    AtomicFile.write(
        path,
        out -> {
          String part = files().getFirst().getFileName().toString();
          assertTrue(part.matches("\\.file\\.[0-9a-f]+\\.part"), part);
        });
    // What a killed writer left does not keep the next one from writing.
    Files.writeString(folder.resolve("file.part"), "left");
    Files.createDirectory(folder.resolve(".file.part"));
    AtomicFile.write(path, out -> out.write(1));
    assertEquals(3, files().size());
  }

  @Test
  void namesAsLongAsTheFileSystemAllows() throws IOException {
    for (String name : List.of("x".repeat(255), "\u6f22".repeat(85), "x\ud83d\ude00".repeat(51))) {
      Path path = folder.resolve(name);
      AtomicFile.write(path, out -> out.write(1));
      assertEquals(1, Files.size(path));
      Files.delete(path);
    }
    Path tooLong = folder.resolve("x".repeat(256));
    FileSystemException e =
        assertThrows(
            FileSystemException.class, () -> AtomicFile.write(tooLong, out -> out.write(1)));
    assertEquals(tooLong.toString(), e.getFile());
    assertEquals(List.of(), files());
  }

  // Links.

  @Test
  void aLinkStaysAndItsTargetIsReplaced() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path target = real.resolve("target");
    Files.writeString(target, "old");
    Files.createDirectory(folder.resolve("elsewhere"));
    // Relative links count from the folder they really are in, not from that of the path.
    Path second = Files.createSymbolicLink(real.resolve("second"), Path.of("target"));
    Path linkedFolder = Files.createSymbolicLink(folder.resolve("elsewhere/in"), real);
    Path up = Files.createSymbolicLink(real.resolve("up"), Path.of("../real/second"));
    Path absolute = Files.createSymbolicLink(folder.resolve("absolute"), second.toAbsolutePath());
    for (Path link : List.of(second, up, absolute, linkedFolder.resolve("up"))) {
      AtomicFile.write(link, out -> out.write(link.toString().getBytes(StandardCharsets.UTF_8)));
      assertTrue(Files.isSymbolicLink(link));
      assertFalse(Files.isSymbolicLink(target));
      assertEquals(link.toString(), Files.readString(target));
    }
  }

  @Test
  void aLinkToNothingYetIsFollowedToo() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("new"));
    AtomicFile.write(link, out -> out.write(1));
    assertTrue(Files.isSymbolicLink(link));
    assertFalse(Files.isSymbolicLink(folder.resolve("new")));
    assertEquals(1, Files.size(folder.resolve("new")));

    Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), Path.of("missing/new"));
    NoSuchFileException e =
        assertThrows(NoSuchFileException.class, () -> AtomicFile.write(nowhere, out -> {}));
    assertEquals(folder.toRealPath().resolve("missing").toString(), e.getFile());
  }

  @Test
  void linksInACircleAreAnError() throws IOException {
    Path a = folder.resolve("a");
    Files.createSymbolicLink(a, Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    FileSystemLoopException e =
        assertThrows(FileSystemLoopException.class, () -> AtomicFile.write(a, out -> {}));
    assertEquals(a.toString(), e.getFile());
    assertEquals(2, files().size());
  }

  // Permissions.

  @Test
  void aNewFileHasThePermissionsOfAnyNewFile() throws IOException {
    Path plain = Files.createFile(folder.resolve("plain"));
    Path path = folder.resolve("file");
    AtomicFile.write(path, out -> out.write(1));
    assertEquals(Files.getPosixFilePermissions(plain), Files.getPosixFilePermissions(path));
  }

  @Test
  void aReplacedFileKeepsItsPermissions() throws IOException {
    Path path = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), path);
    for (String permissions : List.of("rw-------", "rw-rw-rw-", "rwxr-x---")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
      for (Path written : List.of(path, link)) {
        AtomicFile.write(
            written,
            out -> {
              // Nobody may read it before who may not read it after.
              for (Path part : files()) {
                assertEquals(
                    permissions,
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(part)));
              }
            });
        assertEquals(
            permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      }
    }
  }

  @Test
  void whatIsNoPlainFileIsNotReplaced() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> AtomicFile.write(pipe, out -> {}));
    assertEquals(pipe + ": is a device or a pipe, expected a file", e.getMessage());
    assertEquals(List.of(pipe), files());
  }

  // Other file systems.

  @Test
  void inAZipFile() throws IOException {
    Path zip = folder.resolve("files.zip");
    try (FileSystem fs = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path path = fs.getPath("/file");
      for (int value = 1; value <= 2; value++) {
        AtomicFile.write(path, filledWith(value));
        byte[] bytes = Files.readAllBytes(path);
        requireWhole(bytes);
        assertEquals(value, bytes[0]);
      }
    }
    try (FileSystem fs = FileSystems.newFileSystem(zip, Map.of("accessMode", "readOnly"));
        Stream<Path> all = Files.list(fs.getPath("/"))) {
      assertEquals(List.of("/file"), all.map(Path::toString).toList());
      FileSystemException e =
          assertThrows(
              FileSystemException.class, () -> AtomicFile.write(fs.getPath("/new"), out -> {}));
      assertEquals("/new: its file system is read-only", e.getMessage());
    }
  }

  // Interrupts.

  @Test
  void anInterruptedThreadWritesAllTheSameAndStaysInterrupted() throws IOException {
    Path path = folder.resolve("file");
    Thread.currentThread().interrupt();
    try {
      AtomicFile.write(path, filledWith(1));
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
    requireWhole(Files.readAllBytes(path));
    AtomicFile.write(
        path,
        out -> {
          out.write(new byte[100_000]);
          Thread.currentThread().interrupt();
          out.write(new byte[100_000]);
        });
    assertTrue(Thread.interrupted());
    requireWhole(Files.readAllBytes(path));
  }

  // A disk that fills up.

  @Test
  void aFullDiskIsNamedWithTheFileAndLeavesTheOldOne() throws IOException {
    Path path = folder.resolve("file");
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full));
    Files.writeString(path, "old");
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () ->
                AtomicFile.write(
                    path,
                    out -> out.write(new byte[1000]),
                    part -> {
                      Files.createFile(part);
                      return Files.newOutputStream(full);
                    }));
    assertEquals(path.toString(), e.getFile());
    assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
    assertEquals("old", Files.readString(path));
    assertEquals(List.of(path), files());
  }

  @Test
  void whereverTheDiskFailsTheOldFileStays() throws IOException {
    Path path = folder.resolve("file");
    Files.writeString(path, "old");
    for (int good = 0; good < 4; good++) {
      int writes = good;
      FileSystemException e =
          assertThrows(
              FileSystemException.class,
              () -> AtomicFile.write(path, filledWith(1), part -> new Failing(part, writes)));
      assertEquals(path + ": device gone", e.getMessage());
      assertEquals("old", Files.readString(path));
      assertEquals(List.of(path), files());
    }
  }

  @Test
  void contentThatPassesOverAnErrorMakesNoFile() throws IOException {
    Path path = folder.resolve("file");
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () ->
                AtomicFile.write(
                    path,
                    out -> {
                      assertThrows(IOException.class, () -> out.write(new byte[100_000]));
                    },
                    part -> new Failing(part, 0)));
    assertEquals(path + ": device gone", e.getMessage());
    assertEquals(List.of(), files());
  }

  /** A part on a device that goes after some writes, or when it is closed. */
  private static final class Failing extends OutputStream {
    private final OutputStream out;
    private int left;

    Failing(Path part, int writes) throws IOException {
      out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW);
      left = writes;
    }

    @Override
    public void write(int b) {
      throw new AssertionError("is buffered");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (left-- == 0) {
        throw new IOException("device gone");
      }
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.close();
      throw new IOException("device gone");
    }
  }

  // Processes.

  @Test
  void theUmaskOfAProcessCounts() throws Exception {
    Path path = folder.resolve("file");
    assertEquals(0, child("umask 027", path));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void aProcessThatMayWriteNoMoreSaysWhichFile() throws Exception {
    Path path = folder.resolve("file");
    Files.writeString(path, "old");
    assertEquals(3, child("ulimit -f 8", path));
    assertEquals("old", Files.readString(path));
    assertEquals(List.of(path), files());
  }

  private static int child(String limit, Path path) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
    Process process =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                limit + " && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                place(AtomicFile.class) + File.pathSeparator + place(Child.class),
                Child.class.getName(),
                path.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    assertTrue(status == 0 || said.contains(path + ": "), said);
    return status;
  }

  /** The folder or jar a class came from. */
  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Writes a file; ends with 3 where that is refused. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      try {
        AtomicFile.write(Path.of(arguments[0]), filledWith(1));
      } catch (FileSystemException e) {
        System.out.println(e.getMessage());
        System.exit(3);
      }
    }
  }
}

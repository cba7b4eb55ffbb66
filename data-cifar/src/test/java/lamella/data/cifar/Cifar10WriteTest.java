package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Cifar10WriteTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(Layout.class)
  void whatIsWrittenAreTheFilesThatWereRead(Layout layout) throws IOException {
    Map<String, byte[]> files = Records.files(3);
    Path from = Records.write(directory.resolve("from"), files);
    Path to = directory.resolve("deep").resolve("to");
    Cifar10.open(from, layout, Records.PER_FILE).writeTo(to);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertArrayEquals(file.getValue(), Files.readAllBytes(to.resolve(file.getKey())));
    }
    assertEquals(
        "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n",
        Files.readString(to.resolve("batches.meta.txt")));
    try (Stream<Path> all = Files.list(to)) {
      assertEquals(7, all.count());
    }
  }

  @Test
  void drawnSetIsReadBackWithItsNames() throws IOException {
    Cifar10 drawn = SyntheticImages.make(Layout.HWC, 0, 10);
    drawn.writeTo(directory);
    Cifar10 read = Cifar10.open(directory, Layout.HWC, 10);
    assertEquals(drawn.classNames(), read.classNames());
    assertArrayEquals(drawn.train().labels(), read.train().labels());
    assertArrayEquals(drawn.train().array(), read.train().array());
    assertArrayEquals(drawn.test().array(), read.test().array());
  }

  @Test
  void writingTheSameTwiceChangesNothingAndOtherFilesAreKept() throws IOException {
    Cifar10 drawn = SyntheticImages.make(Layout.CHW, 0, 2);
    drawn.writeTo(directory);
    drawn.writeTo(directory);
    Path file = directory.resolve("data_batch_4.bin");
    Files.writeString(file, "somebody's");
    assertEquals(
        file + ": exists with other content and is not replaced",
        assertThrows(FileAlreadyExistsException.class, () -> drawn.writeTo(directory))
            .getMessage());
    assertEquals("somebody's", Files.readString(file));
    try (Stream<Path> all = Files.list(directory)) {
      assertEquals(List.of(), all.filter(path -> path.toString().endsWith(".part")).toList());
    }
  }

  @Test
  void whereOneFileIsSomebodysNoneIsWritten() throws IOException {
    Files.writeString(directory.resolve("test_batch.bin"), "somebody's");
    Cifar10 drawn = SyntheticImages.make(Layout.CHW, 0, 2);
    assertThrows(FileAlreadyExistsException.class, () -> drawn.writeTo(directory));
    try (Stream<Path> all = Files.list(directory)) {
      assertEquals(List.of(directory.resolve("test_batch.bin")), all.toList());
    }
  }

  @Test
  void placeThatCannotBeWrittenIsAnErrorInOneLine() throws IOException {
    Path plain = Files.write(directory.resolve("plain"), new byte[1]);
    Cifar10 drawn = SyntheticImages.make(Layout.CHW, 0, 2);
    assertEquals(
        "cannot make " + plain + ": " + plain + " is no directory",
        assertThrows(IOException.class, () -> drawn.writeTo(plain)).getMessage());
  }

  @Test
  void failureLeavesNothingHalfWritten() throws IOException {
    Path to = Files.createDirectory(directory.resolve("to"));
    Path missing = directory.toRealPath().resolve("missing");
    Files.createSymbolicLink(to.resolve("data_batch_2.bin"), missing.resolve("file"));
    Cifar10 drawn = SyntheticImages.make(Layout.CHW, 0, 2);
    assertEquals(
        "cannot write " + to.resolve("data_batch_2.bin") + ": NoSuchFileException " + missing,
        assertThrows(IOException.class, () -> drawn.writeTo(to)).getMessage());
    try (Stream<Path> all = Files.list(to)) {
      assertEquals(
          List.of("data_batch_1.bin", "data_batch_2.bin"),
          all.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }
}

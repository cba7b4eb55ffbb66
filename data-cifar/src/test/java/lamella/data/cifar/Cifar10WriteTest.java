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
    Cifar10.write(Cifar10.open(from, layout, Records.PER_FILE), to);
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
    LabelledImages drawn = SyntheticImages.make(Layout.HWC, 0, 10);
    Cifar10.write(drawn, directory);
    LabelledImages read = Cifar10.open(directory, Layout.HWC, 10);
    assertEquals(drawn.classNames(), read.classNames());
    assertArrayEquals(drawn.train().labels(), read.train().labels());
    assertArrayEquals(drawn.train().array(), read.train().array());
    assertArrayEquals(drawn.test().array(), read.test().array());
  }

  @Test
  void imagesOfAnotherFormAreRefused() {
    ImageShape shape = new ImageShape(2, 2, 3);
    ImageSet five = ImageSet.wrap(shape, Layout.CHW, 1, new byte[5], new byte[60]);
    LabelledImages small = LabelledImages.of(five, five.slice(0, 1), List.of("one"), "a test");
    assertEquals(
        "Cifar10.write: images 32x32x3 of 10 classes, five training images for each test image,"
            + " expected, got LabelledImages(5 training and 1 test images, 2x2x3, CHW) of 1 classes",
        assertThrows(IllegalArgumentException.class, () -> Cifar10.write(small, directory))
            .getMessage());
  }

  @Test
  void writingTheSameTwiceChangesNothingAndOtherFilesAreKept() throws IOException {
    LabelledImages drawn = SyntheticImages.make(Layout.CHW, 0, 2);
    Cifar10.write(drawn, directory);
    Cifar10.write(drawn, directory);
    Path file = directory.resolve("data_batch_4.bin");
    Files.writeString(file, "somebody's");
    assertEquals(
        file + ": exists with other content and is not replaced",
        assertThrows(FileAlreadyExistsException.class, () -> Cifar10.write(drawn, directory))
            .getMessage());
    assertEquals("somebody's", Files.readString(file));
    try (Stream<Path> all = Files.list(directory)) {
      assertEquals(List.of(), all.filter(path -> path.toString().endsWith(".part")).toList());
    }
  }

  @Test
  void whereOneFileIsSomebodysNoneIsWritten() throws IOException {
    Files.writeString(directory.resolve("test_batch.bin"), "somebody's");
    LabelledImages drawn = SyntheticImages.make(Layout.CHW, 0, 2);
    assertThrows(FileAlreadyExistsException.class, () -> Cifar10.write(drawn, directory));
    try (Stream<Path> all = Files.list(directory)) {
      assertEquals(List.of(directory.resolve("test_batch.bin")), all.toList());
    }
  }

  @Test
  void placeThatCannotBeWrittenIsAnErrorInOneLine() throws IOException {
    Path plain = Files.write(directory.resolve("plain"), new byte[1]);
    LabelledImages drawn = SyntheticImages.make(Layout.CHW, 0, 2);
    assertEquals(
        "cannot make " + plain + ": " + plain + " is no directory",
        assertThrows(IOException.class, () -> Cifar10.write(drawn, plain)).getMessage());
  }

  @Test
  void failureLeavesNothingHalfWritten() throws IOException {
    Path to = Files.createDirectory(directory.resolve("to"));
    Path missing = directory.toRealPath().resolve("missing");
    Files.createSymbolicLink(to.resolve("data_batch_2.bin"), missing.resolve("file"));
    LabelledImages drawn = SyntheticImages.make(Layout.CHW, 0, 2);
    assertEquals(
        "cannot write " + to.resolve("data_batch_2.bin") + ": NoSuchFileException " + missing,
        assertThrows(IOException.class, () -> Cifar10.write(drawn, to)).getMessage());
    try (Stream<Path> all = Files.list(to)) {
      assertEquals(
          List.of("data_batch_1.bin", "data_batch_2.bin"),
          all.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }
}

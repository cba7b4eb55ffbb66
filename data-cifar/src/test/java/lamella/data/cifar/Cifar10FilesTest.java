package lamella.data.cifar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class Cifar10FilesTest {
  private final Map<String, byte[]> files = Records.files(1);

  @TempDir private Path directory;

  private LabelledImages open() throws IOException {
    return open(Layout.CHW);
  }

  private LabelledImages open(Layout layout) throws IOException {
    return Cifar10.open(directory, layout, Records.PER_FILE);
  }

  private String errorOf(Map<String, byte[]> contents) throws IOException {
    Records.write(directory, contents);
    String message = assertThrows(CifarFormatException.class, this::open).getMessage();
    assertFalse(message.contains("\n"));
    return message;
  }

  @Test
  void readsAllImagesInTheOrderOfTheFiles() throws IOException {
    Records.write(directory, files);
    LabelledImages set = open();
    assertEquals(5 * Records.PER_FILE, set.train().size());
    assertEquals(Records.PER_FILE, set.test().size());
    for (int i = 0; i < set.train().size(); i++) {
      byte[] file = files.get("data_batch_" + (1 + i / Records.PER_FILE) + ".bin");
      assertRecord(file, i % Records.PER_FILE, set.train(), i);
    }
    for (int i = 0; i < set.test().size(); i++) {
      assertRecord(files.get("test_batch.bin"), i, set.test(), i);
    }
    assertEquals(directory.toString(), set.source());
  }

  private static void assertRecord(byte[] file, int record, ImageSet set, int image) {
    int start = record * Records.RECORD;
    assertEquals(file[start], set.label(image));
    assertArrayEquals(
        Arrays.copyOfRange(file, start + 1, start + Records.RECORD), set.pixels(image));
  }

  @Test
  void hwcInterleavesTheThreePlanes() throws IOException {
    // Image 2 of the third file: red is the row, green the column, blue 200 + row / 2.
    byte[] file = files.get("data_batch_3.bin");
    int start = 2 * Records.RECORD;
    for (int row = 0; row < 32; row++) {
      for (int column = 0; column < 32; column++) {
        file[start + 1 + 32 * row + column] = (byte) row;
        file[start + 1 + 1024 + 32 * row + column] = (byte) (64 + column);
        file[start + 1 + 2048 + 32 * row + column] = (byte) (200 + row / 2);
      }
    }
    Records.write(directory, files);
    int image = 2 * Records.PER_FILE + 2;
    byte[] hwc = open(Layout.HWC).train().pixels(image);
    byte[] chw = open(Layout.CHW).train().pixels(image);
    // By hand: row 5, column 9 is pixel 169; its colours stand at 507, 508, 509.
    assertEquals(5, hwc[507]);
    assertEquals(73, hwc[508]);
    assertEquals(202, hwc[509] & 0xff);
    assertEquals(5, chw[169]);
    assertEquals(73, chw[1193]);
    assertEquals(202, chw[2217] & 0xff);
    for (int row = 0; row < 32; row++) {
      for (int column = 0; column < 32; column++) {
        int at = (row * 32 + column) * 3;
        assertEquals(row, hwc[at]);
        assertEquals(64 + column, hwc[at + 1]);
        assertEquals(200 + row / 2, hwc[at + 2] & 0xff);
      }
    }
  }

  @Test
  void findsTheFolderOfTheUnpackedArchive() throws IOException {
    Records.write(directory.resolve("cifar-10-batches-bin"), files);
    assertEquals(20, open().train().size());
    assertTrue(open().source().endsWith("cifar-10-batches-bin"));
  }

  @Test
  void findsTheArchiveInADirectory() throws IOException {
    Files.write(
        directory.resolve("cifar-10-binary.tar.gz"), Records.gzip(Records.tar("x/", files)));
    assertEquals(20, open().train().size());
  }

  @Test
  void takesClassNamesFromTheirFileOrTheUsualOnes() throws IOException {
    Records.write(directory, files);
    assertEquals(
        List.of(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck"),
        open().classNames());
    Files.writeString(
        directory.resolve("batches.meta.txt"), "a\nb\r\nc\nd\ne\nf\ng\nh\ni\nj k\n\n");
    assertEquals(List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j k"), open().classNames());
    Files.writeString(directory.resolve("batches.meta.txt"), "a\nb\n");
    assertEquals(
        "batches.meta.txt: 10 class names expected, 2 found",
        assertThrows(CifarFormatException.class, this::open).getMessage());
  }

  @Test
  void classNamesAreWholeAndText() throws IOException {
    String nine = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
    Map<byte[], String> wrong =
        Map.of(
            Records.text(nine + "j".repeat(5000)), "at most 4096 bytes expected, more found",
            Records.text(nine + "\u001b[31m"), "text in UTF-8 expected, other bytes found",
            (nine + "\u00e9").getBytes(ISO_8859_1), "text in UTF-8 expected, other bytes found");
    Records.write(directory, files);
    for (Map.Entry<byte[], String> names : wrong.entrySet()) {
      Files.write(directory.resolve("batches.meta.txt"), names.getKey());
      assertEquals(
          "batches.meta.txt: " + names.getValue(),
          assertThrows(CifarFormatException.class, this::open).getMessage());
    }
  }

  @Test
  void givesTheChecksumOfEachFile() throws IOException {
    files.replace("test_batch.bin", new byte[Records.PER_FILE * Records.RECORD]);
    Records.write(directory, files);
    LabelledImages set = open();
    assertEquals(
        List.of(
            "data_batch_1.bin",
            "data_batch_2.bin",
            "data_batch_3.bin",
            "data_batch_4.bin",
            "data_batch_5.bin",
            "test_batch.bin"),
        set.checksums().stream().map(LabelledImages.Checksum::file).toList());
    LabelledImages.Checksum test = set.checksums().get(5);
    // head -c 12292 /dev/zero | sha256sum
    assertEquals("13f4aafd8f5311dd836cb1b1ced9fb5bd53bf2177ed0062f766e53aa0d780ec5", test.sha256());
    assertFalse(test.official());
    assertFalse(set.isOfficial());
  }

  @Test
  void knowsTheOfficialChecksums() {
    assertTrue(
        CifarFiles.checksum(
                "data_batch_4.bin",
                "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48")
            .official());
    assertFalse(
        CifarFiles.checksum(
                "data_batch_5.bin",
                "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48")
            .official());
  }

  @Test
  void splitsTheLastTrainingImagesOff() throws IOException {
    Records.write(directory, files);
    LabelledImages set = open();
    LabelledImages.Split split = set.split(3);
    assertEquals(17, split.train().size());
    assertEquals(3, split.validation().size());
    assertArrayEquals(set.train().pixels(16), split.train().pixels(16));
    assertArrayEquals(set.train().pixels(17), split.validation().pixels(0));
    assertEquals(set.train().label(19), split.validation().label(2));
    assertSame(set.test(), split.test());
    assertEquals(0, set.split(0).validation().size());
    assertEquals(
        "LabelledImages: a validation set has 0 to 19 of the 20 training images, got 20",
        assertThrows(IllegalArgumentException.class, () -> set.split(20)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> set.split(-1));
  }

  @Test
  void truncatedFileIsAnErrorWithBothSizes() throws IOException {
    byte[] whole = files.get("data_batch_1.bin");
    files.replace("data_batch_1.bin", Arrays.copyOf(whole, whole.length - 1));
    assertEquals(
        "data_batch_1.bin: 12292 bytes expected, 12291 found (truncated download?)",
        errorOf(files));
  }

  @Test
  void fullSizeIsThirtyMillionBytes() throws IOException {
    Records.write(directory, files);
    assertEquals(
        "data_batch_1.bin: 30730000 bytes expected, 12292 found (truncated download?)",
        assertThrows(CifarFormatException.class, () -> Cifar10.open(directory, Layout.HWC))
            .getMessage());
  }

  @Test
  void longerFileIsAnError() throws IOException {
    files.replace("test_batch.bin", new byte[Records.PER_FILE * Records.RECORD + 3073]);
    assertEquals("test_batch.bin: 12292 bytes expected, 15365 found", errorOf(files));
  }

  @Test
  void labelTenIsAnErrorWithItsRecord() throws IOException {
    files.get("data_batch_3.bin")[2 * Records.RECORD] = 10;
    assertEquals("data_batch_3.bin: record 2: label 10 is outside [0, 10)", errorOf(files));
    files.get("data_batch_3.bin")[2 * Records.RECORD] = (byte) 200;
    assertEquals("data_batch_3.bin: record 2: label 200 is outside [0, 10)", errorOf(files));
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    files.remove("data_batch_2.bin");
    files.remove("test_batch.bin");
    assertEquals(
        directory
            + ": no CIFAR-10 here: data_batch_2.bin, test_batch.bin missing (expected the six files of the"
            + " binary version)",
        errorOf(files));
  }

  @Test
  void emptyDirectoryIsAnError() {
    assertEquals(
        directory
            + ": no CIFAR-10 here: data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin,"
            + " data_batch_5.bin, test_batch.bin missing (expected the six files of the binary version)",
        assertThrows(CifarFormatException.class, this::open).getMessage());
  }

  @Test
  void missingPlaceIsAnError() {
    Path nowhere = directory.resolve("nowhere");
    assertEquals(
        nowhere + ": no such file or directory",
        assertThrows(NoSuchFileException.class, () -> Cifar10.open(nowhere, Layout.HWC))
            .getMessage());
  }

  // What is taken for it.

  private String errorOfNames(String... names) throws IOException {
    Path place = Files.createTempDirectory(directory, "place");
    for (String name : names) {
      Files.createDirectories(place.resolve(name).getParent());
      Files.write(place.resolve(name), new byte[0]);
    }
    return assertThrows(
            CifarFormatException.class, () -> Cifar10.open(place, Layout.HWC, Records.PER_FILE))
        .getMessage()
        .replace(place + "", "PLACE");
  }

  @Test
  void otherDataAreNamed() throws IOException {
    String python =
        "PLACE: no CIFAR-10 here: this is the Python version; Lamella reads the binary one"
            + " (cifar-10-binary.tar.gz)";
    assertEquals(python, errorOfNames("data_batch_1", "batches.meta"));
    assertEquals(python, errorOfNames("cifar-10-batches-py/data_batch_1"));
    assertEquals(python, errorOfNames("cifar-10-python.tar.gz"));
    assertTrue(errorOfNames("data_batch_1.mat").contains("this is the Matlab version"));
    String hundred =
        "PLACE: no CIFAR-10 here: this is CIFAR-100; Lamella reads CIFAR-10"
            + " (cifar-10-binary.tar.gz)";
    assertEquals(hundred, errorOfNames("train.bin", "fine_label_names.txt"));
    assertEquals(hundred, errorOfNames("cifar-100-python/train"));
    assertTrue(
        errorOfNames("train-images-idx3-ubyte").contains("these are IDX files, such as MNIST's"));
    assertTrue(errorOfNames("cifar-10-binary.tar.gz.part").contains("has not ended"));
    assertTrue(errorOfNames("cifar-10-binary.tar").contains("was uncompressed"));
    assertEquals(
        "PLACE: no CIFAR-10 here: give the archive itself, PLACE/cifar-10-binary (1).tar.gz",
        errorOfNames("cifar-10-binary (1).tar.gz").replace('\\', '/'));
    assertEquals(
        "PLACE: no CIFAR-10 here: it is in PLACE/sets",
        errorOfNames("sets/cifar-10-batches-bin/test_batch.bin").replace('\\', '/'));
    assertTrue(errorOfNames("holiday.jpg").endsWith("six files of the binary version)"));
  }

  @Test
  void oneOfTheSixFilesIsNotThePlace() throws IOException {
    Records.write(directory, files);
    Path file = directory.resolve("data_batch_1.bin");
    assertEquals(
        file
            + ": not a gzip-compressed tar archive; one of the six files of the binary version;"
            + " give the directory that has them",
        assertThrows(CifarFormatException.class, () -> Cifar10.open(file, Layout.HWC))
            .getMessage());
  }

  @Test
  void aByteOrderMarkAndBlanksAreNoPartOfAName() throws IOException {
    Records.write(directory, files);
    Path names = directory.resolve("batches.meta.txt");
    for (String end : new String[] {"\n", "\r\n", " \t\r\n\n", "\r"}) {
      Files.writeString(names, "\ufeff" + String.join(end, CifarFiles.CLASS_NAMES) + end);
      assertEquals(CifarFiles.CLASS_NAMES, open().classNames());
    }
  }

  @Test
  void classNamesCanBeToldApart() throws IOException {
    files.put("batches.meta.txt", Records.text("a\nb\nc\nd\ne\nf\ng\nh\na\nj\n"));
    assertEquals("batches.meta.txt: class name a is there twice", errorOf(files));
    files.put("batches.meta.txt", Records.text("a\nb, c\nd\ne\nf\ng\nh\ni\nj\nk\n"));
    assertEquals("batches.meta.txt: class name b, c has a comma", errorOf(files));
  }

  @Test
  void aDirectoryWithAFilesNameIsNoFile() throws IOException {
    files.remove("data_batch_2.bin");
    Files.createDirectories(directory.resolve("data_batch_2.bin"));
    assertEquals("data_batch_2.bin: a file expected, a directory found", errorOf(files));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // links need rights there
  void linksAreFollowedAndThoseToNothingNamed() throws IOException {
    Path real = Records.write(directory.resolve("real"), files);
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    assertEquals(20, Cifar10.open(link, Layout.HWC, Records.PER_FILE).train().size());
    Files.delete(real.resolve("data_batch_4.bin"));
    Path broken =
        Files.createSymbolicLink(real.resolve("data_batch_4.bin"), Path.of("elsewhere.bin"));
    assertEquals(
        broken + ": a link to elsewhere.bin, which is not there",
        assertThrows(
                CifarFormatException.class,
                () -> Cifar10.open(link.resolveSibling("real"), Layout.HWC, Records.PER_FILE))
            .getMessage());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // has no such permissions
  void aPlaceThatNobodyMayEnterIsNotMissing() throws IOException {
    Path closed = Records.write(directory.resolve("closed"), files);
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    try {
      assumeFalse(
          Files.exists(closed.resolve("test_batch.bin")), "the superuser may enter every folder");
      for (Path place : List.of(closed, closed.resolve("inside"))) {
        assertEquals(
            closed + ": may not be read (permission denied)",
            assertThrows(
                    AccessDeniedException.class,
                    () -> Cifar10.open(place, Layout.HWC, Records.PER_FILE))
                .getMessage());
        assertTrue(CifarPlace.hasData(place));
      }
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }
}

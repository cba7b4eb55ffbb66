package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Cifar10ArchiveTest {
  private final Map<String, byte[]> files = Records.files(2);

  @TempDir private Path directory;

  private LabelledImages open(byte[] archive) throws IOException {
    Files.createDirectories(directory.resolve("in"));
    Path file = Files.write(directory.resolve("in").resolve("x.tar.gz"), archive);
    return Cifar10.open(file, Layout.HWC, Records.PER_FILE);
  }

  /** The message without the directory. */
  private String errorOf(byte[] archive) {
    String message = assertThrows(CifarFormatException.class, () -> open(archive)).getMessage();
    return message.replace(directory.resolve("in") + directory.getFileSystem().getSeparator(), "");
  }

  private byte[] whole() throws IOException {
    return Records.gzip(Records.tar("cifar-10-batches-bin/", files));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cifar-10-batches-bin/",
        "./cifar-10-batches-bin/",
        "./",
        "/tmp/",
        "../../",
        "a-very-long-directory-name-that-does-not-fit-into-the-hundred-bytes-which-the-header-of-an-entry"
            + "-has-for-its-name/"
      })
  void entriesGoByTheirLastNameAndNothingIsWritten(String prefix) throws IOException {
    Path home = Records.write(directory.resolve("plain"), files);
    LabelledImages expected = Cifar10.open(home, Layout.HWC, Records.PER_FILE);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("readme.html", Records.text("<html>"));
    entries.put("../../evil.txt", Records.text("evil"));
    // The order of the official archive is not that of the names either.
    files.entrySet().stream()
        .sorted(Map.Entry.<String, byte[]>comparingByKey().reversed())
        .forEach(file -> entries.put(file.getKey(), file.getValue()));
    LabelledImages set = open(Records.gzip(Records.tar(prefix, entries)));
    assertEquals(expected.checksums(), set.checksums());
    for (int i = 0; i < 20; i++) {
      assertArrayEquals(expected.train().pixels(i), set.train().pixels(i));
      assertEquals(expected.train().label(i), set.train().label(i));
    }
    assertArrayEquals(expected.test().pixels(3), set.test().pixels(3));
    try (Stream<Path> written = Files.walk(directory)) {
      assertEquals(
          List.of("in", "plain", "x.tar.gz"),
          written
              .filter(p -> !p.equals(directory) && !p.toString().endsWith(".bin"))
              .map(p -> p.getFileName().toString())
              .sorted()
              .toList());
    }
  }

  @Test
  void takesClassNamesFromTheArchive() throws IOException {
    files.put("batches.meta.txt", Records.text("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n\n"));
    assertEquals(
        List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), open(whole()).classNames());
  }

  @Test
  void fileThatIsNoArchiveIsAnError() throws IOException {
    String expected = "x.tar.gz: not a gzip-compressed tar archive";
    assertEquals(expected, errorOf(Records.text("no archive at all, but some text")));
    assertEquals(expected, errorOf(new byte[0]));
    assertEquals(expected, errorOf(new byte[5000]));
    assertEquals(expected, errorOf(Records.tar("", files)));
    assertEquals(expected, errorOf(Records.gzip(Records.text("text, compressed"))));
    assertEquals(expected, errorOf(Records.gzip(Records.text("text. ".repeat(5000)))));
    assertEquals(expected, errorOf(Records.gzip(new byte[0])));
  }

  @Test
  void archiveOfSomethingElseIsAnError() throws IOException {
    Map<String, byte[]> python = new LinkedHashMap<>();
    python.put("cifar-10-batches-py/data_batch_1", new byte[100]);
    assertEquals(
        "x.tar.gz: no CIFAR-10 here: this is the Python version; Lamella reads the binary one"
            + " (cifar-10-binary.tar.gz)",
        errorOf(Records.gzip(Records.tar("", python))));
    Map<String, byte[]> hundred = new LinkedHashMap<>();
    hundred.put("cifar-100-binary/train.bin", new byte[100]);
    assertEquals(
        "x.tar.gz: no CIFAR-10 here: this is CIFAR-100; Lamella reads CIFAR-10"
            + " (cifar-10-binary.tar.gz)",
        errorOf(Records.gzip(Records.tar("", hundred))));
    Map<String, byte[]> other = new LinkedHashMap<>();
    other.put("holiday.jpg", new byte[100]);
    assertEquals(
        "x.tar.gz: no CIFAR-10 here: data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin,"
            + " data_batch_5.bin, test_batch.bin missing (expected the six files of the binary version)",
        errorOf(Records.gzip(Records.tar("", other))));
  }

  @Test
  void everyTruncationIsAnError() throws IOException {
    byte[] whole = whole();
    int step = whole.length / 40;
    for (int length = whole.length - 1; length > 100; length -= step) {
      assertEquals(
          "x.tar.gz: ends too early (truncated download?)", errorOf(Arrays.copyOf(whole, length)));
    }
  }

  @Test
  void truncatedTarInsideAWholeGzipIsAnError() throws IOException {
    byte[] tar = Records.tar("", files);
    String message = errorOf(Records.gzip(Arrays.copyOf(tar, 20_000)));
    assertTrue(
        message.startsWith("x.tar.gz: ends too early") || message.startsWith("x.tar.gz: damaged"),
        message);
  }

  @Test
  void flippedByteIsAnError() throws IOException {
    byte[] whole = whole();
    // The last eight bytes are gzip's checksum and length.
    whole[whole.length - 6] ^= 1;
    assertTrue(errorOf(whole).startsWith("x.tar.gz: damaged archive: "), errorOf(whole));
  }

  @Test
  void fileThatIsThereTwiceIsAnError() throws IOException {
    byte[] tar = Records.tar("a/", files);
    byte[] more = Records.tar("b/", Map.of("test_batch.bin", files.get("test_batch.bin")));
    // Without the zeros that end the first.
    int end = 6 * (512 + 12800);
    byte[] joined = Arrays.copyOf(tar, end + more.length);
    System.arraycopy(more, 0, joined, end, more.length);
    assertEquals("x.tar.gz: test_batch.bin is there twice", errorOf(Records.gzip(joined)));
  }

  @Test
  void wrongSizeAndWrongLabelAreErrorsAsInADirectory() throws IOException {
    files.get("data_batch_5.bin")[0] = 11;
    assertEquals("data_batch_5.bin: record 0: label 11 is outside [0, 10)", errorOf(whole()));
    files.replace("data_batch_2.bin", new byte[3073]);
    assertEquals(
        "data_batch_2.bin: 12292 bytes expected, 3073 found (truncated download?)",
        errorOf(whole()));
  }

  @Test
  void hugeDeclaredSizeIsAnErrorBeforeAnythingIsRead() throws IOException {
    long terabyte = 1L << 40;
    assertEquals(
        "x.tar.gz: unpacks to more than 1 GiB, CIFAR-10's archive to 184 MB",
        errorOf(Records.gzip(header("data_batch_1.bin", terabyte, '0'))));
    assertEquals(
        "data_batch_1.bin: 12292 bytes expected, 1000000000 found",
        errorOf(Records.gzip(header("data_batch_1.bin", 1_000_000_000, '0'))));
  }

  @Test
  void endlessLongNameFillsNoMemory() throws IOException {
    // 256 MB of name, 250 kB compressed: GNU's extension that the library would read into memory.
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(header("file", 1, '0'));
      out.write(new byte[512]);
      out.write(header("././@LongLink", 256 << 20, 'L'));
      byte[] letters = new byte[1 << 20];
      Arrays.fill(letters, (byte) 'a');
      for (int i = 0; i < 256; i++) {
        out.write(letters);
      }
    }
    assertEquals(
        "x.tar.gz: damaged archive: a header, or what follows the last entry, is too long",
        errorOf(bytes.toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(chars = {'L', 'K', 'x', 'X', 'g'})
  void extensionsOfExtensionsDoNotExhaustTheStack(char type) throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(header("file", 0, '0'));
    tar.writeBytes(repeat(header("name", 0, type), 20_000));
    assertEquals(
        "x.tar.gz: damaged archive: a header, or what follows the last entry, is too long",
        errorOf(Records.gzip(tar.toByteArray())));
  }

  @Test
  void endlessEntriesTakeNoTime() throws IOException {
    assertEquals(
        "x.tar.gz: damaged archive: it has more than 10000 entries",
        errorOf(Records.gzip(repeat(header("name", 0, '0'), 20_000))));
  }

  @Test
  void whatFollowsTheLastEntryIsBounded() throws IOException {
    byte[] tar = Records.tar("", files);
    assertEquals(
        Records.PER_FILE,
        open(Records.gzip(Arrays.copyOf(tar, tar.length + (1 << 20) - 10_240))).test().size());
    assertEquals(
        "x.tar.gz: damaged archive: a header, or what follows the last entry, is too long",
        errorOf(Records.gzip(Arrays.copyOf(tar, tar.length + (2 << 20)))));
  }

  @Test
  void entriesTogetherMayNotUnpackToMore() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(header("first", 512, '0'));
    tar.writeBytes(new byte[512]);
    tar.writeBytes(header("second", (1 << 30) - 512, '0'));
    assertEquals(
        "x.tar.gz: unpacks to more than 1 GiB, CIFAR-10's archive to 184 MB",
        errorOf(Records.gzip(tar.toByteArray())));
  }

  @ParameterizedTest
  @ValueSource(chars = {'1', '2', '3', '4', '5', '6'})
  void linksAndDevicesOfTheRightNameAreNoFiles(char type) throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(header("test_batch.bin", 0, type));
    files.remove("test_batch.bin");
    tar.writeBytes(Records.tar("", files));
    assertEquals(
        "x.tar.gz: no CIFAR-10 here: test_batch.bin missing (expected the six files of the binary"
            + " version)",
        errorOf(Records.gzip(tar.toByteArray())));
  }

  /** Programs differ in what such a name is. */
  @Test
  void nameThatGoesOnBehindItsEndIsAnError() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(header("././@LongLink", 20, 'L'));
    tar.writeBytes(Arrays.copyOf(Records.text("evil\0/test_batch.bin"), 512));
    tar.writeBytes(Records.tar("", files));
    assertEquals(
        "x.tar.gz: damaged archive: an entry's name goes on behind its end",
        errorOf(Records.gzip(tar.toByteArray())));
  }

  @Test
  void damagedHeaderIsAnErrorEvenIfTheRestIsWhole() throws IOException {
    byte[] tar = Records.tar("", files);
    // Of the second entry: its owner's name.
    tar[512 + 12_800 + 265] ^= 1;
    assertEquals(
        "x.tar.gz: damaged archive: a header's checksum is wrong", errorOf(Records.gzip(tar)));
  }

  private static byte[] repeat(byte[] bytes, int times) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  /** A tar header by hand, size in base 256 as GNU writes large ones. */
  private static byte[] header(String name, long size, char type) {
    byte[] header = new byte[512];
    ByteBuffer buffer = ByteBuffer.wrap(header);
    buffer.put(0, name.getBytes(StandardCharsets.US_ASCII));
    buffer.put(100, "0000644\0".getBytes(StandardCharsets.US_ASCII));
    buffer.put(108, "0000000\0".getBytes(StandardCharsets.US_ASCII));
    buffer.put(116, "0000000\0".getBytes(StandardCharsets.US_ASCII));
    header[124] = (byte) 0x80;
    buffer.putLong(128, size);
    buffer.put(136, "00000000000\0".getBytes(StandardCharsets.US_ASCII));
    header[156] = (byte) type;
    buffer.put(257, "ustar  \0".getBytes(StandardCharsets.US_ASCII));
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    buffer.put(148, String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII));
    return header;
  }
}

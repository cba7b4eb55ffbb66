package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import lamella.contract.FileChecks;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged CIFAR-10 files and archives are refused, or read as what they say. */
class CifarDamagedTest {
  private static final int PER_FILE = 1;
  private static final String META = CifarFiles.CLASS_NAMES_FILE;

  private final Map<String, byte[]> files = Records.files(3, PER_FILE);

  @TempDir private Path directory;

  /** The set that the six files make, byte by byte. */
  private static void requireSet(Map<String, byte[]> expected, LabelledImages set) {
    for (int file = 0; file < 6; file++) {
      byte[] bytes = expected.get(CifarFiles.NAMES.get(file));
      assertEquals(PER_FILE * Records.RECORD, bytes.length);
      for (int i = 0; i < PER_FILE; i++) {
        int record = i * Records.RECORD;
        ImageSet images = file < 5 ? set.train() : set.test();
        int index = file < 5 ? file * PER_FILE + i : i;
        assertEquals(bytes[record], images.label(index));
        assertArrayEquals(
            Arrays.copyOfRange(bytes, record + 1, record + Records.RECORD), images.pixels(index));
      }
    }
    byte[] names = expected.get(META);
    if (names != null) {
      String text = new String(names, StandardCharsets.UTF_8);
      assertEquals(
          Stream.of(text.split("\n|\r")).map(String::strip).filter(n -> !n.isEmpty()).toList(),
          set.classNames());
    }
  }

  /** One file of the directory, damaged, the others whole. */
  private final class InDirectory extends FileChecks<LabelledImages> {
    private final String name;

    InDirectory(String name) {
      super(CifarFormatException.class, name + ": ");
      this.name = name;
    }

    @Override
    protected LabelledImages read(byte[] file) throws IOException {
      Files.write(directory.resolve(name), file);
      return Cifar10.open(directory, Layout.CHW, PER_FILE);
    }

    /** Six buffers of 100 records. */
    @Override
    protected long allowance(byte[] file) {
      return 4_000_000;
    }

    @Override
    protected void requireRight(byte[] file, LabelledImages set) {
      Map<String, byte[]> all = new LinkedHashMap<>(files);
      all.put(name, file);
      requireSet(all, set);
    }
  }

  /** An archive, damaged before or after its compression. */
  private class InArchive extends FileChecks<LabelledImages> {
    private final Path archive = directory.resolve("x.tar.gz");

    InArchive() {
      super(
          CifarFormatException.class,
          directory.resolve("x.tar.gz") + ": ",
          "data_batch_",
          "test_batch.bin: ",
          META + ": ");
    }

    @Override
    protected LabelledImages read(byte[] file) throws IOException {
      Files.write(archive, file);
      return Cifar10.open(archive, Layout.CHW, PER_FILE);
    }

    @Override
    protected void requireRight(byte[] file, LabelledImages set) {
      requireSet(PlainTar.files(gunzip(file)), set);
    }

    /** The header's limit of 1 MB, which a compressed file of any size may use. */
    @Override
    protected long allowance(byte[] file) {
      return 20_000_000 + 64L * file.length;
    }
  }

  private static byte[] gunzip(byte[] file) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] gzip(byte[] file) {
    try {
      return Records.gzip(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Archives of every kind that tar programs write: plain, with long names, with pax headers. */
  private List<byte[]> archives() throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("readme.html", Records.text("<html>"));
    all.putAll(files);
    all.put(META, Records.text(String.join("\n", CifarFiles.CLASS_NAMES)));
    String deep = "a-directory-with-a-long-name/".repeat(5);
    ByteArrayOutputStream pax = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(pax)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      TarArchiveEntry link = new TarArchiveEntry("link", TarArchiveEntry.LF_SYMLINK);
      link.setLinkName("../../etc/passwd");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
      for (Map.Entry<String, byte[]> file : all.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(deep + file.getKey());
        entry.setSize(file.getValue().length);
        entry.addPaxHeader("size", Integer.toString(file.getValue().length));
        entry.addPaxHeader("comment", "of no consequence");
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return List.of(
        Records.tar(CifarFiles.FOLDER + "/", all), Records.tar(deep, all), pax.toByteArray());
  }

  private static void requireBoth(FileChecks.Tally tally) {
    assertTrue(tally.read() > 0 && tally.refused() > tally.read(), tally.toString());
  }

  @Test
  void damagedRecords() throws IOException {
    Records.write(directory, files);
    String name = "data_batch_3.bin";
    List<byte[]> right = List.of(files.get(name), files.get("test_batch.bin"));
    requireBoth(new InDirectory(name).run(right, 500));
  }

  @Test
  void damagedClassNames() throws IOException {
    Records.write(directory, files);
    List<byte[]> right =
        List.of(
            Records.text(String.join("\n", CifarFiles.CLASS_NAMES) + "\n\n"),
            Records.text("é\r\n\uD83D\uDE42\r\n1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8"));
    requireBoth(new InDirectory(META).run(right, 500));
  }

  @Test
  void damagedArchives() throws IOException {
    List<byte[]> zipped = archives().stream().map(CifarDamagedTest::gzip).toList();
    requireBoth(new InArchive().run(zipped, 500));
  }

  @Test
  void damageThatGzipDoesNotSee() throws IOException {
    FileChecks<LabelledImages> checks =
        new InArchive() {
          @Override
          protected byte[] finish(byte[] tar) {
            return gzip(tar);
          }
        };
    requireBoth(checks.run(archives(), 500));
  }

  @Test
  void damageThatTheHeadersChecksumsDoNotSee() throws IOException {
    FileChecks<LabelledImages> checks =
        new InArchive() {
          @Override
          protected byte[] finish(byte[] tar) {
            return gzip(PlainTar.withChecksums(tar));
          }
        };
    requireBoth(checks.run(archives(), 500));
  }
}

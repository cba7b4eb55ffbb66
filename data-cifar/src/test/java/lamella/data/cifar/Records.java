package lamella.data.cifar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Small files of CIFAR-10's form, made here byte by byte. */
final class Records {
  static final int PER_FILE = 4;
  static final int RECORD = 3073;

  private Records() {}

  /** The six files, random pixels and valid labels, the same for each seed. */
  static Map<String, byte[]> files(long seed) {
    return files(seed, PER_FILE);
  }

  static Map<String, byte[]> files(long seed, int perFile) {
    Random random = new Random(seed);
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : CifarFiles.NAMES) {
      byte[] bytes = new byte[perFile * RECORD];
      random.nextBytes(bytes);
      for (int r = 0; r < perFile; r++) {
        bytes[r * RECORD] = (byte) random.nextInt(10);
      }
      files.put(name, bytes);
    }
    return files;
  }

  static Path write(Path directory, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
    return directory;
  }

  /** A tar archive with these entries in this order, each name behind a prefix. */
  static byte[] tar(String prefix, Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      for (Map.Entry<String, byte[]> file : entries.entrySet()) {
        // true: leading slashes stay, as a hostile archive's would.
        TarArchiveEntry entry = new TarArchiveEntry(prefix + file.getKey(), true);
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package lamella.data.cifar;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the six files, from a directory or out of the archive, and checks them on the way. */
final class CifarReader {
  private static final int RECORDS_AT_ONCE = 100;
  private static final int MAX_CLASS_NAMES_BYTES = 4096;

  /** Types of regular files in tar headers: POSIX's, that of old archives, "contiguous". */
  private static final String REGULAR = "0\0007";

  /**
   * What a header and its extensions (long names) may take; in the official archive 512 bytes. The
   * library reads one extension inside another: 64 KiB of them do not exhaust the stack, 1 MiB
   * does.
   */
  private static final long MAX_HEADER_BYTES = 1 << 16;

  /** What may follow the last entry: zeros, which tar writes in large blocks. */
  private static final long MAX_PADDING_BYTES = 1 << 20;

  /** What it takes to say what an archive is that has not the six files. */
  private static final int MAX_NAMES = 1000;

  /** The official archive has 9. */
  private static final int MAX_ENTRIES = 10_000;

  /** What an archive may unpack to; the official one unpacks to 184 MB. */
  private static final long MAX_ARCHIVE_BYTES = 1L << 30;

  private final Path source;
  private final Layout layout;
  private final int recordsPerFile;
  private final byte[] trainLabels;
  private final byte[] trainPixels;
  private final byte[] testLabels;
  private final byte[] testPixels;
  private final Map<String, LabelledImages.Checksum> checksums = new HashMap<>();
  private final List<String> entryNames = new ArrayList<>();
  private List<String> classNames = CifarFiles.CLASS_NAMES;

  private CifarReader(Path source, Layout layout, int recordsPerFile) {
    this.source = source;
    this.layout = layout;
    this.recordsPerFile = recordsPerFile;
    int train = CifarFiles.TRAINING_FILES * recordsPerFile;
    this.trainLabels = new byte[train];
    this.trainPixels = new byte[train * Cifar10.IMAGE_BYTES];
    this.testLabels = new byte[recordsPerFile];
    this.testPixels = new byte[recordsPerFile * Cifar10.IMAGE_BYTES];
  }

  static LabelledImages read(Path source, Layout layout, int recordsPerFile) throws IOException {
    try {
      if (!CifarPlace.exists(source)) {
        throw new NoSuchFileException(source.toString(), null, "no such file or directory");
      }
      return new CifarReader(CifarPlace.dataIn(source), layout, recordsPerFile).read();
    } catch (AccessDeniedException e) {
      // The platform's message is the path alone.
      AccessDeniedException clear =
          new AccessDeniedException(e.getFile(), null, "may not be read (permission denied)");
      clear.initCause(e);
      throw clear;
    }
  }

  private LabelledImages read() throws IOException {
    if (Files.isDirectory(source)) {
      readDirectory();
    } else {
      readArchive();
    }
    return LabelledImages.of(
        ImageSet.wrap(Cifar10.SHAPE, layout, Cifar10.CLASSES, trainLabels, trainPixels),
        ImageSet.wrap(Cifar10.SHAPE, layout, Cifar10.CLASSES, testLabels, testPixels),
        classNames,
        source.toString(),
        CifarFiles.TITLE,
        CifarFiles.NAMES.stream().map(checksums::get).toList());
  }

  private void readDirectory() throws IOException {
    List<String> missing = new ArrayList<>();
    for (String name : CifarFiles.NAMES) {
      if (!CifarPlace.exists(source.resolve(name))) {
        missing.add(name);
      }
    }
    requireNone(missing, CifarPlace.hint(source));
    // All sizes first: a truncated last file is found before the others are read.
    for (String name : CifarFiles.NAMES) {
      requireFile(name);
      requireSize(name, Files.size(source.resolve(name)));
    }
    for (String name : CifarFiles.NAMES) {
      readFile(name);
    }
    if (CifarPlace.exists(source.resolve(CifarFiles.CLASS_NAMES_FILE))) {
      requireFile(CifarFiles.CLASS_NAMES_FILE);
      readFile(CifarFiles.CLASS_NAMES_FILE);
    }
  }

  private void requireFile(String name) throws CifarFormatException {
    Path file = source.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new CifarFormatException(
          name
              + ": a file expected, "
              + (Files.isDirectory(file) ? "a directory" : "something else")
              + " found");
    }
  }

  private void readFile(String name) throws IOException {
    try (InputStream in = Files.newInputStream(source.resolve(name))) {
      readContents(name, in);
    }
  }

  private void readArchive() throws IOException {
    try (InputStream file = Files.newInputStream(source)) {
      BoundedStream unzipped = unzip(file);
      TarArchiveInputStream tar = new TarArchiveInputStream(unzipped);
      TarArchiveEntry entry = firstEntry(tar);
      for (int entries = 1; entry != null; entries++) {
        if (entries > MAX_ENTRIES) {
          throw new IOException("it has more than " + MAX_ENTRIES + " entries");
        }
        if (!entry.isCheckSumOK()) {
          throw new IOException("a header's checksum is wrong");
        }
        if (entry.isSparse()) {
          throw new IOException("sparse files are not supported");
        }
        if (entry.getSize() > MAX_ARCHIVE_BYTES - unzipped.given()) {
          throw new CifarFormatException(
              source + ": unpacks to more than 1 GiB, CIFAR-10's archive to 184 MB");
        }
        // The entry, and the next one's header.
        unzipped.allow(entry.getSize() + MAX_HEADER_BYTES);
        if (REGULAR.indexOf(entry.getLinkFlag()) >= 0) {
          readEntry(entry, tar);
        }
        entry = tar.getNextEntry();
      }
      // To the end, where gzip's checksum of the whole stands.
      unzipped.allow(MAX_PADDING_BYTES);
      unzipped.transferTo(OutputStream.nullOutputStream());
    } catch (CifarFormatException | AccessDeniedException e) {
      throw e;
    } catch (EOFException e) {
      throw new CifarFormatException(source + ": ends too early (truncated download?)", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new CifarFormatException(source + ": damaged archive: " + Reason.of(e), e);
    }
    requireNone(
        CifarFiles.NAMES.stream().filter(name -> !checksums.containsKey(name)).toList(),
        OtherData.hint(entryNames.stream().filter(n -> !CifarFiles.NAMES.contains(n)).toList()));
  }

  private BoundedStream unzip(InputStream file) throws IOException {
    try {
      return new BoundedStream(new GZIPInputStream(file, 1 << 16), MAX_HEADER_BYTES);
    } catch (IOException e) {
      throw noArchive(e);
    }
  }

  private TarArchiveEntry firstEntry(TarArchiveInputStream tar) throws IOException {
    TarArchiveEntry entry;
    try {
      entry = tar.getNextEntry();
    } catch (EOFException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw noArchive(e);
    }
    if (entry == null || !entry.isCheckSumOK()) {
      throw noArchive(null);
    }
    return entry;
  }

  private CifarFormatException noArchive(@Nullable Exception cause) {
    String hint = OtherData.hint(List.of(source.getFileName().toString()));
    String message =
        source + ": not a gzip-compressed tar archive" + (hint.isEmpty() ? "" : "; " + hint);
    return cause == null
        ? new CifarFormatException(message)
        : new CifarFormatException(message, cause);
  }

  /** Entries go by their last name, wherever the archive says they belong: nothing is written. */
  private void readEntry(TarArchiveEntry entry, InputStream tar) throws IOException {
    String path = entry.getName();
    if (path.indexOf('\0') >= 0) {
      throw new IOException("an entry's name goes on behind its end");
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (entryNames.size() < MAX_NAMES) {
      entryNames.add(name);
    }
    if (CifarFiles.NAMES.contains(name)) {
      if (checksums.containsKey(name)) {
        throw new CifarFormatException(source + ": " + name + " is there twice");
      }
      requireSize(name, entry.getSize());
      readContents(name, tar);
    } else if (name.equals(CifarFiles.CLASS_NAMES_FILE)) {
      readContents(name, tar);
    }
  }

  private void readContents(String name, InputStream in) throws IOException {
    int file = CifarFiles.NAMES.indexOf(name);
    if (file < 0) {
      readClassNames(in);
    } else if (file < CifarFiles.TRAINING_FILES) {
      readRecords(name, in, trainLabels, trainPixels, file * recordsPerFile);
    } else {
      readRecords(name, in, testLabels, testPixels, 0);
    }
  }

  private void readRecords(String name, InputStream in, byte[] labels, byte[] pixels, int first)
      throws IOException {
    MessageDigest digest = Sha256.newDigest();
    byte[] buffer = new byte[RECORDS_AT_ONCE * CifarFiles.RECORD_BYTES];
    for (int done = 0; done < recordsPerFile; done += RECORDS_AT_ONCE) {
      int records = Math.min(RECORDS_AT_ONCE, recordsPerFile - done);
      int bytes = records * CifarFiles.RECORD_BYTES;
      int found = in.readNBytes(buffer, 0, bytes);
      if (found < bytes) {
        throw wrongSize(name, (long) done * CifarFiles.RECORD_BYTES + found);
      }
      digest.update(buffer, 0, bytes);
      for (int r = 0; r < records; r++) {
        int record = r * CifarFiles.RECORD_BYTES;
        int label = buffer[record] & 0xff;
        if (label >= Cifar10.CLASSES) {
          throw new CifarFormatException(
              name + ": record " + (done + r) + ": label " + label + " is outside [0, 10)");
        }
        int image = first + done + r;
        labels[image] = (byte) label;
        copyPlanes(buffer, record + 1, pixels, image * Cifar10.IMAGE_BYTES);
      }
    }
    checksums.put(name, CifarFiles.checksum(name, Sha256.finish(digest)));
  }

  private void copyPlanes(byte[] planes, int from, byte[] pixels, int to) {
    if (layout == Layout.CHW) {
      System.arraycopy(planes, from, pixels, to, Cifar10.IMAGE_BYTES);
      return;
    }
    for (int p = 0; p < Cifar10.PIXELS; p++) {
      pixels[to + 3 * p] = planes[from + p];
      pixels[to + 3 * p + 1] = planes[from + p + Cifar10.PIXELS];
      pixels[to + 3 * p + 2] = planes[from + p + 2 * Cifar10.PIXELS];
    }
  }

  private void readClassNames(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MAX_CLASS_NAMES_BYTES + 1);
    if (bytes.length > MAX_CLASS_NAMES_BYTES) {
      throw new CifarFormatException(
          CifarFiles.CLASS_NAMES_FILE
              + ": at most "
              + MAX_CLASS_NAMES_BYTES
              + " bytes expected, more found");
    }
    String text = text(bytes);
    // Some editors put a byte order mark in front.
    String unmarked = text.startsWith("\ufeff") ? text.substring(1) : text;
    List<String> names = unmarked.lines().map(String::strip).filter(n -> !n.isEmpty()).toList();
    if (names.size() != Cifar10.CLASSES) {
      throw new CifarFormatException(
          CifarFiles.CLASS_NAMES_FILE + ": 10 class names expected, " + names.size() + " found");
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).indexOf(',') >= 0) {
        // Models keep their names with commas between them.
        throw new CifarFormatException(
            CifarFiles.CLASS_NAMES_FILE + ": class name " + names.get(i) + " has a comma");
      }
      if (names.indexOf(names.get(i)) < i) {
        throw new CifarFormatException(
            CifarFiles.CLASS_NAMES_FILE + ": class name " + names.get(i) + " is there twice");
      }
    }
    classNames = names;
  }

  /** Text that may be printed: no other control characters than ends of lines and tabs. */
  private static String text(byte[] bytes) throws CifarFormatException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.chars().allMatch(c -> !Character.isISOControl(c) || "\r\n\t".indexOf(c) >= 0)) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // Told below.
    }
    throw new CifarFormatException(
        CifarFiles.CLASS_NAMES_FILE + ": text in UTF-8 expected, other bytes found");
  }

  private void requireNone(List<String> missing, String hint) throws CifarFormatException {
    if (!missing.isEmpty() && !hint.isEmpty()) {
      throw new CifarFormatException(source + ": no CIFAR-10 here: " + hint);
    }
    if (!missing.isEmpty()) {
      throw new CifarFormatException(
          source
              + ": no CIFAR-10 here: "
              + String.join(", ", missing)
              + " missing (expected the six files of the binary version)");
    }
  }

  private void requireSize(String name, long found) throws CifarFormatException {
    if (found != (long) recordsPerFile * CifarFiles.RECORD_BYTES) {
      throw wrongSize(name, found);
    }
  }

  private CifarFormatException wrongSize(String name, long found) {
    long expected = (long) recordsPerFile * CifarFiles.RECORD_BYTES;
    return new CifarFormatException(
        name
            + ": "
            + expected
            + " bytes expected, "
            + found
            + " found"
            + (found < expected ? " (truncated download?)" : ""));
  }

  /**
   * A stream that gives no more bytes than it was allowed to, so that no header of an archive can
   * fill the memory.
   */
  private static final class BoundedStream extends FilterInputStream {
    private long allowed;
    private long given;

    BoundedStream(InputStream in, long allowed) {
      super(in);
      this.allowed = allowed;
    }

    void allow(long bytes) {
      allowed = bytes;
    }

    /** How many bytes it has given. */
    long given() {
      return given;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      int n = super.read(to, from, (int) Math.min(length, Math.max(1, allowed)));
      return counted(n);
    }

    @Override
    public long skip(long length) throws IOException {
      return counted((int) super.skip(Math.min(length, Math.clamp(allowed, 1, 1 << 20))));
    }

    private int counted(int n) throws IOException {
      allowed -= Math.max(0, n);
      given += Math.max(0, n);
      if (allowed < 0) {
        throw new IOException("a header, or what follows the last entry, is too long");
      }
      return n;
    }
  }
}

package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import lamella.core.DType;
import lamella.core.Tensor;

/**
 * Named arrays, as an {@code .npz} file holds them: a zip file with an {@code .npy} file for each.
 *
 * <p>Read is what NumPy's {@code savez} and {@code savez_compressed} write. Arrays that {@link
 * NpyArray} refuses for their type or size do not keep a file from being read, nor do entries that
 * are no arrays: they are left out of {@link #arrays()}, and {@link #leftOut} names them.
 *
 * {@snippet file="SnippetsTest.java" region="npz"}
 *
 * <p>No more memory is taken than the bytes of the file can be unpacked to; checksums are compared.
 */
public final class Npz {
  private static final String SUFFIX = ".npy";

  /** The most that a byte of deflated data can become: 258 bytes for two bits. */
  private static final int LARGEST_RATIO = 1032;

  /** What the platform says of what it cannot unpack. */
  private static final Pattern METHOD = Pattern.compile("bad compression method: (\\d+)");

  private static final Map<String, String> PACKERS =
      Map.of("12", "bzip2", "14", "lzma", "93", "Zstandard");

  /** A zip file's times are in the local time of whoever wrote it; all of ours have this one. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final String source;
  private final Map<String, NpyArray> arrays;
  private final Map<String, String> leftOut;

  private Npz(String source, Map<String, NpyArray> arrays, Map<String, String> leftOut) {
    this.source = source;
    this.arrays = Collections.unmodifiableMap(arrays);
    this.leftOut = Collections.unmodifiableMap(leftOut);
  }

  /**
   * {@return a file of these arrays, in the order of their map}
   *
   * @param arrays by name
   * @throws IllegalArgumentException if a name cannot be written: it has unpaired surrogates, or
   *     more than 65,000 bytes in UTF-8
   */
  public static Npz of(Map<String, NpyArray> arrays) {
    for (String name : arrays.keySet()) {
      if (!JsonReader.isUnicode(name) || name.getBytes(StandardCharsets.UTF_8).length > 65_000) {
        throw new IllegalArgumentException("Npz: no array may be named " + quote(name));
      }
    }
    return new Npz("Npz", new LinkedHashMap<>(arrays), Map.of());
  }

  /**
   * {@return a file of the elements of these tensors, in the order of their map}
   *
   * @param tensors by name; copied
   */
  public static Npz ofTensors(Map<String, ? extends Tensor> tensors) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> arrays.put(name, NpyArray.of(tensor)));
    return of(arrays);
  }

  /** {@return the arrays by name, in the file's order} */
  public Map<String, NpyArray> arrays() {
    return arrays;
  }

  /**
   * {@return the array of this name}
   *
   * @param name without {@code .npy}
   * @throws FileFormatException if there is none, naming the file and the names it has; or if it
   *     was left out, saying why
   */
  public NpyArray array(String name) throws FileFormatException {
    NpyArray array = arrays.get(name);
    if (array == null) {
      String reason = leftOut.get(name);
      List<String> names =
          arrays.keySet().stream().limit(20).map(FileFormatException::quote).toList();
      throw new FileFormatException(
          source,
          "array "
              + quote(name)
              + (reason != null
                  ? " " + reason
                  : " is not there, has "
                      + (names.isEmpty() ? "none" : String.join(", ", names))
                      + SafeTensors.describe(leftOut)));
    }
    return array;
  }

  /**
   * {@return what is in the file but cannot be held, by name: each one with the reason, for example
   * {@code has type "<U1", expected floats of 16 to 64 bits, integers or bool}}
   */
  public Map<String, String> leftOut() {
    return leftOut;
  }

  /**
   * {@return the arrays of floats as new tensors: float64 in their own type, float32 and float16 in
   * float32} Integers are not among them; {@link NpyArray#tensor} makes tensors of them too.
   */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, String> others = new LinkedHashMap<>();
    arrays.forEach((name, array) -> {
      if (array.isInteger()) {
        others.put(name, array + ", use array(..).tensor(..)");
      } else {
        boolean isDouble = array.dtype().equals(DType.FLOAT64.toString());
        tensors.put(name, array.tensor(isDouble ? DType.FLOAT64 : DType.FLOAT32));
      }
    });
    others.putAll(leftOut);
    return new FileTensors(tensors, others);
  }

  /**
   * For example {@code Npz(w1 float32[3072, 64], labels int64[200])}; what was left out comes last.
   */
  @Override
  public String toString() {
    return "Npz(" + SafeTensors.list(arrays, leftOut) + ")";
  }

  // Reading.

  /**
   * Reads a file.
   *
   * @param path in the default file system
   * @return the arrays in it
   * @throws FileFormatException if it is no whole {@code .npz} file; says what was expected and
   *     what was found
   * @throws IOException if it cannot be read
   */
  public static Npz read(Path path) throws IOException {
    String file = path.toString();
    if (Files.isDirectory(path)) {
      throw new FileFormatException(file, "is a directory, expected an .npz file");
    }
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new FileFormatException(
          file, "is in another file system than the default one; copy it there first");
    }
    try (ZipFile zip = open(path)) {
      List<? extends ZipEntry> entries = Collections.list(zip.entries());
      requirePossible(file, Files.size(path), entries);
      Map<String, NpyArray> arrays = new LinkedHashMap<>();
      Map<String, String> leftOut = new LinkedHashMap<>();
      for (ZipEntry entry : entries) {
        read(file, zip, entry, arrays, leftOut);
      }
      if (arrays.isEmpty() && leftOut.keySet().stream().anyMatch(FileKind::isPyTorch)) {
        throw new FileFormatException(
            file,
            "expected an .npz file, found a PyTorch file (torch.save);"
                + " save its state_dict with safetensors.torch.save_file");
      }
      return new Npz(file, arrays, leftOut);
    } catch (ZipException | EOFException e) {
      throw wrong(path, String.valueOf(e.getMessage()));
    }
  }

  /** What is wrong with a file that is no zip file to the platform. */
  private static FileFormatException wrong(Path path, String problem) throws IOException {
    String file = path.toString();
    byte[] start;
    try (InputStream in = Files.newInputStream(path)) {
      start = in.readNBytes(FileKind.BYTES);
    }
    if (start.length == 0) {
      return new FileFormatException(file, "no whole .npz file: it is empty");
    }
    boolean zip = start[0] == 'P' && (start.length == 1 || start[1] == 'K');
    FileFormatException other = zip ? null : FileKind.error(file, "an .npz file", start);
    if (other != null) {
      return other;
    }
    Matcher method = METHOD.matcher(problem);
    return new FileFormatException(
        file,
        method.find()
            ? "an array is packed by "
                + PACKERS.getOrDefault(method.group(1), "method " + method.group(1))
                + ", expected deflated or not packed, as numpy.savez does"
            : "no whole .npz file: " + problem);
  }

  /** Names that are not UTF-8 are in the code page that zip files began with. */
  private static ZipFile open(Path path) throws IOException {
    try {
      return new ZipFile(path.toFile());
    } catch (ZipException e) {
      try {
        return new ZipFile(path.toFile(), Charset.forName("IBM437"));
      } catch (ZipException | IllegalArgumentException again) {
        e.addSuppressed(again);
        throw e;
      }
    }
  }

  /** Refuses entries of one name, and those that share bytes or claim more than can be in them. */
  private static void requirePossible(String file, long size, List<? extends ZipEntry> entries)
      throws FileFormatException {
    Set<String> names = new HashSet<>();
    long left = size;
    for (ZipEntry entry : entries) {
      if (!names.add(entry.getName())) {
        throw new FileFormatException(label(file, entry), "is there twice");
      }
      left -= entry.getCompressedSize();
      if (left < 0 || entry.getSize() / LARGEST_RATIO > entry.getCompressedSize()) {
        throw new FileFormatException(
            label(file, entry),
            entry.getCompressedSize()
                + " packed bytes cannot be "
                + entry.getSize()
                + (left < 0 ? ", nor be in this file" : ""));
      }
    }
  }

  private static String label(String file, ZipEntry entry) {
    return file + ", " + quote(entry.getName());
  }

  private static void read(
      String file,
      ZipFile zip,
      ZipEntry entry,
      Map<String, NpyArray> arrays,
      Map<String, String> leftOut)
      throws IOException {
    if (!entry.getName().endsWith(SUFFIX)) {
      leftOut.put(entry.getName(), "is no .npy file");
      return;
    }
    String name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
    String label = label(file, entry);
    try (InputStream unchecked = zip.getInputStream(entry);
        CheckedInputStream in = new CheckedInputStream(unchecked, new CRC32())) {
      NpyHeader header = NpyHeader.read(label, entry.getSize(), in);
      String reason = header.whyNot();
      if (reason != null) {
        leftOut.put(name, reason);
        return;
      }
      NpyArray array = NpyArray.read(label, header, entry.getSize(), in);
      if (in.read() != -1 || in.getChecksum().getValue() != entry.getCrc()) {
        throw new FileFormatException(label, "has another checksum than its bytes (damaged?)");
      }
      arrays.put(name, array);
    }
  }

  // Writing.

  /**
   * Writes a file, not compressed, whole or not at all: see {@link AtomicFile}. Equal arrays give
   * equal bytes.
   *
   * @param path where the file is to be
   * @throws IOException if it cannot be written
   */
  public void write(Path path) throws IOException {
    AtomicFile.write(path, out -> write(out, ZipEntry.STORED));
  }

  /**
   * Writes a file as {@link #write} does, but compressed. Equal bytes are then those of the same
   * version of zlib.
   *
   * @param path where the file is to be
   * @throws IOException if it cannot be written
   */
  public void writeCompressed(Path path) throws IOException {
    AtomicFile.write(path, out -> write(out, ZipEntry.DEFLATED));
  }

  private void write(OutputStream out, int method) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setMethod(method);
    for (Map.Entry<String, NpyArray> named : arrays.entrySet()) {
      NpyArray array = named.getValue();
      ZipEntry entry = new ZipEntry(named.getKey() + SUFFIX);
      entry.setTimeLocal(TIME);
      if (method == ZipEntry.STORED) {
        CheckedOutputStream count =
            new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
        array.writeTo(count);
        entry.setCrc(count.getChecksum().getValue());
        entry.setSize(array.bytesOfFile());
      }
      zip.putNextEntry(entry);
      array.writeTo(zip);
      zip.closeEntry();
    }
    zip.finish();
  }
}

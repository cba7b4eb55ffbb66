package lamella.examples.numpy;

import static lamella.core.io.FileFormatException.quote;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import lamella.core.io.FileFormatException;
import lamella.core.io.NpyHeader;
import lamella.core.io.Npz;
import lamella.examples.Spelling;
import lamella.onnx.OnnxType;
import org.jspecify.annotations.Nullable;

/**
 * A file of NumPy's that is read: an NPZ file has names for its arrays, an NPY file has one array.
 */
public final class ArrayFile implements Closeable {
  private static final String SUFFIX = ".npy";

  /** The most that a byte of deflated data can become. */
  private static final int LARGEST_RATIO = 1032;

  /** How many names an error lists. */
  private static final int MOST_NAMES = 20;

  private final Path file;
  private final @Nullable ZipFile zip;
  private final Map<String, NpyHeader> arrays;

  private ArrayFile(Path file, @Nullable ZipFile zip, Map<String, NpyHeader> arrays) {
    this.file = file;
    this.zip = zip;
    this.arrays = arrays;
  }

  /** Whether a file's name is that of an NPZ file, and not of an NPY file. */
  static boolean isNpz(Path file) {
    String name = Spelling.lowerCase(file.toString());
    if (!name.endsWith(".npz") && !name.endsWith(SUFFIX)) {
      throw new IllegalArgumentException(
          file + ": expected a file whose name ends with .npz, or .npy for a single array");
    }
    return name.endsWith(".npz");
  }

  /**
   * Checks a file's name.
   *
   * @throws IllegalArgumentException if it ends neither with .npz nor with .npy
   */
  public static void requireKind(Path file) {
    boolean ignored = isNpz(file);
  }

  /**
   * Opens a file and reads what its arrays are.
   *
   * @throws FileFormatException if it is no such file, or damaged
   * @throws IOException if it cannot be read
   */
  public static ArrayFile open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileFormatException(file.toString(), "is a directory, expected a file of arrays");
    }
    if (!isNpz(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        NpyHeader header = NpyHeader.read(file.toString(), Files.size(file), in);
        return new ArrayFile(file, null, Map.of("", header));
      }
    }
    Files.newInputStream(file).close(); // says better than a zip file that it is not there
    ZipFile zip = zip(file);
    try {
      return new ArrayFile(file, zip, headers(file, zip));
    } catch (IOException e) {
      zip.close();
      throw e;
    }
  }

  private static ZipFile zip(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      Npz ignored = Npz.read(file); // says what else it is
      return new ZipFile(file.toFile(), Charset.forName("IBM437"));
    }
  }

  private static Map<String, NpyHeader> headers(Path file, ZipFile zip) throws IOException {
    Map<String, NpyHeader> arrays = new LinkedHashMap<>();
    for (ZipEntry entry : Collections.list(zip.entries())) {
      if (!entry.getName().endsWith(SUFFIX)) {
        continue;
      }
      String name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
      String label = file + ", " + quote(entry.getName());
      if (entry.getSize() / LARGEST_RATIO > entry.getCompressedSize()) {
        throw new FileFormatException(
            label, entry.getCompressedSize() + " packed bytes cannot be " + entry.getSize());
      }
      try (InputStream in = zip.getInputStream(entry)) {
        if (arrays.put(name, NpyHeader.read(label, entry.getSize(), in)) != null) {
          throw new FileFormatException(label, "is there twice");
        }
      } catch (ZipException e) {
        throw new FileFormatException(label, "cannot be unpacked: " + e.getMessage());
      }
    }
    return arrays;
  }

  /** The arrays by name; that of an NPY file has the empty one. */
  public Map<String, NpyHeader> arrays() {
    return Collections.unmodifiableMap(arrays);
  }

  /** The name under which the array for an input is there; null if there is none. */
  private @Nullable String find(String input, boolean only) {
    return arrays.containsKey(input)
        ? input
        : only && arrays.size() == 1 ? arrays.keySet().iterator().next() : null;
  }

  /**
   * The array for an input of a model.
   *
   * @param input its name
   * @param type of the elements that the model takes
   * @param only whether the model has no other input, so that the only array of whatever name is it
   * @throws FileFormatException if there is none, or it is of a type that cannot become this one
   * @throws IOException if it cannot be read
   */
  public ArrayRows rows(String input, OnnxType type, boolean only) throws IOException {
    String found = find(input, only);
    NpyHeader header = found == null ? null : arrays.get(found);
    if (found == null || header == null) {
      throw new FileFormatException(
          file.toString(),
          zip == null
              ? "is one array, expected an .npz file with the model's inputs"
              : "array " + quote(input) + " is not there, has " + names());
    }
    if (zip == null) {
      long size = Files.size(file);
      return rows(
          input,
          header,
          size,
          new BufferedInputStream(Files.newInputStream(file), 1 << 16),
          -1,
          type);
    }
    ZipEntry entry = zip.getEntry(found + SUFFIX);
    return rows(found, header, entry.getSize(), zip.getInputStream(entry), entry.getCrc(), type);
  }

  private ArrayRows rows(
      String name, NpyHeader header, long size, InputStream in, long checksum, OnnxType type)
      throws IOException {
    CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
    try {
      checked.skipNBytes(header.bytes());
      return new ArrayRows(file.toString(), name, header, size, checked, checksum, type);
    } catch (IOException e) {
      checked.close();
      throw e;
    }
  }

  private String names() {
    List<String> names = new ArrayList<>();
    for (String name : arrays.keySet()) {
      if (names.size() == MOST_NAMES) {
        return String.join(", ", names) + " and " + (arrays.size() - MOST_NAMES) + " more";
      }
      names.add(quote(name));
    }
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  /**
   * Reads all bytes of it.
   *
   * @throws FileFormatException if an array is cut off or has another checksum
   * @throws IOException if it cannot be read
   */
  public void requireWhole() throws IOException {
    for (Map.Entry<String, NpyHeader> named : arrays.entrySet()) {
      ElementType element = ElementType.of(named.getValue());
      if (element != null) {
        OnnxType type =
            element.isText()
                ? OnnxType.STRING
                : element.isInteger() ? OnnxType.INT64 : OnnxType.DOUBLE;
        try (ArrayRows rows = rows(named.getKey(), type, false)) {
          rows.skip();
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (zip != null) {
      zip.close();
    }
  }
}

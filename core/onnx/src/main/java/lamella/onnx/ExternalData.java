package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The files beside a model that have the elements of its tensors: those in its own folder and the
 * folders within, and no others, whatever way a model names them.
 */
final class ExternalData {
  /** So many times the bytes of a file may be asked for, by tensors that overlap. */
  private static final int TIMES = 4;

  private static final int BUFFER = 1 << 16;

  private final String model;

  /** Without symbolic links; null where the model is no file. */
  private final @Nullable Path folder;

  private final Map<String, Source> sources = new HashMap<>();
  private final Map<Path, String> sums = new HashMap<>();

  /** A file. */
  private static final class Source {
    private final Path path;
    private final long size;

    /** How many bytes may still be asked for. */
    private long left;

    Source(Path path, long size) {
      this.path = path;
      this.size = size;
      this.left = Math.multiplyHigh(size, TIMES) == 0 ? size * TIMES : size;
    }
  }

  /** Where in which file the elements of a tensor are. */
  record Part(Path path, String name, long offset) {
    Opened open() throws IOException {
      return new Opened(
          this, FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }
  }

  /** A part that is being read. */
  record Opened(Part part, FileChannel channel) implements AutoCloseable {
    /** Some of its bytes, as many as the buffer has room for. */
    void read(long from, ByteBuffer into) throws IOException {
      long at = part.offset + from;
      while (into.hasRemaining()) {
        int read = channel.read(into, at);
        if (read < 0) {
          throw new FileFormatException(
              part.name, "expected as long as when the model was read, found shorter");
        }
        at += read;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Those beside a file. */
  ExternalData(String model, @Nullable Path folder) {
    this.model = model;
    this.folder = folder;
  }

  /**
   * The part that has a tensor's elements.
   *
   * @param tensor for messages
   * @param entries what the model says of it: {@code location}, {@code offset}, {@code length},
   *     {@code checksum}
   * @param bytes how many the tensor has
   */
  Part part(String tensor, Map<String, String> entries, long bytes) throws IOException {
    String location = entries.getOrDefault("location", "");
    long offset = number(tensor, entries, "offset", 0);
    long length = number(tensor, entries, "length", bytes);
    Source source = sources.get(location);
    if (source == null) {
      source = open(tensor, location);
      sources.put(location, source);
    }
    String checksum = entries.get("checksum");
    if (checksum != null) {
      requireSum(tensor, location, source.path, checksum);
    }
    if (length != bytes) {
      throw wrong(tensor, "a length of " + bytes + " bytes expected, found " + length);
    }
    if (offset > source.size || length > source.size - offset) {
      throw wrong(
          tensor,
          length
              + " bytes from "
              + offset
              + " on expected in "
              + quote(location)
              + ", which has "
              + source.size
              + " (cut off?)");
    }
    source.left -= length;
    if (source.left < 0) {
      throw wrong(
          tensor,
          "tensors expected to share few bytes of " + quote(location) + ", found too many that do");
    }
    return new Part(source.path, source.path.toString(), offset);
  }

  private long number(String tensor, Map<String, String> entries, String key, long otherwise)
      throws FileFormatException {
    String text = entries.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // the same as a negative one
    }
    throw wrong(tensor, "a number of bytes expected as " + key + ", found " + quote(text));
  }

  private Source open(String tensor, String location) throws IOException {
    if (folder == null) {
      throw wrong(
          tensor,
          "its elements are in another file, "
              + quote(location)
              + "; the model must be read by its path, so that the other can be found");
    }
    Path path;
    try {
      Path relative = Path.of(location);
      boolean inside = !location.isEmpty() && !relative.isAbsolute() && relative.getRoot() == null;
      for (Path step : relative) {
        inside &= !step.toString().equals("..");
      }
      if (!inside) {
        throw outside(tensor, location);
      }
      path = folder.resolve(relative);
    } catch (InvalidPathException e) {
      throw outside(tensor, location);
    }
    if (!Files.isRegularFile(path)) {
      throw wrong(
          tensor,
          "its elements are expected in the file "
              + quote(location)
              + " beside the model, which is not there");
    }
    Path real = path.toRealPath();
    if (!real.startsWith(folder)) {
      throw outside(tensor, location);
    }
    return new Source(real, Files.size(real));
  }

  private FileFormatException outside(String tensor, String location) {
    return wrong(tensor, "a file within the model's own folder expected, found " + quote(location));
  }

  private void requireSum(String tensor, String location, Path path, String expected)
      throws IOException {
    String found = sums.get(path);
    if (found == null) {
      found = sum(path);
      sums.put(path, found);
    }
    if (!found.equals(expected.toLowerCase(Locale.ROOT))) {
      throw wrong(
          tensor,
          "SHA-1 of "
              + quote(location)
              + " expected to be "
              + quote(expected)
              + ", found "
              + found
              + " (changed or damaged?)");
    }
  }

  private static String sum(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  private FileFormatException wrong(String tensor, String problem) {
    return new FileFormatException(model, "tensor " + quote(tensor) + ": " + problem);
  }
}

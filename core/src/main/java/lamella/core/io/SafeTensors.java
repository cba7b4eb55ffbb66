package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Tensor;

/**
 * Named tensors and text, as a file in the safetensors format holds them.
 *
 * <p>A file is the length N of its header (8 bytes, little-endian), the header (N bytes of JSON:
 * type, shape and place of every tensor, and {@code __metadata__}), and the elements, little-endian
 * and row-major, without gaps.
 *
 * <p>{@code F32}, {@code F16} and {@code BF16} become a {@link FloatTensor}, {@code F64} a {@link
 * DoubleTensor}, every number exactly. Tensors of other types, empty ones, and those too large for
 * a Java array do not keep a file from being read: they are left out of {@link #tensors()}, and
 * {@link #leftOut()} names them.
 *
 * <p>The maps never change. Tensors are not copied: whoever writes to one that was given to {@link
 * #of} writes to this one.
 *
 * <p>Source: the safetensors project (Hugging Face), README and implementation, whose limits are
 * kept: a header is at most 100 MB, names are unique, every byte of data belongs to one tensor.
 */
public final class SafeTensors {
  /** Bytes converted at once; a multiple of every element's size. */
  private static final int CHUNK = 1 << 16;

  private static final String EXPECTED = "a safetensors file";

  private static final String HELD = ": tensors hold F64, F32, F16 and BF16 only";

  private final String source;
  private final Map<String, Tensor> tensors;
  private final Map<String, String> leftOut;
  private final Map<String, String> metadata;

  private SafeTensors(
      String source,
      Map<String, Tensor> tensors,
      Map<String, String> leftOut,
      Map<String, String> metadata) {
    this.source = source;
    this.leftOut = Collections.unmodifiableMap(leftOut);
    this.tensors = new FileTensors(Collections.unmodifiableMap(tensors), this.leftOut);
    this.metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * {@return a file of these tensors and this text, in the order of their maps}
   *
   * @param tensors by name; not copied
   * @param metadata text by key
   * @throws IllegalArgumentException if a name or text cannot be written: it has unpaired
   *     surrogates, or is the name the format keeps for metadata
   */
  public static SafeTensors of(
      Map<String, ? extends Tensor> tensors, Map<String, String> metadata) {
    for (String name : tensors.keySet()) {
      requireUnicode(name);
      if (name.equals(Header.METADATA)) {
        throw new IllegalArgumentException(
            "SafeTensors: no tensor may be named " + Header.METADATA);
      }
    }
    for (Map.Entry<String, String> text : metadata.entrySet()) {
      requireUnicode(text.getKey());
      requireUnicode(text.getValue());
    }
    return new SafeTensors(
        "SafeTensors", new LinkedHashMap<>(tensors), Map.of(), new LinkedHashMap<>(metadata));
  }

  private static void requireUnicode(String text) {
    if (!JsonReader.isUnicode(text)) {
      throw new IllegalArgumentException("SafeTensors: unpaired surrogate in " + quote(text));
    }
  }

  /** {@return the tensors by name, in the order of their data} */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** {@return the text, in the file's order; empty if there is none} */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * {@return the tensor of this name}
   *
   * @param name as in the file
   * @throws FileFormatException if there is none, naming the file and the names it has; or if it
   *     cannot be held, saying why
   */
  public Tensor tensor(String name) throws FileFormatException {
    Tensor tensor = tensors.get(name);
    if (tensor != null) {
      return tensor;
    }
    String reason = leftOut.get(name);
    throw new FileFormatException(
        source,
        reason != null
            ? "tensor " + quote(name) + " is " + reason + HELD
            : "no tensor "
                + quote(name)
                + ", has "
                + describe(tensors.keySet().stream().toList())
                + describe(leftOut));
  }

  /**
   * {@return the tensors that are in the file but cannot be held, by name: each one's type and
   * shape and why, for example {@code I64[2, 3], cannot be held}}
   */
  public Map<String, String> leftOut() {
    return leftOut;
  }

  /** What was left out, for the end of a message; nothing if that is nothing. */
  static String describe(Map<String, String> leftOut) {
    if (leftOut.isEmpty()) {
      return "";
    }
    int shown = Math.min(leftOut.size(), 10);
    String list =
        String.join(
            "; ",
            leftOut.entrySet().stream()
                .limit(shown)
                .map(e -> quote(e.getKey()) + " " + e.getValue())
                .toList());
    int more = leftOut.size() - shown;
    return "; left out on reading: " + list + (more == 0 ? "" : " and " + more + " more");
  }

  private static String describe(List<String> names) {
    int shown = Math.min(names.size(), 20);
    String list =
        String.join(", ", names.stream().limit(shown).map(FileFormatException::quote).toList());
    return names.isEmpty()
        ? "none"
        : shown == names.size() ? list : list + " and " + (names.size() - shown) + " more";
  }

  /**
   * For example {@code SafeTensors(weight float32[3072, 64], bias float32[64])}; what was left out
   * comes last: {@code ids I64[512], cannot be held}.
   */
  @Override
  public String toString() {
    return "SafeTensors(" + list(tensors, leftOut) + ")";
  }

  /** Names with what they stand for, and what was left out. */
  static String list(Map<String, ?> held, Map<String, String> leftOut) {
    return Stream.concat(held.entrySet().stream(), leftOut.entrySet().stream())
        .map(e -> e.getKey() + " " + e.getValue())
        .collect(Collectors.joining(", "));
  }

  // Reading.

  /**
   * Reads a file.
   *
   * @param path of the file
   * @return what it holds
   * @throws FileFormatException if it is not a whole safetensors file; says what was expected and
   *     what was found
   * @throws IOException if it cannot be read
   */
  public static SafeTensors read(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new FileFormatException(path.toString(), "is a directory, expected a safetensors file");
    }
    // Unlike a channel, this can be read by an interrupted thread too.
    try (InputStream in = Files.newInputStream(path)) {
      return parse(path.toString(), Files.size(path), in);
    }
  }

  /**
   * Reads what a file of this name holds.
   *
   * @param name for messages
   * @param bytes the whole file
   * @return what it holds
   * @throws FileFormatException if these bytes are not a whole safetensors file
   */
  public static SafeTensors parse(String name, byte[] bytes) throws FileFormatException {
    try {
      return parse(name, bytes.length, new ByteArrayInputStream(bytes));
    } catch (FileFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new AssertionError("an array can be read", e);
    }
  }

  /**
   * Checks everything before it takes memory for the first tensor; {@code size} bounds all of it.
   */
  private static SafeTensors parse(String file, long size, InputStream in) throws IOException {
    byte[] start = in.readNBytes(Long.BYTES);
    if (size < Long.BYTES || start.length < Long.BYTES) {
      throw new FileFormatException(
          file,
          "at least 8 bytes expected, "
              + start.length
              + " found"
              + (size == 0 ? " (the file is empty)" : ""));
    }
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    boolean possible = length >= 2 && length <= Header.LONGEST;
    byte[] json = in.readNBytes(possible ? (int) Math.min(length, size - start.length) : 0);
    if ((!possible || json.length < length) && (json.length == 0 || json[0] != '{')) {
      requireNoOther(file, start, json, in);
    }
    if (!possible) {
      throw new FileFormatException(
          file,
          "header length expected in [2, "
              + Header.LONGEST
              + "], found "
              + Long.toUnsignedString(length)
              + " (no safetensors file?)");
    }
    if (length > size - start.length) {
      throw new FileFormatException(
          file,
          length + " bytes of header expected, " + (size - start.length) + " found (cut off?)");
    }
    if (json.length < length) {
      throw new FileFormatException(
          file, length + " bytes of header expected, " + json.length + " found");
    }
    Header header;
    try {
      header = Header.parse(file, json, size - start.length - length);
    } catch (FileFormatException e) {
      if (json[0] != '{') {
        requireNoOther(file, start, json, in);
      }
      throw e;
    }

    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, String> leftOut = new LinkedHashMap<>();
    byte[] chunk = new byte[CHUNK];
    for (Header.Entry entry : header.entries()) {
      SafeTensorsType type = entry.type();
      Tensor tensor = entry.newTensor();
      if (tensor == null) {
        leftOut.put(entry.name(), entry.whyNoTensor());
      } else {
        tensors.put(entry.name(), tensor);
      }
      for (long at = 0; at < entry.bytes(); at += chunk.length) {
        int count = (int) Math.min(chunk.length, entry.bytes() - at);
        readFully(file, in, chunk, count);
        if (type != null && tensor != null) {
          ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, count).order(ByteOrder.LITTLE_ENDIAN);
          type.decode(bytes, tensor, (int) (at / type.bytes()), count / type.bytes());
        }
      }
    }
    return new SafeTensors(file, tensors, leftOut, header.metadata());
  }

  /** Names the file where it is another program's. */
  private static void requireNoOther(String file, byte[] start, byte[] json, InputStream in)
      throws IOException {
    byte[] beginning = FileKind.beginning(FileKind.join(start, json), in);
    FileFormatException other = FileKind.error(file, EXPECTED, beginning);
    boolean isOne = beginning.length > Long.BYTES && beginning[Long.BYTES] == '{';
    if (other != null && !isOne) {
      throw other;
    }
  }

  private static void readFully(String file, InputStream in, byte[] bytes, int length)
      throws IOException {
    int read = in.readNBytes(bytes, 0, length);
    if (read < length) {
      throw new FileFormatException(file, length + " bytes more expected, " + read + " found");
    }
  }

  // Writing.

  /**
   * Writes a file, whole or not at all: see {@link AtomicFile}.
   *
   * @param path where the file is to be
   * @throws IOException if it cannot be written
   * @throws IllegalStateException if names and metadata exceed the format's 100 MB
   */
  public void write(Path path) throws IOException {
    byte[] header = Header.write(tensors, metadata);
    AtomicFile.write(path, out -> write(header, out));
  }

  /**
   * {@return the file's bytes}
   *
   * @throws IllegalStateException if they exceed a Java array, or names and metadata exceed the
   *     format's 100 MB
   */
  public byte[] toBytes() {
    byte[] header = Header.write(tensors, metadata);
    long size = Long.BYTES + header.length + Header.dataBytes(tensors);
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(
          "SafeTensors: " + size + " bytes exceed a Java array; use write");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) size);
    try {
      write(header, bytes);
    } catch (IOException e) {
      throw new AssertionError("an array can be written", e);
    }
    return bytes.toByteArray();
  }

  /** The SHA-256 of the file's bytes, as 64 hexadecimal digits. */
  String sha256() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
      write(
          Header.write(tensors, metadata),
          new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new AssertionError("every Java platform has SHA-256, and nothing is written", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void write(byte[] header, OutputStream out) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(header.length).array());
    out.write(header);
    for (Tensor tensor : tensors.values()) {
      LittleEndian.write(tensor, out);
    }
  }
}

package lamella.optim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Fingerprint;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.SafeTensors;

/**
 * A state as a safetensors file with a checksum: the SHA-256 of every name, shape, text and number
 * in it.
 */
final class CheckpointFile {
  private static final String CHECKSUM = "sha256";

  private CheckpointFile() {}

  /** Writes the file; it has its name only when every byte is on the disk. */
  static void write(Path file, SavedState state) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(state.texts());
    metadata.put(CHECKSUM, checksum(state.tensors(), state.texts()));
    SafeTensors.of(state.tensors(), metadata).write(file);
  }

  /**
   * Finds out whether a state can be written, of which nothing else can keep it but a disk.
   *
   * @throws IllegalArgumentException if a text cannot be: it has unpaired surrogates
   */
  static void requireWritable(SavedState state) {
    SafeTensors ignored = SafeTensors.of(state.tensors(), state.texts());
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws FileFormatException if a bit of it is another
   */
  static SavedState read(Path file, List<Parameter> parameters) throws IOException {
    SafeTensors content = SafeTensors.read(file);
    Map<String, String> texts = new LinkedHashMap<>(content.metadata());
    String expected = texts.remove(CHECKSUM);
    if (!checksum(content.tensors(), texts).equals(expected)) {
      throw new FileFormatException(file.toString(), "its checksum does not match its content");
    }
    return SavedState.of(parameters, content.tensors(), texts);
  }

  private static String checksum(Map<String, Tensor> tensors, Map<String, String> texts) {
    MessageDigest digest = sha256();
    List<Parameter> numbers = new ArrayList<>();
    tensors.forEach((name, tensor) -> {
      update(digest, name);
      update(digest, tensor.toString());
      numbers.add(new Parameter(name, Parameter.Role.WEIGHT, tensor));
    });
    texts.forEach((key, value) -> {
      update(digest, key);
      update(digest, value);
    });
    update(digest, Fingerprint.of(numbers));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

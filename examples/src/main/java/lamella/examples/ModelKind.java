package lamella.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a model file is, told by its content. */
public enum ModelKind {
  /** A network of ours with its layers, in the safetensors format. */
  NETWORK("Lamella model"),
  /** What a training of ours goes on from, in the safetensors format. */
  CHECKPOINT("Lamella checkpoint"),
  /** Tensors by name, in the safetensors format, as PyTorch's weights are saved. */
  WEIGHTS("safetensors file of weights"),
  /** Arrays of NumPy's, by name. */
  ARRAYS("NumPy file of arrays"),
  /** A graph of the Open Neural Network Exchange. */
  ONNX("ONNX model"),
  /** None of these. */
  OTHER("file of another kind");

  /** The longest header that the safetensors format allows. */
  private static final long LONGEST_HEADER = 100_000_000;

  private static final String CHECKPOINT_KEY = "\"description.network\"";
  private static final String NETWORK_KEY = "\"lamella.format\"";

  private final String text;

  ModelKind(String text) {
    this.text = text;
  }

  /**
   * The kind of a file. Where the beginning does not tell, a name that ends with {@code .onnx}
   * does: ONNX files have no mark at their beginning.
   *
   * @throws IOException if it cannot be read
   */
  public static ModelKind of(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      return OTHER;
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(9);
      if (isSafeTensors(start)) {
        return safeTensors(start, in);
      }
    }
    if (begins(start, 'P', 'K', 3, 4) || begins(start, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
      return ARRAYS;
    }
    // The version of the format, by which exporters begin.
    boolean version = start.length > 2 && start[0] == 8 && start[1] > 0 && start[1] < 64;
    boolean named = Spelling.lowerCase(file.toString()).endsWith(".onnx");
    return version || named ? ONNX : OTHER;
  }

  private static boolean begins(byte[] start, int... bytes) {
    boolean same = start.length >= bytes.length;
    for (int i = 0; same && i < bytes.length; i++) {
      same = (start[i] & 0xff) == bytes[i];
    }
    return same;
  }

  private static boolean isSafeTensors(byte[] start) {
    if (start.length < 9 || start[8] != '{') {
      return false;
    }
    long length = headerLength(start);
    return length >= 2 && length <= LONGEST_HEADER;
  }

  private static long headerLength(byte[] start) {
    return ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** By the keys of the metadata, which are in the header. */
  private static ModelKind safeTensors(byte[] start, InputStream in) throws IOException {
    String header =
        new String(in.readNBytes((int) headerLength(start) - 1), StandardCharsets.ISO_8859_1);
    return header.contains(NETWORK_KEY)
        ? NETWORK
        : header.contains(CHECKPOINT_KEY) ? CHECKPOINT : WEIGHTS;
  }

  /** For people, for example {@code ONNX model}. */
  @Override
  public String toString() {
    return text;
  }
}

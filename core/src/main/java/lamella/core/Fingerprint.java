package lamella.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The SHA-256 of parameters: equal fingerprints mean equal bits.
 *
 * <p>Digested are the values of all parameters in order, each as its raw IEEE 754 bits in
 * little-endian order; nothing else, neither names nor shapes.
 */
public final class Fingerprint {
  private Fingerprint() {}

  /**
   * {@return the fingerprint as 64 hexadecimal digits}
   *
   * @param parameters in the order of the layers
   */
  public static String of(List<Parameter> parameters) {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (Parameter parameter : parameters) {
      digest(parameter.value(), buffer, digest);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void digest(Tensor tensor, ByteBuffer buffer, MessageDigest digest) {
    int width = tensor.dtype().bytes();
    int count;
    for (int index = 0; index < tensor.size(); index += count) {
      count = Math.min(buffer.capacity() / width, tensor.size() - index);
      buffer.clear();
      switch (tensor) {
        case FloatTensor floats -> buffer.asFloatBuffer().put(floats.array(), index, count);
        case DoubleTensor doubles -> buffer.asDoubleBuffer().put(doubles.array(), index, count);
      }
      digest.update(buffer.limit(count * width));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

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
 * <p>Digested are the values of all parameters in order, each as its raw IEEE 754 bits in little-endian order; nothing
 * else, neither names nor shapes.
 */
public final class Fingerprint {
  private Fingerprint() {}

  /** The fingerprint as 64 hexadecimal digits. */
  public static String of(List<Parameter> parameters) {
    MessageDigest digest = sha256();
    for (Parameter parameter : parameters) {
      digest.update(bytes(parameter.value()));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[tensor.size() * tensor.dtype().bytes()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor) {
      case FloatTensor floats -> buffer.asFloatBuffer().put(floats.array());
      case DoubleTensor doubles -> buffer.asDoubleBuffer().put(doubles.array());
    }
    return bytes;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

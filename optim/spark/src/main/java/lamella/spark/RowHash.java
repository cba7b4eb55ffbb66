package lamella.spark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** SHA-256 of rows, blocks and texts; of a row's the place takes the first 128 bits. */
final class RowHash {
  /** The bytes of a row's hash. */
  static final int BYTES = 16;

  private final MessageDigest digest;

  RowHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The first 128 bits. */
  byte[] of(byte[] bytes, int from, int count) {
    digest.update(bytes, from, count);
    return Arrays.copyOf(digest.digest(), BYTES);
  }

  /** All 256 bits. */
  byte[] whole(byte[] bytes) {
    return digest.digest(bytes);
  }

  /** Eight bytes of a hash, the first one the highest. */
  static long longAt(byte[] hash, int from) {
    return ByteBuffer.wrap(hash).getLong(from);
  }

  /** All 256 bits of bytes, as 64 hexadecimal digits. */
  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(new RowHash().whole(bytes));
  }

  /** The beginning of a text's, for the name of a file. */
  static String hex(String text, int digits) {
    return hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, digits);
  }
}

package lamella.spark;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Hashes of rows and blocks: SHA-256, of which a row's place takes the first 128 bits. */
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
}

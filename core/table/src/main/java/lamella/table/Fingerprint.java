package lamella.table;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digits that stand for the content of a table. */
final class Fingerprint {
  private static final int DIGITS = 16;
  private static final int BUFFER = 8192;

  private final MessageDigest digest;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String of(Table table) {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.add(table.rows());
    for (Column column : table.columns()) {
      fingerprint.add(column);
    }
    fingerprint.flush();
    return HexFormat.of().formatHex(fingerprint.digest.digest()).substring(0, DIGITS);
  }

  /** How the values are kept in memory makes no difference. */
  private void add(Column column) {
    add(column.name());
    add(column.kind().name());
    if (column.isNumeric()) {
      for (int row = 0; row < column.size(); row++) {
        add(Double.doubleToLongBits(column.number(row)));
      }
      return;
    }
    // The texts in the order in which they come, and which of them each row has.
    int seen = 0;
    for (int row = 0; row < column.size(); row++) {
      int code = column.category(row);
      add(code);
      if (code == seen) {
        add(column.categories().get(code));
        seen++;
      }
    }
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    flush();
    digest.update(bytes);
  }

  private void add(long number) {
    if (buffer.remaining() < Long.BYTES) {
      flush();
    }
    buffer.putLong(number);
  }

  private void flush() {
    digest.update(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}

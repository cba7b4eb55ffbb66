package lamella.spark;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Key and content of one row after another, without those that are left out. */
final class EncodedRows implements Iterator<byte[]> {
  private final Iterator<Row> rows;
  private final RowEncoder encoder;
  private byte @Nullable [] next;

  EncodedRows(Iterator<Row> rows, RowEncoder encoder) {
    this.rows = rows;
    this.encoder = encoder;
  }

  @Override
  public boolean hasNext() {
    while (next == null && rows.hasNext()) {
      next = encoder.encode(rows.next());
    }
    return next != null;
  }

  @Override
  public byte[] next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    byte[] row = next;
    next = null;
    return row;
  }
}

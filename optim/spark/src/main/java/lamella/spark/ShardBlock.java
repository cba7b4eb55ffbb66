package lamella.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The rows of one shard in one piece, as a cluster keeps them: a class of plain arrays, which any
 * of Spark's serialisers writes and reads.
 */
final class ShardBlock implements Serializable {
  private static final long serialVersionUID = 1;

  private final int shard;
  private final int rows;
  private final byte[] bytes;

  /** SHA-256 of the bytes, taken when they were packed. */
  private final byte[] fingerprint;

  /** The sum over its rows, by which the whole frame is known. */
  private final long[] ordered;

  /** The sum over its rows in no order. */
  private final long[] unordered;

  private ShardBlock(
      int shard, int rows, byte[] bytes, byte[] fingerprint, long[] ordered, long[] unordered) {
    this.shard = shard;
    this.rows = rows;
    this.bytes = bytes;
    this.fingerprint = fingerprint;
    this.ordered = ordered;
    this.unordered = unordered;
  }

  /**
   * Packs.
   *
   * @param shard the block's number
   * @param shards how many blocks there are: row i of the block is row i shards + shard of all
   * @param stride the bytes of a row
   * @param bytes all rows; used, not copied
   */
  static ShardBlock of(int shard, int shards, int stride, byte[] bytes) {
    RowHash hash = new RowHash();
    RowsSum ordered = new RowsSum();
    RowsSum unordered = new RowsSum();
    int rows = bytes.length / stride;
    for (int row = 0; row < rows; row++) {
      byte[] ofRow = hash.of(bytes, row * stride, stride);
      ordered.add(ofRow, (long) row * shards + shard);
      unordered.add(ofRow, 0);
    }
    return new ShardBlock(
        shard, rows, bytes, hash.whole(bytes), ordered.toLongs(), unordered.toLongs());
  }

  int shard() {
    return shard;
  }

  int rows() {
    return rows;
  }

  byte[] bytes() {
    return bytes;
  }

  byte[] fingerprint() {
    return fingerprint;
  }

  long[] ordered() {
    return ordered;
  }

  long[] unordered() {
    return unordered;
  }

  /** The same without the rows. */
  ShardBlock summary() {
    return new ShardBlock(shard, rows, new byte[0], fingerprint, ordered, unordered);
  }

  /**
   * Refuses rows that are not those of before.
   *
   * @param shards how many there are
   * @param expected the fingerprint that the driver knows
   * @throws InputChangedException if this one has another
   */
  void require(int shards, byte[] expected) {
    if (!Arrays.equals(fingerprint, expected)) {
      HexFormat hex = HexFormat.of();
      throw InputChangedException.of(
          shard,
          shards,
          "expected SHA-256 "
              + hex.formatHex(expected, 0, 8)
              + "..., got "
              + hex.formatHex(fingerprint, 0, 8)
              + "... of "
              + rows
              + " rows");
    }
  }

  /** For example {@code shard 3, 63 rows}. */
  @Override
  public String toString() {
    return "shard " + shard + ", " + rows + " rows";
  }
}

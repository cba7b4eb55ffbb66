package lamella.spark;

import java.util.HexFormat;

/**
 * A sum of 128 bits over rows, each by its hash and its place: the same for the same rows in the
 * same order, in whatever parts it was added up.
 *
 * <p>It tells what was changed by accident from what was not; against intent there are the shards'
 * own fingerprints.
 */
final class RowsSum {
  private long first;
  private long second;

  /** The sum over nothing. */
  RowsSum() {}

  /** The sum that {@link #toLongs} gave. */
  RowsSum(long[] sum) {
    first = sum[0];
    second = sum[1];
  }

  /**
   * Adds a row.
   *
   * @param hash at least 16 bytes
   * @param place of the row among all; the same for all rows where the order does not count
   */
  void add(byte[] hash, long place) {
    long high = RowHash.longAt(hash, 0);
    long low = RowHash.longAt(hash, Long.BYTES);
    first += mixed(high + place * 0x9e3779b97f4a7c15L);
    second += mixed(low ^ mixed(place + 0x9e3779b97f4a7c15L));
  }

  /** Adds another sum. */
  void add(long[] sum) {
    first += sum[0];
    second += sum[1];
  }

  long[] toLongs() {
    return new long[] {first, second};
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mixed(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(first) + hex.toHexDigits(second);
  }
}

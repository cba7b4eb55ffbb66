package lamella.spark;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;

/**
 * Divides rows by their keys into ranges that follow each other. Which ranges they are changes how
 * evenly the work is spread, and no result.
 */
final class KeyRanges extends Partitioner {
  private static final long serialVersionUID = 1;

  /** Keys looked at in each partition of the frame, at most. */
  private static final int SAMPLE = 256;

  /** Range i + 1 begins at bound i. */
  private final byte[][] bounds;

  private KeyRanges(byte[][] bounds) {
    this.bounds = bounds;
  }

  /** So many ranges of keys that are hashes. */
  static KeyRanges ofHashes(int ranges) {
    byte[][] bounds = new byte[ranges - 1][];
    for (int i = 0; i < bounds.length; i++) {
      long bound = ((i + 1L) << Integer.SIZE) / ranges;
      bounds[i] = ByteBuffer.allocate(Integer.BYTES).putInt((int) bound).array();
    }
    return new KeyRanges(bounds);
  }

  /** At most so many ranges of keys of which some are looked at. */
  static KeyRanges ofSample(JavaRDD<byte[]> keys, int ranges) {
    List<byte[]> all = new ArrayList<>();
    List<Long> weights = new ArrayList<>();
    for (Sample sample : keys.mapPartitions(KeyRanges::sample).collect()) {
      for (byte[] key : sample.keys) {
        all.add(key);
        weights.add(sample.weight);
      }
    }
    Integer[] order = new Integer[all.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(all.get(a), all.get(b)));
    long total = weights.stream().mapToLong(w -> w).sum();
    List<byte[]> bounds = new ArrayList<>();
    long sum = 0;
    for (int i : order) {
      // A bound where the next range is due, unless it is the last one already.
      if (bounds.size() < ranges - 1 && sum * ranges >= total * (bounds.size() + 1L)) {
        bounds.add(all.get(i));
      }
      sum += weights.get(i);
    }
    return new KeyRanges(bounds.toArray(byte[][]::new));
  }

  /**
   * Some keys of a partition, each of which stands for so many; of plain arrays for serialisers.
   */
  private static final class Sample implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    private final byte[][] keys;
    private final long weight;

    private Sample(byte[][] keys, long weight) {
      this.keys = keys;
      this.weight = weight;
    }
  }

  /** Every key, and whenever there are too many only every other one of them. */
  private static Iterator<Sample> sample(Iterator<byte[]> keys) {
    List<byte[]> kept = new ArrayList<>();
    long every = 1;
    for (long i = 0; keys.hasNext(); i++) {
      byte[] key = keys.next();
      if (i % every != 0) {
        continue;
      }
      if (kept.size() == SAMPLE) {
        for (int j = 0; j < SAMPLE / 2; j++) {
          kept.set(j, kept.get(2 * j));
        }
        kept.subList(SAMPLE / 2, SAMPLE).clear();
        every *= 2;
      }
      kept.add(key);
    }
    return List.of(new Sample(kept.toArray(byte[][]::new), every)).iterator();
  }

  @Override
  public int numPartitions() {
    return bounds.length + 1;
  }

  /** The range of a row, of which the key is the beginning. */
  @Override
  public int getPartition(Object key) {
    byte[] row = (byte[]) key;
    int from = 0;
    int to = bounds.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (Arrays.compareUnsigned(row, bounds[middle]) >= 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** For example {@code 8 ranges of keys}. */
  @Override
  public String toString() {
    return numPartitions() + " ranges of keys";
  }
}

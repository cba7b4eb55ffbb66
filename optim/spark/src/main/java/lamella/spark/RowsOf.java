package lamella.spark;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;

/** The part of a job that reads some examples: those of a task's shards, in the order asked for. */
final class RowsOf implements Function2<Integer, Iterator<ShardBlock>, Iterator<byte[]>> {
  private static final long serialVersionUID = 1;

  private final ShardRanges places;
  private final byte[][] fingerprints;
  private final int stride;
  private final int[] wanted;

  RowsOf(ShardRanges places, byte[][] fingerprints, int stride, int[] wanted) {
    this.places = places;
    this.fingerprints = fingerprints;
    this.stride = stride;
    this.wanted = wanted;
  }

  @Override
  public Iterator<byte[]> call(Integer task, Iterator<ShardBlock> blocks) {
    int shards = fingerprints.length;
    byte[][] there = new byte[shards][];
    while (blocks.hasNext()) {
      ShardBlock block = blocks.next();
      block.require(shards, fingerprints[block.shard()]);
      there[block.shard()] = block.bytes();
    }
    int count = 0;
    for (int index : wanted) {
      count += places.task(index % shards) == task ? 1 : 0;
    }
    byte[] rows = new byte[Math.multiplyExact(count, stride)];
    int at = 0;
    for (int index : wanted) {
      int shard = index % shards;
      if (places.task(shard) == task) {
        System.arraycopy(there[shard], index / shards * stride, rows, at, stride);
        at += stride;
      }
    }
    return List.of(rows).iterator();
  }
}

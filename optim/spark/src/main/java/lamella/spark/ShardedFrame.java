package lamella.spark;

import java.util.Arrays;
import java.util.List;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Shape;
import org.apache.spark.api.java.JavaRDD;

/**
 * The examples of a frame on the cluster, in an order of their own and in shards: example i belongs
 * to shard i mod L, whatever the frame's partitions and the order of its rows. Made by {@link
 * FrameExamples#shard}; trained on with a {@link SparkRunner}.
 *
 * <p>Each shard is one block of bytes, kept in the executors' memory and on their disks where that
 * does not suffice ({@code MEMORY_AND_DISK}). The driver knows the SHA-256 of each. A block that
 * was lost is computed again from the frame; if other bytes come out, whoever uses it gets an
 * {@link InputChangedException}.
 *
 * <p>To the driver it is a dataset like any other, of which it needs size and shape only; {@link
 * #read} works, by a small job of Spark each time. Whoever reads many examples of it, for an
 * evaluation, takes {@link #local}.
 *
 * @param <T> the targets of a batch
 */
public final class ShardedFrame<T> implements Dataset<T>, AutoCloseable {
  private final JavaRDD<ShardBlock> blocks;
  private final RowLayout layout;
  private final int size;
  private final ShardRanges places;
  private final byte[][] fingerprints;
  private final String fingerprint;

  ShardedFrame(
      JavaRDD<ShardBlock> blocks,
      RowLayout layout,
      int size,
      ShardRanges places,
      byte[][] fingerprints,
      String fingerprint) {
    this.blocks = blocks;
    this.layout = layout;
    this.size = size;
    this.places = places;
    this.fingerprints = fingerprints;
    this.fingerprint = fingerprint;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape exampleShape() {
    return layout.exampleShape();
  }

  /** {@return how many shards there are} */
  public int shards() {
    return fingerprints.length;
  }

  /** {@return how many tasks a round has} */
  public int tasks() {
    return places.numPartitions();
  }

  @Override
  public Batch<T> newBatch(int n, DType dtype) {
    return layout.newBatch(n, dtype);
  }

  /**
   * Fills a batch with the examples of these indices, by a job of Spark.
   *
   * @throws InputChangedException if a shard was lost, and has other rows now
   */
  @Override
  public void read(int[] indices, Batch<T> batch) {
    requireIndices(indices, batch);
    int[] wanted = indices.clone();
    int[] tasks = Arrays.stream(wanted).map(i -> places.task(i % shards())).distinct().toArray();
    RowsOf rows = new RowsOf(places, fingerprints, layout.stride(), wanted);
    JavaRDD<byte[]> read = blocks.mapPartitionsWithIndex(rows, true);
    List<byte[]>[] answers;
    try {
      answers = read.collectPartitions(tasks);
    } catch (Exception e) {
      throw TaskErrors.shown("ShardedFrame", e);
    }
    for (int i = 0; i < tasks.length; i++) {
      int row = 0;
      var bytes = RowLayout.buffer(answers[i].getFirst());
      var floats = bytes.asFloatBuffer();
      for (int j = 0; j < wanted.length; j++) {
        if (places.task(wanted[j] % shards()) == tasks[i]) {
          layout.copy(bytes, floats, row++, batch, j);
        }
      }
    }
  }

  /**
   * {@return the same examples in the same order in this JVM's memory} All rows come here.
   *
   * @throws InputChangedException if a shard was lost, and has other rows now
   */
  public LocalRows<T> local() {
    byte[][] all = new byte[shards()][];
    try {
      for (ShardBlock block : blocks.collect()) {
        block.require(shards(), fingerprints[block.shard()]);
        all[block.shard()] = block.bytes();
      }
    } catch (Exception e) {
      throw TaskErrors.shown("ShardedFrame", e);
    }
    return new LocalRows<>(layout, size, all, fingerprint);
  }

  /** The same for the same rows in the same order, whether on a cluster or here. */
  @Override
  public String fingerprint() {
    return fingerprint;
  }

  /** Lets the cluster forget the examples. They are computed again if they are used again. */
  @Override
  public void close() {
    OnExecutors.forget(blocks);
  }

  JavaRDD<ShardBlock> blocks() {
    return blocks;
  }

  RowLayout layout() {
    return layout;
  }

  ShardRanges places() {
    return places;
  }

  byte[][] fingerprints() {
    return fingerprints;
  }

  /** For example {@code ShardedFrame(1000 examples of [20], labels, 16 shards in 2 tasks)}. */
  @Override
  public String toString() {
    return "ShardedFrame(" + size + " examples of " + layout + ", " + places + ")";
  }
}

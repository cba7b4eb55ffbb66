package lamella.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Puts the rows of a frame in their order, and packs them in shards, on the cluster: sorts them in
 * ranges of keys, counts each range, and so knows which row is the i-th of all; that one goes to
 * shard i mod L. Two shuffles; the driver sees a count and a sum of each range, and no row.
 */
final class FrameSharding {
  private static final String WHO = "ShardedFrame: ";

  /** What a Java array holds at most, on every JVM. */
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  /** A local block's bytes, about. */
  private static final long LOCAL_BLOCK = 1L << 30;

  private FrameSharding() {}

  /** Key and content byte by byte. */
  private static final class RowOrder implements Comparator<byte[]>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public int compare(byte[] a, byte[] b) {
      return Arrays.compareUnsigned(a, b);
    }
  }

  /** How many tasks can run at once, at most one for each shard. */
  static int slots(Dataset<Row> frame, int shards) {
    SparkContext context = frame.sparkSession().sparkContext();
    int cpus = Math.max(1, context.getConf().getInt("spark.task.cpus", 1));
    return Math.clamp(context.defaultParallelism() / cpus, 1, Math.max(1, shards));
  }

  static <T> ShardedFrame<T> shard(Dataset<Row> frame, RowEncoder encoder, int shards, int tasks) {
    try {
      JavaRDD<Row> rows = frame.javaRDD();
      int buckets = Math.max(rows.getNumPartitions(), tasks);
      KeyRanges ranges =
          encoder.hasIds()
              ? KeyRanges.ofSample(ids(frame, encoder), buckets)
              : KeyRanges.ofHashes(buckets);
      JavaPairRDD<byte[], Boolean> sorted =
          FrameExamples.encoded(rows, encoder)
              .mapToPair(row -> new Tuple2<>(row, Boolean.TRUE))
              .repartitionAndSortWithinPartitions(ranges, new RowOrder());
      List<long[]> counted = sorted.mapPartitions(each -> count(each, encoder)).collect();
      long[] offsets = new long[counted.size()];
      long all = 0;
      RowsSum counts = new RowsSum();
      for (int i = 0; i < offsets.length; i++) {
        offsets[i] = all;
        all += counted.get(i)[2];
        counts.add(counted.get(i));
      }
      RowLayout layout = encoder.layout();
      int size = requireSize(all, shards, layout);
      ShardRanges places = new ShardRanges(shards, tasks);
      JavaRDD<Tuple2<Long, byte[]>> placed =
          sorted.mapPartitionsWithIndex(
              (bucket, each) -> new PlacedRows(each, encoder, offsets[bucket], shards), false);
      int stride = layout.stride();
      JavaRDD<ShardBlock> blocks =
          JavaPairRDD.fromJavaRDD(placed)
              .repartitionAndSortWithinPartitions(places)
              .mapPartitionsWithIndex(
                  (task, each) -> new PackedShards(each, places, task, shards, size, stride), true)
              .setName("Lamella: " + shards + " shards of " + size + " examples of " + layout)
              .persist(StorageLevel.MEMORY_AND_DISK());
      return frameOf(blocks, layout, size, places, shards, counts);
    } catch (Exception e) {
      throw TaskErrors.shown("ShardedFrame", e);
    }
  }

  private static <T> ShardedFrame<T> frameOf(
      JavaRDD<ShardBlock> blocks,
      RowLayout layout,
      int size,
      ShardRanges places,
      int shards,
      RowsSum counts) {
    try {
      byte[][] fingerprints = new byte[shards][];
      RowsSum ordered = new RowsSum();
      RowsSum unordered = new RowsSum();
      for (ShardBlock summary : blocks.map(ShardBlock::summary).collect()) {
        fingerprints[summary.shard()] = summary.fingerprint();
        ordered.add(summary.ordered());
        unordered.add(summary.unordered());
      }
      if (!Arrays.equals(unordered.toLongs(), counts.toLongs())) {
        throw InputChangedException.ofFrame(
            "expected rows of the sum " + counts + ", got " + unordered);
      }
      String fingerprint = LocalRows.fingerprint(size, layout, ordered);
      return new ShardedFrame<>(blocks, layout, size, places, fingerprints, fingerprint);
    } catch (Exception e) {
      OnExecutors.forget(blocks);
      throw e;
    }
  }

  /** The rows of an id each, for a sample. */
  private static JavaRDD<byte[]> ids(Dataset<Row> frame, RowEncoder encoder) {
    String name = encoder.idColumn().replace("`", "``");
    return frame
        .select(functions.col('`' + name + '`'))
        .javaRDD()
        .filter(row -> !row.isNullAt(0))
        .map(row -> RowEncoder.idBytes(row.get(0)));
  }

  /** The sum over a range's rows, and how many they are. */
  private static Iterator<long[]> count(
      Iterator<Tuple2<byte[], Boolean>> rows, RowEncoder encoder) {
    RowHash hash = new RowHash();
    RowsSum sum = new RowsSum();
    int stride = encoder.layout().stride();
    long count = 0;
    byte[] before = {};
    while (rows.hasNext()) {
      byte[] row = rows.next()._1();
      if (count > 0) {
        encoder.requireOther(before, row);
      }
      sum.add(encoder.hasIds() ? hash.of(row, row.length - stride, stride) : row, 0);
      before = row;
      count++;
    }
    long[] both = sum.toLongs();
    return List.of(new long[] {both[0], both[1], count}).iterator();
  }

  private static int requireSize(long rows, int shards, RowLayout layout) {
    if (rows < shards) {
      throw new IllegalArgumentException(
          WHO
              + "expects an example at least for each of "
              + shards
              + (shards == 1 ? " shard" : " shards")
              + ", got "
              + rows);
    }
    if (rows > LARGEST_ARRAY) {
      throw new IllegalArgumentException(
          WHO + "expects at most " + LARGEST_ARRAY + " examples, got " + rows);
    }
    long most = LARGEST_ARRAY / layout.stride();
    if ((rows + shards - 1) / shards > most) {
      throw new IllegalArgumentException(
          WHO
              + rows
              + " examples of "
              + layout.stride()
              + " bytes in "
              + shards
              + (shards == 1 ? " shard" : " shards")
              + " are more than one array holds for each; expects at least "
              + (rows + most - 1) / most
              + " shards");
    }
    return (int) rows;
  }

  /** Where each row of a range belongs. */
  private static final class PlacedRows implements Iterator<Tuple2<Long, byte[]>> {
    private final Iterator<Tuple2<byte[], Boolean>> rows;
    private final RowEncoder encoder;
    private final int shards;
    private long rank;

    private PlacedRows(
        Iterator<Tuple2<byte[], Boolean>> rows, RowEncoder encoder, long first, int shards) {
      this.rows = rows;
      this.encoder = encoder;
      this.rank = first;
      this.shards = shards;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Tuple2<Long, byte[]> next() {
      byte[] content = encoder.content(rows.next()._1());
      long key = ShardRanges.key((int) (rank % shards), (int) (rank / shards));
      rank++;
      return new Tuple2<>(key, content);
    }
  }

  /** The shards of a task, one after another. */
  private static final class PackedShards implements Iterator<ShardBlock> {
    private final Iterator<Tuple2<Long, byte[]>> rows;
    private final int end;
    private final int shards;
    private final int size;
    private final int stride;
    private int shard;

    private PackedShards(
        Iterator<Tuple2<Long, byte[]>> rows,
        ShardRanges places,
        int task,
        int shards,
        int size,
        int stride) {
      this.rows = rows;
      this.shard = places.first(task);
      this.end = places.first(task + 1);
      this.shards = shards;
      this.size = size;
      this.stride = stride;
    }

    @Override
    public boolean hasNext() {
      return shard < end;
    }

    @Override
    public ShardBlock next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int count = rowsOf(shard, shards, size);
      byte[] bytes = new byte[count * stride];
      for (int place = 0; place < count; place++) {
        if (!rows.hasNext()) {
          throw changed("expected " + count + " rows, got " + place);
        }
        Tuple2<Long, byte[]> row = rows.next();
        if (row._1() != ShardRanges.key(shard, place)) {
          throw changed(
              "expected one row at each of " + count + " places, and place " + place + " has not");
        }
        System.arraycopy(row._2(), 0, bytes, place * stride, stride);
      }
      if (shard == end - 1 && rows.hasNext()) {
        throw changed("expected " + count + " rows, got more");
      }
      return ShardBlock.of(shard++, shards, stride, bytes);
    }

    private InputChangedException changed(String how) {
      return InputChangedException.of(shard, shards, how);
    }
  }

  /** How many rows a shard has. */
  static int rowsOf(int shard, int shards, int size) {
    return (int) (((long) size - shard + shards - 1) / shards);
  }

  /** The rows in order, here. */
  static <T> LocalRows<T> pack(List<byte[]> keyed, RowEncoder encoder) {
    List<byte[]> rows = new ArrayList<>(keyed);
    rows.sort(new RowOrder());
    RowLayout layout = encoder.layout();
    int stride = layout.stride();
    int blocks = (int) ((long) rows.size() * stride / LOCAL_BLOCK) + 1;
    int size = requireSize(rows.size(), 1, new RowLayout(new int[] {1}, 0, false));
    byte[][] packed = new byte[blocks][];
    for (int i = 0; i < blocks; i++) {
      packed[i] = new byte[rowsOf(i, blocks, size) * stride];
    }
    RowHash hash = new RowHash();
    RowsSum ordered = new RowsSum();
    for (int i = 0; i < size; i++) {
      byte[] row = rows.get(i);
      if (i > 0) {
        encoder.requireOther(rows.get(i - 1), row);
      }
      ordered.add(hash.of(row, row.length - stride, stride), i);
      System.arraycopy(row, row.length - stride, packed[i % blocks], i / blocks * stride, stride);
    }
    return new LocalRows<>(layout, size, packed, LocalRows.fingerprint(size, layout, ordered));
  }
}

package lamella.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.Weighted;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a frame are an example's inputs, its target, and if need be its weight and id;
 * makes of a frame the dataset that a network learns from, on the cluster or in this JVM.
 *
 * <p>A frame's rows are in no order, so they get one here, in which they are examples 0, 1, 2 and
 * so on: that of the ids, if there is a column of ids ({@link #withId}), and else that of the first
 * 128 bits of SHA-256 of each row's content (inputs as float32, target and weight, in
 * little-endian), and then of the content. Rows of the same content are interchangeable. So the
 * examples are the same however the frame is partitioned and whatever order its rows come in.
 *
 * <p>Inputs are kept as float32, labels as integers, target numbers and weights as float64.
 *
 * <p>It does not change; each {@code with} gives another one.
 *
 * @param <T> the targets of a batch
 */
public final class FrameExamples<T> implements Serializable {
  private static final long serialVersionUID = 1;

  private static final String WHO = "FrameExamples: ";

  /** So many rows are looked at for one that says how many numbers a column of arrays has. */
  private static final int ROWS_LOOKED_AT = 64;

  private final FeatureReader features;
  private final String[] targets;
  private final boolean labelled;
  private final @Nullable String weight;
  private final @Nullable String id;
  private final int @Nullable [] shape;
  private final boolean skipsInvalid;

  private FrameExamples(
      FeatureReader features,
      String[] targets,
      boolean labelled,
      @Nullable String weight,
      @Nullable String id,
      int @Nullable [] shape,
      boolean skipsInvalid) {
    this.features = features;
    this.targets = targets;
    this.labelled = labelled;
    this.weight = weight;
    this.id = id;
    this.shape = shape;
    this.skipsInvalid = skipsInvalid;
  }

  /**
   * {@return examples that have a class each}
   *
   * @param features what reads the inputs, made for the frame's schema
   * @param labelColumn of numbers 0, 1, 2 and so on, of any numeric type
   */
  public static FrameExamples<int[]> labels(FeatureReader features, String labelColumn) {
    return new FrameExamples<>(features, new String[] {labelColumn}, true, null, null, null, false);
  }

  /**
   * {@return examples that have numbers each, which are to be predicted}
   *
   * <p><b>Shapes:</b> targets {@code [n, k]}, where k is the number of columns, or of numbers in
   * all of them where they are of vectors or arrays.
   *
   * @param features what reads the inputs, made for the frame's schema
   * @param targetColumns at least one, of numbers, vectors or arrays
   * @throws IllegalArgumentException if there is none
   */
  public static FrameExamples<Tensor> numbers(FeatureReader features, String... targetColumns) {
    if (targetColumns.length == 0) {
      throw new IllegalArgumentException(WHO + "numbers to be predicted need a column at least");
    }
    return new FrameExamples<>(features, targetColumns.clone(), false, null, null, null, false);
  }

  /**
   * Gives each example a weight, for a loss that knows such.
   *
   * @param column of numbers that are not negative
   * @return examples like these with weights
   * @throws IllegalArgumentException if they have weights already
   */
  public FrameExamples<Weighted<T>> withWeights(String column) {
    if (weight != null) {
      throw new IllegalArgumentException(
          WHO + "the weights are in column \"" + weight + "\" already, got \"" + column + '"');
    }
    return new FrameExamples<>(features, targets, labelled, column, id, shape, skipsInvalid);
  }

  /**
   * Puts the examples in the order of their ids: example i has the i-th of them.
   *
   * @param column of integers or texts, each different; texts are in order by their UTF-8 bytes
   * @return examples like these in another order
   */
  public FrameExamples<T> withId(String column) {
    return new FrameExamples<>(features, targets, labelled, weight, column, shape, skipsInvalid);
  }

  /**
   * Says what shape the inputs have, an image's for example; by default each is a row of numbers.
   *
   * @param example with as many elements as there are features
   * @return examples like these with inputs of this shape
   */
  public FrameExamples<T> withExampleShape(Shape example) {
    int[] dimensions = new int[example.rank()];
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = example.dimension(i);
    }
    return new FrameExamples<>(features, targets, labelled, weight, id, dimensions, skipsInvalid);
  }

  /**
   * Says what happens to rows with something missing, not finite or of another length, or with a
   * target or weight that cannot be.
   *
   * @param how {@code error}, the default, which names column and row; or {@code skip}, which
   *     leaves the row out
   * @return examples like these
   * @throws IllegalArgumentException if it is neither
   */
  public FrameExamples<T> withHandleInvalid(String how) {
    if (!how.equals("error") && !how.equals("skip")) {
      throw new IllegalArgumentException(
          WHO + "handleInvalid is \"error\" or \"skip\", got \"" + how + '"');
    }
    return new FrameExamples<>(features, targets, labelled, weight, id, shape, how.equals("skip"));
  }

  /**
   * {@return the examples on the cluster, in shards, with as many tasks a round as can run at once:
   * {@code spark.default.parallelism} divided by {@code spark.task.cpus}, but at most one for each
   * shard}
   *
   * @param frame the rows; read two times, or three with ids
   * @param shards as many as the trainer's ({@link lamella.optim.Trainer#withShards})
   * @throws IllegalArgumentException if a row or an id is not valid, or there are fewer rows than
   *     shards
   * @throws InputChangedException if the frame gives other rows when it is read again
   */
  public ShardedFrame<T> shard(Dataset<Row> frame, int shards) {
    return shard(frame, shards, FrameSharding.slots(frame, shards));
  }

  /**
   * {@return the examples on the cluster, in shards}
   *
   * @param frame the rows; read two times, or three with ids
   * @param shards as many as the trainer's ({@link lamella.optim.Trainer#withShards})
   * @param tasks of a round, from 1 to as many as there are shards; changes no result
   * @throws IllegalArgumentException if a row or an id is not valid, there are fewer rows than
   *     shards, or the number of tasks does not fit
   * @throws InputChangedException if the frame gives other rows when it is read again
   */
  public ShardedFrame<T> shard(Dataset<Row> frame, int shards, int tasks) {
    if (shards < 1) {
      throw new IllegalArgumentException(WHO + "expects 1 shard at least, got " + shards);
    }
    if (tasks < 1 || tasks > shards) {
      throw new IllegalArgumentException(
          WHO + "expects from 1 to " + shards + " tasks for as many shards, got " + tasks);
    }
    return FrameSharding.shard(frame, encoder(frame), shards, tasks);
  }

  /**
   * {@return the same examples in the same order in this JVM's memory} All rows come here.
   *
   * @param frame the rows; read once
   * @throws IllegalArgumentException if a row or an id is not valid, or there is no row
   */
  public LocalRows<T> local(Dataset<Row> frame) {
    RowEncoder encoder = encoder(frame);
    List<byte[]> rows;
    try {
      rows = new ArrayList<>(encoded(frame.javaRDD(), encoder).collect());
    } catch (Exception e) {
      throw TaskErrors.shown("FrameExamples", e);
    }
    return FrameSharding.pack(rows, encoder);
  }

  /** Keys and contents of the rows that are valid. */
  static JavaRDD<byte[]> encoded(JavaRDD<Row> rows, RowEncoder encoder) {
    return rows.mapPartitions(each -> new EncodedRows(each, encoder));
  }

  // The columns.

  private RowEncoder encoder(Dataset<Row> frame) {
    StructType schema = frame.schema();
    FeatureReader inputs = sized(features, frame);
    FeatureReader[] numbers = new FeatureReader[targets.length];
    int count = 0;
    for (int i = 0; i < numbers.length; i++) {
      FeatureReader target = FeatureReader.of(schema, targets[i]);
      numbers[i] = labelled ? target.withSize(1) : sized(target, frame);
      count += numbers[i].size();
    }
    int idIndex = id == null ? -1 : Columns.require(schema, id);
    boolean text = idIndex >= 0 && requireIds(schema.apply(idIndex).dataType());
    return new RowEncoder(
        inputs,
        numbers,
        weight == null ? null : FeatureReader.of(schema, weight).withSize(1),
        id,
        idIndex,
        text,
        skipsInvalid,
        new RowLayout(dimensions(inputs.size()), labelled ? 0 : count, weight != null));
  }

  private int[] dimensions(int size) {
    if (shape == null) {
      return new int[] {size};
    }
    if (Shape.of(shape).size() != size) {
      throw new IllegalArgumentException(
          WHO
              + "expects inputs "
              + Arrays.toString(shape)
              + ", got rows of "
              + size
              + (size == 1 ? " number" : " numbers"));
    }
    return shape;
  }

  /** Whether ids are texts. */
  private boolean requireIds(DataType type) {
    if (type instanceof StringType) {
      return true;
    }
    if (type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType) {
      return false;
    }
    throw new IllegalArgumentException(
        WHO
            + "column \""
            + id
            + "\": expected ids that are integers or texts, got "
            + type.simpleString());
  }

  /** The reader with the number of its numbers, which a row tells if nothing else does. */
  private static FeatureReader sized(FeatureReader reader, Dataset<Row> frame) {
    if (reader.size() > 0) {
      return reader;
    }
    @Nullable IllegalArgumentException first = null;
    for (Row row : frame.takeAsList(ROWS_LOOKED_AT)) {
      try {
        return reader.withSize(reader.size(row));
      } catch (IllegalArgumentException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null
        ? new IllegalArgumentException(WHO + "the frame has no rows")
        : new IllegalArgumentException(WHO + first.getMessage());
  }
}

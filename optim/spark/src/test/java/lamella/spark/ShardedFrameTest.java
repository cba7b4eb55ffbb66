package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.Weighted;
import org.apache.spark.ContextCleaner;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Rows of a frame as examples: their order, their shards, and what is not accepted. */
class ShardedFrameTest {
  private static SparkSession spark() {
    return TestSpark.local();
  }

  /** All of a dataset, as float32. */
  private static <T> Batch<T> all(lamella.core.Dataset<T> data) {
    Batch<T> batch = data.newBatch(data.size(), DType.FLOAT32);
    data.read(IntStream.range(0, data.size()).toArray(), batch);
    return batch;
  }

  private static float[] inputs(lamella.core.Dataset<?> data) {
    return ((FloatTensor) all(data).inputs()).array();
  }

  // The order.

  @Test
  void withIdsExampleIIsTheRowOfTheIthId() {
    Dataset<Row> frame = Points.frame(spark(), Points.shuffled(1)).repartition(3);
    lamella.core.Dataset<int[]> plain = Points.plain();
    try (ShardedFrame<int[]> sharded = Points.examples().withId("id").shard(frame, 4)) {
      assertEquals(Points.ROWS, sharded.size());
      assertEquals(Shape.of(Points.FEATURES), sharded.exampleShape());
      assertArrayEquals(inputs(plain), inputs(sharded));
      assertArrayEquals(all(plain).targets(), all(sharded).targets());
      LocalRows<int[]> local = sharded.local();
      assertArrayEquals(inputs(plain), inputs(local));
      assertArrayEquals(all(plain).targets(), all(local).targets());
    }
  }

  /**
   * The order was computed by Python's hashlib: of five rows of two float32 and an integer label,
   * little-endian, their SHA-256 begin with 58f4..., 2fe8..., 1a15..., 5134... after the first
   * sorted one.
   */
  @Test
  void withoutIdsTheHashesOfTheRowsAreInOrder() {
    StructType schema =
        new StructType().add("x", SQLDataTypes.VectorType()).add("label", DataTypes.IntegerType);
    double[][] x = {{0.5, -1.25}, {3, 4}, {0.1, 0.2}, {-0.0, 7.5}, {1e-3, -2.5}};
    int[] labels = {2, 0, 1, 1, 0};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      rows.add(RowFactory.create(Vectors.dense(x[i]), labels[i]));
    }
    Dataset<Row> frame = spark().createDataFrame(rows, schema);
    FrameExamples<int[]> examples = FrameExamples.labels(FeatureReader.of(schema, "x"), "label");
    int[] order = ORDER_BY_HASHLIB;
    float[] expected = new float[10];
    int[] expectedLabels = new int[5];
    for (int i = 0; i < order.length; i++) {
      expected[2 * i] = (float) x[order[i]][0];
      expected[2 * i + 1] = (float) x[order[i]][1];
      expectedLabels[i] = labels[order[i]];
    }
    try (ShardedFrame<int[]> sharded = examples.shard(frame, 2)) {
      assertArrayEquals(expected, inputs(sharded));
      assertArrayEquals(expectedLabels, all(sharded).targets());
    }
    assertArrayEquals(expected, inputs(examples.local(frame)));
  }

  private static final int[] ORDER_BY_HASHLIB = {4, 1, 0, 3, 2};

  @Test
  void partitionsAndTheirOrderChangeNothing() {
    LocalRows<int[]> local = Points.examples().local(Points.frame(spark(), Points.rows()));
    float[] expected = inputs(local);
    for (int partitions : new int[] {1, 2, 5}) {
      Dataset<Row> frame =
          Points.frame(spark(), Points.shuffled(partitions)).repartition(partitions);
      for (int shards : new int[] {1, 3, 8}) {
        try (ShardedFrame<int[]> sharded =
            Points.examples().shard(frame, shards, Math.min(shards, partitions))) {
          assertEquals(local.fingerprint(), sharded.fingerprint());
          assertArrayEquals(expected, inputs(sharded));
        }
      }
    }
  }

  @Test
  void anotherRowOrAnotherOrderHasAnotherFingerprint() {
    Dataset<Row> frame = Points.frame(spark(), Points.rows());
    String byContent = Points.examples().local(frame).fingerprint();
    String byId = Points.examples().withId("id").local(frame).fingerprint();
    assertNotEquals(byContent, byId);
    assertNotEquals(byContent, Points.examples().local(frame.limit(1002)).fingerprint());
    List<Row> changed = Points.rows();
    Row last = changed.removeLast();
    changed.add(RowFactory.create(last.get(0), last.get(1), (last.getDouble(2) + 1) % 3, 0.0, 0f));
    assertNotEquals(
        byContent, Points.examples().local(Points.frame(spark(), changed)).fingerprint());
    assertTrue(byContent.startsWith("1003 examples of [20], labels, rows "), byContent);
  }

  @Test
  void idsAreIntegersOfAnySignOrTextsByTheirBytes() {
    StructType schema =
        new StructType()
            .add("number", DataTypes.IntegerType)
            .add("text", DataTypes.StringType)
            .add("x", DataTypes.DoubleType)
            .add("label", DataTypes.IntegerType);
    List<Row> rows =
        List.of(
            RowFactory.create(5, "b", 1.0, 0),
            RowFactory.create(-3, "ab", 2.0, 0),
            RowFactory.create(Integer.MIN_VALUE, "a", 3.0, 0),
            RowFactory.create(0, "a\0", 4.0, 0),
            RowFactory.create(Integer.MAX_VALUE, "\u00e4", 5.0, 0),
            RowFactory.create(1, "", 6.0, 0));
    Dataset<Row> frame = spark().createDataFrame(rows, schema).repartition(2);
    FrameExamples<int[]> examples = FrameExamples.labels(FeatureReader.of(schema, "x"), "label");
    try (ShardedFrame<int[]> byNumber = examples.withId("number").shard(frame, 3);
        ShardedFrame<int[]> byText = examples.withId("text").shard(frame, 3)) {
      assertArrayEquals(new float[] {3, 2, 4, 6, 1, 5}, inputs(byNumber));
      assertArrayEquals(new float[] {6, 3, 4, 2, 1, 5}, inputs(byText));
      assertEquals(examples.withId("text").local(frame).fingerprint(), byText.fingerprint());
    }
  }

  // Shards.

  @Test
  void exampleIIsInShardIModL() {
    Dataset<Row> frame = Points.frame(spark(), Points.rows()).repartition(4);
    float[] expected = inputs(Points.plain());
    try (ShardedFrame<int[]> sharded = Points.examples().withId("id").shard(frame, 7, 3)) {
      List<ShardBlock> blocks = sharded.blocks().collect();
      assertEquals(7, blocks.size());
      assertEquals(3, sharded.blocks().getNumPartitions());
      assertEquals(3, sharded.tasks());
      for (int shard = 0; shard < 7; shard++) {
        ShardBlock block = blocks.get(shard);
        assertEquals(shard, block.shard());
        assertEquals(shard < 2 ? 144 : 143, block.rows());
        var floats = RowLayout.buffer(block.bytes()).asFloatBuffer();
        for (int row = 0; row < block.rows(); row++) {
          assertEquals(
              expected[(7 * row + shard) * Points.FEATURES], floats.get(row * 21), "row " + row);
        }
      }
    }
  }

  @Test
  void anyExamplesAreReadInTheOrderAskedFor() {
    Dataset<Row> frame = Points.frame(spark(), Points.rows());
    lamella.core.Dataset<int[]> plain = Points.plain();
    try (ShardedFrame<int[]> sharded = Points.examples().withId("id").shard(frame, 4)) {
      int[] indices = new Random(3).ints(50, 0, Points.ROWS).toArray();
      indices[1] = indices[0];
      for (DType type : DType.values()) {
        Batch<int[]> expected = plain.newBatch(50, type);
        Batch<int[]> got = sharded.newBatch(50, type);
        plain.read(indices, expected);
        sharded.read(indices, got);
        assertArrayEquals(expected.inputs().toDoubleArray(), got.inputs().toDoubleArray());
        assertArrayEquals(expected.targets(), got.targets());
      }
      assertEquals(
          "ShardedFrame(1003 examples of [20], labels, 4 shards in 2 tasks): index 1003 at position 1 is"
              + " outside [0, 1003)",
          assertThrows(
                  IndexOutOfBoundsException.class,
                  () -> sharded.read(new int[] {0, 1003}, sharded.newBatch(2, DType.FLOAT32)))
              .getMessage());
      assertThrows(
          IllegalArgumentException.class,
          () -> sharded.read(new int[] {0}, sharded.newBatch(2, DType.FLOAT32)));
    }
  }

  @Test
  void targetsKeepTheirDigitsAndWeightsAreThere() {
    Dataset<Row> frame = Points.frame(spark(), Points.rows());
    FrameExamples<Weighted<Tensor>> examples =
        FrameExamples.numbers(FeatureReader.of(Points.SCHEMA, "features"), "year", "label")
            .withId("id")
            .withWeights("weight")
            .withExampleShape(Shape.of(4, 5));
    try (ShardedFrame<Weighted<Tensor>> sharded = examples.shard(frame, 2)) {
      assertEquals(Shape.of(4, 5), sharded.exampleShape());
      Batch<Weighted<Tensor>> batch = sharded.newBatch(Points.ROWS, DType.FLOAT64);
      sharded.read(IntStream.range(0, Points.ROWS).toArray(), batch);
      DoubleTensor targets = assertInstanceOf(DoubleTensor.class, batch.targets().targets());
      assertEquals(Shape.of(Points.ROWS, 2), targets.shape());
      List<Row> rows = Points.rows();
      for (int i = 0; i < Points.ROWS; i++) {
        assertEquals(rows.get(i).getDouble(3), targets.get(2 * i));
        assertEquals(rows.get(i).getDouble(2), targets.get(2 * i + 1));
        assertEquals(rows.get(i).getFloat(4), batch.targets().weights()[i]);
      }
      assertEquals("weights", batch.targetKind().toString().substring("numbers with ".length()));
    }
  }

  // What is not accepted.

  private static String refused(Runnable work) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, work::run);
    assertNull(e.getCause());
    assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
    return e.getMessage();
  }

  private static Dataset<Row> withRow(Object... values) {
    List<Row> rows = Points.rows();
    rows.set(500, RowFactory.create(values));
    return Points.frame(spark(), rows);
  }

  private static List<Float> features(float first) {
    List<Float> features = new ArrayList<>(java.util.Collections.nCopies(Points.FEATURES, 1f));
    features.set(0, first);
    return features;
  }

  @Test
  void invalidRowsAreNamedOrLeftOut() {
    Dataset<Row> half = withRow(500L, features(1), 1.5, 0.0, 1f);
    String labels =
        "FrameExamples: column \"label\": expected the number of a class, an integer from 0 on, got"
            + " 1.5, in the row with id = 500, label = 1.5, year = 0.0, weight = 1.0";
    assertEquals(labels, refused(() -> Points.examples().local(half)));
    assertEquals(labels, refused(() -> Points.examples().shard(half, 2)));
    Dataset<Row> nan = withRow(500L, features(Float.NaN), 1.0, 0.0, 1f);
    assertTrue(
        refused(() -> Points.examples().shard(nan, 2)).startsWith("FrameExamples: column \"feat"));
    Dataset<Row> negative = withRow(500L, features(1), 1.0, 0.0, -1f);
    assertTrue(
        refused(() -> Points.examples().withWeights("weight").local(negative))
            .startsWith(
                "FrameExamples: column \"weight\": expected a weight that is not negative"));
    Dataset<Row> missing = withRow(500L, features(1), null, 0.0, 1f);
    for (Dataset<Row> frame : List.of(half, nan, missing)) {
      FrameExamples<int[]> skipping = Points.examples().withHandleInvalid("skip");
      assertEquals(Points.ROWS - 1, skipping.local(frame).size());
      try (ShardedFrame<int[]> sharded = skipping.shard(frame, 2)) {
        assertEquals(Points.ROWS - 1, sharded.size());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Points.examples().withHandleInvalid("keep"));
  }

  @Test
  void idsThatAreNoneAreNamed() {
    FrameExamples<int[]> examples = Points.examples().withId("id");
    Dataset<Row> twice = withRow(499L, features(1), 1.0, 0.0, 1f);
    String expected =
        "FrameExamples: column \"id\": expected an id for each row, got 499 twice; without an id"
            + " column rows are put in order by their content";
    assertEquals(expected, refused(() -> examples.shard(twice, 2)));
    assertEquals(expected, refused(() -> examples.local(twice)));
    Dataset<Row> none = withRow(null, features(1), 1.0, 0.0, 1f);
    assertTrue(
        refused(() -> examples.shard(none, 2))
            .startsWith("FrameExamples: column \"id\": expected an id, got null, in the row with"));
    assertEquals(
        "FrameExamples: column \"year\": expected ids that are integers or texts, got double",
        refused(() -> Points.examples().withId("year").local(twice)));
  }

  @Test
  void framesThatDoNotFitAreRefused() {
    Dataset<Row> five = Points.frame(spark(), Points.rows().subList(0, 5));
    assertEquals(
        "ShardedFrame: expects an example at least for each of 6 shards, got 5",
        refused(() -> Points.examples().shard(five, 6)));
    assertTrue(
        refused(() -> Points.examples().local(Points.frame(spark(), List.of())))
            .endsWith("the frame has no rows"));
    assertTrue(refused(() -> Points.examples().shard(five, 2, 3)).contains("from 1 to 2 tasks"));
    assertTrue(refused(() -> Points.examples().shard(five, 0)).contains("1 shard at least"));
    assertTrue(
        refused(() -> Points.examples().withExampleShape(Shape.of(3, 7)).local(five))
            .contains("[3, 7], got rows of 20 numbers"));
    assertTrue(
        refused(() -> Points.examples().withWeights("weight").withWeights("year"))
            .contains("\"weight\" already"));
  }

  // Input that changes.

  private static final AtomicInteger READINGS = new AtomicInteger();

  /** A frame whose labels are others whenever they are computed again. */
  private static Dataset<Row> unstable() {
    UDF1<Double, Double> other = label -> (label + READINGS.get()) % Points.CLASSES;
    // Of an RDD, for Spark computes the columns of a local list once and for all.
    var rows =
        JavaSparkContext.fromSparkContext(spark().sparkContext()).parallelize(Points.rows(), 3);
    return spark()
        .createDataFrame(rows, Points.SCHEMA)
        .withColumn(
            "label",
            functions
                .udf(other, DataTypes.DoubleType)
                .asNondeterministic()
                .apply(functions.col("label")));
  }

  /** Loses the blocks of a frame, and all that Spark would make them of again but the frame. */
  private static void lose(ShardedFrame<?> frame) {
    frame.blocks().unpersist(true);
    ContextCleaner cleaner = spark().sparkContext().cleaner().get();
    List<RDD<?>> open = new ArrayList<>(List.of(frame.blocks().rdd()));
    while (!open.isEmpty()) {
      for (var dependency : CollectionConverters.asJava(open.removeLast().dependencies())) {
        open.add(dependency.rdd());
        if (dependency instanceof ShuffleDependency<?, ?, ?> shuffle) {
          cleaner.doCleanupShuffle(shuffle.shuffleId(), true);
        }
      }
    }
  }

  @Test
  void aLostShardIsMadeAgainOfTheFrame() {
    try (ShardedFrame<int[]> sharded =
        Points.examples().shard(Points.frame(spark(), Points.rows()), 3)) {
      float[] before = inputs(sharded);
      lose(sharded);
      assertArrayEquals(before, inputs(sharded));
    }
  }

  @Test
  void rowsThatAreOthersWhenMadeAgainAreAnErrorThatNamesTheShard() {
    READINGS.set(0);
    try (ShardedFrame<int[]> sharded = Points.examples().withId("id").shard(unstable(), 3)) {
      lose(sharded);
      READINGS.incrementAndGet();
      InputChangedException e =
          assertThrows(
              InputChangedException.class,
              () -> sharded.read(new int[] {1}, sharded.newBatch(1, DType.FLOAT32)));
      assertTrue(
          e.getMessage().contains("rows of shard " + e.shard() + " of 3 are not those of before"),
          e.getMessage());
      assertTrue(e.getMessage().contains("rand()"), e.getMessage());
      assertNull(e.getCause());
      assertThrows(InputChangedException.class, sharded::local);
    }
  }
}

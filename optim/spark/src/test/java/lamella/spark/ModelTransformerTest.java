package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.mutable.ArraySeq;
import scala.reflect.ClassTag$;

class ModelTransformerTest {
  private static final int INPUTS = 20;
  private static final int CLASSES = 3;
  private static final int ROWS = 1000;

  private static SparkSession spark;
  private static float[] numbers;
  private static Dataset<Row> frame;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark = TestSpark.local();
    SplittableRandom random = new SplittableRandom(1);
    numbers = new float[ROWS * INPUTS];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextInt(4) == 0 ? 0 : (float) random.nextDouble(-2, 2);
    }
    frame = frame(ROWS);
  }

  /** Rows with a vector, every third a sparse one, and columns of other types beside it. */
  private static Dataset<Row> frame(int rows) {
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType, false)
            .add("name", DataTypes.StringType)
            .add("tags", DataTypes.createArrayType(DataTypes.StringType))
            .add("features", SQLDataTypes.VectorType())
            .add("floats", DataTypes.createArrayType(DataTypes.FloatType, false))
            .add("when", DataTypes.TimestampType);
    List<Row> list = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      float[] floats = row(i);
      double[] doubles = new double[INPUTS];
      for (int j = 0; j < INPUTS; j++) {
        doubles[j] = floats[j];
      }
      Vector dense = Vectors.dense(doubles);
      list.add(
          RowFactory.create(
              i,
              i % 5 == 0 ? null : "n" + i,
              i % 7 == 0 ? null : ArraySeq.make(new Object[] {"a" + i, null}),
              i % 3 == 0 ? dense.toSparse() : dense,
              ArraySeq.make(floats),
              new java.sql.Timestamp(1_700_000_000_000L + i)));
    }
    return spark.createDataFrame(list, schema).coalesce(1).cache();
  }

  private static float[] row(int i) {
    return java.util.Arrays.copyOfRange(numbers, i * INPUTS, (i + 1) * INPUTS);
  }

  private static Network network(int outputs, long seed) {
    NumPyRandom random = new NumPyRandom(seed);
    return Network.of(
        Shape.of(INPUTS),
        new Linear(INPUTS, 32, random),
        new ReLU(),
        new Linear(32, outputs, random));
  }

  private static ModelTransformer named(Network network) {
    return ModelTransformer.of(new ModelFile(network, Map.of(), Map.of("classes", "ant,bee,cat")));
  }

  private static double[] vector(Row row, String column) {
    return row.<Vector>getAs(column).toArray();
  }

  private static double[] doubles(float[] floats) {
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  /** Whether rows have what the predictor says of each alone. */
  private static void requireClasses(Network network, Dataset<Row> scored, int rows) {
    Predictor predictor = Predictor.of(network);
    List<Row> all = scored.collectAsList();
    assertEquals(rows, all.size());
    for (Row row : all) {
      float[] one = row(row.getAs("id"));
      assertArrayEquals(doubles(predictor.outputs(one)), vector(row, "rawPrediction"));
      assertArrayEquals(doubles(predictor.probabilities(one)), vector(row, "probability"));
      assertEquals((double) predictor.classOf(one), row.<Double>getAs("prediction"));
    }
  }

  @Test
  void aFrameGetsWhatThePredictorSaysHoweverItIsPartitioned() {
    Network network = network(CLASSES, 2);
    ModelTransformer transformer = ModelTransformer.of(network);
    for (int partitions : new int[] {1, 2, 7}) {
      requireClasses(network, transformer.transform(frame.repartition(partitions)), ROWS);
    }
    // More partitions than rows: most have none.
    requireClasses(network, transformer.transform(frame.filter("id < 3").repartition(8)), 3);
  }

  @Test
  void remaindersOfBatchesAreScored() {
    Network network = network(CLASSES, 3);
    ModelTransformer transformer = ModelTransformer.of(network);
    for (int rows : new int[] {0, 1, 255, 256, 257, 513}) {
      requireClasses(network, transformer.transform(frame.filter("id < " + rows)), rows);
    }
  }

  @Test
  void arraysAndSparseVectorsGiveTheSame() {
    Network network = network(CLASSES, 4);
    Dataset<Row> arrays = frame.withColumn("wide", functions.col("floats").cast("array<double>"));
    for (String column : List.of("features", "floats", "wide")) {
      requireClasses(
          network, ModelTransformer.of(network).setFeaturesCol(column).transform(arrays), ROWS);
    }
  }

  @Test
  void networksOfFloat64ComputeInFloat64() {
    NumPyRandom random = new NumPyRandom(5);
    Network network =
        Network.of(
            Shape.of(2),
            Linear.of(
                DoubleTensor.of(Shape.of(2, 3), 0.1, 0.2, 0.3, 0.4, 0.5, random.nextDouble()),
                DoubleTensor.zeros(Shape.of(3))));
    assertEquals(DType.FLOAT64, network.dtype());
    Dataset<Row> two = spark.sql("select array(double(0.1), double(1e300)) as features");
    Row row = ModelTransformer.of(network).transform(two).first();
    Tensor outputs = Predictor.of(network).outputs(DoubleTensor.of(Shape.of(1, 2), 0.1, 1e300));
    assertArrayEquals(((DoubleTensor) outputs).array(), vector(row, "rawPrediction"));
    assertArrayEquals(
        ((DoubleTensor)
                Predictor.of(network).probabilities(DoubleTensor.of(Shape.of(1, 2), 0.1, 1e300)))
            .array(),
        vector(row, "probability"));
  }

  @Test
  void otherColumnsStayAsTheyAre() {
    Dataset<Row> scored = ModelTransformer.of(network(CLASSES, 6)).transform(frame);
    assertEquals(
        frame.orderBy("id").collectAsList(),
        scored
            .select("id", "name", "tags", "features", "floats", "when")
            .orderBy("id")
            .collectAsList());
    // A column of the frame is still itself, nullability and metadata are kept.
    assertEquals(10, scored.filter(frame.col("id").lt(10)).count());
    assertFalse(scored.schema().apply("id").nullable());
    Dataset<Row> assembled =
        new VectorAssembler()
            .setInputCols(new String[] {"id", "features"})
            .setOutputCol("both")
            .transform(frame);
    assertEquals(
        assembled.schema().apply("both").metadata(),
        ModelTransformer.of(network(CLASSES, 6))
            .transform(assembled)
            .schema()
            .apply("both")
            .metadata());
    // Joined with what it came from.
    assertEquals(ROWS, scored.join(frame.select("id", "name"), "id").select("prediction").count());
    assertEquals(ROWS, scored.groupBy("id").count().count());
  }

  @Test
  void addedColumnsHaveTheMetadataOfSparksOwn() {
    ModelTransformer transformer =
        named(network(CLASSES, 7)).setPredictedLabelCol("predictedLabel");
    StructType schema = transformer.transformSchema(frame.schema());
    assertEquals(schema, transformer.transform(frame).schema());
    assertEquals(3, AttributeGroup.fromStructField(schema.apply("probability")).size());
    assertEquals(3, AttributeGroup.fromStructField(schema.apply("rawPrediction")).size());
    Dataset<Row> labels =
        new IndexToString()
            .setInputCol("prediction")
            .setOutputCol("label")
            .transform(transformer.transform(frame));
    assertEquals(ROWS, labels.filter("label = predictedLabel").count());
    assertEquals(
        3, labels.select("label").union(labels.select("predictedLabel")).distinct().count());
  }

  @Test
  void aSingleOutputThatAnswersYesOrNoHasTwoClasses() {
    Network network = network(1, 8).withOutputs(Outputs.YES_NO);
    Predictor predictor = Predictor.of(network);
    for (Row row : ModelTransformer.of(network).transform(frame).collectAsList()) {
      float[] one = row(row.getAs("id"));
      double z = predictor.outputs(one)[0];
      double yes = predictor.probabilities(one)[0];
      assertArrayEquals(new double[] {-z, z}, vector(row, "rawPrediction"));
      assertArrayEquals(new double[] {1 - yes, yes}, vector(row, "probability"));
      assertEquals((double) predictor.classOf(one), row.<Double>getAs("prediction"));
    }
  }

  @Test
  void questionsNumbersAndOutputsAreColumnsOfTheirOwn() {
    Network questions = network(CLASSES, 9).withOutputs(Outputs.YES_NO);
    Dataset<Row> answered = ModelTransformer.of(questions).transform(frame);
    assertEquals(
        List.of("rawPrediction", "probability"),
        List.of(answered.columns()).subList(6, answered.columns().length));
    for (Row row : answered.limit(300).collectAsList()) {
      assertArrayEquals(
          doubles(Predictor.of(questions).probabilities(row(row.getAs("id")))),
          vector(row, "probability"));
    }
    Network number = network(1, 10).withOutputs(Outputs.NUMBERS);
    Dataset<Row> predicted =
        ModelTransformer.of(number).setOutputCol("raw").transform(frame.drop("tags"));
    assertEquals(
        List.of("raw", "prediction"),
        List.of(predicted.columns()).subList(5, predicted.columns().length));
    Network several = network(4, 11).withOutputs(Outputs.NUMBERS);
    Dataset<Row> outputs = ModelTransformer.of(several).transform(predicted);
    for (Row row : outputs.limit(300).collectAsList()) {
      float[] one = row(row.getAs("id"));
      double expected = Predictor.of(number).outputs(one)[0];
      assertEquals(expected, row.<Double>getAs("prediction"));
      assertArrayEquals(new double[] {expected}, vector(row, "raw"));
      assertArrayEquals(doubles(Predictor.of(several).outputs(one)), vector(row, "output"));
    }
  }

  @Test
  void thresholdsDivideTheProbabilities() {
    Network network = network(CLASSES, 12);
    double[] thresholds = {0.9, 0.05, 0.5};
    Dataset<Row> scored =
        ModelTransformer.of(network)
            .setThresholds(thresholds)
            .setProbabilityCol("")
            .transform(frame);
    assertFalse(List.of(scored.columns()).contains("probability"));
    for (Row row : scored.collectAsList()) {
      float[] p = Predictor.of(network).probabilities(row(row.getAs("id")));
      int best = 0;
      for (int k = 1; k < CLASSES; k++) {
        best = p[k] / thresholds[k] > p[best] / thresholds[best] ? k : best;
      }
      assertEquals((double) best, row.<Double>getAs("prediction"));
    }
  }

  @Test
  void inPipelinesAndSavedItIsTheSame() throws IOException {
    Network network = network(CLASSES, 13);
    VectorAssembler assembler =
        new VectorAssembler().setInputCols(new String[] {"features"}).setOutputCol("x");
    ModelTransformer transformer =
        named(network)
            .setFeaturesCol("x")
            .setHandleInvalid("skip")
            .setPredictedLabelCol("class")
            .setThresholds(1, 0.5, 1);
    PipelineModel model =
        new Pipeline().setStages(new PipelineStage[] {assembler, transformer}).fit(frame);
    String path = folder.resolve("pipeline").toString();
    model.write().overwrite().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    List<Row> expected = model.transform(frame).orderBy("id").collectAsList();
    assertEquals(expected, loaded.transform(frame).orderBy("id").collectAsList());
    ModelTransformer stage = (ModelTransformer) loaded.stages()[1];
    assertEquals(transformer.uid(), stage.uid());
    assertArrayEquals(transformer.getThresholds(), stage.getThresholds());
    assertEquals(
        transformer.clear(transformer.thresholds()).explainParams(),
        stage.clear(stage.thresholds()).explainParams());
    assertEquals("skip", stage.getHandleInvalid());
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setLabelCol("prediction")
            .setMetricName("accuracy")
            .evaluate(loaded.transform(frame));
    assertEquals(1.0, accuracy);
    ParamMap other = ParamMap.empty().put(transformer.predictionCol(), "p");
    ModelTransformer copy = transformer.copy(other);
    assertEquals("p", copy.getPredictionCol());
    assertEquals("prediction", transformer.getPredictionCol());
    assertTrue(
        List.of(
                copy.transform(model.transform(frame).drop("rawPrediction", "probability", "class"))
                    .columns())
            .contains("p"));
  }

  @Test
  void aFileIsReadWhenItIsNeededAndGoesIntoWhatIsSaved() throws IOException {
    Network network = network(CLASSES, 14);
    Path file = folder.resolve("model.safetensors");
    ModelFile.of(network).write(file);
    ModelTransformer transformer = new ModelTransformer().setModelFile(file.toString());
    requireClasses(network, transformer.transform(frame), ROWS);
    String path = folder.resolve("saved").toString();
    transformer.save(path);
    Files.delete(file);
    requireClasses(network, ModelTransformer.load(path).transform(frame), ROWS);
    Network other = network(CLASSES, 15);
    Path second = folder.resolve("other.safetensors");
    ModelFile.of(other).write(second);
    transformer.set(transformer.modelFile(), second.toString());
    requireClasses(other, transformer.transform(frame), ROWS);
    assertEquals(
        "ModelTransformer: no model is named; setModelFile(path), or ModelTransformer.of",
        assertThrows(IllegalStateException.class, () -> new ModelTransformer().transform(frame))
            .getMessage());
    Exception missing =
        assertThrows(
            Exception.class,
            () -> new ModelTransformer().setModelFile("/no/such").transform(frame));
    assertTrue(missing.getMessage().contains("/no/such"), missing.getMessage());
  }

  @Test
  void streamsAreScored() throws TimeoutException, StreamingQueryException {
    Network network = network(CLASSES, 16);
    String in = folder.resolve("in").toString();
    frame.drop("tags").repartition(3).write().parquet(in);
    Dataset<Row> stream =
        spark
            .readStream()
            .schema(frame.drop("tags").schema())
            .option("maxFilesPerTrigger", "1")
            .parquet(in);
    Dataset<Row> scored = ModelTransformer.of(network).transform(stream);
    assertTrue(scored.isStreaming());
    StreamingQuery query =
        scored
            .writeStream()
            .format("memory")
            .queryName("scored")
            .option("checkpointLocation", folder.resolve("checkpoint").toString())
            .trigger(Trigger.AvailableNow())
            .start();
    query.awaitTermination();
    requireClasses(network, spark.table("scored"), ROWS);
  }

  @Test
  void watermarksOfAStreamStay() {
    Dataset<Row> stream =
        spark
            .readStream()
            .schema(frame.select("id", "features", "when").schema())
            .parquet(folder.toString())
            .withWatermark("when", "1 minute");
    Dataset<Row> scored = ModelTransformer.of(network(CLASSES, 17)).transform(stream);
    // By this the operators that follow know of it.
    assertEquals(
        60_000, scored.schema().apply("when").metadata().getLong("spark.watermarkDelayMs"));
  }

  // Rows that do not fit.

  private static Dataset<Row> withBad() {
    return spark
        .sql(
            "select 1 as id, array(float(1), float(2)) as features union all"
                + " select 2, array(float(1)) union all select 3, null union all"
                + " select 4, array(float('NaN'), float(1)) union all"
                + " select 5, array(float(3), float(4)) union all select 6, array(float(1), null)")
        .coalesce(1);
  }

  private static Network two() {
    return Network.of(
        Shape.of(2),
        Linear.of(
            FloatTensor.of(Shape.of(2, 2), 1, -1, 2, 1), FloatTensor.of(Shape.of(2), 0, 0.5f)));
  }

  @Test
  void rowsThatDoNotFitEndTheJobAreLeftOutOrStay() {
    ModelTransformer transformer = ModelTransformer.of(two());
    Exception e =
        assertThrows(Exception.class, () -> transformer.transform(withBad()).collectAsList());
    assertTrue(
        e.getMessage()
            .contains(
                "column \"features\": expected 2 numbers, got 1, in the row with id = 2 (row 2 of"
                    + " partition 0)"),
        e.getMessage());
    List<Row> kept =
        transformer.setHandleInvalid("keep").transform(withBad()).orderBy("id").collectAsList();
    assertEquals(6, kept.size());
    for (Row row : kept) {
      int id = row.getAs("id");
      if (id == 1 || id == 5) {
        assertArrayEquals(
            id == 1 ? new double[] {5, 1.5} : new double[] {11, 1.5}, vector(row, "rawPrediction"));
      } else {
        assertNull(row.getAs("rawPrediction"));
        assertNull(row.getAs("probability"));
        assertNull(row.getAs("prediction"));
      }
    }
    assertEquals(
        List.of(1, 5),
        transformer
            .setHandleInvalid("skip")
            .transform(withBad())
            .orderBy("id")
            .collectAsList()
            .stream()
            .map(row -> row.<Integer>getAs("id"))
            .toList());
    assertEquals(0, transformer.transform(withBad().filter("id = 2 or id = 3")).count());
    assertThrows(Exception.class, () -> new ModelTransformer().setHandleInvalid("ignore"));
  }

  @Test
  void outputsThatAreNotFiniteHaveNoClass() {
    Dataset<Row> large = spark.sql("select 9 as id, array(float(3e38), float(3e38)) as features");
    Exception e =
        assertThrows(
            Exception.class, () -> ModelTransformer.of(two()).transform(large).collectAsList());
    assertTrue(
        e.getMessage()
            .contains(
                "the model gives Infinity, which is no class and no number, as after a training"
                    + " that diverged or for inputs that are too large, for the row with id = 9"),
        e.getMessage());
    Row row = ModelTransformer.of(two().withOutputs(Outputs.NUMBERS)).transform(large).first();
    assertEquals(Double.POSITIVE_INFINITY, vector(row, "output")[0]);
  }

  @Test
  void framesThatDoNotFitAreRefusedAtOnce() {
    ModelTransformer transformer = ModelTransformer.of(two());
    Dataset<Row> scored = transformer.transform(withBad());
    assertEquals(
        "column \"rawPrediction\" is to be added, and the frame has one of this name; drop it, or"
            + " name another",
        assertThrows(IllegalArgumentException.class, () -> transformer.transform(scored))
            .getMessage());
    assertEquals(
        "model: gives nothing for the column \"class\": its classes have no names",
        assertThrows(
                IllegalArgumentException.class,
                () -> ModelTransformer.of(two()).setPredictedLabelCol("class").transform(withBad()))
            .getMessage());
    assertEquals(
        "model: gives nothing for the column \"p\": it gives numbers, and no classes",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    ModelTransformer.of(two().withOutputs(Outputs.NUMBERS))
                        .setProbabilityCol("p")
                        .transform(withBad()))
            .getMessage());
    assertEquals(
        "model: expected 2 thresholds, one for each class, got 1",
        assertThrows(
                IllegalArgumentException.class,
                () -> ModelTransformer.of(two()).setThresholds(1).transform(withBad()))
            .getMessage());
    StructType sized = new StructType().add(new AttributeGroup("features", 3).toStructField());
    assertEquals(
        "FeatureReader: column \"features\": expected rows of 2 numbers, the column says that it"
            + " has 3",
        assertThrows(
                IllegalArgumentException.class,
                () -> ModelTransformer.of(two()).transformSchema(sized))
            .getMessage());
  }

  // Once.

  @Test
  void aModelIsSentOnce() {
    ScoredModel model = ScoredModel.of(two());
    assertSame(model.sentTo(spark.sparkContext()), model.sentTo(spark.sparkContext()));
    assertSame(model, model.sentTo(spark.sparkContext()).value());
    assertSame(model.open(), model.open());
  }

  @Test
  void aModelTravelsThroughKryo() {
    SerializerInstance kryo = new KryoSerializer(new SparkConf()).newInstance();
    ScoredModel model = ScoredModel.of(network(CLASSES, 18));
    ScoredModel read =
        kryo.deserialize(
            kryo.serialize(model, ClassTag$.MODULE$.apply(ScoredModel.class)),
            ClassTag$.MODULE$.apply(ScoredModel.class));
    assertArrayEquals(model.file(), read.file());
    assertEquals(INPUTS, read.open().inputs());
  }

  @Test
  void sparkConnectFindsIt() {
    assertTrue(
        ServiceLoader.load(Transformer.class).stream()
            .anyMatch(provider -> provider.type() == ModelTransformer.class));
  }
}

package lamella.examples.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.Mish;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Evaluation;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import lamella.spark.FeatureReader;
import lamella.spark.FrameExamples;
import lamella.spark.HadoopCheckpoints;
import lamella.spark.LocalRows;
import lamella.spark.ModelTransformer;
import lamella.spark.NetworkClassifier;
import lamella.spark.RandomParamBuilder;
import lamella.spark.SparkRunner;
import lamella.spark.Sweep;
import lamella.spark.Trained;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of the guide's page spark.md, which quotes it. About 20 seconds, in local[2]. */
class GuideTest {
  private static final int ROWS = 400;

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Points in four quarters of a plane. */
  private static Dataset<Row> frame() {
    NumPyRandom random = new NumPyRandom(2);
    List<Row> rows =
        IntStream.range(0, ROWS)
            .mapToObj(i -> {
              double x = random.nextGaussian();
              double y = random.nextGaussian();
              double label = (x > 0 ? 1 : 0) + (y > 0 ? 2 : 0);
              String kind = label == 0 ? "a" : "b";
              return RowFactory.create((long) i, Vectors.dense(x, y), x, y, kind, label);
            })
            .toList();
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("features", SQLDataTypes.VectorType())
            .add("x", DataTypes.DoubleType)
            .add("y", DataTypes.DoubleType)
            .add("kind", DataTypes.StringType)
            .add("label", DataTypes.DoubleType);
    return spark.createDataFrame(rows, schema);
  }

  @Test
  void scoring() throws IOException {
    NumPyRandom random = new NumPyRandom(1);
    Network network =
        Network.of(Shape.of(2), new Linear(2, 8, random), new ReLU(), new Linear(8, 4, random));
    String file = folder.resolve("model.safetensors").toString();
    ModelFile.of(network).write(Path.of(file));
    Dataset<Row> frame = frame();

    var scored = new ModelTransformer().setModelFile(file).transform(frame);
    scored.select("id", "probability", "prediction").show(3);

    assertEquals(ROWS, scored.count());
  }

  @Test
  void training() throws IOException {
    Dataset<Row> frame = frame();
    String path = folder.resolve("pipeline").toString();

    var index = new StringIndexer().setInputCol("kind").setOutputCol("class");
    var classifier =
        new NetworkClassifier()
            .setFeaturesCols("x", "y") // or setFeaturesCol, of vectors or arrays
            .setLabelCol("class")
            .setHiddenLayers(32, 32)
            .setMaxIter(20)
            .setShards(4)
            .setSeed(1);
    var model = new Pipeline().setStages(new PipelineStage[] {index, classifier}).fit(frame);
    model.write().overwrite().save(path);
    var scored = PipelineModel.load(path).transform(frame);

    long right = scored.where("prediction = class").count();
    assertTrue(right > 0.9 * ROWS, right + " of " + ROWS);
  }

  @Test
  void sweepAndRepetition() {
    Dataset<Row> frame = frame();
    String sweeps = folder.resolve("sweeps").toString();

    var classifier = new NetworkClassifier().setIdCol("id").setMaxIter(10);
    ParamMap[] trials =
        new RandomParamBuilder(1)
            .addLogUniform(classifier.stepSize(), 1e-4, 1e-1)
            .addChoice(classifier.hiddenLayers(), new int[] {16}, new int[] {32, 32})
            .build(6);
    var result =
        Sweep.of(classifier)
            .withTrials(trials)
            .withFolder(sweeps) // hdfs:///sweeps/quarters, for example
            .fit(frame);
    IO.println(result);
    var scored = result.bestModel().transform(frame);

    assertEquals(ROWS, scored.count());
    assertEquals(6, result.trials().size());
  }

  @Test
  void theSameWithoutSpark() {
    Dataset<Row> frame = frame();
    var classifier = new NetworkClassifier().setIdCol("id").setMaxIter(5).setShards(4);

    var examples =
        FrameExamples.labels(FeatureReader.of(frame.schema(), "features"), "label").withId("id");
    LocalRows<int[]> rows = examples.local(frame); // a Dataset in this JVM's memory
    Trained trained = classifier.settings().classes(rows, 4).fit(rows);
    IO.println(trained.fingerprint() + " " + classifier.fit(frame).fingerprint());

    assertEquals(trained.fingerprint(), classifier.fit(frame).fingerprint());
  }

  static Network network() {
    var random = new NumPyRandom(1);
    return Network.of(
        Shape.of(2), new Linear(2, 32, random), new Mish(), new Linear(32, 4, random));
  }

  static Trainer<int[]> trainer(Network network) {
    return Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1))
        .withShards(8)
        .withLocalSteps(10)
        .withBatchSize(64)
        .withEpochs(20);
  }

  @Test
  void trainer() throws IOException {
    Dataset<Row> frame = frame();
    String checkpoints = folder.resolve("checkpoints").toString();

    var examples = FrameExamples.labels(FeatureReader.of(frame.schema(), "features"), "label");
    var network = network();
    try (var rows = examples.shard(frame, 8)) {
      trainer(network)
          .withRunner(SparkRunner.of(() -> trainer(network())))
          .withCheckpoints(HadoopCheckpoints.in(checkpoints, spark).resuming())
          .fit(rows, new NumPyRandom(2));
    }
    IO.println(Fingerprint.of(network.parameters()));

    Network here = network();
    trainer(here).fit(examples.local(frame), new NumPyRandom(2));
    assertEquals(Fingerprint.of(here.parameters()), Fingerprint.of(network.parameters()));
    assertTrue(Evaluation.of(network, examples.local(frame)).accuracy() > 0.85);
  }
}

package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

final class NetworkClassifierTest {
  private SparkSession spark;

  @TempDir Path folder;

  @BeforeEach
  void session() {
    spark = TestSpark.local();
  }

  /** 600 rows of three clouds in five dimensions. */
  private Dataset<Row> frame() {
    return Clouds.of(600, 3, 5, 4, 1).frame(spark);
  }

  private static NetworkClassifier small() {
    return new NetworkClassifier().setHiddenLayers(16).setMaxIter(6).setBatchSize(32);
  }

  private static double accuracy(Dataset<Row> predictions) {
    return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predictions);
  }

  // Parameters.

  @Test
  void allParametersExplainThemselvesAndHaveTheSettingsDefaults() {
    NetworkClassifier classifier = new NetworkClassifier();
    String text = classifier.explainParams();
    for (Param<?> param : classifier.params()) {
      assertTrue(text.contains(param.name() + ": "), param.name());
      assertEquals(classifier.uid(), param.parent());
    }
    for (String name :
        List.of(
            "featuresCol",
            "labelCol",
            "predictionCol",
            "probabilityCol",
            "rawPredictionCol",
            "thresholds",
            "maxIter",
            "stepSize",
            "regParam",
            "seed",
            "batchSize",
            "weightCol",
            "validationIndicatorCol",
            "checkpointDir",
            "checkpointInterval",
            "hiddenLayers",
            "activation",
            "dropout",
            "normalization",
            "standardization",
            "solver",
            "momentum",
            "schedule",
            "warmUp",
            "clipNorm",
            "shards",
            "localSteps",
            "localStepsAfter",
            "patience",
            "idCol",
            "featuresCols",
            "initialNetwork",
            "labelSmoothing")) {
      assertTrue(classifier.hasParam(name), name);
    }
    assertEquals(NetworkSettings.defaults(), classifier.settings());
    assertEquals(NetworkSettings.defaults(), new NetworkRegressor().settings());
    assertTrue(text.contains("maxIter: number of epochs, at least 1 (default: 30)"), text);
  }

  @Test
  void settersChainAndAreWhatTheSettingsSay() {
    Network network = Network.of(Shape.of(2), new Linear(2, 2, new NumPyRandom(1)));
    NetworkClassifier classifier =
        new NetworkClassifier()
            .setHiddenLayers(8, 4)
            .setActivation("gelu")
            .setDropout(0.1)
            .setNormalization("layer")
            .setStandardization(false)
            .setSolver("sgd")
            .setStepSize(0.3)
            .setMomentum(0.5)
            .setRegParam(0.01)
            .setSchedule("constant")
            .setWarmUp(0.2)
            .setClipNorm(2)
            .setMaxIter(7)
            .setBatchSize(64)
            .setShards(8)
            .setLocalSteps(5)
            .setLocalStepsAfter(2)
            .setPatience(3)
            .setSeed(42)
            .setLabelSmoothing(0.05);
    NetworkSettings expected =
        NetworkSettings.defaults()
            .withHiddenLayers(8, 4)
            .withActivation("gelu")
            .withDropout(0.1)
            .withNormalization("layer")
            .withStandardization(false)
            .withSolver("sgd")
            .withStepSize(0.3)
            .withMomentum(0.5)
            .withRegParam(0.01)
            .withSchedule("constant")
            .withWarmUp(0.2)
            .withClipNorm(2)
            .withEpochs(7)
            .withBatchSize(64)
            .withShards(8)
            .withLocalSteps(5, 2)
            .withPatience(3)
            .withSeed(42)
            .withLabelSmoothing(0.05);
    assertEquals(expected, classifier.settings());
    assertArrayEquals(new int[] {8, 4}, classifier.getHiddenLayers());
    assertEquals(42, classifier.getSeed());
    assertEquals(0.05, classifier.getLabelSmoothing());
    assertFalse(classifier.getStandardization());
    assertEquals(
        expected.withInitialNetwork(network), classifier.setInitialNetwork(network).settings());
    assertEquals(network.toString(), classifier.getInitialNetwork().toString());
  }

  @Test
  void aCopyHasTheSameParametersAndThoseOfTheMap() {
    NetworkClassifier classifier = small().setFeaturesCol("pixels");
    NetworkClassifier copy =
        classifier.copy(new ParamMap().put(classifier.maxIter(), 9).put(classifier.dropout(), 0.5));
    assertNotSame(classifier, copy);
    assertEquals(classifier.uid(), copy.uid());
    assertEquals("pixels", copy.getFeaturesCol());
    assertEquals(classifier.settings().withEpochs(9).withDropout(0.5), copy.settings());
    assertEquals(6, classifier.getMaxIter());
    copy.setMaxIter(3);
    assertEquals(6, classifier.getMaxIter());
  }

  @Test
  void wrongParametersAreRefusedWithWhatIsExpectedHoweverTheyAreSet() {
    NetworkClassifier c = new NetworkClassifier();
    refuses("dropout must lie in [0, 1), got 1.5", () -> c.setDropout(1.5));
    refuses(
        "dropout must lie in [0, 1), got 1.5", () -> new ParamMap().put(c.dropout(), (Object) 1.5));
    refuses("activation must be one of relu, ", () -> c.setActivation("rleu"));
    refuses("solver must be one of adamw, sgd; got gd", () -> c.setSolver("gd"));
    refuses("normalization must be one of none, batch, layer", () -> c.setNormalization("no"));
    refuses("schedule must be one of cosine, constant", () -> c.setSchedule("no"));
    refuses("hidden layer 0 must have at least 1 unit, got 0", () -> c.setHiddenLayers(0));
    refuses("step size must be finite and above 0, got -1.0", () -> c.setStepSize(-1));
    refuses("momentum must lie in [0, 1), got 1.0", () -> c.setMomentum(1));
    refuses("regParam must be finite and not negative, got -1.0", () -> c.setRegParam(-1));
    refuses("warm-up must lie in [0, 1), got 1.0", () -> c.setWarmUp(1));
    refuses("clipNorm must be finite and not negative", () -> c.setClipNorm(-1));
    refuses("number of epochs must be at least 1, got 0", () -> c.setMaxIter(0));
    refuses("batch size must be at least 1, got 0", () -> c.setBatchSize(0));
    refuses("number of shards must be at least 1, got 0", () -> c.setShards(0));
    refuses("number of local steps must be at least 1, got 0", () -> c.setLocalSteps(0));
    refuses("epochs before local steps must not be negative", () -> c.setLocalStepsAfter(-1));
    refuses("patience must not be negative, 0 for all epochs", () -> c.setPatience(-1));
    refuses("label smoothing must lie in [0, 1), got 1.0", () -> c.setLabelSmoothing(1));
    refuses("checkpointInterval must be at least 1 epoch, got 0", () -> c.setCheckpointInterval(0));
    refuses("featuresCols must name at least one column", () -> c.setFeaturesCols());
    refuses("featuresCols must name each column once", () -> c.setFeaturesCols("a", "a"));
  }

  private static void refuses(String message, Runnable action) {
    String got = assertThrows(IllegalArgumentException.class, action::run).getMessage();
    assertTrue(got.contains(message), got);
  }

  @Test
  void framesThatDoNotFitAreRefusedWithTheColumn() {
    Dataset<Row> frame = frame();
    refuses("column \"Features\"", () -> small().setFeaturesCol("Features").fit(frame));
    refuses("column \"class\" expected", () -> small().setLabelCol("class").fit(frame));
    refuses(
        "labelCol: column \"features\" expected to be of numbers",
        () -> small().setLabelCol("features").fit(frame));
    refuses(
        "a StringIndexer makes numbers of texts",
        () -> small().fit(frame.withColumn("label", functions.col("label").cast("string"))));
    refuses("column \"w\" expected", () -> small().setWeightCol("w").fit(frame));
    refuses(
        "validationIndicatorCol: column \"label\" expected to be of booleans",
        () -> small().setValidationIndicatorCol("label").fit(frame));
    refuses(
        "column \"prediction\" is to be added",
        () -> small().fit(frame.withColumn("prediction", functions.lit(1.0))));
    refuses(
        "expected to have whole numbers from 0 on, has 0.5 in one of",
        () -> small().fit(frame.withColumn("label", functions.col("label").divide(2))));
    refuses(
        "expected to have whole numbers from 0 on, has -1.0",
        () -> small().fit(frame.withColumn("label", functions.col("label").minus(1))));
    refuses(
        "has the same label, 1.0, in all 600 rows",
        () -> small().fit(frame.withColumn("label", functions.lit(1.0))));
    refuses(
        "there would be more than 1000 classes",
        () -> small().fit(frame.withColumn("label", functions.col("label").multiply(5000))));
    refuses("the frame has no rows", () -> small().fit(frame.limit(0)));
    refuses(
        "a multiple of the number of shards, 5, got 32; the next that fit are 30 and 35",
        () -> small().setShards(5).fit(frame));
    refuses(
        "expects an example at least for each of 8 shards, got 7",
        () -> small().setShards(8).fit(frame.limit(7)));
    Network other = Network.of(Shape.of(4), new Linear(4, 3, new NumPyRandom(1)));
    refuses("4", () -> small().setInitialNetwork(other).fit(frame));
  }

  // The bits.

  @Test
  void theModelIsThatOfTheSameTrainingWithoutSparkWhateverTheOrderAndPartitions() {
    Dataset<Row> frame = frame();
    Dataset<Row> shuffled = frame.orderBy(functions.col("id").desc()).repartition(7);
    for (NetworkClassifier classifier :
        List.of(
            small().setDropout(0.2),
            small().setShards(4).setMaxIter(1),
            small()
                .setShards(4)
                .setLocalSteps(5)
                .setLocalStepsAfter(1)
                .setMaxIter(2)
                .setNormalization("batch"),
            small().setIdCol("id").setSeed(3))) {
      FrameExamples<int[]> examples =
          FrameExamples.labels(FeatureReader.of(frame.schema(), "features"), "label");
      if (classifier.isSet(classifier.idCol())) {
        examples = examples.withId("id");
      }
      LocalRows<int[]> rows = examples.local(frame);
      Trained trained = classifier.settings().classes(rows, 3).fit(rows);
      NetworkClassificationModel model = classifier.fit(frame);
      assertEquals(trained.fingerprint(), model.fingerprint());
      assertEquals(trained.history(), model.summary().history());
      assertEquals(trained.fingerprint(), classifier.fit(shuffled).fingerprint());
    }
  }

  @Test
  void columnsOfVectorsSparseOrDenseAndOfArraysGiveTheSameModel() {
    Dataset<Row> frame = frame();
    String expected = small().fit(frame).fingerprint();
    Dataset<Row> doubles =
        frame.withColumn(
            "features",
            org.apache.spark.ml.functions.vector_to_array(functions.col("features"), "float64"));
    assertEquals(expected, small().fit(doubles).fingerprint());
    Dataset<Row> floats =
        frame.withColumn(
            "features",
            org.apache.spark.ml.functions.vector_to_array(functions.col("features"), "float32"));
    NetworkClassificationModel model = small().fit(floats);
    assertEquals(expected, model.fingerprint());
    assertTrue(accuracy(model.transform(floats)) > 0.9);
    StructType schema = frame.schema();
    List<Row> sparse =
        frame.collectAsList().stream()
            .map(row -> RowFactory.create(row.get(0), ((Vector) row.get(1)).toSparse(), row.get(2)))
            .toList();
    assertEquals(expected, small().fit(spark.createDataFrame(sparse, schema)).fingerprint());
    assertEquals(
        expected,
        small().fit(frame.withColumn("label", functions.col("label").cast("int"))).fingerprint());
  }

  // The model.

  @Test
  void theModelAddsWhatPredictorSaysAndWhatItSaysOfSingleVectors() {
    Dataset<Row> frame = frame();
    NetworkClassificationModel model = small().fit(frame);
    assertEquals(3, model.numClasses());
    assertEquals(5, model.numFeatures());
    Predictor predictor = Predictor.of(model.network());
    List<Row> rows = model.transform(frame).collectAsList();
    assertEquals(600, rows.size());
    for (Row row : rows) {
      Vector features = row.getAs("features");
      float[] example = new float[5];
      for (int j = 0; j < 5; j++) {
        example[j] = (float) features.apply(j);
      }
      Vector raw = row.getAs("rawPrediction");
      Vector probability = row.getAs("probability");
      float[] outputs = predictor.outputs(example);
      float[] probabilities = predictor.probabilities(example);
      for (int k = 0; k < 3; k++) {
        assertEquals(outputs[k], raw.apply(k));
        assertEquals(probabilities[k], probability.apply(k));
      }
      double prediction = row.getAs("prediction");
      assertEquals(predictor.classOf(example), prediction);
      assertEquals(raw, model.predictRaw(features));
      assertEquals(probability, model.predictProbability(features));
      assertEquals(prediction, model.predict(features));
    }
    assertTrue(accuracy(model.transform(frame)) > 0.95);
    assertTrue(
        new MulticlassClassificationEvaluator()
                .setMetricName("logLoss")
                .evaluate(model.transform(frame))
            < 0.2);
  }

  @Test
  void thresholdsMoveThePredictionAndNamesAreTheUsers() {
    Dataset<Row> frame = frame();
    NetworkClassifier classifier =
        small()
            .setThresholds(new double[] {1e-9, 1, 1})
            .setPredictionCol("class")
            .setProbabilityCol("")
            .setRawPredictionCol("outputs");
    NetworkClassificationModel model = classifier.fit(frame);
    Dataset<Row> predicted = model.transform(frame);
    assertArrayEquals(
        new String[] {"id", "features", "label", "outputs", "class"}, predicted.columns());
    assertEquals(600, predicted.where("class = 0").count());
    assertEquals(0, model.predict(Vectors.dense(0, 9, 0, 0, 0)));
    model.setThresholds(new double[] {1, 1, 1});
    assertTrue(model.transform(frame).where("class = 0").count() < 400);
    refuses(
        "numClasses=3, but thresholds has length 2",
        () -> model.setThresholds(new double[] {1, 1}));
    refuses("expects 5 features, got a vector of 4", () -> model.predict(Vectors.zeros(4)));
  }

  @Test
  void theNumberOfClassesIsThatOfTheLabelsMetadata() {
    Metadata metadata =
        NominalAttribute.defaultAttr().withName("label").withNumValues(7).toMetadata();
    Dataset<Row> frame = frame();
    Dataset<Row> known = frame.withColumn("label", functions.col("label").as("label", metadata));
    assertEquals(7, small().fit(known).numClasses());
    assertEquals(3, small().fit(frame).numClasses());
  }

  @Test
  void weightsCountAndRowsOfNoWeightDoNot() {
    Dataset<Row> frame =
        Clouds.of(600, 2, 3, 4, 1).frame(spark).withColumn("w", functions.expr("id % 2"));
    Dataset<Row> wrong = frame.withColumn("label", functions.expr("if(w = 0, 1 - label, label)"));
    NetworkClassifier weighted = small().setWeightCol("w").setMaxIter(20);
    assertTrue(accuracy(weighted.fit(wrong).transform(frame)) > 0.97);
    assertEquals(
        weighted.fit(wrong).fingerprint(), weighted.fit(wrong.repartition(3)).fingerprint());
    weighted.setShards(4).setLocalSteps(9);
    assertTrue(accuracy(weighted.fit(wrong).transform(frame)) > 0.97);
    assertThrows(
        IllegalArgumentException.class,
        () -> weighted.fit(wrong.withColumn("w", functions.lit(-1.0))));
  }

  @Test
  void validationRowsChooseTheEpochAndAreNotTrainedWith() {
    Dataset<Row> frame =
        Clouds.of(400, 2, 8, 0.3, 1).frame(spark).withColumn("aside", functions.expr("id % 2 = 0"));
    NetworkClassifier classifier =
        small()
            .setHiddenLayers(64)
            .setStepSize(0.02)
            .setMaxIter(30)
            .setPatience(4)
            .setValidationIndicatorCol("aside");
    NetworkClassificationModel model = classifier.fit(frame);
    FrameExamples<int[]> examples =
        FrameExamples.labels(FeatureReader.of(frame.schema(), "features"), "label");
    LocalRows<int[]> rows = examples.local(frame.where("not aside"));
    LocalRows<int[]> aside = examples.local(frame.where("aside"));
    Trained trained = classifier.settings().classes(rows, 2).fit(rows, aside, trainer -> trainer);
    assertEquals(trained.fingerprint(), model.fingerprint());
    assertEquals(trained.bestEpoch(), model.summary().bestEpoch());
    assertTrue(model.summary().history().measurements("validation loss").size() < 30);
    classifier.setShards(4).setLocalSteps(6).setMaxIter(3);
    rows = examples.local(frame.where("not aside"));
    trained = classifier.settings().classes(rows, 2).fit(rows, aside, trainer -> trainer);
    assertEquals(trained.fingerprint(), classifier.fit(frame).fingerprint());
  }

  @Test
  void aNetworkOfTheUsersOwnGoesOn() {
    Dataset<Row> frame = frame();
    Network first = small().fit(frame).network();
    NetworkClassifier more = small().setInitialNetwork(first).setMaxIter(1);
    NetworkClassificationModel model = more.fit(frame);
    assertNotEquals(Fingerprint.of(first.parameters()), model.fingerprint());
    assertEquals(first.toString(), model.network().toString());
    assertTrue(accuracy(model.transform(frame)) > 0.95);
  }

  // With the rest of Spark ML.

  @Test
  void pipelinesWithIndexedLabelsAndAssembledColumnsAreFittedSavedAndLoaded() throws Exception {
    StructType schema =
        new StructType()
            .add("a", DataTypes.DoubleType)
            .add("b", DataTypes.IntegerType)
            .add("species", DataTypes.StringType);
    NumPyRandom random = new NumPyRandom(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      int k = random.nextInt(3);
      rows.add(
          RowFactory.create(
              random.nextGaussian() + 4 * k,
              (int) Math.round(10 * random.nextGaussian() - 30 * k),
              List.of("setosa", "virginica", "other, one").get(k)));
    }
    Dataset<Row> frame = spark.createDataFrame(rows, schema);
    NetworkClassifier classifier = small().setLabelCol("label").setMaxIter(20);
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer().setInputCol("species").setOutputCol("label"),
                  new VectorAssembler()
                      .setInputCols(new String[] {"a", "b"})
                      .setOutputCol("features"),
                  classifier
                });
    PipelineModel model = pipeline.fit(frame);
    String path = folder.resolve("pipeline").toString();
    model.write().overwrite().save(path);
    model.write().overwrite().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    NetworkClassificationModel last =
        assertInstanceOf(NetworkClassificationModel.class, loaded.stages()[2]);
    assertEquals(
        ((NetworkClassificationModel) model.stages()[2]).fingerprint(), last.fingerprint());
    Dataset<Row> predicted = loaded.transform(frame);
    assertTrue(accuracy(predicted) > 0.97);
    assertEquals(model.transform(frame).collectAsList(), predicted.collectAsList());
    // The names of the classes come back from the prediction's own metadata, or the indexer's.
    Dataset<Row> named =
        new IndexToString()
            .setInputCol("prediction")
            .setOutputCol("named")
            .setLabels(
                ((org.apache.spark.ml.feature.StringIndexerModel) loaded.stages()[0])
                    .labelsArray()[0])
            .transform(predicted);
    assertTrue(named.where("named = species").count() > 485);
    pipeline.write().overwrite().save(folder.resolve("estimators").toString());
    Pipeline again = Pipeline.load(folder.resolve("estimators").toString());
    assertEquals(classifier.settings(), ((NetworkClassifier) again.getStages()[2]).settings());
    assertEquals(
        last.fingerprint(),
        ((NetworkClassificationModel) again.fit(frame).stages()[2]).fingerprint());
  }

  @Test
  void aModelIsSavedWithItsParametersAndAFileThatIsReadWithoutSpark() throws Exception {
    NetworkClassificationModel model =
        small().setPredictionCol("class").setThresholds(new double[] {0.2, 0.5, 0.3}).fit(frame());
    String path = folder.resolve("model").toString();
    model.save(path);
    NetworkClassificationModel loaded = NetworkClassificationModel.load(path);
    assertEquals(model.uid(), loaded.uid());
    assertEquals(model.fingerprint(), loaded.fingerprint());
    assertEquals("class", loaded.getPredictionCol());
    assertArrayEquals(new double[] {0.2, 0.5, 0.3}, loaded.getThresholds());
    assertEquals(
        model.transform(frame()).collectAsList(), loaded.transform(frame()).collectAsList());
    assertTrue(model.hasSummary());
    assertFalse(loaded.hasSummary());
    assertThrows(IllegalStateException.class, loaded::summary);
    Network network = ModelFile.read(folder.resolve("model/model.safetensors")).network();
    assertEquals(model.fingerprint(), Fingerprint.of(network.parameters()));
    NetworkClassificationModel copy =
        model.copy(new ParamMap().put(model.predictionCol(), "other"));
    assertEquals("other", copy.getPredictionCol());
    assertEquals("class", model.getPredictionCol());
    assertEquals(model.fingerprint(), copy.fingerprint());
    assertEquals(model.parent(), copy.parent());
    Files.write(folder.resolve("model/model.safetensors"), new byte[100]);
    assertThrows(java.io.UncheckedIOException.class, () -> NetworkClassificationModel.load(path));
  }

  @Test
  void anEstimatorIsSavedWithAllThatWasSet() throws Exception {
    Network network = Network.of(Shape.of(5), new Linear(5, 3, new NumPyRandom(1)));
    NetworkClassifier classifier =
        small()
            .setFeaturesCol("x")
            .setFeaturesCols("a", "b")
            .setSeed(9)
            .setStepSize(0.25)
            .setLabelSmoothing(0.1)
            .setInitialNetwork(network);
    String path = folder.resolve("classifier").toString();
    classifier.save(path);
    NetworkClassifier loaded = NetworkClassifier.load(path);
    assertEquals(classifier.uid(), loaded.uid());
    assertEquals(classifier.settings(), loaded.settings());
    assertEquals("x", loaded.getFeaturesCol());
    assertArrayEquals(new String[] {"a", "b"}, loaded.getFeaturesCols());
    assertEquals(
        Fingerprint.of(network.parameters()),
        Fingerprint.of(loaded.getInitialNetwork().parameters()));
  }

  @Test
  void crossValidationRunsTrainingsBesideEachOtherAndIsSaved() throws Exception {
    Dataset<Row> frame = Clouds.of(300, 2, 4, 3, 1).frame(spark);
    NetworkClassifier classifier = small().setMaxIter(3);
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(
                classifier.hiddenLayers(),
                CollectionConverters.asScala(List.of(new int[] {}, new int[] {8})))
            .addGrid(classifier.stepSize(), new double[] {1e-9, 0.02})
            .build();
    CrossValidator validator =
        new CrossValidator()
            .setEstimator(classifier)
            .setEvaluator(new BinaryClassificationEvaluator())
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setParallelism(2)
            .setSeed(1);
    CrossValidatorModel model = validator.fit(frame);
    NetworkClassificationModel chosenModel =
        assertInstanceOf(NetworkClassificationModel.class, model.bestModel());
    double best = Arrays.stream(model.avgMetrics()).max().getAsDouble();
    assertTrue(best > 0.95, Arrays.toString(model.avgMetrics()));
    // Of networks that hardly learn one has hidden layers and one has not.
    assertEquals(2, Arrays.stream(model.avgMetrics()).filter(area -> area < 0.9).count());
    assertTrue(new BinaryClassificationEvaluator().evaluate(model.transform(frame)) > 0.95);
    CrossValidatorModel alone = validator.setParallelism(1).fit(frame);
    // Spark's area under the curve is a sum in the order in which tasks end.
    assertArrayEquals(model.avgMetrics(), alone.avgMetrics(), 1e-12);
    assertEquals(
        chosenModel.fingerprint(), ((NetworkClassificationModel) alone.bestModel()).fingerprint());
    String path = folder.resolve("validated").toString();
    model.save(path);
    CrossValidatorModel loaded = CrossValidatorModel.load(path);
    assertEquals(
        chosenModel.fingerprint(), ((NetworkClassificationModel) loaded.bestModel()).fingerprint());
    assertArrayEquals(model.avgMetrics(), loaded.avgMetrics());

    TrainValidationSplit split =
        new TrainValidationSplit()
            .setEstimator(classifier.setShards(2).setLocalSteps(6))
            .setEvaluator(new BinaryClassificationEvaluator())
            .setEstimatorParamMaps(grid)
            .setParallelism(2)
            .setSeed(1);
    TrainValidationSplitModel chosen = split.fit(frame);
    String place = folder.resolve("split").toString();
    chosen.save(place);
    assertEquals(
        ((NetworkClassificationModel) chosen.bestModel()).fingerprint(),
        ((NetworkClassificationModel) TrainValidationSplitModel.load(place).bestModel())
            .fingerprint());
  }

  @Test
  void checkpointsLieInAFolderForEachTrainingWhichGoesOnFromThem() throws Exception {
    Dataset<Row> frame = frame();
    Path checkpoints = folder.resolve("checkpoints");
    for (int shards : new int[] {1, 4}) {
      NetworkClassifier classifier =
          small().setShards(shards).setLocalSteps(6).setCheckpointDir(checkpoints.toString());
      String expected = small().setShards(shards).setLocalSteps(6).fit(frame).fingerprint();
      int first = jobs("first", () -> assertEquals(expected, classifier.fit(frame).fingerprint()));
      int again = jobs("again", () -> assertEquals(expected, classifier.fit(frame).fingerprint()));
      // The training was over: it is read, and none of its 18 rounds is computed again.
      assertEquals(shards == 1 ? 0 : 18, first - again);
    }
    try (var folders = Files.list(checkpoints)) {
      assertEquals(2, folders.count());
    }
  }

  /** How many jobs of Spark something takes. */
  private int jobs(String name, Runnable action) {
    spark.sparkContext().setJobGroup(name, name, false);
    action.run();
    int jobs = spark.sparkContext().statusTracker().getJobIdsForGroup(name).length;
    spark.sparkContext().clearJobGroup();
    return jobs;
  }

  @Test
  void sparkConnectFindsEstimatorsAndModels() {
    assertTrue(
        services(Estimator.class)
            .containsAll(List.of(NetworkClassifier.class, NetworkRegressor.class)));
    assertTrue(
        services(Transformer.class)
            .containsAll(List.of(NetworkClassificationModel.class, NetworkRegressionModel.class)));
    assertEquals(-1, new NetworkRegressionModel().numFeatures());
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> new NetworkClassificationModel().network());
    assertTrue(e.getMessage().contains("has no network; fit or load one"), e.getMessage());
  }

  private static <S> List<Class<?>> services(Class<S> service) {
    List<Class<?>> classes = new ArrayList<>();
    ServiceLoader.load(service).stream().forEach(provider -> classes.add(provider.type()));
    return classes;
  }

  /** Results and broadcast values travel by the serializer that an application has chosen. */
  @Test
  void kryoIsNoObstacle() {
    SparkSession kryo =
        TestSpark.local(
            2, Map.of("spark.serializer", "org.apache.spark.serializer.KryoSerializer"));
    Dataset<Row> frame = Clouds.of(200, 2, 4, 3, 1).frame(kryo);
    String expected = "";
    for (int shards : new int[] {1, 4}) {
      NetworkClassifier classifier = small().setShards(shards).setLocalSteps(6);
      LocalRows<int[]> rows =
          FrameExamples.labels(FeatureReader.of(frame.schema(), "features"), "label").local(frame);
      expected = classifier.settings().classes(rows, 2).fit(rows).fingerprint();
      NetworkClassificationModel model = classifier.fit(frame);
      assertEquals(expected, model.fingerprint());
      assertTrue(model.transform(frame).where("prediction = label").count() > 140);
    }
  }
}

package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import lamella.core.Predictor;
import lamella.core.Tensor;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NetworkRegressorTest {
  private SparkSession spark;

  @TempDir Path folder;

  @BeforeEach
  void session() {
    spark = TestSpark.local();
  }

  /** Label 2000 + x0 - 2 x1², for x of 800 rows. */
  private Dataset<Row> frame() {
    return Clouds.of(800, 2, 3, 0, 1)
        .frame(spark)
        .withColumn(
            "x",
            org.apache.spark.ml.functions.vector_to_array(functions.col("features"), "float64"))
        .withColumn("label", functions.expr("2000 + x[0] - 2 * x[1] * x[1]"));
  }

  private static NetworkRegressor small() {
    return new NetworkRegressor().setHiddenLayers(32).setMaxIter(30).setBatchSize(32);
  }

  private static double rmse(Dataset<Row> predictions) {
    return new RegressionEvaluator().setMetricName("rmse").evaluate(predictions);
  }

  @Test
  void predictionsAreInTheLabelsUnitAndAreThoseOfTheSameTrainingWithoutSpark() {
    Dataset<Row> frame = frame();
    for (NetworkRegressor regressor :
        List.of(
            small(),
            small().setShards(4).setLocalSteps(5).setMaxIter(2),
            small().setSolver("sgd").setMaxIter(3))) {
      LocalRows<Tensor> rows =
          FrameExamples.numbers(FeatureReader.of(frame.schema(), "features"), "label").local(frame);
      Trained trained = regressor.settings().numbers(rows).fit(rows);
      NetworkRegressionModel model = regressor.fit(frame);
      assertEquals(trained.fingerprint(), model.fingerprint());
      assertEquals(trained.fingerprint(), regressor.fit(frame.repartition(5)).fingerprint());
    }
    NetworkRegressionModel model = small().fit(frame);
    // The label's own deviation is 3.
    assertTrue(rmse(model.transform(frame)) < 1, "rmse " + rmse(model.transform(frame)));
    Predictor predictor = Predictor.of(model.network());
    for (Row row : model.transform(frame).takeAsList(50)) {
      Vector features = row.getAs("features");
      float[] example = {
        (float) features.apply(0), (float) features.apply(1), (float) features.apply(2)
      };
      double prediction = row.getAs("prediction");
      assertEquals(predictor.outputs(example)[0], prediction);
      assertEquals(prediction, model.predict(features));
    }
    assertEquals(3, model.numFeatures());
  }

  @Test
  void weightsAndValidationRowsCount() {
    Dataset<Row> frame =
        frame()
            .withColumn("w", functions.expr("id % 2"))
            .withColumn("aside", functions.expr("id % 5 = 0"))
            .withColumn("label", functions.expr("if(w = 0, 0, label)"));
    NetworkRegressor regressor =
        small().setWeightCol("w").setValidationIndicatorCol("aside").setPatience(10);
    NetworkRegressionModel model = regressor.fit(frame);
    double rmse = rmse(model.transform(frame.where("w = 1")));
    // Where the rows of weight 0 counted, predictions would lie about 1000.
    assertTrue(rmse < 3, "rmse " + rmse);
    assertTrue(model.summary().bestEpoch().isPresent());
    assertEquals(model.fingerprint(), regressor.fit(frame.repartition(3)).fingerprint());
  }

  @Test
  void modelsAndCrossValidationsAreSavedAndLoaded() throws Exception {
    Dataset<Row> frame = frame();
    NetworkRegressor regressor = small().setMaxIter(3).setPredictionCol("y");
    NetworkRegressionModel model = regressor.fit(frame);
    String path = folder.resolve("model").toString();
    model.save(path);
    NetworkRegressionModel loaded = NetworkRegressionModel.load(path);
    assertEquals(model.fingerprint(), loaded.fingerprint());
    assertEquals("y", loaded.getPredictionCol());
    assertEquals(model.transform(frame).collectAsList(), loaded.transform(frame).collectAsList());
    assertEquals(
        "z", model.copy(new ParamMap().put(model.predictionCol(), "z")).getPredictionCol());
    regressor.save(folder.resolve("regressor").toString());
    assertEquals(
        regressor.settings(),
        NetworkRegressor.load(folder.resolve("regressor").toString()).settings());
    CrossValidatorModel validated =
        new CrossValidator()
            .setEstimator(regressor)
            .setEvaluator(new RegressionEvaluator().setPredictionCol("y"))
            .setEstimatorParamMaps(
                new ParamGridBuilder()
                    .addGrid(regressor.stepSize(), new double[] {1e-9, 0.01})
                    .build())
            .setNumFolds(2)
            .setParallelism(2)
            .fit(frame);
    assertTrue(validated.avgMetrics()[1] < validated.avgMetrics()[0]);
    validated.save(folder.resolve("validated").toString());
    assertEquals(
        ((NetworkRegressionModel) validated.bestModel()).fingerprint(),
        ((NetworkRegressionModel)
                CrossValidatorModel.load(folder.resolve("validated").toString()).bestModel())
            .fingerprint());
  }

  @Test
  void labelsThatCannotBeLearnedAreRefused() {
    refuses(
        "the label is the same in all 800 rows, about 7.0",
        () -> small().fit(frame().withColumn("label", functions.lit(7.0))));
    refuses(
        "column \"label\"",
        () -> small().fit(frame().withColumn("label", functions.expr("if(id = 3, null, label)"))));
    refuses("column \"y\" expected", () -> small().setLabelCol("y").fit(frame()));
  }

  private static void refuses(String message, Runnable action) {
    String got = assertThrows(IllegalArgumentException.class, action::run).getMessage();
    assertTrue(got.contains(message), got);
  }
}

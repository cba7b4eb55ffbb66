package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
  private static final int EPOCHS = 3;

  @TempDir Path work;

  @Test
  void theWinnerRepeatedWithoutSparkHasTheSameFingerprint() {
    SparkSession spark = TestSpark.local();
    Dataset<Row> frame = SweepRows.frame(spark);
    NetworkClassifier classifier = SweepRows.classifier();
    ParamMap[] trials = SweepRows.trials(classifier, EPOCHS);
    SweepResult<NetworkClassificationModel> result =
        Sweep.of(classifier).withTrials(trials).fit(frame);
    assertEquals(12, result.trials().size(), result::toString);

    // Without Spark, from numbers that were not read by it either.
    NetworkTraining<int[]> training =
        result.bestSettings().classes(SweepRows.plain(false), SweepRows.CLASSES);
    Trained trained =
        training.fit(SweepRows.plain(false), SweepRows.plain(true), trainer -> trainer);
    assertEquals(trained.fingerprint(), result.best().fingerprint());
    assertEquals(trained.bestEpoch().getAsInt(), result.best().bestEpoch());

    // By the estimator, and as the model.
    NetworkClassificationModel fitted = classifier.copy(result.bestParams()).fit(frame);
    assertEquals(fitted.fingerprint(), result.best().fingerprint());
    assertEquals(fitted.fingerprint(), result.bestModel().fingerprint());
    assertEquals(
        result.bestModel().transform(frame).select("id", "prediction").collectAsList().size(),
        SweepRows.ROWS);

    assertBestIsTheLeast(result);
    for (Trial trial : result.trials()) {
      boolean diverges = trial.params().contains("stepSize=1.0E30");
      assertEquals(diverges, !trial.succeeded(), trial::toString);
      assertEquals(diverges, trial.failure().contains("finite"), trial::toString);
      assertFalse(trial.earlier());
    }
    Dataset<Row> table = result.table();
    assertEquals(12, table.count());
    assertEquals(4, table.where("failure <> ''").count());
    assertEquals(
        result.best().metric(),
        table.where("trial = " + result.best().number()).first().getAs("logLoss"));
    assertTrue(result.toString().contains("failed: step "), result::toString);
    assertTrue(
        result
            .toString()
            .lines()
            .anyMatch(line -> line.startsWith("*    " + result.best().number())),
        result::toString);
  }

  private static void assertBestIsTheLeast(SweepResult<?> result) {
    double least =
        result.trials().stream()
            .filter(Trial::succeeded)
            .mapToDouble(Trial::metric)
            .min()
            .orElseThrow();
    assertEquals(least, result.best().metric());
  }

  @Test
  void finishedTrialsAreNotRunAgain() throws IOException {
    Dataset<Row> frame = SweepRows.frame(TestSpark.local());
    NetworkClassifier classifier = SweepRows.classifier();
    ParamMap[] all = SweepRows.trials(classifier, EPOCHS);
    Sweep<NetworkClassificationModel> sweep =
        Sweep.of(classifier).withFolder(work.resolve("sweep").toString());
    SweepResult<?> first = sweep.withTrials(Arrays.copyOf(all, 5)).fit(frame);
    Map<String, Object> times = times();
    SweepResult<NetworkClassificationModel> second = sweep.withTrials(all).fit(frame);
    for (Trial trial : second.trials()) {
      assertEquals(trial.number() < 5, trial.earlier(), trial::toString);
      if (trial.number() < 5) {
        assertEquals(first.trials().get(trial.number()).fingerprint(), trial.fingerprint());
      }
    }
    Map<String, Object> later = times();
    times.forEach((name, time) -> {
      if (name.endsWith(".trial")) {
        assertEquals(time, later.get(name), name);
      }
    });
    assertEquals(13, later.size(), later::toString); // and the network of the best
    // Everything is there; the best network, which somebody deleted, is made once more.
    SweepResult<NetworkClassificationModel> third = sweep.withTrials(all).fit(frame);
    assertTrue(third.trials().stream().allMatch(Trial::earlier));
    assertEquals(second.bestModel().fingerprint(), third.bestModel().fingerprint());
    Files.delete(network());
    SweepResult<NetworkClassificationModel> fourth = sweep.withTrials(all).fit(frame);
    assertEquals(
        List.of(fourth.best()),
        fourth.trials().stream().filter(trial -> !trial.earlier()).toList());
    assertEquals(second.bestModel().fingerprint(), fourth.bestModel().fingerprint());
    assertTrue(Files.exists(network()));
  }

  private Path network() throws IOException {
    try (Stream<Path> files = Files.list(work.resolve("sweep"))) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .findFirst()
          .orElseThrow();
    }
  }

  private Map<String, Object> times() throws IOException {
    Map<String, Object> times = new TreeMap<>();
    try (Stream<Path> files = Files.list(work.resolve("sweep"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".")) { // the checksums that Hadoop keeps beside local files
          times.put(name, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }

  @Test
  void trialsOnOtherRowsOrByAnotherMetricAreOthers() {
    Dataset<Row> frame = SweepRows.frame(TestSpark.local());
    NetworkClassifier classifier = SweepRows.classifier();
    ParamMap[] one = {new ParamMap().put(classifier.maxIter(), 1)};
    Sweep<NetworkClassificationModel> sweep =
        Sweep.of(classifier).withTrials(one).withFolder(work.resolve("sweep").toString());
    assertFalse(sweep.fit(frame).best().earlier());
    assertTrue(sweep.fit(frame).best().earlier());
    assertFalse(sweep.withMetric("accuracy").fit(frame).best().earlier());
    assertFalse(sweep.fit(frame.where("id <> 7")).best().earlier());
  }

  @Test
  void rowsAreSetAsideByTheirContent() {
    Dataset<Row> frame = SweepRows.frame(TestSpark.local()).drop("validation");
    NetworkClassifier classifier =
        new NetworkClassifier().setIdCol("id").setBatchSize(64).setMaxIter(2);
    ParamMap[] trials =
        new ParamGridBuilder().addGrid(classifier.dropout(), new double[] {0, 0.5}).build();
    SweepResult<NetworkClassificationModel> result =
        Sweep.of(classifier).withTrials(trials).withValidationFraction(0.3, 4).fit(frame);
    Dataset<Row> split = ValidationSplit.byContent(frame, "aside", 0.3, 4);
    long aside = split.where("aside").count();
    assertTrue(Math.abs(aside - 0.3 * SweepRows.ROWS) < 40, aside + " rows");
    NetworkClassificationModel fitted =
        classifier.copy(result.bestParams()).setValidationIndicatorCol("aside").fit(split);
    assertEquals(fitted.fingerprint(), result.best().fingerprint());
    // Another order and other partitions set the same rows aside, and another seed others.
    Dataset<Row> again =
        ValidationSplit.byContent(
            frame.orderBy(functions.desc("sum")).repartition(5), "aside", 0.3, 4);
    assertEquals(ids(split), ids(again));
    assertFalse(ids(split).equals(ids(ValidationSplit.byContent(frame, "aside", 0.3, 5))));
  }

  private static Set<Long> ids(Dataset<Row> split) {
    HashSet<Long> ids = new HashSet<>();
    for (Row row : split.where("aside").select("id").collectAsList()) {
      ids.add(row.getLong(0));
    }
    return ids;
  }

  @Test
  void regressorsAreComparedByTheirErrors() {
    Dataset<Row> frame = SweepRows.frame(TestSpark.local());
    NetworkRegressor regressor =
        new NetworkRegressor()
            .setLabelCol("sum")
            .setIdCol("id")
            .setValidationIndicatorCol("validation")
            .setMaxIter(3);
    ParamMap[] trials =
        new ParamGridBuilder().addGrid(regressor.stepSize(), new double[] {1e-4, 1e-2}).build();
    SweepResult<NetworkRegressionModel> byError = Sweep.of(regressor).withTrials(trials).fit(frame);
    SweepResult<NetworkRegressionModel> byR2 =
        Sweep.of(regressor).withTrials(trials).withMetric("r2").fit(frame);
    assertEquals(1, byError.best().number(), byError::toString);
    assertEquals(1, byR2.best().number(), byR2::toString);
    assertEquals(byError.best().fingerprint(), byR2.bestModel().fingerprint());
    // Measured by Spark, of what the model predicts.
    double rmse =
        new org.apache.spark.ml.evaluation.RegressionEvaluator()
            .setLabelCol("sum")
            .setMetricName("rmse")
            .evaluate(byError.bestModel().transform(frame.where("validation")));
    assertEquals(rmse, byError.best().metric(), 1e-6);
  }

  @Test
  void mistakesSayWhatIsWrong() {
    Dataset<Row> frame = SweepRows.frame(TestSpark.local());
    NetworkClassifier classifier = SweepRows.classifier();
    Sweep<NetworkClassificationModel> sweep = Sweep.of(classifier);
    assertMistake("withTrials", () -> sweep.fit(frame));
    assertMistake("got none", () -> sweep.withTrials());
    NetworkClassifier other = new NetworkClassifier();
    assertMistake("none of", () -> sweep.withTrials(new ParamMap().put(other.maxIter(), 3)));
    assertMistake(
        "labelCol cannot differ",
        () -> sweep.withTrials(new ParamMap().put(classifier.labelCol(), "sum")));
    assertMistake("logLoss or accuracy, got rmse", () -> sweep.withMetric("rmse"));
    assertMistake("got 1.0", () -> sweep.withValidationFraction(1, 0));
    assertMistake("got 0", () -> sweep.withParallelism(0));
    ParamMap diverging =
        new ParamMap().put(classifier.stepSize(), 1e30).put(classifier.maxIter(), 1);
    IllegalStateException none =
        assertThrows(IllegalStateException.class, () -> sweep.withTrials(diverging).fit(frame));
    assertTrue(none.getMessage().contains("none of 1 trials gave a network"), none.getMessage());
    assertTrue(none.getMessage().contains("finite"), none.getMessage());
  }

  private static void assertMistake(String part, Runnable code) {
    IllegalArgumentException mistake = assertThrows(IllegalArgumentException.class, code::run);
    assertTrue(mistake.getMessage().contains(part), mistake.getMessage());
  }

  @Test
  void trialsOfEqualSettingsRunOnce() {
    NetworkClassifier classifier = SweepRows.classifier();
    ParamMap[] twice = {
      new ParamMap().put(classifier.maxIter(), 1), new ParamMap().put(classifier.maxIter(), 1)
    };
    SweepResult<?> result =
        Sweep.of(classifier).withTrials(twice).fit(SweepRows.frame(TestSpark.local()));
    assertEquals(result.trials().get(0).seconds(), result.trials().get(1).seconds());
    assertEquals(0, result.best().number());
  }

  @Test
  void aKryoSerializerMakesNoDifference() {
    NetworkClassifier classifier = SweepRows.classifier();
    ParamMap[] one = {new ParamMap().put(classifier.maxIter(), 2)};
    Sweep<NetworkClassificationModel> sweep = Sweep.of(classifier).withTrials(one);
    String usual = sweep.fit(SweepRows.frame(TestSpark.local())).best().fingerprint();
    Map<String, String> kryo =
        Map.of("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    String there = sweep.fit(SweepRows.frame(TestSpark.local(2, kryo))).best().fingerprint();
    assertEquals(usual, there);
  }

  @Test
  void aKilledSweepGoesOnWhereItWas() throws Exception {
    Path folder = work.resolve("sweep");
    ChildDriver driver =
        ChildDriver.start(work.resolve("log"), SweepDriver.class, folder.toString());
    long end = System.nanoTime() + 60_000_000_000L;
    while (finished(folder).size() < 4 && System.nanoTime() < end && driver.isAlive()) {
      Thread.sleep(5);
    }
    driver.kill();
    List<String> before = finished(folder);
    assertTrue(before.size() >= 4 && before.size() < 12, before + driver.said());
    Map<String, Object> times = times();

    SparkSession spark = TestSpark.local();
    SweepResult<NetworkClassificationModel> resumed = SweepDriver.sweep(spark, folder.toString());
    assertEquals(
        before.size(), resumed.trials().stream().filter(Trial::earlier).count(), resumed::toString);
    Map<String, Object> later = times();
    before.forEach(name -> assertEquals(times.get(name), later.get(name), name));

    SweepResult<NetworkClassificationModel> whole =
        SweepDriver.sweep(spark, work.resolve("other").toString());
    // The order of a grid's settings is another one in each process.
    Map<String, Trial> byParams = new HashMap<>();
    resumed.trials().forEach(trial -> byParams.put(trial.params(), trial));
    for (Trial trial : whole.trials()) {
      Trial other = byParams.get(trial.params());
      assertEquals(trial.fingerprint(), other.fingerprint(), trial::toString);
      assertEquals(trial.metric(), other.metric());
      assertEquals(trial.failure(), other.failure());
    }
    assertEquals(whole.bestModel().fingerprint(), resumed.bestModel().fingerprint());
  }

  private static List<String> finished(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".trial"))
            .forEach(names::add);
      }
    }
    return names;
  }
}

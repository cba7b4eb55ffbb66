package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.random.NumPyRandom;
import lamella.table.ColumnKind;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import lamella.table.TableSchema;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlainColumnsTest {
  private SparkSession spark;

  @TempDir Path folder;

  @BeforeEach
  void session() {
    spark = TestSpark.local();
  }

  /** Of colour and size the class is a function, of which some values are missing. */
  private Dataset<Row> frame() {
    StructType schema =
        new StructType()
            .add("colour", DataTypes.StringType)
            .add("big", DataTypes.BooleanType)
            .add("size", DataTypes.DoubleType)
            .add("number", DataTypes.IntegerType)
            .add("kind", DataTypes.StringType);
    NumPyRandom random = new NumPyRandom(4);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      String colour = List.of("red", "green", "blue").get(random.nextInt(3));
      double size = 100 * random.nextDouble();
      boolean isOne = colour.equals("red") ? size > 50 : colour.equals("green");
      rows.add(
          RowFactory.create(
              i % 50 == 0 ? null : colour,
              random.nextBoolean(),
              i % 40 == 1 ? null : size,
              random.nextInt(1000),
              isOne ? "one" : "other"));
    }
    return new StringIndexer()
        .setInputCol("kind")
        .setOutputCol("label")
        .fit(spark.createDataFrame(rows, schema))
        .transform(spark.createDataFrame(rows, schema));
  }

  private static NetworkClassifier classifier() {
    return new NetworkClassifier()
        .setFeaturesCols("colour", "big", "size", "number")
        .setHiddenLayers(32)
        .setMaxIter(30)
        .setStepSize(0.01)
        .setBatchSize(32);
  }

  @Test
  void columnsOfAnyKindAreLearnedAndTheModelIsATablesModelWithoutSpark() throws Exception {
    Dataset<Row> frame = frame();
    NetworkClassificationModel model = classifier().fit(frame);
    Dataset<Row> predicted = model.transform(frame);
    double accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predicted);
    // Where colour or size is missing, 1 of 28 rows, nobody can be sure.
    assertTrue(accuracy > 0.94, "accuracy " + accuracy);
    assertEquals(model.fingerprint(), classifier().fit(frame.repartition(7)).fingerprint());
    assertEquals(
        model.fingerprint(),
        classifier().fit(frame.orderBy(functions.col("number"))).fingerprint());

    String path = folder.resolve("model").toString();
    model.save(path);
    NetworkClassificationModel loaded = NetworkClassificationModel.load(path);
    List<Row> rows = loaded.transform(frame).collectAsList();
    assertEquals(predicted.collectAsList(), rows);
    TableModel table = TableModel.read(folder.resolve("model/model.safetensors"));
    List<String> classes = table.schema().target().classes();
    assertEquals(2, classes.size());
    for (Row row : rows) {
      Map<String, Object> values = new HashMap<>();
      for (String name : List.of("colour", "big", "size", "number")) {
        values.put(name, row.getAs(name));
      }
      TablePrediction prediction = table.predict(values);
      Vector probability = row.getAs("probability");
      int k = (int) (double) row.<Double>getAs("prediction");
      assertEquals(classes.get(k), prediction.label());
      assertEquals(prediction.probability(classes.get(k)), probability.apply(k));
    }
  }

  @Test
  void shardsOfPlainColumnsGiveOneModelToo() {
    Dataset<Row> frame = frame();
    NetworkClassifier classifier = classifier().setShards(4).setLocalSteps(5).setMaxIter(2);
    String fingerprint = classifier.fit(frame).fingerprint();
    assertEquals(fingerprint, classifier.fit(frame.repartition(5)).fingerprint());
  }

  @Test
  void columnsWithManyCategoriesAreEmbedded() {
    Dataset<Row> frame = frame().withColumn("many", functions.expr("concat('c', number % 80)"));
    NetworkClassificationModel model =
        classifier().setFeaturesCols("many", "colour").setMaxIter(2).fit(frame);
    assertTrue(model.network().toString().contains("Embedding(81"), model.network().toString());
    Dataset<Row> other = frame.withColumn("many", functions.lit("never seen"));
    assertEquals(800, model.transform(other).where("prediction is not null").count());
  }

  @Test
  void numbersAreLearnedOfPlainColumns() throws Exception {
    Dataset<Row> frame =
        frame().withColumn("label", functions.expr("coalesce(size, 50) + if(big, 1000, 0)"));
    NetworkRegressionModel model =
        new NetworkRegressor()
            .setFeaturesCols("big", "size")
            .setHiddenLayers(32)
            .setMaxIter(20)
            .setStepSize(0.01)
            .fit(frame);
    for (Row row : model.transform(frame).takeAsList(100)) {
      double label = row.getAs("label");
      double prediction = row.getAs("prediction");
      assertEquals(label, prediction, 60);
    }
    model.save(folder.resolve("model").toString());
    TableModel table = TableModel.read(folder.resolve("model/model.safetensors"));
    assertEquals(List.of("big", "size"), names(table.schema()));
    assertEquals(ColumnKind.CATEGORY, table.schema().inputs().getFirst().kind());
  }

  private static List<String> names(TableSchema schema) {
    return schema.inputs().stream().map(input -> input.name()).toList();
  }

  @Test
  void columnsThatCannotBeFeaturesAreRefused() {
    refuses("column \"siz\" expected", classifier().setFeaturesCols("siz"));
    refuses(
        "featuresCols: column \"label\" is the label",
        classifier().setFeaturesCols("size", "label"));
    NetworkClassifier ofArrays = classifier().setFeaturesCols("size", "array");
    String got =
        assertThrows(
                IllegalArgumentException.class,
                () -> ofArrays.fit(frame().withColumn("array", functions.expr("array(1, 2)"))))
            .getMessage();
    assertTrue(
        got.contains(
            "featuresCols: column \"array\" expected to be of numbers, strings or booleans, is of"
                + " type array<int>"),
        got);
  }

  private void refuses(String message, NetworkClassifier classifier) {
    String got =
        assertThrows(IllegalArgumentException.class, () -> classifier.fit(frame())).getMessage();
    assertTrue(got.contains(message), got);
  }
}

package lamella.examples.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lamella.core.random.NumPyRandom;
import lamella.spark.NetworkClassificationModel;
import lamella.spark.NetworkClassifier;
import lamella.spark.ValidationSplit;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A job: learns a column of a table from the others, on however many machines, and scores rows that
 * it has not seen. After {@code mvn -Pspark package} the folder {@code
 * examples/spark/target/lamella-spark} has all that it takes to a cluster. With spark-submit:
 *
 * <pre>{@code
 * cd examples/spark/target/lamella-spark
 * spark-submit --master spark://host:7077 --jars "$(ls lib/*.jar | paste -sd,)" \
 *     --class lamella.examples.spark.TrainAndScore lib/lamella-spark-examples-0.1.0.jar \
 *     --data hdfs:///data/penguins.csv --label species --model hdfs:///models/penguins
 * }</pre>
 *
 * and from a JVM of one's own, here without a cluster:
 *
 * <pre>{@code
 * java @driver.options -cp "lib/*:$SPARK_HOME/jars/*" lamella.examples.spark.TrainAndScore \
 *     --master "local[*]" --data penguins.csv --label species --model penguins-model
 * }</pre>
 *
 * <p>Without {@code --data} it makes a table of its own. {@code --shards} is how many parts of each
 * batch can be computed beside each other: part of the result, as the batch size is. What it prints
 * depends on data and options alone, never on the cluster.
 */
public final class TrainAndScore {
  private TrainAndScore() {}

  /** Runs the job. */
  public static void main(String[] arguments) throws Exception {
    Job.run(
        "TrainAndScore",
        arguments,
        TrainAndScore::run,
        "data",
        "",
        "label",
        "label",
        "model",
        "",
        "epochs",
        "30",
        "shards",
        "4");
  }

  private static void run(SparkSession spark, Options options) throws IOException {
    String label = options.require("label");
    String data = options.get("data");
    Dataset<Row> table = data == null ? made(spark) : read(spark, data, label);
    List<String> features = new ArrayList<>(List.of(table.columns()));
    features.remove(label);
    // Which rows are for what is a function of the row: the same on any cluster.
    Dataset<Row> rows =
        ValidationSplit.byContent(
            ValidationSplit.byContent(table, "test", 0.2, 1), "validation", 0.2, 2);
    Dataset<Row> known = rows.where(functions.not(functions.col("test"))).drop("test");
    Dataset<Row> unseen = rows.where(functions.col("test")).drop("test", "validation");

    StringIndexerModel index =
        new StringIndexer()
            .setInputCol(label)
            .setOutputCol("class")
            .setStringOrderType("alphabetAsc")
            .fit(known);
    NetworkClassifier classifier =
        new NetworkClassifier()
            .setFeaturesCols(features.toArray(String[]::new))
            .setLabelCol("class")
            .setValidationIndicatorCol("validation")
            .setHiddenLayers(64, 64)
            .setMaxIter(options.number("epochs"))
            .setShards(options.number("shards"))
            .setSeed(1);
    IndexToString name =
        new IndexToString()
            .setInputCol("prediction")
            .setOutputCol("predicted")
            .setLabels(index.labelsArray()[0]);
    PipelineModel model =
        new Pipeline().setStages(new PipelineStage[] {index, classifier, name}).fit(known);

    NetworkClassificationModel network = (NetworkClassificationModel) model.stages()[1];
    System.out.println("fingerprint " + network.fingerprint());
    Dataset<Row> scored = model.transform(unseen);
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setLabelCol("class")
            .setMetricName("accuracy")
            .evaluate(scored);
    System.out.println(
        String.format(Locale.ROOT, "accuracy %.4f of %d rows", accuracy, scored.count()));
    String folder = options.get("model");
    if (folder != null) {
      model.write().overwrite().save(folder);
      System.out.println("written to " + folder);
    }
  }

  private static Dataset<Row> read(SparkSession spark, String file, String label)
      throws IOException {
    Path path = new Path(file);
    if (!path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)) {
      throw new Options.Mistake("there is no " + file);
    }
    Dataset<Row> table =
        spark.read().option("header", "true").option("inferSchema", "true").csv(file);
    if (!List.of(table.columns()).contains(label)) {
      throw new Options.Mistake(
          file
              + " has no column "
              + label
              + "; --label is one of "
              + String.join(", ", table.columns()));
    }
    return table.na().drop(new String[] {label});
  }

  /**
   * Points in a plane, of three kinds by their distance from the centre, and a column of no use.
   */
  private static Dataset<Row> made(SparkSession spark) {
    NumPyRandom random = new NumPyRandom(0);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      double distance = Math.sqrt(x * x + y * y);
      String kind = distance < 0.8 ? "near" : distance < 1.5 ? "between" : "far";
      rows.add(RowFactory.create(x, y, random.nextBoolean() ? "left" : "right", kind));
    }
    return spark.createDataFrame(
        rows,
        new StructType()
            .add("x", DataTypes.DoubleType)
            .add("y", DataTypes.DoubleType)
            .add("side", DataTypes.StringType)
            .add("label", DataTypes.StringType));
  }
}

package lamella.examples.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lamella.spark.NetworkClassifier;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Lamella's classifier beside Spark's own {@link MultilayerPerceptronClassifier}, each in a
 * pipeline, on a table of numbers whose rows a second file says to be {@code train}, {@code
 * validation} or {@code test}: accuracy on the test rows and seconds of the fit, second of two.
 *
 * <pre>{@code
 * java @driver.options -cp "lib/*:$SPARK_HOME/jars/*" lamella.examples.spark.CompareWithSpark \
 *     --master "local[*]" --data letter.csv --split letter.split.csv --label lettr
 * }</pre>
 */
public final class CompareWithSpark {
  private CompareWithSpark() {}

  /** Trains, and prints a line for each. */
  public static void main(String[] arguments) throws Exception {
    Job.run(
        "CompareWithSpark",
        arguments,
        CompareWithSpark::run,
        "data",
        "",
        "split",
        "",
        "label",
        "label",
        "hidden",
        "128",
        "iterations",
        "100",
        "epochs",
        "50",
        "shards",
        "1");
  }

  private static void run(SparkSession spark, Options options) throws IOException {
    String label = options.require("label");
    Dataset<Row> table =
        read(spark, Path.of(options.require("data")), Path.of(options.require("split"))).cache();
    Dataset<Row> train = table.where("split = 'train'");
    Dataset<Row> known = table.where("split <> 'test'").selectExpr("*", "split = 'validation' v");
    Dataset<Row> test = table.where("split = 'test'");
    List<String> columns = new ArrayList<>(List.of(table.columns()));
    columns.removeAll(List.of(label, "split"));
    int classes = (int) table.select(label).distinct().count();
    int hidden = options.number("hidden");
    StringIndexer index = new StringIndexer().setInputCol(label).setOutputCol("class");
    VectorAssembler assemble =
        new VectorAssembler().setInputCols(columns.toArray(String[]::new)).setOutputCol("numbers");
    StandardScaler scale =
        new StandardScaler().setWithMean(true).setInputCol("numbers").setOutputCol("scaled");
    MultilayerPerceptronClassifier theirs =
        new MultilayerPerceptronClassifier()
            .setLayers(new int[] {columns.size(), hidden, hidden, classes})
            .setMaxIter(options.number("iterations"))
            .setFeaturesCol("scaled")
            .setLabelCol("class")
            .setSeed(1);
    NetworkClassifier ours =
        new NetworkClassifier()
            .setHiddenLayers(hidden, hidden)
            .setMaxIter(options.number("epochs"))
            .setShards(options.number("shards"))
            .setFeaturesCol("numbers")
            .setLabelCol("class")
            .setSeed(1);
    compare("Lamella", train, test, index, assemble, ours);
    compare(
        "Lamella, best epoch",
        known,
        test,
        index,
        assemble,
        ours.copy(
            new org.apache.spark.ml.param.ParamMap().put(ours.validationIndicatorCol(), "v")));
    compare("Spark", train, test, index, assemble, scale, theirs);
  }

  private static void compare(
      String name, Dataset<Row> train, Dataset<Row> test, PipelineStage... stages) {
    Pipeline pipeline = new Pipeline().setStages(stages);
    pipeline.fit(train);
    long start = System.nanoTime();
    PipelineModel model = pipeline.fit(train);
    double seconds = (System.nanoTime() - start) / 1e9;
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setLabelCol("class")
            .setMetricName("accuracy")
            .evaluate(model.transform(test));
    System.out.println(
        String.format(Locale.ROOT, "%-20s accuracy %.4f, %.1f s", name, accuracy, seconds));
  }

  /** The table with one more column: what each row is for. */
  private static Dataset<Row> read(SparkSession spark, Path data, Path split) throws IOException {
    List<String> lines = Files.readAllLines(data);
    List<String> parts = Files.readAllLines(split);
    List<String> both = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      both.add(lines.get(i) + "," + parts.get(i));
    }
    // Spark takes a dot in a name for a field of a structure.
    both.set(0, both.getFirst().replace('.', '_'));
    return spark
        .read()
        .option("header", "true")
        .option("inferSchema", "true")
        .csv(spark.createDataset(both, Encoders.STRING()));
  }
}

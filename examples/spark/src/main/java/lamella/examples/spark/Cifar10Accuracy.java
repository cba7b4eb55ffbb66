package lamella.examples.spark;

import java.util.Locale;
import lamella.optim.Evaluation;
import lamella.spark.FeatureReader;
import lamella.spark.FrameExamples;
import lamella.spark.LocalRows;
import lamella.spark.NetworkClassificationModel;
import lamella.spark.NetworkClassifier;
import lamella.spark.Trained;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What shards and local steps do to the accuracy on CIFAR-10's 10,000 test images: trains a network
 * 3072-256-128-10 with plain SGD, through the estimator or, with {@code --through trainer}, by the
 * trainer in this JVM, which gives the same bits.
 *
 * <pre>{@code
 * java @driver.options -Xmx8g -cp "lib/*:$SPARK_HOME/jars/*" lamella.examples.spark.Cifar10Accuracy \
 *     --master "local[*]" --data cifar-10-batches-bin --shards 8 --local-steps 10
 * }</pre>
 */
public final class Cifar10Accuracy {
  private static final int PIXELS = 3072;
  private static final int CLASSES = 10;

  private Cifar10Accuracy() {}

  /** Trains, and prints a line. */
  public static void main(String[] arguments) throws Exception {
    Job.run(
        "Cifar10Accuracy",
        arguments,
        Cifar10Accuracy::run,
        "data",
        "",
        "through",
        "estimator",
        "shards",
        "1",
        "local-steps",
        "1",
        "after-epochs",
        "0",
        "batch-size",
        "512",
        "epochs",
        "15",
        "seed",
        "1");
  }

  private static void run(SparkSession spark, Options options) throws Exception {
    String folder = options.require("data");
    Path path = new Path(folder, "test_batch.bin");
    if (!path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)) {
      throw new Options.Mistake("there is no " + path + "; --data is where the .bin files are");
    }
    Dataset<Row> train = images(spark, folder + "/data_batch_*.bin");
    Dataset<Row> test = images(spark, path.toString());
    NetworkClassifier classifier =
        new NetworkClassifier()
            .setHiddenLayers(256, 128)
            .setSolver("sgd")
            .setMomentum(0)
            .setStepSize(0.1)
            .setMaxIter(options.number("epochs"))
            .setBatchSize(options.number("batch-size"))
            .setShards(options.number("shards"))
            .setLocalSteps(options.number("local-steps"))
            .setLocalStepsAfter(options.natural("after-epochs"))
            .setSeed(options.natural("seed"));
    long start = System.nanoTime();
    String fingerprint;
    double accuracy;
    double seconds;
    if (options.require("through").equals("estimator")) {
      PipelineModel model = new Pipeline().setStages(new PipelineStage[] {classifier}).fit(train);
      seconds = (System.nanoTime() - start) / 1e9;
      fingerprint = ((NetworkClassificationModel) model.stages()[0]).fingerprint();
      accuracy =
          new MulticlassClassificationEvaluator()
              .setMetricName("accuracy")
              .evaluate(model.transform(test));
    } else {
      LocalRows<int[]> rows = examples(train).local(train);
      start = System.nanoTime();
      Trained trained = classifier.settings().classes(rows, CLASSES).fit(rows);
      seconds = (System.nanoTime() - start) / 1e9;
      fingerprint = trained.fingerprint();
      accuracy = Evaluation.of(trained.network(), examples(test).local(test)).accuracy();
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "L %d, K %d after %d epochs, batches of %d, %d epochs, through %s: accuracy %.4f,"
                + " %.0f s, fingerprint %.16s",
            classifier.getShards(),
            classifier.getLocalSteps(),
            classifier.getLocalStepsAfter(),
            classifier.getBatchSize(),
            classifier.getMaxIter(),
            options.require("through"),
            accuracy,
            seconds,
            fingerprint));
  }

  private static FrameExamples<int[]> examples(Dataset<Row> frame) {
    return FrameExamples.labels(FeatureReader.of(frame.schema(), "features"), "label");
  }

  /** The records of CIFAR-10's binary files: a label, then the pixels. */
  private static Dataset<Row> images(SparkSession spark, String files) {
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .binaryRecords(files, 1 + PIXELS)
            .map(record -> {
              double[] pixels = new double[PIXELS];
              for (int i = 0; i < PIXELS; i++) {
                pixels[i] = (record[1 + i] & 0xff) / 255.0;
              }
              return RowFactory.create((double) record[0], Vectors.dense(pixels));
            });
    return spark.createDataFrame(
        rows,
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType()));
  }
}

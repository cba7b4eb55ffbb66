package lamella.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Trains Spark's MultilayerPerceptronClassifier and {@link NetworkClassifier} on one table, in
 * equal pipelines with equal hidden layers, and prints accuracy and log loss of the test rows and
 * the seconds of the fit; the second fit of each counts, when the JVM has compiled it.
 *
 * <pre>
 * java @driver.options -cp CLASSPATH lamella.spark.TableComparison table.csv split.csv label \
 *     [master [hidden [epochs [iterations]]]]
 * </pre>
 *
 * <p>The split's lines say of each row train, validation or test; validation rows are left out. By
 * default local[*], hidden layers 128,128, the estimator's 30 epochs, and 100 iterations of L-BFGS,
 * which is Spark's default.
 */
final class TableComparison {
  private TableComparison() {}

  public static void main(String[] args) throws IOException {
    if (args.length < 3) {
      System.err.println(
          "usage: TableComparison table.csv split.csv label [master [hidden [epochs [iterations]]]]");
      System.exit(2);
    }
    String label = args[2];
    String master = args.length > 3 ? args[3] : "local[*]";
    int[] hidden =
        Arrays.stream((args.length > 4 ? args[4] : "128,128").split(",", -1))
            .mapToInt(Integer::parseInt)
            .toArray();
    int epochs = args.length > 5 ? Integer.parseInt(args[5]) : 30;
    int iterations = args.length > 6 ? Integer.parseInt(args[6]) : 100;
    try (SparkSession spark =
        SparkSession.builder()
            .master(master)
            .appName("comparison")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .getOrCreate()) {
      spark.sparkContext().setLogLevel("ERROR");
      Dataset<Row> all = table(spark, Path.of(args[0]), Path.of(args[1]));
      Dataset<Row> train = all.where("split = 'train'").repartition(2).cache();
      Dataset<Row> test = all.where("split = 'test'").cache();
      List<PipelineStage> features = features(all, label);
      PipelineModel prepared = pipeline(features).fit(train);
      int inputs = prepared.transform(train).head().<Vector>getAs("features").size();
      int classes = (int) all.select(label).distinct().count();
      System.out.printf(
          Locale.ROOT,
          "%d training rows, %d test rows, %d features, %d classes, hidden layers %s%n",
          train.count(),
          test.count(),
          inputs,
          classes,
          Arrays.toString(hidden));
      int[] layers = new int[hidden.length + 2];
      layers[0] = inputs;
      System.arraycopy(hidden, 0, layers, 1, hidden.length);
      layers[layers.length - 1] = classes;
      compare(
          "MultilayerPerceptronClassifier, " + iterations + " iterations",
          features,
          new MultilayerPerceptronClassifier()
              .setLabelCol("indexedLabel")
              .setLayers(layers)
              .setMaxIter(iterations)
              .setSeed(1),
          train,
          test);
      NetworkClassifier own =
          new NetworkClassifier()
              .setLabelCol("indexedLabel")
              .setHiddenLayers(hidden)
              .setMaxIter(epochs)
              .setSeed(1);
      compare("NetworkClassifier, " + epochs + " epochs", features, own, train, test);
      NetworkClassifier sharded = own.copy(ParamMap.empty()).setShards(8).setLocalSteps(10);
      compare(
          "NetworkClassifier, 8 shards, 10 local steps, " + epochs + " epochs",
          features,
          sharded,
          train,
          test);
    }
  }

  private static Pipeline pipeline(List<PipelineStage> stages) {
    return new Pipeline().setStages(stages.toArray(PipelineStage[]::new));
  }

  private static void compare(
      String name,
      List<PipelineStage> features,
      PipelineStage estimator,
      Dataset<Row> train,
      Dataset<Row> test) {
    List<PipelineStage> stages = new ArrayList<>(features);
    stages.add(estimator);
    double seconds = 0;
    PipelineModel model = null;
    for (int i = 0; i < 2; i++) {
      long start = System.nanoTime();
      model = pipeline(stages).fit(train);
      seconds = (System.nanoTime() - start) / 1e9;
    }
    Dataset<Row> predicted = model.transform(test).cache();
    MulticlassClassificationEvaluator evaluator =
        new MulticlassClassificationEvaluator().setLabelCol("indexedLabel");
    System.out.printf(
        Locale.ROOT,
        "%-70s accuracy %.4f  log loss %.4f  fit %.1f s%n",
        name,
        evaluator.setMetricName("accuracy").evaluate(predicted),
        evaluator.setMetricName("logLoss").evaluate(predicted),
        seconds);
  }

  /** Categories one-hot, all of them standardised, in one vector. */
  private static List<PipelineStage> features(Dataset<Row> all, String label) {
    List<PipelineStage> stages = new ArrayList<>();
    stages.add(new StringIndexer().setInputCol(label).setOutputCol("indexedLabel"));
    List<String> inputs = new ArrayList<>();
    for (String column : all.columns()) {
      if (column.equals(label) || column.equals("split")) {
        continue;
      }
      if (all.schema().apply(column).dataType().equals(DataTypes.DoubleType)) {
        inputs.add(column);
      } else {
        stages.add(
            new StringIndexer()
                .setInputCol(column)
                .setOutputCol(column + " index")
                .setHandleInvalid("keep"));
        stages.add(
            new OneHotEncoder().setInputCol(column + " index").setOutputCol(column + " one-hot"));
        inputs.add(column + " one-hot");
      }
    }
    stages.add(
        new VectorAssembler()
            .setInputCols(inputs.toArray(String[]::new))
            .setOutputCol("assembled"));
    stages.add(
        new StandardScaler().setInputCol("assembled").setOutputCol("features").setWithMean(true));
    return stages;
  }

  /** A column that has numbers only is one of numbers. */
  private static Dataset<Row> table(SparkSession spark, Path table, Path split) throws IOException {
    List<String> lines = Files.readAllLines(table);
    List<String> parts = Files.readAllLines(split);
    // Spark takes what follows a point in a name for a field.
    String[] names = lines.getFirst().replace('.', '_').split(",", -1);
    List<String[]> fields = new ArrayList<>();
    boolean[] isText = new boolean[names.length];
    for (String line : lines.subList(1, lines.size())) {
      String[] row = line.split(",", -1);
      for (int j = 0; j < row.length; j++) {
        isText[j] |= !row[j].matches("-?[0-9.]+([eE][-+]?[0-9]+)?");
      }
      fields.add(row);
    }
    StructType schema = new StructType();
    for (int j = 0; j < names.length; j++) {
      schema = schema.add(names[j], isText[j] ? DataTypes.StringType : DataTypes.DoubleType);
    }
    schema = schema.add("split", DataTypes.StringType);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      Object[] values = new Object[names.length + 1];
      for (int j = 0; j < names.length; j++) {
        String field = fields.get(i)[j];
        values[j] = isText[j] ? field : (Object) Double.valueOf(field);
      }
      values[names.length] = parts.get(i + 1);
      rows.add(RowFactory.create(values));
    }
    return spark.createDataFrame(rows, schema);
  }
}

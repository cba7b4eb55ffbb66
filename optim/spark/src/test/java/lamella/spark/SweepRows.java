package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** Rows of three classes, some of them for validation, as a frame and as plain data. */
final class SweepRows {
  static final int ROWS = 600;
  static final int FEATURES = 6;
  static final int CLASSES = 3;

  private SweepRows() {}

  /** In the order of their ids. */
  static List<Row> rows() {
    NumPyRandom random = new NumPyRandom(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      double[] x = new double[FEATURES];
      double sum = 0;
      for (int j = 0; j < FEATURES; j++) {
        x[j] = (float) random.nextGaussian();
        sum += j % 2 == 0 ? x[j] : x[j] * x[j];
      }
      double label = sum < 2 ? 0 : sum < 4 ? 1 : 2;
      rows.add(RowFactory.create((long) i, Vectors.dense(x), label, sum, random.nextInt(5) == 0));
    }
    return rows;
  }

  static StructType schema() {
    return new StructType()
        .add("id", DataTypes.LongType)
        .add("features", SQLDataTypes.VectorType())
        .add("label", DataTypes.DoubleType)
        .add("sum", DataTypes.DoubleType)
        .add("validation", DataTypes.BooleanType);
  }

  static Dataset<Row> frame(SparkSession spark) {
    return spark.createDataFrame(rows(), schema()).repartition(3);
  }

  /** Those for training, or those for validation, without Spark, in the order of their ids. */
  static lamella.core.Dataset<int[]> plain(boolean validation) {
    List<Row> rows = rows().stream().filter(row -> row.getBoolean(4) == validation).toList();
    FloatTensor inputs = FloatTensor.zeros(Shape.of(rows.size(), FEATURES));
    int[] labels = new int[rows.size()];
    for (int i = 0; i < labels.length; i++) {
      Vector features = rows.get(i).getAs(1);
      for (int j = 0; j < FEATURES; j++) {
        inputs.set(i * FEATURES + j, features.apply(j));
      }
      labels[i] = (int) rows.get(i).getDouble(2);
    }
    return lamella.core.Dataset.of(inputs, labels);
  }

  static NetworkClassifier classifier() {
    return new NetworkClassifier()
        .setIdCol("id")
        .setValidationIndicatorCol("validation")
        .setBatchSize(64)
        .setSeed(3);
  }

  /** Twelve settings, one of which diverges. */
  static ParamMap[] trials(NetworkClassifier classifier, int epochs) {
    return new ParamGridBuilder()
        .addGrid(
            classifier.hiddenLayers(),
            CollectionConverters.asScala(List.of(new int[] {8}, new int[] {16, 8})))
        .addGrid(classifier.stepSize(), new double[] {1e-3, 1e-2, 1e30})
        .addGrid(classifier.maxIter(), new int[] {epochs, 2 * epochs})
        .build();
  }
}

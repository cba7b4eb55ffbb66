package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import lamella.core.random.NumPyRandom;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Rows of normal clouds of deviation 1, one for each class, whose centres lie on axes of their own:
 * at distance s from the middle. Of two classes the best classifier is right with probability Φ(s /
 * √2).
 */
final class Clouds {
  private final double[][] features;
  private final int[] labels;

  private Clouds(double[][] features, int[] labels) {
    this.features = features;
    this.labels = labels;
  }

  static Clouds of(int rows, int classes, int width, double s, long seed) {
    NumPyRandom random = new NumPyRandom(seed);
    double[][] features = new double[rows][width];
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = random.nextInt(classes);
      for (int j = 0; j < width; j++) {
        features[i][j] = random.nextGaussian() + (j == labels[i] ? s : 0);
      }
    }
    return new Clouds(features, labels);
  }

  /** Of each row. */
  double[][] features() {
    return features;
  }

  /** Of each row. */
  int[] labels() {
    return labels;
  }

  /** Columns id, features (vectors) and label. */
  Dataset<Row> frame(SparkSession spark) {
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      rows.add(RowFactory.create(i, Vectors.dense(features[i]), (double) labels[i]));
    }
    return spark.createDataFrame(rows, schema);
  }
}

package lamella.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.Initializer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Dropout;
import lamella.layers.Linear;
import lamella.layers.Swish;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A small training: 640 rows of 20 numbers, in three classes, and a network of 32 units. */
final class SmallTraining {
  static final int ROWS = 640;
  static final int FEATURES = 20;
  static final int CLASSES = 3;
  static final int BATCH = 64;
  static final long SEED = 7;

  private SmallTraining() {}

  /** Numbers of one row after the other, as float32. */
  static float[] numbers() {
    NumPyRandom random = new NumPyRandom(1);
    float[] numbers = new float[ROWS * FEATURES];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /** The larger of three numbers, so that there is something to learn. */
  static int label(float[] numbers, int row) {
    int best = 0;
    for (int c = 1; c < CLASSES; c++) {
      if (numbers[row * FEATURES + c] > numbers[row * FEATURES + best]) {
        best = c;
      }
    }
    return best;
  }

  static Dataset<int[]> data() {
    float[] numbers = numbers();
    Tensor inputs = Tensor.zeros(DType.FLOAT32, Shape.of(ROWS, FEATURES));
    int[] labels = new int[ROWS];
    for (int i = 0; i < numbers.length; i++) {
      inputs.set(i, numbers[i]);
    }
    for (int row = 0; row < ROWS; row++) {
      labels[row] = label(numbers, row);
    }
    return Dataset.of(inputs, labels);
  }

  /** The same as a frame of features, labels and numbers of the rows. */
  static org.apache.spark.sql.Dataset<Row> frame(SparkSession spark) {
    float[] numbers = numbers();
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      float[] features = Arrays.copyOfRange(numbers, row * FEATURES, (row + 1) * FEATURES);
      rows.add(RowFactory.create((long) row, features, label(numbers, row)));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType, false))
            .add("label", DataTypes.IntegerType);
    // Not of a list, whose columns Spark computes once, when it plans.
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(rows, 3), schema);
  }

  static Network network() {
    NumPyRandom random = new NumPyRandom(2);
    return Network.of(
        Shape.of(FEATURES),
        new Linear(DType.FLOAT32, FEATURES, 32, Initializer.he(), random),
        new Swish(),
        new Dropout(0.2),
        new Linear(DType.FLOAT32, 32, CLASSES, Initializer.he(), random));
  }

  static Trainer<int[]> trainer(Network network) {
    return trainer(network, new SoftmaxCrossEntropy());
  }

  static Trainer<int[]> trainer(Network network, Loss<int[]> loss) {
    return Trainer.of(network, loss, Sgd.of(Schedule.constant(0.1)).withMomentum(0.9))
        .withBatchSize(BATCH)
        .withSteps(30)
        .withSeed(3);
  }

  static String fingerprint(Network network) {
    return Fingerprint.of(network.parameters());
  }
}

package lamella.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.layers.BatchNorm;
import lamella.layers.Dropout;
import lamella.layers.Linear;
import lamella.layers.Swish;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.History;
import lamella.optim.RoundRunner;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Rows of 20 numbers in three classes, some of them several times, as many as no number of shards
 * divides; and a training of a network with statistics and dropout, in six shards, whose tree has
 * nodes without a right neighbour.
 */
final class Points {
  static final int ROWS = 1003;
  static final int FEATURES = 20;
  static final int CLASSES = 3;
  static final int SHARDS = 6;

  static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("features", DataTypes.createArrayType(DataTypes.FloatType))
          .add("label", DataTypes.DoubleType)
          .add("year", DataTypes.DoubleType)
          .add("weight", DataTypes.FloatType);

  private Points() {}

  /** Row i has id i; every tenth has the content of the one before. */
  static List<Row> rows() {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      if (i % 10 == 9) {
        Row before = rows.getLast();
        rows.add(
            RowFactory.create(
                (long) i, before.get(1), before.get(2), before.get(3), before.get(4)));
        continue;
      }
      Float[] features = new Float[FEATURES];
      int best = 0;
      for (int j = 0; j < FEATURES; j++) {
        features[j] = (float) random.nextGaussian();
        best = j < CLASSES && features[j] > features[best] ? j : best;
      }
      rows.add(
          RowFactory.create(
              (long) i,
              features,
              (double) best,
              2000 + random.nextDouble() / 1000,
              random.nextFloat()));
    }
    return rows;
  }

  /** The rows in another order. */
  static List<Row> shuffled(long seed) {
    List<Row> rows = rows();
    Collections.shuffle(rows, new Random(seed));
    return rows;
  }

  static org.apache.spark.sql.Dataset<Row> frame(SparkSession spark, List<Row> rows) {
    return spark.createDataFrame(rows, SCHEMA);
  }

  static FrameExamples<int[]> examples() {
    return FrameExamples.labels(FeatureReader.of(SCHEMA, "features"), "label");
  }

  /** The rows in the order of their ids, without anything of Spark. */
  static Dataset<int[]> plain() {
    List<Row> rows = rows();
    float[] inputs = new float[ROWS * FEATURES];
    int[] labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      Float[] features = (Float[]) rows.get(i).get(1);
      for (int j = 0; j < FEATURES; j++) {
        inputs[i * FEATURES + j] = features[j];
      }
      labels[i] = (int) rows.get(i).getDouble(2);
    }
    return Dataset.of(FloatTensor.wrap(Shape.of(ROWS, FEATURES), inputs), labels);
  }

  /** The training, by local steps of so many, or by one step a round. */
  static TrainerRecipe<int[]> recipe(int localSteps) {
    return () -> trainer(network(), localSteps);
  }

  static Network network() {
    NumPyRandom random = new NumPyRandom(2);
    return Network.of(
        Shape.of(FEATURES),
        new Linear(DType.FLOAT32, FEATURES, 32, Initializer.he(), random),
        new BatchNorm(DType.FLOAT32, 32),
        new Swish(),
        new Dropout(0.2),
        new Linear(DType.FLOAT32, 32, CLASSES, Initializer.he(), random));
  }

  static Trainer<int[]> trainer(Network network, int localSteps) {
    return Trainer.of(
            network, new SoftmaxCrossEntropy(), Sgd.of(Schedule.constant(0.1)).withMomentum(0.9))
        .withBatchSize(48)
        .withSteps(30)
        .withSeed(3)
        .withShards(SHARDS)
        .withLocalSteps(localSteps);
  }

  /** Trains, and gives everything that a training gives: parameters, statistics and all losses. */
  static String train(Dataset<int[]> data, int localSteps, @Nullable RoundRunner<int[]> runner) {
    Network network = network();
    Trainer<int[]> trainer = trainer(network, localSteps);
    History history =
        (runner == null ? trainer : trainer.withRunner(runner)).fit(data, new NumPyRandom(4));
    return Results.of(network, history);
  }
}

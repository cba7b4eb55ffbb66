package lamella.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;
import lamella.core.DType;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Measures what a round costs: milliseconds and bytes, for three networks, one step and five local
 * steps, collected and in slices; and the memory that a thousand rounds leave behind.
 *
 * <pre>java @optim/spark/src/main/jvm/driver.options -cp CLASSPATH lamella.spark.RoundTimes MASTER
 * ROUNDS</pre>
 *
 * <p>where the class path is that of the module's tests, of absolute paths, MASTER is {@code
 * local[2]} or {@code local-cluster[2,1,2048]}, and the environment that of the tests.
 */
final class RoundTimes {
  private static final int ROWS = 1024;
  private static final int PIXELS = 3072;
  private static final double MS = 1e6;

  private RoundTimes() {}

  /** Linear layers of these widths with ReLU in between. */
  private static TrainerRecipe<int[]> recipe(int localSteps, int steps, int... widths) {
    return () -> {
      NumPyRandom random = new NumPyRandom(2);
      List<Layer> layers = new ArrayList<>();
      for (int i = 1; i < widths.length; i++) {
        if (i > 1) {
          layers.add(new ReLU());
        }
        layers.add(new Linear(DType.FLOAT32, widths[i - 1], widths[i], Initializer.he(), random));
      }
      return Trainer.of(
              Network.of(Shape.of(widths[0]), layers.toArray(Layer[]::new)),
              new SoftmaxCrossEntropy(),
              Sgd.of(Schedule.constant(0.001)))
          .withBatchSize(16)
          .withShards(16)
          .withLocalSteps(localSteps)
          .withSteps(steps);
    };
  }

  private static ShardedFrame<int[]> data(SparkSession spark, int width) {
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      float[] x = new float[width];
      for (int j = 0; j < width; j++) {
        x[j] = (float) random.nextGaussian();
      }
      rows.add(RowFactory.create(x, i % 10));
    }
    StructType schema =
        new StructType()
            .add("x", DataTypes.createArrayType(DataTypes.FloatType))
            .add("label", DataTypes.IntegerType);
    return FrameExamples.labels(FeatureReader.of(schema, "x"), "label")
        .shard(spark.createDataFrame(rows, schema), 16);
  }

  private static double median(List<RoundReport> reports, ToLongFunction<RoundReport> what) {
    long[] all = reports.stream().mapToLong(what).sorted().toArray();
    return all[all.length / 2] / MS;
  }

  private static void measure(
      String name, ShardedFrame<int[]> data, int rounds, int steps, int[] widths)
      throws InterruptedException {
    for (long collected : new long[] {Long.MAX_VALUE, 0}) {
      TrainerRecipe<int[]> recipe = recipe(steps, rounds * steps, widths);
      List<RoundReport> reports = new ArrayList<>();
      recipe
          .trainer()
          .withRunner(
              SparkRunner.of(recipe).withCollectedBytes(collected).withReports(reports::add))
          .fit(data, new NumPyRandom(1));
      List<RoundReport> warm = reports.subList(reports.size() / 3, reports.size());
      RoundReport last = warm.getLast();
      System.gc();
      Thread.sleep(200);
      Runtime runtime = Runtime.getRuntime();
      System.out.println(
          String.format(
              Locale.ROOT,
              "%-22s %-9s %d local steps: %7.1f ms a round (broadcast %.1f, tasks %.1f, sum %.1f);"
                  + " out %d bytes, in %d; driver's heap after %d rounds %d MB",
              name,
              collected == 0 ? "sliced" : "collected",
              steps,
              median(warm, RoundReport::nanos),
              median(warm, RoundReport::broadcastNanos),
              median(warm, RoundReport::computeNanos),
              median(warm, RoundReport::collectNanos),
              last.bytesOut(),
              last.bytesIn(),
              reports.size(),
              (runtime.totalMemory() - runtime.freeMemory()) >> 20));
    }
  }

  /**
   * Measures.
   *
   * @param arguments the master, and how many rounds; then settings of Spark, {@code name=value}
   */
  public static void main(String[] arguments) throws InterruptedException {
    String master = arguments[0];
    int rounds = Integer.parseInt(arguments[1]);
    Map<String, String> settings =
        new java.util.HashMap<>(master.startsWith("local-") ? TestCluster.usual() : Map.of());
    if (master.startsWith("local-")) {
      settings.put("spark.executor.memory", "1g");
      settings.put("spark.executor.extraJavaOptions", "-XX:+UseSerialGC");
    }
    for (String setting : Arrays.asList(arguments).subList(2, arguments.length)) {
      String[] both = setting.split("=", 2);
      settings.put(both[0], both[1]);
    }
    SparkSession spark = TestSpark.session(master, settings);
    try (ShardedFrame<int[]> one = data(spark, 1);
        ShardedFrame<int[]> pixels = data(spark, PIXELS)) {
      System.out.println(master + ", " + pixels + ", " + settings);
      for (int steps : new int[] {1, 5}) {
        measure("empty, 1-10", one, rounds, steps, new int[] {1, 10});
        measure("3072-64-10", pixels, rounds, steps, new int[] {PIXELS, 64, 10});
        measure(
            "3072-1024-1024-10",
            pixels,
            Math.max(6, rounds / 10),
            steps,
            new int[] {PIXELS, 1024, 1024, 10});
      }
    }
    TestSpark.stop();
  }
}

package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lamella.core.Compute;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One training, computed without Spark, in this JVM, and on clusters of one, two and three
 * processes of different vectors and threads, has the same parameters, statistics and losses to the
 * last bit. Three clusters start here, each in some five seconds.
 */
class SameBitsClusterTest {
  /** In a class of its own, for executors load the class of the test. */
  private static final class Expected {
    private static final String ONE_STEP = withoutSpark(1);
    private static final String FIVE_STEPS = withoutSpark(5);
  }

  @BeforeAll
  static void computeWithoutSpark() {
    assertNotEquals(Expected.ONE_STEP, Expected.FIVE_STEPS);
  }

  /** Without Spark, but for reading the frame. */
  private static String withoutSpark(int localSteps) {
    SparkSession spark = TestSpark.local();
    LocalRows<int[]> local = Points.examples().local(Points.frame(spark, Points.rows()));
    return Points.train(local, localSteps, null);
  }

  /** Rows in another order and other partitions each time; collected, and in slices. */
  private static void assertSameBits(SparkSession spark, int tasks) {
    try (ShardedFrame<int[]> data =
        Points.examples()
            .shard(
                Points.frame(spark, Points.shuffled(10 + tasks)).repartition(2 * tasks + 1),
                Points.SHARDS,
                tasks)) {
      SparkRunner<int[]> one = SparkRunner.of(Points.recipe(1));
      SparkRunner<int[]> five = SparkRunner.of(Points.recipe(5));
      assertEquals(Expected.ONE_STEP, Points.train(data, 1, one));
      assertEquals(Expected.FIVE_STEPS, Points.train(data, 5, five));
      assertEquals(Expected.FIVE_STEPS, Points.train(data, 5, five.withCollectedBytes(0)));
    }
  }

  /** What the executors compute with. */
  private static Set<String> kernels(TestCluster cluster, int executors) {
    Set<String> seen = new HashSet<>();
    TestCluster.await(
        "all executors",
        () -> {
          seen.addAll(
              cluster
                  .context()
                  .parallelize(List.of(0, 1, 2, 3, 4, 5), 6)
                  .map(i -> {
                    Thread.sleep(20);
                    return SparkEnv.get().executorId() + ": " + Compute.description();
                  })
                  .collect());
          return seen.size() >= executors;
        });
    return seen;
  }

  @Test
  void oneThreadInThisJvm() {
    assertSameBits(TestSpark.local(1, Map.of()), 1);
  }

  @Test
  void oneExecutor() {
    TestCluster cluster = TestCluster.of(1);
    assertSameBits(cluster.session(), 1);
  }

  /** Also with the serialiser that many clusters have instead of Java's. */
  @Test
  void twoExecutors() {
    TestCluster cluster =
        TestCluster.of(2, Map.of("spark.serializer", "org.apache.spark.serializer.KryoSerializer"));
    assertSameBits(cluster.session(), 2);
    assertSameBits(cluster.session(), 5);
  }

  @Test
  void threeExecutorsOfDifferentVectorsAndThreads() {
    TestCluster cluster =
        TestCluster.mixed(
            List.of(
                "-Dlamella.vector=off -Dlamella.threads=1",
                "-Dlamella.vector=128 -Dlamella.threads=3",
                "-Dlamella.vector=256 -Dlamella.threads=2"));
    assertEquals(
        Set.of(
            "0: scalar kernels, 1 thread",
            "1: 128-bit vectors, 3 threads",
            "2: 256-bit vectors, 2 threads"),
        kernels(cluster, 3));
    assertSameBits(cluster.session(), 3);
  }
}

package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import lamella.core.DType;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Fit;
import lamella.optim.History;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import lamella.optim.TrainingListener;
import org.apache.spark.MapOutputTrackerMaster;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Rounds on Spark have the bits of rounds without it, and its errors are Lamella's own. */
class SparkRunnerTest {
  private static SparkSession spark() {
    return TestSpark.local();
  }

  private static ShardedFrame<int[]> sharded(int tasks) {
    return Points.examples()
        .shard(
            Points.frame(spark(), Points.shuffled(tasks)).repartition(tasks), Points.SHARDS, tasks);
  }

  @Test
  void aTrainingHasTheBitsOfOneWithoutSpark() {
    LocalRows<int[]> local = Points.examples().local(Points.frame(spark(), Points.rows()));
    String oneStep = Points.train(local, 1, null);
    String fiveSteps = Points.train(local, 5, null);
    assertNotEquals(oneStep, fiveSteps);
    for (int tasks : new int[] {1, 2, 4, 6}) {
      try (ShardedFrame<int[]> data = sharded(tasks)) {
        assertEquals(
            oneStep, Points.train(data, 1, SparkRunner.of(Points.recipe(1))), tasks + " tasks");
        assertEquals(
            fiveSteps, Points.train(data, 5, SparkRunner.of(Points.recipe(5))), tasks + " tasks");
      }
    }
  }

  @Test
  void slicesAddUpToTheSameBits() {
    LocalRows<int[]> local = Points.examples().local(Points.frame(spark(), Points.rows()));
    for (int tasks : new int[] {1, 4}) {
      try (ShardedFrame<int[]> data = sharded(tasks)) {
        for (int steps : new int[] {1, 5}) {
          SparkRunner<int[]> runner = SparkRunner.of(Points.recipe(steps)).withCollectedBytes(0);
          assertEquals(Points.train(local, steps, null), Points.train(data, steps, runner));
        }
      }
    }
  }

  @Test
  void oneShardIsTheTrainerOfToday() {
    lamella.core.Dataset<int[]> plain = Points.plain();
    TrainerRecipe<int[]> recipe =
        () -> Points.trainer(Points.network(), 1).withShards(1).withSteps(10);
    Network here = Points.network();
    History expected =
        Points.trainer(here, 1).withShards(1).withSteps(10).fit(plain, new NumPyRandom(9));
    Network there = Points.network();
    try (ShardedFrame<int[]> data =
        Points.examples().withId("id").shard(Points.frame(spark(), Points.shuffled(8)), 1)) {
      History got =
          Points.trainer(there, 1)
              .withShards(1)
              .withSteps(10)
              .withRunner(SparkRunner.of(recipe))
              .fit(data, new NumPyRandom(9));
      assertEquals(Results.of(here, expected), Results.of(there, got));
    }
  }

  // Reports.

  @Test
  void roundsAreReportedAndSlicesBringTheSumAlone() {
    try (ShardedFrame<int[]> data = sharded(3)) {
      List<RoundReport> collected = new ArrayList<>();
      Points.train(data, 5, SparkRunner.of(Points.recipe(5)).withReports(collected::add));
      List<RoundReport> sliced = new ArrayList<>();
      Points.train(
          data, 5, SparkRunner.of(Points.recipe(5)).withReports(sliced::add).withCollectedBytes(0));
      // 20 steps an epoch, in rounds of five.
      assertEquals(6, collected.size());
      assertEquals(
          List.of(0L, 5L, 10L, 15L, 20L, 25L),
          collected.stream().map(RoundReport::firstStep).toList());
      assertEquals(1, collected.getLast().epoch());
      for (int i = 0; i < 6; i++) {
        assertEquals(5, collected.get(i).steps());
        assertEquals(3, collected.get(i).tasks());
        assertTrue(collected.get(i).computeNanos() > 0);
        assertEquals(collected.get(i).bytesOut(), sliced.get(i).bytesOut());
        // Three tasks of two shards each give one node each; in slices there is one root.
        long inSlices = sliced.get(i).bytesIn();
        long collectedBytes = collected.get(i).bytesIn();
        assertTrue(
            inSlices < collectedBytes / 2, inSlices + " in slices, collected " + collectedBytes);
      }
    }
  }

  @Test
  void theJobsDescriptionIsPutBack() {
    spark().sparkContext().setJobDescription("mine");
    try (ShardedFrame<int[]> data = sharded(2)) {
      Points.train(data, 5, SparkRunner.of(Points.recipe(5)));
      assertEquals("mine", spark().sparkContext().getLocalProperty("spark.job.description"));
    } finally {
      spark().sparkContext().setJobDescription(null);
    }
  }

  // What stays behind.

  /** A network whose rounds are too large to go with the task. */
  private static Trainer<int[]> large() {
    NumPyRandom random = new NumPyRandom(2);
    return Trainer.of(
            Network.of(
                Shape.of(Points.FEATURES),
                new Linear(DType.FLOAT32, Points.FEATURES, 2000, Initializer.he(), random),
                new Linear(DType.FLOAT32, 2000, Points.CLASSES, Initializer.he(), random)),
            new SoftmaxCrossEntropy(),
            Sgd.of(Schedule.constant(0.001)))
        .withBatchSize(12)
        .withSteps(20)
        .withShards(6);
  }

  /** The bytes of all broadcasts that this JVM's store holds. */
  private static long broadcastBytes() {
    var blocks = SparkEnv.get().blockManager();
    long bytes = 0;
    for (BlockId id :
        CollectionConverters.asJava(blocks.getMatchingBlockIds(block -> block.isBroadcast()))) {
      var status = blocks.getStatus(id);
      // Spark may have removed it since it was listed.
      bytes += status.isDefined() ? status.get().memSize() : 0;
    }
    return bytes;
  }

  /** How many shuffles have files somewhere. */
  private static int shuffles() {
    return ((MapOutputTrackerMaster) SparkEnv.get().mapOutputTracker()).shuffleStatuses().size();
  }

  @Test
  void broadcastsAndSlicesOfRoundsAreCleanedUp() {
    try (ShardedFrame<int[]> data = sharded(2)) {
      TrainerRecipe<int[]> recipe = SparkRunnerTest::large;
      // What the first job leaves.
      large().withRunner(SparkRunner.of(recipe)).withSteps(1).fit(data, new NumPyRandom(1));
      long before = broadcastBytes();
      int shuffles = shuffles();
      large().withRunner(SparkRunner.of(recipe)).fit(data, new NumPyRandom(1));
      large()
          .withRunner(SparkRunner.of(recipe).withCollectedBytes(0))
          .fit(data, new NumPyRandom(1));
      // Those of other tests may have been collected meanwhile.
      assertTrue(shuffles() <= shuffles, "20 rounds in slices leave no files");
      // 40 rounds of 184 kB; what stays until memory is collected are the tasks of some kilobytes.
      TestCluster.await("broadcasts", () -> broadcastBytes() - before < 40L * 30_000);
    }
  }

  @Test
  void whereSparkIsStoppedTheErrorSaysSo() {
    var stops =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) {
            if (fit.step() == 1) {
              spark().stop();
            }
          }
        };
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> {
              try (ShardedFrame<int[]> data = sharded(2)) {
                large()
                    .withRunner(SparkRunner.of(SparkRunnerTest::large))
                    .withListeners(stops)
                    .fit(data, new NumPyRandom(1));
              }
            });
    assertTrue(e.getMessage().contains("stopped SparkContext"), e.getMessage());
    assertEquals(0, e.getSuppressed().length);
  }

  // Mistakes.

  private static RuntimeException failure(Runnable work) {
    RuntimeException e = assertThrows(RuntimeException.class, work::run);
    assertNull(e.getCause());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    return e;
  }

  @Test
  void anInvalidTargetIsNamedAsWithoutSpark() {
    List<Row> rows = Points.rows();
    Row row = rows.get(700);
    rows.set(700, RowFactory.create(row.get(0), row.get(1), 3.0, row.get(3), row.get(4)));
    FrameExamples<int[]> examples = Points.examples().withId("id");
    var frame = Points.frame(spark(), rows);
    LocalRows<int[]> local = examples.local(frame);
    RuntimeException expected =
        assertThrows(RuntimeException.class, () -> Points.train(local, 1, null));
    try (ShardedFrame<int[]> data = examples.shard(frame, Points.SHARDS)) {
      RuntimeException e = failure(() -> Points.train(data, 1, SparkRunner.of(Points.recipe(1))));
      assertEquals(expected.getClass(), e.getClass());
      assertEquals(expected.getMessage(), e.getMessage());
      assertTrue(e.getMessage().contains("example 700"), e.getMessage());
      RuntimeException sliced =
          failure(
              () -> Points.train(data, 1, SparkRunner.of(Points.recipe(1)).withCollectedBytes(0)));
      assertEquals(expected.getMessage(), sliced.getMessage());
    }
  }

  @Test
  void dataAndShardsAndRecipesThatDoNotFitAreNamed() {
    SparkRunner<int[]> runner = SparkRunner.of(Points.recipe(1));
    assertTrue(
        failure(() -> Points.train(Points.plain(), 1, runner))
            .getMessage()
            .startsWith("SparkRunner: expects the examples of a ShardedFrame, got Dataset("));
    try (ShardedFrame<int[]> three =
            Points.examples().shard(Points.frame(spark(), Points.rows()), 3);
        ShardedFrame<int[]> six = sharded(2)) {
      assertTrue(
          failure(() -> Points.train(three, 1, runner))
              .getMessage()
              .startsWith("SparkRunner: the trainer has 6 shards, and ShardedFrame("));
      assertTrue(
          failure(() -> Points.train(six, 1, SparkRunner.of(Points.recipe(5))))
              .getMessage()
              .startsWith("ShardWorker: the round is of another trainer"));
      Object notSerializable = new Object();
      TrainerRecipe<int[]> bad =
          () -> {
            Objects.requireNonNull(notSerializable);
            return large();
          };
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> Points.train(six, 1, SparkRunner.of(bad)));
      assertTrue(e.getMessage().contains("java.lang.Object"), e.getMessage());
      assertTrue(e.getMessage().contains("within trainer()"), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> runner.withCollectedBytes(-1));
  }

  @Test
  void anythingElseThatFailsIsOneSentenceWithItsCause() {
    TrainerRecipe<int[]> bad =
        () -> {
          throw new UnsupportedOperationException("no such network here");
        };
    try (ShardedFrame<int[]> data = sharded(2)) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class, () -> Points.train(data, 1, SparkRunner.of(bad)));
      assertEquals("SparkRunner: failed on the cluster: no such network here", e.getMessage());
    }
  }

  @Test
  void anInterruptedTrainingHasItsRoundsResultAndGivesBackWhatItTook() {
    for (int i = 0; i < 5; i++) { // in most of them Spark waits for an answer at the end
      assertEndsWithItsRoundWhenInterrupted();
    }
  }

  private static void assertEndsWithItsRoundWhenInterrupted() {
    AtomicInteger rounds = new AtomicInteger();
    TrainingListener interrupts =
        new TrainingListener() {
          @Override
          public void beforeUpdate(Fit fit) {
            rounds.incrementAndGet();
            Thread.currentThread().interrupt();
          }
        };
    ShardedFrame<int[]> data = sharded(2);
    try {
      Network network = Points.network();
      History history =
          Points.trainer(network, 5)
              .withListeners(interrupts)
              .withRunner(SparkRunner.of(Points.recipe(5)))
              .fit(data, new NumPyRandom(4));
      data.close();
      assertTrue(Thread.interrupted());
      assertEquals("interrupted", history.stopReason().orElseThrow());
      assertEquals(1, rounds.get());
    } finally {
      Thread.interrupted();
    }
  }
}

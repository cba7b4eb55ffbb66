package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import lamella.core.Fingerprint;
import lamella.core.random.NumPyRandom;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import lamella.spark.FaultyLoss.Fault;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF0;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.RDDInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever happens to tasks and executors during a training, its result has the bits of the one
 * that nothing happens to, which is made without Spark; and each time it is shown that it did
 * happen.
 */
class FaultsClusterTest {
  private static final int SHARDS = 4;

  /** Few rounds: 12 of one step each, whose gradients are averaged; or 3 of up to 5 local steps. */
  private static final int STEPS = 12;

  /** Of results, that the driver collects: all, or nothing but the sum of each slice. */
  private static final long ALL = 1 << 20;

  private static final Map<Integer, String> UNDISTURBED = new HashMap<>();

  @TempDir Path directory;

  /**
   * Tasks that take longer than three seconds are started elsewhere as well, which is no fault, and
   * must not become one.
   */
  private final TestCluster cluster =
      TestCluster.of(
          2,
          Map.of(
              "spark.speculation", "true",
              "spark.speculation.interval", "100ms",
              "spark.speculation.quantile", "0.5",
              "spark.speculation.minTaskRuntime", "3s"));

  private final SparkEvents events = SparkEvents.of(cluster.session());

  /** Keeps what was trained, to look at in the end. */
  private static final class Keeping implements TrainingListener {
    private String fingerprint = "";

    @Override
    public void ended(Fit fit) {
      fingerprint = Fingerprint.of(fit.parameters());
    }
  }

  private static TrainerRecipe<int[]> recipe(int localSteps) {
    return () ->
        SmallTraining.trainer(SmallTraining.network(), new FaultyLoss())
            .withSteps(STEPS)
            .withShards(SHARDS)
            .withLocalSteps(localSteps);
  }

  private static FrameExamples<int[]> examples(Dataset<Row> frame) {
    return FrameExamples.labels(FeatureReader.of(frame.schema(), "features"), "label");
  }

  private static String undisturbed(Dataset<Row> frame, int localSteps) {
    Keeping end = new Keeping();
    recipe(localSteps)
        .trainer()
        .withListeners(end)
        .fit(examples(frame).local(frame), new NumPyRandom(4));
    return end.fingerprint;
  }

  /** What comes out without Spark. */
  private String undisturbed(int localSteps) {
    return UNDISTURBED.computeIfAbsent(
        localSteps, k -> undisturbed(SmallTraining.frame(cluster.session()), k));
  }

  private String fit(int localSteps, long collectedBytes, TrainingListener... faults) {
    return fit(SmallTraining.frame(cluster.session()), localSteps, collectedBytes, faults);
  }

  private String fit(
      Dataset<Row> frame, int localSteps, long collectedBytes, TrainingListener... faults) {
    Keeping end = new Keeping();
    TrainerRecipe<int[]> recipe = recipe(localSteps);
    try (ShardedFrame<int[]> data = examples(frame).shard(frame, SHARDS)) {
      assertEquals(2, data.tasks());
      recipe
          .trainer()
          .withRunner(SparkRunner.of(recipe).withCollectedBytes(collectedBytes))
          .withListeners(faults)
          .withListeners(end)
          .fit(data, new NumPyRandom(4));
    } finally {
      FaultyLoss.none(cluster.context());
      events.stop();
    }
    return end.fingerprint;
  }

  /** Does something after the first round, and something else after the second. */
  private static TrainingListener aroundTheSecondRound(Runnable before, Runnable after) {
    return new TrainingListener() {
      private int rounds;

      @Override
      public void afterStep(Fit fit) {
        rounds++;
        if (rounds == 1) {
          before.run();
        } else if (rounds == 2) {
          after.run();
        }
      }
    };
  }

  /** The second round has a fault: at the first attempt of its second task, at a shard. */
  private TrainingListener inTheSecondRound(Fault fault, int shard) {
    return aroundTheSecondRound(
        () -> FaultyLoss.set(cluster.context(), fault, 1, shard, directory.resolve("waiting")),
        () -> FaultyLoss.none(cluster.context()));
  }

  /** Others may have been, too, whose results the executor still had. */
  private void assertTheSecondTaskWasLost() {
    assertTrue(
        events.failures().stream()
            .anyMatch(failure ->
                failure.partition() == 1
                    && failure.attempt() == 0
                    && failure.reason().contains("ExecutorLostFailure")),
        events.toString());
  }

  private SparkEvents.Failure onlyFailure() {
    assertEquals(1, events.failures().size(), events.toString());
    return events.failures().getFirst();
  }

  // Executors.

  @ParameterizedTest
  @CsvSource({"1, " + ALL, "1, 0", "5, " + ALL, "5, 0"})
  void anExecutorKilledInTheMiddleOfARound(int localSteps, long collectedBytes) throws Exception {
    Path file = directory.resolve("waiting");
    CompletableFuture<ProcessHandle> killed =
        CompletableFuture.supplyAsync(() -> {
          // The task says which process it is in, and waits.
          TestCluster.await("the task", () -> Files.exists(file));
          try {
            long pid = Long.parseLong(Files.readString(file));
            return TestCluster.kill(ProcessHandle.of(pid).orElseThrow());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    assertEquals(
        undisturbed(localSteps), fit(localSteps, collectedBytes, inTheSecondRound(Fault.WAIT, 1)));
    assertFalse(killed.join().isAlive());
    assertEquals(1, events.lostExecutors().size(), events.toString());
    assertTrue(events.lostExecutors().getFirst().contains("137"), events.toString());
    assertTheSecondTaskWasLost();
  }

  @ParameterizedTest
  @CsvSource({"1, " + ALL, "5, 0"})
  void anExecutorKilledBetweenTwoRounds(int localSteps, long collectedBytes) {
    List<ProcessHandle> killed = new ArrayList<>();
    TrainingListener fault =
        aroundTheSecondRound(
            () -> killed.add(TestCluster.kill(TestCluster.pids().getFirst())), () -> {});
    List<String> said;
    try (LogLines log = new LogLines()) {
      assertEquals(
          undisturbed(localSteps),
          fit(
              localSteps,
              collectedBytes,
              fault,
              SparkProgress.every(Duration.ofDays(1), cluster.session())));
      said = log.lines("WARN executor");
    }
    assertFalse(killed.getFirst().isAlive());
    assertEquals(1, events.lostExecutors().size(), events.toString());
    String number = events.lostExecutors().getFirst().split(":", 2)[0];
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().startsWith("WARN executor " + number + " is gone ("), said.get(0));
    assertTrue(
        said.getFirst().endsWith("); what it held and did is computed again, with the same result"),
        said.getFirst());
  }

  @ParameterizedTest
  @CsvSource({"1, " + ALL, "5, 0"})
  void anExecutorThatHaltsAtAShardOfARound(int localSteps, long collectedBytes) {
    assertEquals(
        undisturbed(localSteps), fit(localSteps, collectedBytes, inTheSecondRound(Fault.HALT, 1)));
    assertEquals(1, events.lostExecutors().size(), events.toString());
    assertTrue(events.lostExecutors().getFirst().contains("code 3"), events.toString());
    assertTheSecondTaskWasLost();
  }

  /** The shards that were kept are gone, all of them, and are computed again from the frame. */
  @Test
  void allShardsLost() {
    List<ProcessHandle> before = TestCluster.pids();
    List<Integer> kept = new ArrayList<>();
    TrainingListener fault =
        aroundTheSecondRound(
            () -> {
              kept.add(keptShards());
              cluster.killAll();
              kept.add(keptShards());
            },
            () -> kept.add(keptShards()));
    assertEquals(undisturbed(1), fit(1, ALL, fault));
    assertEquals(List.of(2, 0, 2), kept);
    assertTrue(before.stream().noneMatch(ProcessHandle::isAlive));
    assertEquals(2, events.lostExecutors().size(), events.toString());
  }

  /** In how many tasks' places shards are kept. */
  private int keptShards() {
    int partitions = 0;
    for (RDDInfo info : cluster.session().sparkContext().getRDDStorageInfo()) {
      partitions += info.numCachedPartitions();
    }
    return partitions;
  }

  /** One that says nothing for longer than Spark waits, and then goes on: nightly. */
  @Test
  @EnabledIfSystemProperty(named = "lamella.spark.slow", matches = "true")
  void anExecutorThatIsStoppedForLong() throws Exception {
    TestCluster impatient =
        TestCluster.of(
            2, Map.of("spark.network.timeout", "10s", "spark.network.timeoutInterval", "2s"));
    List<String> seen = new ArrayList<>();
    SparkEvents lost = SparkEvents.of(impatient.session());
    List<ProcessHandle> stopped = new ArrayList<>();
    TrainingListener fault =
        aroundTheSecondRound(
            () -> {
              stopped.add(TestCluster.pids().getFirst());
              TestCluster.signal("STOP", stopped.getFirst());
            },
            () -> seen.addAll(lost.settle().lostExecutors()));
    Keeping end = new Keeping();
    TrainerRecipe<int[]> recipe = recipe(1);
    Dataset<Row> frame = SmallTraining.frame(impatient.session());
    String expected = undisturbed(frame, 1);
    try (ShardedFrame<int[]> data = examples(frame).shard(frame, SHARDS)) {
      recipe
          .trainer()
          .withRunner(SparkRunner.of(recipe))
          .withListeners(fault, end)
          .fit(data, new NumPyRandom(4));
    } finally {
      stopped.stream()
          .filter(ProcessHandle::isAlive)
          .forEach(process -> TestCluster.signal("CONT", process));
      lost.stop();
    }
    assertEquals(expected, end.fingerprint);
    assertEquals(1, seen.size(), seen.toString());
    assertTrue(seen.getFirst().contains("heartbeat"), seen.toString());
  }

  // Tasks.

  @ParameterizedTest
  @CsvSource({"1, " + ALL, "5, 0"})
  void aTaskThatThrows(int localSteps, long collectedBytes) {
    List<String> said;
    try (LogLines log = new LogLines()) {
      assertEquals(
          undisturbed(localSteps),
          fit(
              localSteps,
              collectedBytes,
              inTheSecondRound(Fault.THROW, 1),
              SparkProgress.every(Duration.ofDays(1), cluster.session())));
      said = log.lines("WARN");
    }
    assertEquals(1, onlyFailure().partition());
    assertEquals(0, onlyFailure().attempt());
    assertTrue(onlyFailure().reason().contains("made up"), onlyFailure().reason());
    assertTrue(events.attempts().contains(1));
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().contains("made up"), said.toString());
    assertTrue(events.lostExecutors().isEmpty());
  }

  /** The copy of a straggler's task is faster, and its result is not added up twice. */
  @ParameterizedTest
  @CsvSource({"1, " + ALL, "5, 0"})
  void aStragglerIsOvertaken(int localSteps, long collectedBytes) {
    assumeTrue(TestMachines.areSeveral(), "Spark starts no copy on the same host");
    assertEquals(
        undisturbed(localSteps), fit(localSteps, collectedBytes, inTheSecondRound(Fault.SLEEP, 1)));
    assertFalse(events.speculativeStages().isEmpty());
    assertTrue(
        events.killedTasks().stream()
            .anyMatch(task -> task.partition() == 1 && task.attempt() == 0),
        events.toString());
    assertTrue(events.attempts().contains(1));
    assertTrue(events.failures().isEmpty(), events.toString());
  }

  // Data.

  /** A column that is another each time it is computed ends in an error, not in another result. */
  @Test
  void inputThatChangesIsAnErrorThatNamesTheShard() {
    Dataset<Row> frame = SmallTraining.frame(cluster.session());
    Dataset<Row> changing =
        frame.withColumn(
            "features",
            functions.concat(
                functions.slice(functions.col("features"), 1, SmallTraining.FEATURES - 1),
                functions.array(
                    functions
                        .udf((UDF0<Float>) () -> (float) Math.random(), DataTypes.FloatType)
                        .asNondeterministic()
                        .apply())));
    List<Integer> kept = new ArrayList<>();
    TrainingListener fault =
        aroundTheSecondRound(
            () -> {
              cluster.killAll();
              kept.add(keptShards());
            },
            () -> {});
    InputChangedException error =
        assertThrows(InputChangedException.class, () -> fit(changing, 1, ALL, fault));
    assertEquals(List.of(0), kept);
    assertEquals(2, events.lostExecutors().size(), events.toString());
    assertTrue(error.shard() >= 0 && error.shard() < SHARDS, error.toString());
    assertTrue(
        String.valueOf(error.getMessage()).contains("shard " + error.shard() + " of " + SHARDS),
        error.toString());
  }
}

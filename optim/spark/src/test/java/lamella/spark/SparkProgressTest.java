package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.codahale.metrics.Gauge;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lamella.core.Network;
import lamella.core.random.NumPyRandom;
import lamella.optim.Checkpoints;
import lamella.optim.Fit;
import lamella.optim.TimeLimit;
import lamella.optim.TrainingListener;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a training in Spark's log, and among its metrics. */
class SparkProgressTest {
  private final SparkSession spark = TestSpark.local();

  private static String fit(TrainingListener... listeners) {
    Network network = SmallTraining.network();
    SmallTraining.trainer(network)
        .withListeners(listeners)
        .fit(SmallTraining.data(), new NumPyRandom(4));
    return SmallTraining.fingerprint(network);
  }

  /** A listener that reports a round before each step, as a runner would. */
  private static TrainingListener rounds(SparkProgress progress) {
    return new TrainingListener() {
      @Override
      public void beforeUpdate(Fit fit) {
        progress.accept(
            new RoundReport(fit.step(), 1, 0, 2, 12_000_000, 160_000_000, 16_400_000, 99, 98));
      }
    };
  }

  @Test
  void aLineSaysWhereTheTrainingStands() {
    SparkProgress progress = SparkProgress.every(Duration.ZERO, spark);
    List<String> said;
    try (LogLines log = new LogLines()) {
      assertEquals(fit(), fit(rounds(progress), progress));
      said = log.lines();
    }
    assertEquals("INFO training begins: 30 steps of 64 examples", said.get(0));
    assertEquals(32, said.size(), said.toString());
    assertTrue(
        said.get(12)
            .matches(
                "INFO epoch 2 of 3, step 12 of 30: loss [0-9.]{8}; [0-9]+ examples/s; a round takes"
                    + " 188 ms \\(broadcast 12, compute 160, collect 16\\); [0-9]+ s left"),
        said.get(12));
    assertTrue(said.get(31).matches("INFO training ends after 30 steps, [0-9.]+ s"), said.get(31));
  }

  @Test
  void linesComeAtMostSoOftenAndAReasonForTheEndIsSaid() {
    try (LogLines log = new LogLines()) {
      fit(SparkProgress.every(Duration.ofDays(300_000), spark), new TimeLimit(Duration.ZERO));
      assertEquals(2, log.lines().size(), log.lines().toString());
      assertTrue(
          log.lines().get(1).matches("INFO training ends after 1 steps, [0-9.]+ s: .+"),
          log.lines().get(1));
    }
    assertThrows(
        IllegalArgumentException.class, () -> SparkProgress.every(Duration.ofSeconds(-1), spark));
  }

  @Test
  void aResumedTrainingIsSaidToGoOn(@TempDir Path directory) {
    Network network = SmallTraining.network();
    SmallTraining.trainer(network)
        .withCheckpoints(Checkpoints.in(directory))
        .withSteps(10)
        .fit(SmallTraining.data(), new NumPyRandom(4));
    try (LogLines log = new LogLines()) {
      Network resumed = SmallTraining.network();
      SmallTraining.trainer(resumed)
          .withListeners(SparkProgress.every(Duration.ofDays(1), spark))
          .withCheckpoints(Checkpoints.in(directory).resuming())
          .fit(SmallTraining.data(), new NumPyRandom(4));
      assertEquals("INFO training goes on after step 10 of 30", log.lines().get(0));
    }
  }

  @Test
  void metricsAreSparksAndGoWithTheTraining() {
    Map<String, Object> seen = new TreeMap<>();
    SparkProgress progress = SparkProgress.every(Duration.ofDays(1), spark);
    TrainingListener look =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) {
            if (fit.step() == 19) {
              SparkEnv.get()
                  .metricsSystem()
                  .getSourcesByName("lamella")
                  .foreach(source -> {
                    source
                        .metricRegistry()
                        .getGauges()
                        .forEach((name, gauge) -> seen.put(name, ((Gauge<?>) gauge).getValue()));
                    return null;
                  });
              seen.put("expected loss", fit.loss());
            }
          }
        };
    fit(rounds(progress), progress, look);
    assertEquals(19L, seen.get("step"));
    assertEquals(30L, seen.get("steps"));
    assertEquals(1L, seen.get("epoch"));
    assertEquals(seen.get("expected loss"), seen.get("loss"));
    assertEquals(188.4, seen.get("roundMs"));
    assertEquals(12.0, seen.get("broadcastMs"));
    assertEquals(160.0, seen.get("computeMs"));
    assertEquals(16.4, seen.get("collectMs"));
    assertEquals(0L, seen.get("executorsLost"));
    assertEquals(0L, seen.get("tasksFailed"));
    assertTrue((double) seen.get("examplesPerSecond") > 0);
    assertTrue(SparkEnv.get().metricsSystem().getSourcesByName("lamella").isEmpty());
  }

  /** In a session whose tasks are tried again, which those of one JVM are not by default. */
  @Test
  void aTaskThatIsTriedAgainIsOneLine() {
    SparkSession patient = TestSpark.session("local[2,3]", Map.of());
    List<Integer> sum = new ArrayList<>();
    TrainingListener job =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) {
            if (fit.step() == 3) {
              sum.addAll(
                  JavaSparkContext.fromSparkContext(patient.sparkContext())
                      .parallelize(List.of(1, 2), 2)
                      .map((Function<Integer, Integer>) SparkProgressTest::failingOnce)
                      .collect());
              SparkEvents.of(patient).stop();
            }
          }
        };
    try (LogLines log = new LogLines()) {
      fit(SparkProgress.every(Duration.ofDays(1), patient), job);
      assertEquals(List.of(1, 2), sum);
      List<String> said = log.lines("WARN");
      assertEquals(1, said.size(), said.toString());
      assertTrue(
          said.getFirst()
              .matches(
                  "WARN task 1 of stage [0-9]+, attempt 0, failed on executor driver"
                      + " \\(java.lang.IllegalStateException: made up\\); it is tried again"),
          said.getFirst());
    }
  }

  private static int failingOnce(int number) {
    TaskContext task = TaskContext.get();
    if (task.partitionId() == 1 && task.attemptNumber() == 0) {
      throw new IllegalStateException("made up");
    }
    return number;
  }
}

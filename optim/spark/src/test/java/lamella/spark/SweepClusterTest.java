package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.Test;

/** A sweep on two executors, one of which is killed while it trains. */
class SweepClusterTest {
  private static final int EPOCHS = 20;

  @Test
  void twelveTrialsHaveTheBitsOfOneMachineThoughAnExecutorIsKilled() throws Exception {
    NetworkClassifier classifier = SweepRows.classifier();
    ParamMap[] trials = SweepRows.trials(classifier, EPOCHS);
    TestCluster cluster = TestCluster.of(2);
    SparkEvents events = SparkEvents.of(cluster.session());
    AtomicInteger started = new AtomicInteger();
    cluster
        .session()
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onTaskStart(SparkListenerTaskStart event) {
                started.incrementAndGet();
              }
            });
    Sweep<NetworkClassificationModel> sweep = Sweep.of(classifier).withTrials(trials);
    AtomicReference<SweepResult<NetworkClassificationModel>> result = new AtomicReference<>();
    Thread sweeping = new Thread(() -> result.set(sweep.fit(SweepRows.frame(cluster.session()))));
    sweeping.start();
    // Reading the rows takes some tasks; trials are under way after these.
    TestCluster.await("trials", () -> started.get() >= 15);
    TestCluster.kill(TestCluster.pids().getFirst());
    sweeping.join();
    events.stop();
    assertFalse(events.lostExecutors().isEmpty(), "an executor was lost");

    List<Trial> there = result.get().trials();
    for (int i = 0; i < trials.length; i++) {
      boolean diverges = there.get(i).params().contains("1.0E30");
      assertEquals(diverges, there.get(i).failure().contains("finite"), there.get(i)::toString);
      if (!diverges) {
        NetworkSettings settings = classifier.copy(trials[i]).settings();
        String here =
            settings
                .classes(SweepRows.plain(false), SweepRows.CLASSES)
                .fit(SweepRows.plain(false), SweepRows.plain(true), trainer -> trainer)
                .fingerprint();
        assertEquals(here, there.get(i).fingerprint());
      }
    }
    assertTrue(result.get().best().succeeded());
  }
}

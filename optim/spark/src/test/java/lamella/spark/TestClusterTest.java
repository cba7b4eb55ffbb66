package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.Function;
import org.junit.jupiter.api.Test;

/** A cluster of several processes starts here, and goes on when one of them is killed. */
class TestClusterTest {
  /** What executors say of themselves: number, process, vectors and a setting. */
  private static Set<String> ask(TestCluster cluster) {
    return new HashSet<>(
        cluster
            .context()
            .parallelize(IntStream.range(0, 8).boxed().toList(), 8)
            .map(
                (Function<Integer, String>)
                    i -> {
                      Thread.sleep(50);
                      return SparkEnv.get().executorId()
                          + " "
                          + ProcessHandle.current().pid()
                          + " "
                          + ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                          + " "
                          + System.getProperty("lamella.vector");
                    })
            .collect());
  }

  @Test
  void executorsAreProcessesWithVectorsAndAKilledOneIsReplaced() {
    TestCluster cluster =
        TestCluster.mixed(List.of("-Dlamella.vector=off", "-Dlamella.vector=128"));
    List<ProcessHandle> before = TestCluster.pids();
    assertEquals(2, before.size());
    Set<String> said = ask(cluster);
    assertEquals(
        Set.of("0 " + pid(said, "0 ") + " true off", "1 " + pid(said, "1 ") + " true 128"), said);
    for (ProcessHandle executor : before) {
      assertTrue(said.stream().anyMatch(text -> text.contains(" " + executor.pid() + " ")));
    }
    SparkEvents events = SparkEvents.of(cluster.session());
    ProcessHandle victim = TestCluster.kill(before.get(0));
    assertFalse(victim.isAlive());
    TestCluster.await("the loss", () -> !events.lostExecutors().isEmpty());
    cluster.awaitExecutors();
    events.stop();
    assertEquals(1, events.lostExecutors().size());
    assertNotEquals(before, TestCluster.pids());
    assertEquals(2, ask(cluster).size());
  }

  private static String pid(Set<String> said, String start) {
    String text = said.stream().filter(s -> s.startsWith(start)).findFirst().orElse("- -");
    return text.split(" ", -1)[1];
  }
}

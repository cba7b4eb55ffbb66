package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A cluster on this machine: master and workers in this JVM ({@link TestMachines}), each executor
 * of one core a JVM of its own, all on the loopback. It is shared by the tests that ask for the
 * same; an executor that was killed is replaced by the cluster, and the next test waits for that.
 */
final class TestCluster {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Executors that are started after others were killed are numbered on. */
  private static final int EXECUTOR_NUMBERS = 100;

  private final SparkSession session;
  private final int executors;

  private TestCluster(SparkSession session, int executors) {
    this.session = session;
    this.executors = executors;
  }

  /** {@return a cluster of so many executors, all of them there} */
  static TestCluster of(int executors) {
    return of(executors, Map.of());
  }

  /**
   * {@return a cluster of so many executors, all of them there}
   *
   * @param settings of Spark, besides the usual
   */
  static TestCluster of(int executors, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(usual());
    all.putAll(settings);
    TestCluster cluster =
        new TestCluster(TestSpark.session(TestMachines.of(executors).url(), all), executors);
    cluster.awaitExecutors();
    return cluster;
  }

  /**
   * {@return a cluster whose executors have different JVM options, which are theirs in turn}
   *
   * @param options of each executor: those of number i are {@code options.get(i % size)}, separated
   *     by blanks
   */
  static TestCluster mixed(List<String> options) {
    Path folder = TestSpark.home().resolve("options").toAbsolutePath();
    try {
      Files.createDirectories(folder);
      for (int i = 0; i < EXECUTOR_NUMBERS; i++) {
        Files.writeString(
            folder.resolve("executor-" + i), options.get(i % options.size()).replace(' ', '\n'));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return of(
        options.size(),
        Map.of(
            "spark.executor.extraJavaOptions",
            quickJvm() + " -XX:VMOptionsFile=" + folder.resolve("executor-{{EXECUTOR_ID}}")));
  }

  static Map<String, String> usual() {
    return Map.of(
        "spark.executor.extraClassPath", System.getProperty("java.class.path"),
        "spark.executorEnv.JAVA_HOME", System.getProperty("java.home"),
        "spark.executorEnv.SPARK_SCALA_VERSION", System.getenv("SPARK_SCALA_VERSION"),
        "spark.executor.memory", "512m",
        "spark.executor.extraJavaOptions", quickJvm(),
        "spark.executor.heartbeatInterval", "1s");
  }

  private static String quickJvm() {
    return "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";
  }

  SparkSession session() {
    return session;
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /** Waits until all executors are there, after some were killed for example. */
  void awaitExecutors() {
    await("executors", () -> registered() >= executors && pids().size() >= executors);
  }

  /** How many the driver knows, itself left out. */
  int registered() {
    return context().sc().statusTracker().getExecutorInfos().length - 1;
  }

  /** {@return the executors' processes: the JVMs that descend from this one} */
  static List<ProcessHandle> pids() {
    return ProcessHandle.current().descendants().filter(TestCluster::isJava).toList();
  }

  private static boolean isJava(ProcessHandle process) {
    return process.isAlive()
        && process.info().command().map(command -> command.endsWith("java")).orElse(false);
  }

  /** Kills one with -9, and waits until it is gone. */
  static ProcessHandle kill(ProcessHandle executor) {
    assertTrue(
        ProcessHandle.current().descendants().anyMatch(executor::equals),
        "only processes of this test's own are killed");
    executor.destroyForcibly();
    executor.onExit().orTimeout(PATIENCE.toMinutes(), TimeUnit.MINUTES).join();
    return executor;
  }

  /** Kills all with -9, waits until the driver has noticed, and until there are others. */
  void killAll() {
    List<ProcessHandle> before = pids();
    SparkEvents events = SparkEvents.of(session);
    before.forEach(TestCluster::kill);
    await("loss of executors", () -> events.lostExecutors().size() >= before.size());
    events.stop();
    awaitExecutors();
  }

  /** Sends a signal, {@code STOP} or {@code CONT}, to one of this test's own processes. */
  static void signal(String name, ProcessHandle executor) {
    assertTrue(ProcessHandle.current().descendants().anyMatch(executor::equals));
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(executor.pid())).start();
      assertTrue(kill.waitFor() == 0, "kill -" + name);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until something is so. */
  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "waited " + PATIENCE + " for " + what);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** The executors' log files, for whoever looks for a reason. */
  static List<Path> logs() throws IOException {
    try (Stream<Path> all = Files.walk(TestSpark.home().resolve("work"))) {
      return all.filter(file -> file.endsWith("stderr")).toList();
    }
  }
}

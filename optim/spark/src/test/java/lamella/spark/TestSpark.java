package lamella.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * The one Spark of this JVM, which cannot have two: shared by all tests that ask for the same, and
 * ended by Spark's own shutdown hook. Who asks for another ends the one there is.
 */
final class TestSpark {
  private static SparkSession session;
  private static String running;

  private TestSpark() {}

  /** {@return a session of two threads in this JVM, for quick tests; do not stop it} */
  static SparkSession local() {
    return session("local[2]", Map.of());
  }

  /** {@return a session in this JVM, with its own settings} */
  static SparkSession local(int threads, Map<String, String> settings) {
    return session("local[" + threads + "]", settings);
  }

  static synchronized SparkSession session(String master, Map<String, String> settings) {
    String asked = master + " " + new TreeMap<>(settings);
    if (session == null || session.sparkContext().isStopped() || !asked.equals(running)) {
      stop();
      session = builder(master, settings).getOrCreate();
      running = asked;
    }
    return session;
  }

  /** Ends the session there is, if there is one. */
  static synchronized void stop() {
    if (session != null) {
      session.stop();
      session = null;
    }
  }

  /** What every session of the tests has: loopback only, no pages, few partitions, no waiting. */
  static SparkSession.Builder builder(String master, Map<String, String> settings) {
    home();
    Map<String, String> all = new LinkedHashMap<>();
    all.put("spark.ui.enabled", "false");
    all.put("spark.driver.host", "127.0.0.1");
    all.put("spark.driver.bindAddress", "127.0.0.1");
    all.put("spark.local.dir", home().resolve("local").toString());
    all.put("spark.sql.warehouse.dir", home().resolve("warehouse").toString());
    all.put("spark.sql.shuffle.partitions", "2");
    all.put("spark.locality.wait", "0");
    all.putAll(settings);
    SparkSession.Builder builder = SparkSession.builder().master(master).appName("test");
    all.forEach(builder::config);
    return builder;
  }

  /** Spark's home: a folder with an empty folder of jars, as executors have our own class path. */
  static Path home() {
    Path home = Path.of(System.getenv("SPARK_HOME"));
    try {
      Files.createDirectories(home.resolve("jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return home;
  }
}

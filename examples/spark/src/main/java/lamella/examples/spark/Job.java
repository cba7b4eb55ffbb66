package lamella.examples.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** What the mains of the jobs have in common: options, a session, and mistakes in one line. */
final class Job {
  private Job() {}

  /** What a job does. */
  @FunctionalInterface
  interface Work {
    void run(SparkSession spark, Options options) throws Exception;
  }

  /**
   * Runs a job. The mistakes of its user end the process with one line and status 1.
   *
   * @param name of the job
   * @param defaults its options and their values in turn, beside {@code master}
   */
  static void run(String name, String[] arguments, Work work, String... defaults) throws Exception {
    Map<String, String> known = new LinkedHashMap<>();
    for (int i = 0; i < defaults.length; i += 2) {
      known.put(defaults[i], defaults[i + 1]);
    }
    known.put("master", "");
    try {
      Options options = new Options(known, arguments);
      SparkSession.Builder builder = SparkSession.builder().appName("Lamella: " + name);
      String master = options.get("master");
      if (master != null) {
        builder.master(master);
      }
      try (SparkSession spark = builder.getOrCreate()) {
        work.run(spark, options);
      }
    } catch (Options.Mistake | IllegalArgumentException e) {
      System.err.println(name + ": " + e.getMessage());
      System.exit(1);
    }
  }
}

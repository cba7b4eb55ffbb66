package lamella.spark;

import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/** How many threads a task's products take. */
final class TaskThreads {
  private static final String PROPERTY = "lamella.threads";

  private TaskThreads() {}

  /**
   * Lets the products of an executor's JVM take as many threads as a task has been given ({@code
   * spark.task.cpus}), unless somebody has said how many already. To be called in a task before it
   * computes; only before the first product of the JVM does it have an effect. Where driver and
   * executor are one JVM nothing changes: it is the user's.
   */
  static void limit() {
    TaskContext context = TaskContext.get();
    SparkEnv environment = SparkEnv.get();
    if (context == null || environment == null || environment.executorId().equals("driver")) {
      return;
    }
    if (System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, Integer.toString(Math.clamp(context.cpus(), 1, 1024)));
    }
  }
}

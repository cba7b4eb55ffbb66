package lamella.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Tensor;
import lamella.losses.SoftmaxCrossEntropy;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A loss that is asked once for each shard of a step, and fails there if the driver has said so for
 * the round: on an executor, at the first attempt of one task, at one of its shards.
 */
final class FaultyLoss implements Loss<int[]> {
  private static final String PROPERTY = "lamella.test.fault";

  /** How often each attempt of a task has asked. */
  private static final Map<Long, AtomicInteger> CALLS = new ConcurrentHashMap<>();

  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();

  /** What happens. */
  enum Fault {
    /** The executor's process ends at once. */
    HALT,
    /** The task throws. */
    THROW,
    /** The task takes twenty seconds. */
    SLEEP,
    /** The task writes its process's number to a file and waits to be killed. */
    WAIT
  }

  /**
   * From now on, until {@link #none}: rounds started by this thread have this fault.
   *
   * @param task the number of the task in its stage
   * @param shard how many of its shards it has before
   * @param file for {@link Fault#WAIT}
   */
  static void set(JavaSparkContext context, Fault fault, int task, int shard, Path file) {
    context.setLocalProperty(PROPERTY, fault + " " + task + " " + shard + " " + file);
  }

  static void none(JavaSparkContext context) {
    context.setLocalProperty(PROPERTY, null);
  }

  private static void strike() {
    TaskContext task = TaskContext.get();
    String property = task == null ? null : task.getLocalProperty(PROPERTY);
    if (property == null || task.attemptNumber() > 0 || task.stageAttemptNumber() > 0) {
      return;
    }
    String[] parts = property.split(" ", 4);
    int call =
        CALLS.computeIfAbsent(task.taskAttemptId(), id -> new AtomicInteger()).getAndIncrement();
    if (task.partitionId() != Integer.parseInt(parts[1]) || call != Integer.parseInt(parts[2])) {
      return;
    }
    switch (Fault.valueOf(parts[0])) {
      case HALT -> Runtime.getRuntime().halt(3);
      case THROW -> throw new IllegalStateException("made up: shard " + call + " of the task");
      case SLEEP -> sleep(20_000);
      case WAIT -> {
        try {
          Path file = Path.of(parts[3]);
          Path part = file.resolveSibling(file.getFileName() + ".part");
          Files.writeString(part, Long.toString(ProcessHandle.current().pid()));
          Files.move(part, file);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        sleep(60_000);
      }
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public double valueAndGradient(Tensor outputs, int[] targets, Tensor gradient) {
    strike();
    return loss.valueAndGradient(outputs, targets, gradient);
  }

  @Override
  public double valueAndGradient(Tensor outputs, int[] targets, Tensor gradient, double n) {
    strike();
    return loss.valueAndGradient(outputs, targets, gradient, n);
  }

  @Override
  public double value(Tensor outputs, int[] targets) {
    return loss.value(outputs, targets);
  }

  @Override
  public Outputs outputs() {
    return loss.outputs();
  }

  @Override
  public String toString() {
    return "FaultyLoss";
  }
}

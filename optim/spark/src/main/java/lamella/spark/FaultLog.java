package lamella.spark;

import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.TaskInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what was lost and is computed again, one plain line each. */
final class FaultLog extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);

  private static final int LONGEST_REASON = 200;

  private final TrainingMetrics metrics;

  FaultLog(TrainingMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    metrics.executorLost();
    LOG.warn(
        "executor {} is gone ({}); what it held and did is computed again, with the same result",
        removed.executorId(),
        shortened(removed.reason()));
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (!(end.reason() instanceof TaskFailedReason reason) || reason instanceof TaskKilled) {
      // A task is killed where a copy of it was faster, or nobody needs it any more.
      return;
    }
    metrics.taskFailed();
    TaskInfo task = end.taskInfo();
    LOG.warn(
        "task {} of stage {}, attempt {}, failed on executor {} ({}); it is tried again",
        task.index(),
        end.stageId(),
        task.attemptNumber(),
        task.executorId(),
        reason instanceof ExecutorLostFailure ? "it is gone" : shortened(reason.toErrorString()));
  }

  private static String shortened(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "..." : line;
  }
}

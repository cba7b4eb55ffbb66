package lamella.spark;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerSpeculativeTaskSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/** What a Spark says happened, from the moment it is asked until it is stopped. */
final class SparkEvents extends SparkListener {
  /** A task that did not succeed, or was killed since a copy of it did. */
  record Failure(int stage, int partition, int attempt, String executor, String reason) {}

  private final SparkSession session;
  private final List<String> added = new CopyOnWriteArrayList<>();
  private final List<String> lost = new CopyOnWriteArrayList<>();
  private final List<Failure> failures = new CopyOnWriteArrayList<>();
  private final List<Failure> killed = new CopyOnWriteArrayList<>();
  private final List<Integer> speculative = new CopyOnWriteArrayList<>();
  private final List<Integer> attempts = new CopyOnWriteArrayList<>();

  private SparkEvents(SparkSession session) {
    this.session = session;
  }

  static SparkEvents of(SparkSession session) {
    SparkEvents events = new SparkEvents(session);
    session.sparkContext().addSparkListener(events);
    return events;
  }

  void stop() {
    settle();
    session.sparkContext().removeSparkListener(this);
  }

  /** Waits until all that has happened has been told. */
  SparkEvents settle() {
    if (!session.sparkContext().isStopped()) {
      try {
        session.sparkContext().listenerBus().waitUntilEmpty();
      } catch (TimeoutException e) {
        throw new AssertionError(e);
      }
    }
    return this;
  }

  /** Numbers of the executors that were lost, with the reasons. */
  List<String> lostExecutors() {
    return lost;
  }

  List<String> addedExecutors() {
    return added;
  }

  List<Failure> failures() {
    return failures;
  }

  /** Tasks that were killed as a copy of theirs was faster. */
  List<Failure> killedTasks() {
    return killed;
  }

  /** The stages of which a task was also started elsewhere, as it took long. */
  List<Integer> speculativeStages() {
    return speculative;
  }

  /** The attempt numbers of all tasks that ended. */
  List<Integer> attempts() {
    return attempts;
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded event) {
    added.add(event.executorId());
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    lost.add(event.executorId() + ": " + event.reason());
  }

  @Override
  public void onSpeculativeTaskSubmitted(SparkListenerSpeculativeTaskSubmitted event) {
    speculative.add(event.stageId());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    attempts.add(event.taskInfo().attemptNumber());
    if (event.reason() instanceof TaskFailedReason reason) {
      Failure failure =
          new Failure(
              event.stageId(),
              event.taskInfo().index(),
              event.taskInfo().attemptNumber(),
              event.taskInfo().executorId(),
              reason.toErrorString());
      (reason instanceof TaskKilled ? killed : failures).add(failure);
    }
  }

  @Override
  public String toString() {
    return "lost " + lost + ", failures " + failures + ", killed " + killed;
  }
}

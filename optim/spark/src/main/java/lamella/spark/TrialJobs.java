package lamella.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Gives the trials of a sweep to Spark, each as a job of one task, so that one that fails for good
 * ends nothing but itself, and each is written down as soon as it has ended.
 */
final class TrialJobs<T> {
  private static final String DESCRIPTION = "spark.job.description";

  private final JavaSparkContext context;
  private final NetworkEstimator.Task<T> learning;
  private final LocalRows<T> training;
  private final LocalRows<T> validation;
  private final TrialMetric metric;
  private final int parallelism;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /**
   * Nothing has been sent yet.
   *
   * @param parallelism how many jobs Spark has at once, at most
   */
  TrialJobs(
      SparkSession spark,
      NetworkEstimator.Task<T> learning,
      LocalRows<T> training,
      LocalRows<T> validation,
      TrialMetric metric,
      int parallelism) {
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.learning = learning;
    this.training = training;
    this.validation = validation;
    this.metric = metric;
    this.parallelism = parallelism;
  }

  /**
   * Runs what is pending.
   *
   * @throws IOException if a result cannot be written down
   * @throws IllegalStateException if the thread is interrupted, or Spark is stopped
   */
  void run(TrialResults results) throws IOException {
    if (results.pending().isEmpty()) {
      return;
    }
    Broadcast<LocalRows<T>> rows = context.broadcast(training);
    Broadcast<LocalRows<T>> aside = context.broadcast(validation);
    String description = context.getLocalProperty(DESCRIPTION);
    List<JavaFutureAction<List<byte[]>>> jobs = new ArrayList<>();
    ExecutorService waiting = Executors.newCachedThreadPool(TrialJobs::daemon);
    try {
      Semaphore free = new Semaphore(parallelism);
      for (PlannedTrial trial : results.pending()) {
        free.acquire();
        if (failure.get() != null) {
          break;
        }
        context.setLocalProperty(
            DESCRIPTION, "Lamella: trial " + trial.number() + ", " + trial.params());
        TrialTask<T> task = new TrialTask<>(trial.settings(), learning, rows, aside, metric);
        JavaFutureAction<List<byte[]>> job =
            context.parallelize(List.of(0), 1).map(task).collectAsync();
        jobs.add(job);
        waiting.execute(() -> {
          await(trial, job, results);
          free.release();
        });
      }
      waiting.shutdown();
      boolean _ = waiting.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Sweep: interrupted; with a folder the finished trials are there", e);
    } finally {
      jobs.forEach(job -> job.cancel(true));
      waiting.shutdownNow();
      context.setLocalProperty(DESCRIPTION, description);
      OnExecutors.forget(context.sc(), rows);
      OnExecutors.forget(context.sc(), aside);
    }
    rethrow();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "lamella-sweep");
    thread.setDaemon(true);
    return thread;
  }

  private void await(PlannedTrial trial, JavaFutureAction<List<byte[]>> job, TrialResults results) {
    long start = System.nanoTime();
    try {
      results.finished(trial, TrialOutcome.of(job.get().getFirst()));
    } catch (ExecutionException e) {
      if (context.sc().isStopped()) {
        failure.compareAndSet(null, e);
        return;
      }
      Throwable cause = e.getCause() == null ? e : e.getCause();
      double seconds = (System.nanoTime() - start) / 1e9;
      String reason = TaskErrors.shown("Sweep", cause).getMessage();
      results.gaveUp(trial, TrialOutcome.failed(seconds, String.valueOf(reason)));
    } catch (InterruptedException e) {
      // The sweep has ended.
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private void rethrow() throws IOException {
    switch (failure.get()) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Exception e ->
          throw new IllegalStateException(
              "Sweep: Spark was stopped; with a folder the finished trials are there", e);
    }
  }
}

package lamella.spark;

import java.time.Duration;
import java.util.List;
import lamella.spark.NetworkEstimator.Learned;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * A training of an estimator: one task if there is one shard, whose steps are in a row anyway; else
 * rounds that the executors compute together.
 */
final class ClusterTraining {
  private static final String DESCRIPTION = "spark.job.description";

  /** From one line in Spark's log to the next. */
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  private final SparkSession spark;
  private final TrainingCheckpoints checkpoints;

  ClusterTraining(SparkSession spark, ParamSet<?> params) {
    this.spark = spark;
    this.checkpoints = new TrainingCheckpoints(params, spark);
  }

  /**
   * Trains, and makes the model.
   *
   * @throws IllegalStateException if the thread is interrupted
   */
  <T, M> M train(Learned<T, M> learned, NetworkSettings settings) {
    settings.batchSize(Integer.MAX_VALUE); // says what does not fit before rows are read
    Trained trained =
        settings.shards() == 1 ? inOneTask(learned, settings) : inRounds(learned, settings);
    return learned.model(trained);
  }

  private <T> Trained inOneTask(Learned<T, ?> learned, NetworkSettings settings) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    LocalRows<T> rows = learned.examples().local(learned.training());
    NetworkTraining<T> training = learned.task().training(settings, rows);
    LocalRows<T> aside = validation(learned);
    Broadcast<LocalRows<T>> sent = context.broadcast(rows);
    Broadcast<LocalRows<T>> sentAside = aside == null ? null : context.broadcast(aside);
    String description = context.getLocalProperty(DESCRIPTION);
    context.setLocalProperty(DESCRIPTION, "Lamella: a training of " + rows.size() + " rows");
    try {
      TrainingTask<T> task = new TrainingTask<>(training, checkpoints, sent, sentAside);
      return TrainedBytes.parse(context.parallelize(List.of(0), 1).map(task).collect().getFirst());
    } catch (Exception e) {
      throw TaskErrors.shown("NetworkTraining", e);
    } finally {
      context.setLocalProperty(DESCRIPTION, description);
      OnExecutors.forget(context.sc(), sent);
      OnExecutors.forget(context.sc(), sentAside);
    }
  }

  private <T> Trained inRounds(Learned<T, ?> learned, NetworkSettings settings) {
    try (ShardedFrame<T> rows = learned.examples().shard(learned.training(), settings.shards())) {
      NetworkTraining<T> training = learned.task().training(settings, rows);
      LocalRows<T> aside = validation(learned);
      SparkProgress progress = SparkProgress.every(PROGRESS, spark);
      SparkRunner<T> runner = SparkRunner.of(training).withReports(progress);
      return training.fit(
          rows,
          aside,
          trainer ->
              checkpoints.on(
                  trainer.withRunner(runner).withListeners(progress), training, rows, aside));
    }
  }

  private static <T> @Nullable LocalRows<T> validation(Learned<T, ?> learned) {
    return learned.validation() == null ? null : learned.examples().local(learned.validation());
  }
}

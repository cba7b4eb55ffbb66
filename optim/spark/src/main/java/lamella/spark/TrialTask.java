package lamella.spark;

import java.io.Serial;
import lamella.core.Dataset;
import lamella.core.io.ModelFile;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * A trial of a sweep as a task of Spark: the training on an executor, by which nothing is changed
 * but what it returns.
 */
final class TrialTask<T> implements Function<Integer, byte[]> {
  @Serial private static final long serialVersionUID = 1;

  private final NetworkSettings settings;
  private final NetworkEstimator.Task<T> learning;
  private final Broadcast<LocalRows<T>> training;
  private final Broadcast<LocalRows<T>> validation;
  private final TrialMetric metric;

  TrialTask(
      NetworkSettings settings,
      NetworkEstimator.Task<T> learning,
      Broadcast<LocalRows<T>> training,
      Broadcast<LocalRows<T>> validation,
      TrialMetric metric) {
    this.settings = settings;
    this.learning = learning;
    this.training = training;
    this.validation = validation;
    this.metric = metric;
  }

  /**
   * {@return the outcome's bytes: results travel by whatever serializer the application chose}
   *
   * @param ignored the only element of the task's partition
   */
  @Override
  public byte[] call(Integer ignored) {
    TaskThreads.limit();
    long start = System.nanoTime();
    try {
      Dataset<T> rows = training.value();
      Dataset<T> aside = validation.value();
      Trained trained = learning.training(settings, rows).fit(rows, aside, trainer -> trainer);
      return new TrialOutcome(
              metric.of(trained.network(), aside),
              trained.bestEpoch().orElse(settings.epochs()),
              seconds(start),
              trained.fingerprint(),
              "",
              ModelFile.of(trained.network()).toBytes())
          .toBytes();
    } catch (ArithmeticException | IllegalArgumentException | IllegalStateException e) {
      // What the settings lead to, which another attempt would not change.
      return TrialOutcome.failed(seconds(start), String.valueOf(e.getMessage())).toBytes();
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}

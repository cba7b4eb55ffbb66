package lamella.spark;

import java.io.Serial;
import lamella.core.Dataset;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/** A whole training as one task of Spark, on whichever executor. */
final class TrainingTask<T> implements Function<Integer, byte[]> {
  @Serial private static final long serialVersionUID = 1;

  private final NetworkTraining<T> training;
  private final TrainingCheckpoints checkpoints;
  private final Broadcast<LocalRows<T>> rows;
  private final @Nullable Broadcast<LocalRows<T>> validation;

  TrainingTask(
      NetworkTraining<T> training,
      TrainingCheckpoints checkpoints,
      Broadcast<LocalRows<T>> rows,
      @Nullable Broadcast<LocalRows<T>> validation) {
    this.training = training;
    this.checkpoints = checkpoints;
    this.rows = rows;
    this.validation = validation;
  }

  /**
   * {@return what {@link TrainedBytes} reads}
   *
   * @param ignored the only element of the task's partition
   */
  @Override
  public byte[] call(Integer ignored) {
    TaskThreads.limit();
    Dataset<T> data = rows.value();
    Dataset<T> aside = validation == null ? null : validation.value();
    return TrainedBytes.of(
        training.fit(data, aside, trainer -> checkpoints.on(trainer, training, data, aside)));
  }
}

package lamella.spark;

import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import lamella.core.Dataset;
import lamella.optim.Trainer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Where the trainings of an estimator write their checkpoints, and go on from: each in a folder of
 * its own, named by its settings and rows, so that the trainings of a cross validation do not meet.
 */
final class TrainingCheckpoints implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /** Hexadecimal digits of a folder's name. */
  private static final int DIGITS = 24;

  private final String directory;
  private final int epochs;
  private final @Nullable SerializableConfiguration configuration;

  TrainingCheckpoints(ParamSet<?> params, SparkSession spark) {
    this.directory = params.column(params.checkpointDir);
    this.epochs = params.get(params.checkpointInterval);
    this.configuration =
        directory.isEmpty()
            ? null
            : new SerializableConfiguration(spark.sessionState().newHadoopConf());
  }

  /**
   * {@return the trainer with checkpoints; the same if there is no directory for them}
   *
   * @throws UncheckedIOException if there is no such file system
   */
  <T> Trainer<T> on(
      Trainer<T> trainer,
      NetworkTraining<T> training,
      Dataset<T> rows,
      @Nullable Dataset<T> validation) {
    if (configuration == null) {
      return trainer;
    }
    String all =
        training
            + "\n"
            + rows.fingerprint()
            + "\n"
            + (validation == null ? "" : validation.fingerprint());
    try {
      return trainer.withCheckpoints(
          HadoopCheckpoints.in(new Path(directory, RowHash.hex(all, DIGITS)), configuration.value())
              .every(epochs * training.stepsPerEpoch())
              .resuming());
    } catch (IOException e) {
      throw new UncheckedIOException("checkpointDir: " + e.getMessage(), e);
    }
  }
}

package lamella.spark;

import java.io.Serializable;
import java.util.function.Function;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * What training and sweeping ask of an estimator.
 *
 * @param <E> the estimator
 * @param <M> the model that it gives
 */
sealed interface NetworkEstimator<E, M extends Model<M>> extends NetworkParams<E>
    permits NetworkClassifier, NetworkRegressor {
  String uid();

  boolean isSet(Param<?> param);

  NetworkEstimator<E, M> copy(ParamMap extra);

  /**
   * Looks at a frame: its columns, classes, rows for validation.
   *
   * @throws IllegalArgumentException if something is wrong with them; names the column
   */
  Learned<?, M> prepare(Dataset<?> frame);

  /**
   * What is learned from a frame.
   *
   * @param <T> the targets
   * @param <M> the model
   * @param examples which columns are examples
   * @param training rows to train with
   * @param validation rows to choose the best epoch by, if there are any
   * @param task makes the training, anywhere
   * @param modelMaker makes the model of what was trained
   */
  record Learned<T, M>(
      FrameExamples<T> examples,
      Dataset<Row> training,
      @Nullable Dataset<Row> validation,
      Task<T> task,
      Function<Trained, M> modelMaker) {
    M model(Trained trained) {
      return modelMaker.apply(trained);
    }
  }

  /** Makes trainings, on an executor too. */
  interface Task<T> extends Serializable {
    NetworkTraining<T> training(NetworkSettings settings, lamella.core.Dataset<T> data);
  }
}

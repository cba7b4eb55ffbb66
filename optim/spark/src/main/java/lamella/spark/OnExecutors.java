package lamella.spark;

import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * Gives back what executors keep for a training. Where Spark has been stopped they keep nothing any
 * more, and asking them would hide the error that ended the training.
 */
final class OnExecutors {
  private OnExecutors() {}

  /** Whatever was sent; null for nothing. */
  static void forget(SparkContext context, @Nullable Broadcast<?> sent) {
    if (sent != null && !context.isStopped()) {
      sent.destroy();
    }
  }

  /** The rows that were kept. */
  static void forget(JavaRDD<?> kept) {
    if (!kept.context().isStopped()) {
      kept.unpersist(false);
    }
  }
}

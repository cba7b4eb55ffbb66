package lamella.spark;

import java.util.function.Supplier;
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
      Object ignored =
          uninterrupted(() -> {
            sent.destroy();
            return sent;
          });
    }
  }

  /** The rows that were kept. */
  static void forget(JavaRDD<?> kept) {
    if (!kept.context().isStopped()) {
      Object ignored = uninterrupted(() -> kept.unpersist(false));
    }
  }

  /**
   * Does work in which Spark waits a moment for an answer. On a thread that was interrupted before,
   * Spark would end that wait at once with an exception that it does not declare, and the answer
   * would be lost; so the thread is interrupted again afterwards.
   *
   * @return what the work returns
   */
  static <R> R uninterrupted(Supplier<R> work) {
    boolean interrupted = Thread.interrupted();
    try {
      return work.get();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

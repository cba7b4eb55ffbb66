package lamella.spark;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import lamella.optim.NonFiniteException;
import org.jspecify.annotations.Nullable;

/**
 * Errors of tasks as the user of the driver is to see them: Lamella's own, by its message, without
 * the traces of the cluster.
 */
final class TaskErrors {
  private TaskErrors() {}

  /**
   * {@return what to throw on the driver} The mistake that is at the bottom of it, if there is one
   * that a message explains; else one sentence, with what Spark says as the cause.
   *
   * @param who wanted the work done
   * @param failure that Spark threw
   */
  static RuntimeException shown(String who, Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable deepest = failure;
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      if (isMistake(t)) {
        t.setStackTrace(Thread.currentThread().getStackTrace());
        return (RuntimeException) t;
      }
      deepest = t;
    }
    return new IllegalStateException(
        who + ": failed on the cluster: " + firstLine(deepest),
        failure instanceof ExecutionException && failure.getCause() != null
            ? failure.getCause()
            : failure);
  }

  /** Whether an error is explained by its message, and comes again however often it is tried. */
  static boolean isMistake(@Nullable Throwable t) {
    return t instanceof InputChangedException
        || t instanceof NonFiniteException
        || (t != null
            && (t.getClass() == IllegalArgumentException.class
                || t.getClass() == IndexOutOfBoundsException.class)
            && t.getMessage() != null);
  }

  private static String firstLine(Throwable t) {
    String message = String.valueOf(t.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}

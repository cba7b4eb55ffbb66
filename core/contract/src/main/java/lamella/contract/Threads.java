package lamella.contract;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Runs the same work on several threads at once, again and again for a while. */
final class Threads {
  /** How many. */
  static final int COUNT = 4;

  private static final long NANOS = 30_000_000;

  private Threads() {}

  /**
   * Runs {@code work.apply(i)} on thread i, all starting together, until one fails or time is up.
   *
   * @return what was thrown first; null if nothing was
   */
  static @Nullable Throwable run(IntFunction<Runnable> work) {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<@Nullable Throwable>();
    CyclicBarrier start = new CyclicBarrier(COUNT);
    Thread[] threads = new Thread[COUNT];
    for (int i = 0; i < COUNT; i++) {
      Runnable own = work.apply(i);
      threads[i] =
          new Thread(
              () -> {
                try {
                  start.await();
                  long deadline = System.nanoTime() + NANOS;
                  do {
                    own.run();
                  } while (failure.get() == null && System.nanoTime() < deadline);
                } catch (Throwable e) {
                  failure.compareAndSet(null, e);
                }
              },
              "contract " + i);
      threads[i].start();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    return failure.get();
  }
}

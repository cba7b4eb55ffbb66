package lamella.examples.serve;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The memory that the requests under way may take together. A request takes what it may need at
 * most before it reads its body, once and for all, so that none waits for another that waits; who
 * comes first is served first.
 */
final class Memory {
  private static final int UNIT = 1024;

  private final int units;
  private final Duration patience;
  private final Semaphore free;

  Memory(long bytes, Duration patience) {
    this.units = Math.toIntExact(Math.clamp(bytes / UNIT, 1L, Integer.MAX_VALUE));
    this.patience = patience;
    this.free = new Semaphore(units, true);
  }

  /** All there is. */
  long bytes() {
    return UNIT * (long) units;
  }

  /** What is taken now. */
  long taken() {
    return UNIT * (long) (units - free.availablePermits());
  }

  /**
   * Takes so many bytes, or all there are if that is less.
   *
   * @return how many units {@link #giveBack} is to give back; 0 if they are not free in time
   */
  int take(long bytes) {
    int wanted = Math.toIntExact(Math.min(bytes / UNIT + 1, units));
    try {
      return free.tryAcquire(wanted, patience.toNanos(), TimeUnit.NANOSECONDS) ? wanted : 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** Gives back what {@link #take} took. */
  void giveBack(int taken) {
    free.release(taken);
  }
}

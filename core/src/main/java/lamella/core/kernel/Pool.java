package lamella.core.kernel;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A few objects to borrow and give back, without locks and, once made, without allocating. Not a
 * thread-local: virtual threads come by the thousand. Who borrows makes a new one where there is
 * none: no lambda and no class does, which would have to be made and loaded at start-up.
 *
 * @param <T> the objects' type
 */
public final class Pool<T> {
  private static final int SLOTS = 64;

  private final AtomicReferenceArray<T> slots = new AtomicReferenceArray<>(SLOTS);

  /** An empty pool. */
  public Pool() {}

  /**
   * {@return an object that nobody else has until it is given back; null if there is none, for the
   * caller to make one and give it back afterwards}
   */
  public @Nullable T borrow() {
    int start = start();
    for (int i = 0; i < SLOTS; i++) {
      int slot = (start + i) % SLOTS;
      if (slots.getPlain(slot) != null) {
        T object = slots.getAndSet(slot, null);
        if (object != null) {
          return object;
        }
      }
    }
    return null;
  }

  /**
   * Gives back; the object is forgotten if the pool is full.
   *
   * @param object of this pool, no longer used by the caller
   */
  public void giveBack(T object) {
    int start = start();
    for (int i = 0; i < SLOTS; i++) {
      if (slots.compareAndSet((start + i) % SLOTS, null, object)) {
        return;
      }
    }
  }

  /** Each thread starts at a slot of its own, so that threads seldom meet. */
  private static int start() {
    return (int) (Thread.currentThread().threadId() % SLOTS);
  }
}

package lamella.core;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Things that wait to be used again by whoever comes next, a few at most. Not a thread-local:
 * virtual threads come by the thousand, and few compute at once. No lock, and nothing is allocated.
 */
final class Idle<T> {
  private final AtomicReferenceArray<@Nullable T> slots;

  Idle(int most) {
    slots = new AtomicReferenceArray<>(most);
  }

  /** One that nobody else uses; null if there is none. */
  @Nullable T take() {
    int start = start();
    for (int i = 0; i < slots.length(); i++) {
      int slot = (start + i) % slots.length();
      if (slots.getPlain(slot) != null) {
        T thing = slots.getAndSet(slot, null);
        if (thing != null) {
          return thing;
        }
      }
    }
    return null;
  }

  /** Keeps it, unless there are as many as may be. */
  void put(T thing) {
    int start = start();
    for (int i = 0; i < slots.length(); i++) {
      if (slots.compareAndSet((start + i) % slots.length(), null, thing)) {
        return;
      }
    }
  }

  /** Each thread starts at a slot of its own, so that threads seldom meet. */
  private int start() {
    return (int) (Thread.currentThread().threadId() % slots.length());
  }
}

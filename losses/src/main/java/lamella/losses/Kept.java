package lamella.losses;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One thing kept for the next call; threads that call at once have one each. */
final class Kept<T> {
  private final AtomicReference<@Nullable T> kept = new AtomicReference<>();

  /** What was kept, the caller's until it is given back; null if there is nothing. */
  @Nullable T take() {
    return kept.getAndSet(null);
  }

  void giveBack(T thing) {
    kept.set(thing);
  }
}

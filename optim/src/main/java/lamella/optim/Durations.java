package lamella.optim;

import java.time.Duration;

/** Times as nanoseconds, of which a {@code long} holds 292 years: what is longer is for ever. */
final class Durations {
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private Durations() {}

  /**
   * {@return the nanoseconds; {@code Long.MAX_VALUE} if there are more}
   *
   * @throws IllegalArgumentException if the time is negative
   */
  static long nanos(String who, Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException(who + ": time must not be negative, got " + time);
    }
    return time.compareTo(LONGEST) >= 0 ? Long.MAX_VALUE : time.toNanos();
  }
}

package lamella.optim;

import lamella.core.Description;

/** What a learning rate must be, whoever says it. */
final class Rates {
  private Rates() {}

  /**
   * Refuses a rate that would turn the parameters the wrong way, or into NaN.
   *
   * @throws IllegalArgumentException if it is negative or not finite; names step and schedule
   */
  static void require(Optimizer optimizer, double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      StringBuilder message = new StringBuilder(Description.of(optimizer));
      message.append(": learning rate must be finite and >= 0, got ").append(rate);
      message.append(" at step ").append(optimizer.steps());
      for (Schedule schedule : optimizer.schedules()) {
        message.append(" from schedule ").append(Description.of(schedule));
      }
      throw new IllegalArgumentException(message.toString());
    }
  }
}

package lamella.optim;

import java.util.Arrays;

/** A learning rate for every step: a pure function of the step's number, which counts from 0. */
@FunctionalInterface
public interface Schedule {

  /**
   * {@return the rate of a step}
   *
   * @param step from 0 on
   */
  double at(long step);

  /**
   * {@return the same rate at every step}
   *
   * @param rate finite, not negative
   * @throws IllegalArgumentException if it is not
   */
  static Schedule constant(double rate) {
    requireRate(rate);
    return new NamedSchedule("constant(" + rate + ")", step -> rate);
  }

  /**
   * {@return exponential decay per {@code interval} steps as the report decays: the rate is
   * multiplied by {@code factor} <em>after</em> every step t that is a multiple of {@code
   * interval}, step 0 included}
   *
   * <p>rate(0) = initial; rate(t) = initial factor^(1 + floor((t - 1) / interval)) for t &ge; 1; by
   * repeated multiplication, so that the bits are those of a loop that says {@code rate *= factor}.
   * The rate falls for the first time after one step, then after every {@code interval}; {@link
   * #staircase} gives every rate {@code interval} steps.
   *
   * @param initial the rate of step 0
   * @param factor by which the rate is multiplied
   * @param interval in steps, at least 1
   * @throws IllegalArgumentException if a rate is negative or not finite, the factor outside of (0,
   *     1], or the interval below 1
   */
  static Schedule exponentialDecay(double initial, double factor, long interval) {
    requireRate(initial);
    if (!(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException(
          "Schedule: decay factor must lie in (0, 1], got " + factor);
    }
    requireInterval(interval);
    return new ExponentialDecay(initial, factor, interval);
  }

  /**
   * {@return the staircase rate(t) = initial factor^floor(t / interval): the rate is multiplied by
   * {@code factor} before every step t &gt; 0 that is a multiple of {@code interval}}
   *
   * <p>By repeated multiplication, so that the bits are those of a loop that says {@code rate *=
   * factor}.
   *
   * @param initial the rate of the first {@code interval} steps
   * @param factor by which the rate is multiplied
   * @param interval in steps, at least 1
   * @throws IllegalArgumentException if a rate is negative or not finite, the factor outside of (0,
   *     1], or the interval below 1
   */
  static Schedule staircase(double initial, double factor, long interval) {
    Schedule decay = exponentialDecay(initial, factor, 1);
    requireInterval(interval);
    // With interval 1 the decay has rate initial factor^t at every step t.
    return new NamedSchedule(
        "staircase(" + initial + ", " + factor + ", " + interval + ")",
        step -> decay.at(step / interval));
  }

  /**
   * {@return the schedule rate(t) = initial / (1 + t / interval)}
   *
   * @param initial the rate of step 0
   * @param interval in steps, at least 1; after it the rate is half
   * @throws IllegalArgumentException if the rate is negative or not finite, or the interval below 1
   */
  static Schedule inverseTime(double initial, long interval) {
    requireRate(initial);
    requireInterval(interval);
    return new NamedSchedule(
        "inverseTime(" + initial + ", " + interval + ")",
        step -> initial / (1 + (double) step / interval));
  }

  /**
   * {@return a list of rates and the steps at which they change: {@code rates[0]} before {@code
   * steps[0]}, {@code rates[i]} from {@code steps[i - 1]} on}
   *
   * @param steps ascending
   * @param rates one more than steps
   * @throws IllegalArgumentException unless there is one rate more than steps and the steps ascend
   */
  static Schedule steps(long[] steps, double[] rates) {
    if (rates.length != steps.length + 1) {
      throw new IllegalArgumentException(
          "Schedule: expects one rate more than steps, got "
              + rates.length
              + " rates and "
              + steps.length
              + " steps");
    }
    for (int i = 1; i < steps.length; i++) {
      if (steps[i] <= steps[i - 1]) {
        throw new IllegalArgumentException(
            "Schedule: steps must ascend, got " + Arrays.toString(steps));
      }
    }
    for (double rate : rates) {
      requireRate(rate);
    }
    long[] changes = steps.clone();
    double[] values = rates.clone();
    return new NamedSchedule(
        "steps(" + Arrays.toString(changes) + ", " + Arrays.toString(values) + ")",
        step -> {
          int i = 0;
          while (i < changes.length && step >= changes[i]) {
            i++;
          }
          return values[i];
        });
  }

  /**
   * {@return half a cosine from {@code initial} down to {@code last} over {@code total} steps, then
   * {@code last}: rate(t) = w initial + (1 - w) last with w = (1 + cos(π t / total)) / 2}
   *
   * <p>Source: I. Loshchilov, F. Hutter, "SGDR" (2017), without restarts.
   *
   * @param initial the rate of step 0
   * @param last the rate of step {@code total} and later ones
   * @param total in steps, at least 1
   * @throws IllegalArgumentException if a rate is negative or not finite, or there is no step
   */
  static Schedule cosine(double initial, double last, long total) {
    requireRate(initial);
    requireRate(last);
    requireInterval(total);
    return new NamedSchedule(
        "cosine(" + initial + ", " + last + ", " + total + ")",
        step -> {
          // w = cos² a = 1 - sin² a with a = π t / 2 total, by the sine of the angle that is at
          // most
          // π/4.
          double u = Math.min(1, (double) step / total);
          double sine = sine(Math.PI / 2 * Math.min(u, 1 - u));
          double w = u < 0.5 ? 1 - sine * sine : sine * sine;
          return w * initial + (1 - w) * last;
        });
  }

  /** sin x for 0 &le; x &le; π/4 by its power series; {@code StrictMath.sin} allocates 32 bytes. */
  private static double sine(double x) {
    double term = x;
    double sum = x;
    for (int k = 2; k <= 16; k += 2) {
      term *= -x * x / (k * (k + 1));
      sum += term;
    }
    return sum;
  }

  private static void requireRate(double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Schedule: learning rate must be finite and >= 0, got " + rate);
    }
  }

  private static void requireInterval(long interval) {
    if (interval < 1) {
      throw new IllegalArgumentException(
          "Schedule: interval must be at least 1 step, got " + interval);
    }
  }
}

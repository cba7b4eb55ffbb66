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
          double w = HalfCosine.at(Math.min(1, (double) step / total));
          return w * initial + (1 - w) * last;
        });
  }

  /**
   * {@return a warm-up: rates that rise in equal parts to the first rate of a schedule that
   * follows} See {@link WarmUp#then}.
   *
   * @param steps how many, at least 1
   * @throws IllegalArgumentException if there is no step
   */
  static WarmUp warmUp(long steps) {
    requireInterval(steps);
    return new WarmUp(steps, Double.NaN);
  }

  /**
   * {@return a warm-up: rates that rise in equal parts to a peak, before a schedule that may begin
   * with another rate} See {@link WarmUp#then}.
   *
   * @param steps how many, at least 1
   * @param peak the rate of the last of them, above 0
   * @throws IllegalArgumentException if there is no step, or the peak is not finite and above 0
   */
  static WarmUp warmUp(long steps, double peak) {
    requireInterval(steps);
    if (!(peak > 0 && peak < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Schedule: the peak of a warm-up must be finite and > 0, got " + peak);
    }
    return new WarmUp(steps, peak);
  }

  /**
   * {@return one cycle whose warm-up takes the first twentieth of the steps, at least one}
   *
   * @param peak the largest rate
   * @param total in steps, at least 1
   * @throws IllegalArgumentException if the rate is negative or not finite, or there is no step
   */
  static Schedule oneCycle(double peak, long total) {
    requireInterval(total);
    return oneCycle(peak, Math.max(1, total / 20), total);
  }

  /**
   * {@return one cycle: up to {@code peak} in a straight line and down to 0 in another: rate(t) =
   * peak (t + 1) / warmUp for t &lt; warmUp, then peak (total - t) / (total - warmUp), from step
   * total on 0}
   *
   * <p>No step of the cycle has the rate 0: the first has peak / warmUp, the last, total - 1, has
   * peak / (total - warmUp).
   *
   * <p>Source: L. Smith, N. Topin, "Super-Convergence" (2017), with straight lines.
   *
   * @param peak the largest rate, that of steps warmUp - 1 and warmUp
   * @param warmUp in steps, at least 1
   * @param total in steps, warm-up included; not less than it
   * @throws IllegalArgumentException if the rate is negative or not finite, there is no step, or
   *     the warm-up is longer than all
   */
  static Schedule oneCycle(double peak, long warmUp, long total) {
    requireRate(peak);
    requireInterval(warmUp);
    if (total < warmUp) {
      throw new IllegalArgumentException(
          "Schedule: one cycle of " + total + " steps has no room for a warm-up of " + warmUp);
    }
    return new NamedSchedule(
        "oneCycle(" + peak + ", " + warmUp + ", " + total + ")",
        step -> {
          if (step < warmUp) {
            return peak * ((double) (step + 1) / warmUp);
          }
          return step < total ? peak * ((double) (total - step) / (total - warmUp)) : 0;
        });
  }

  /**
   * {@return four waves of a cosine, each about twice as long as the one before: rate(t) = peak (1
   * - cos(2 π log2(1 + 15 t / total))) / 2, from step total on 0}
   *
   * <p>The rate of step 0 is 0, as at the end of every wave, so that a warm-up before it needs a
   * peak of its own.
   *
   * <p>Source: D. Holzmüller, L. Grinsztajn, I. Steinwart, "Better by Default" (2024), where it is
   * called coslog4.
   *
   * @param peak the largest rate
   * @param total in steps, at least 1
   * @throws IllegalArgumentException if the rate is negative or not finite, or there is no step
   */
  static Schedule cosineLog(double peak, long total) {
    requireRate(peak);
    requireInterval(total);
    return new NamedSchedule(
        "cosineLog(" + peak + ", " + total + ")",
        step -> {
          double u = (double) step / total;
          if (!(u < 1)) {
            return 0;
          }
          double waves = StrictMath.log(1 + 15 * u) / StrictMath.log(2);
          double place = waves - Math.floor(waves); // within a wave, in [0, 1)
          return peak * HalfCosine.at(Math.abs(2 * place - 1));
        });
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

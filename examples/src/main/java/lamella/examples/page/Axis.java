package lamella.examples.page;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * An axis whose ticks are round: whole multiples of 1, 2 or 5 times a power of ten. It begins and
 * ends at a tick.
 *
 * @param label what is measured
 * @param first number of the first tick: it stands at {@code first * step}
 * @param last number of the last tick
 * @param step distance of two ticks
 */
record Axis(String label, long first, long last, BigDecimal step) {
  /** Below the mean of two neighbours' logarithms the smaller step is nearer to the wanted one. */
  private static final double[] BOUNDS = {Math.sqrt(2), Math.sqrt(10), Math.sqrt(50)};

  private static final int[] FACTORS = {1, 2, 5, 10};

  /**
   * The axis that covers these values with about that many steps.
   *
   * @param smallestStep for counts 1, as there are no halves of those; else 0
   */
  static Axis over(String label, double low, double high, int steps, double smallestStep) {
    double span = high - low;
    // Values that are all the same get an axis as wide as they are large.
    double wanted = span > 0 ? span / steps : Math.max(Math.abs(low), 1) / steps;
    int power = (int) Math.floor(Math.log10(wanted));
    double mantissa = wanted / Math.pow(10, power);
    int factor = 0;
    while (factor < BOUNDS.length && mantissa >= BOUNDS[factor]) {
      factor++;
    }
    BigDecimal step =
        BigDecimal.valueOf(FACTORS[factor]).scaleByPowerOfTen(power).stripTrailingZeros();
    if (step.doubleValue() < smallestStep) {
      step = BigDecimal.valueOf(smallestStep).stripTrailingZeros();
    }
    long first = (long) Math.floor(low / step.doubleValue());
    long last = Math.max(first + 1, (long) Math.ceil(high / step.doubleValue()));
    return new Axis(label, first, last, step);
  }

  /** Where it begins. */
  double from() {
    return tick(first).doubleValue();
  }

  /** Where it ends. */
  double to() {
    return tick(last).doubleValue();
  }

  /** The ticks in order. */
  List<BigDecimal> ticks() {
    List<BigDecimal> ticks = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      ticks.add(tick(i));
    }
    return ticks;
  }

  private BigDecimal tick(long number) {
    return step.multiply(BigDecimal.valueOf(number));
  }

  /** Where a value lies between the axis' begin (0) and end (1). */
  double share(double value) {
    return (value - from()) / (to() - from());
  }

  /** A tick's text: {@code 0.5}, {@code 200}; {@code 2E+9} for numbers too long to read. */
  static String text(BigDecimal tick) {
    return tick.precision() - tick.scale() > 6 ? tick.toString() : tick.toPlainString();
  }
}

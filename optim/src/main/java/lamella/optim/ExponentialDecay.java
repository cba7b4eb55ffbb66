package lamella.optim;

import java.util.Arrays;

/**
 * {@link Schedule#exponentialDecay}: a rate after k decays is {@code rate *= factor} said k times,
 * and costs at most 1,024 of these however large k is.
 */
final class ExponentialDecay implements Schedule {
  private static final int STRIDE = 1024;

  private final double factor;
  private final long interval;

  /**
   * The rates after 0, STRIDE, 2 STRIDE, ... decays, as far as anybody has asked. An array that
   * stands here is never written to; a longer one takes its place. Threads that do so at once write
   * the same numbers.
   */
  private volatile double[] marks;

  ExponentialDecay(double initial, double factor, long interval) {
    this.factor = factor;
    this.interval = interval;
    this.marks = new double[] {initial};
  }

  @Override
  public double at(long step) {
    long decays = step == 0 ? 0 : 1 + (step - 1) / interval;
    double[] known = marks;
    while (decays / STRIDE >= known.length && !isLast(known[known.length - 1])) {
      known = doubled(known);
      marks = known;
    }
    int mark = (int) Math.min(decays / STRIDE, known.length - 1);
    return decayed(known[mark], decays - (long) mark * STRIDE);
  }

  private double[] doubled(double[] known) {
    double[] longer = Arrays.copyOf(known, 2 * known.length);
    for (int i = known.length; i < longer.length; i++) {
      longer[i] = decayed(longer[i - 1], STRIDE);
    }
    return longer;
  }

  private double decayed(double rate, long decays) {
    for (long i = 0; i < decays && !isLast(rate); i++) {
      rate *= factor;
    }
    return rate;
  }

  /**
   * Whether all decays to come leave this rate as it is: it is 0, or so small that it rounds to
   * itself, or the factor is 1.
   */
  private boolean isLast(double rate) {
    return rate * factor == rate;
  }

  /** For example {@code exponentialDecay(0.001, 0.95, 245)}. */
  @Override
  public String toString() {
    return "exponentialDecay(" + marks[0] + ", " + factor + ", " + interval + ")";
  }
}

package lamella.optim;

/**
 * The beginning of a training at small rates, made by {@link Schedule#warmUp}: an optimiser that
 * takes means of gradients has few of them in its first steps.
 *
 * {@snippet file="SnippetsTest.java" region="warm-up"}
 */
public final class WarmUp {
  private final long steps;

  /** NaN for the first rate of what follows. */
  private final double peak;

  WarmUp(long steps, double peak) {
    this.steps = steps;
    this.peak = peak;
  }

  /**
   * {@return the schedule after this warm-up: rate(t) = peak (t + 1) / n for the n steps of the
   * warm-up, then next(t - n)}
   *
   * <p>The first step has the rate peak / n, not 0, and the last of the warm-up has the peak. What
   * the next schedule counts as its steps begins after the warm-up: of T steps in all a cosine is
   * to take T - n.
   *
   * <p>A {@link PlateauSchedule} is told of a training as its optimiser's schedule, so it stands
   * outside: it takes a schedule with a warm-up.
   *
   * @param next the rates after the warm-up
   * @throws IllegalArgumentException if no peak was given and the next schedule begins at 0, or at
   *     a rate that is negative or not finite
   */
  public Schedule then(Schedule next) {
    double highest = Double.isNaN(peak) ? next.at(0) : peak;
    if (!(highest > 0 && highest < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Schedule: a warm-up rises to the first rate of the next schedule, and that of "
              + next
              + " is "
              + highest
              + "; give a peak: warmUp("
              + steps
              + ", peak)");
    }
    return new Sequence(steps, highest, next);
  }

  private record Sequence(long steps, double peak, Schedule next) implements Schedule {
    @Override
    public double at(long step) {
      return step < steps ? peak * ((double) (step + 1) / steps) : next.at(step - steps);
    }

    /** For example {@code warmUp(100, 0.1).then(constant(0.1))}. */
    @Override
    public String toString() {
      return "warmUp(" + steps + ", " + peak + ").then(" + next + ")";
    }
  }

  /** For example {@code warmUp(100)}, or {@code warmUp(100, 0.1)}. */
  @Override
  public String toString() {
    return "warmUp(" + steps + (Double.isNaN(peak) ? "" : ", " + peak) + ")";
  }
}

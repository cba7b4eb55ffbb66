package lamella.optim.contract;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.contract.Allocation;
import lamella.optim.Schedule;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/**
 * The contract of {@link Schedule}: a rate is a function of its step and of nothing else, finite
 * and not negative however long the training, and the schedule's text tells it from others. A test
 * inherits from it and says which schedule; it runs on jqwik.
 */
public abstract class ScheduleContract {
  private static final int TRIES = 20;
  private static final int STEPS = 100;

  /** Steps at which schedules change, and those at which arithmetic with steps overflows. */
  private static final long[] FAR = {
    0,
    1,
    2,
    1_000,
    1_000_000,
    1L << 31,
    1L << 53,
    (1L << 53) + 1,
    Long.MAX_VALUE / 2,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE
  };

  /** For subclasses. */
  protected ScheduleContract() {}

  /** {@return a new schedule, at each call one with the same rates} */
  protected abstract Schedule schedule();

  /**
   * {@return schedules like it, but for one setting: each must have a text of its own} None by
   * default.
   */
  protected List<Schedule> others() {
    return List.of();
  }

  /**
   * Every promise on one case.
   *
   * @param seed picks the case
   */
  public final void all(long seed) {
    ratesAreFiniteAndNotNegative(seed);
    aRateDependsOnItsStepAlone(seed);
    theTextTellsSchedulesApart(seed);
    aRateAllocatesNothing(seed);
  }

  /**
   * A step has the same rate whichever steps were asked for before, and by whatever object: a
   * resumed run begins in the middle.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void aRateDependsOnItsStepAlone(@ForAll @LongRange(max = 10_000) long seed) {
    Schedule schedule = schedule();
    double[] inOrder = new double[STEPS];
    for (int step = 0; step < STEPS; step++) {
      inOrder[step] = schedule.at(step);
    }
    RandomGenerator random = new SplittableRandom(seed);
    Schedule fresh = schedule();
    for (int i = 0; i < STEPS; i++) {
      int step = random.nextInt(STEPS);
      requireSame(schedule, step, inOrder[step], schedule.at(step), "asked for again");
      requireSame(schedule, step, inOrder[step], fresh.at(step), "asked for in another order");
    }
  }

  private static void requireSame(
      Schedule schedule, long step, double expected, double actual, String how) {
    require(
        expected == actual,
        schedule,
        "step " + step + " has rate " + expected + ", and " + how + " " + actual);
  }

  /**
   * Rates are finite and not negative, at the first steps and at the last there can be.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void ratesAreFiniteAndNotNegative(@ForAll @LongRange(max = 10_000) long seed) {
    Schedule schedule = schedule();
    RandomGenerator random = new SplittableRandom(seed);
    for (long step : FAR) {
      requireRate(schedule, step);
    }
    for (int i = 0; i < STEPS; i++) {
      requireRate(schedule, random.nextLong() >>> random.nextInt(1, 63));
    }
  }

  private static void requireRate(Schedule schedule, long step) {
    double rate = schedule.at(step);
    require(
        rate >= 0 && rate < Double.POSITIVE_INFINITY,
        schedule,
        "the rate of step " + step + " is " + rate + "; must be finite and not negative");
  }

  /**
   * Two schedules with the same settings have the same text, and those with others another:
   * checkpoints compare them.
   *
   * @param seed picks the case
   */
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  public void theTextTellsSchedulesApart(@ForAll @LongRange(max = 10_000) long seed) {
    Schedule schedule = schedule();
    String text = schedule.toString();
    schedule.at(seed);
    for (Schedule same : List.of(schedule, schedule())) {
      require(
          text.equals(same.toString()),
          schedule,
          "has the text "
              + same
              + " the second time: toString must name its settings, and only them");
    }
    for (Schedule other : others()) {
      require(
          !text.equals(other.toString()),
          schedule,
          "another schedule has the same text: toString leaves out a setting");
    }
  }

  /**
   * Asking for a rate allocates nothing, once it was asked for before.
   *
   * @param seed picks the case
   */
  @Property(tries = 2, edgeCases = EdgeCasesMode.NONE)
  public void aRateAllocatesNothing(@ForAll @LongRange(max = 10_000) long seed) {
    Schedule schedule = schedule();
    double[] sink = new double[1];
    long bytes = Allocation.perStep(() -> sink[0] += schedule.at(seed));
    require(bytes == 0, schedule, "allocates " + bytes + " bytes per rate; must be 0");
  }

  private static void require(boolean condition, Schedule schedule, String message) {
    if (!condition) {
      throw new AssertionError(schedule + ": " + message);
    }
  }
}

package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What every schedule promises: a pure function of the step, from the initial rate on. */
class ScheduleContractTest {
  private static final double INITIAL = 0.25;

  @Provide
  Arbitrary<Schedule> schedules() {
    return Arbitraries.of(
        List.of(
            Schedule.constant(INITIAL),
            Schedule.exponentialDecay(INITIAL, 0.9, 7),
            Schedule.inverseTime(INITIAL, 11),
            Schedule.steps(new long[] {3, 50}, new double[] {INITIAL, 0.1, 0.5}),
            Schedule.cosine(INITIAL, 0.01, 60)));
  }

  @Property
  void theFirstStepHasTheInitialRate(@ForAll("schedules") Schedule schedule) {
    assertEquals(INITIAL, schedule.at(0));
  }

  @Property
  void aRateDependsOnItsStepAlone(@ForAll("schedules") Schedule schedule, @ForAll long seed) {
    double[] inOrder = new double[100];
    for (int step = 0; step < inOrder.length; step++) {
      inOrder[step] = schedule.at(step);
    }
    RandomGenerator random = new SplittableRandom(seed);
    for (int i = 0; i < inOrder.length; i++) {
      int step = random.nextInt(inOrder.length);
      assertEquals(inOrder[step], schedule.at(step));
    }
  }

  @Property
  void ratesAreFiniteAndNotNegative(@ForAll("schedules") Schedule schedule) {
    for (long step : new long[] {0, 1, 59, 60, 61, 1_000_000, Long.MAX_VALUE}) {
      double rate = schedule.at(step);
      assertTrue(rate >= 0 && rate < Double.POSITIVE_INFINITY, schedule + " at " + step);
    }
  }
}

package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ScheduleTest {

  // The report's rule.

  /**
   * The loop of the report: after every step that is a multiple of the interval, {@code rate *=
   * factor}.
   */
  private static double[] reportsLoop(double rate, double factor, long interval, int steps) {
    double[] rates = new double[steps];
    for (int t = 0; t < steps; t++) {
      rates[t] = rate;
      if (t % interval == 0) {
        rate *= factor;
      }
    }
    return rates;
  }

  @Property(tries = 100)
  void exponentialDecayHasTheBitsOfALoopThatMultiplies(
      @ForAll @DoubleRange(min = 0, max = 10) double initial,
      @ForAll @DoubleRange(min = 0, minIncluded = false, max = 1) double factor,
      @ForAll @IntRange(min = 1, max = 50) int interval,
      @ForAll long seed) {
    double[] expected = reportsLoop(initial, factor, interval, 5000);
    Schedule ascending = Schedule.exponentialDecay(initial, factor, interval);
    for (int t = 0; t < expected.length; t++) {
      assertEquals(expected[t], ascending.at(t));
    }
    // In any order, from a new one and from one that was used.
    Schedule fresh = Schedule.exponentialDecay(initial, factor, interval);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200; i++) {
      int t = random.nextInt(expected.length);
      assertEquals(expected[t], fresh.at(t));
      assertEquals(expected[t], ascending.at(t));
    }
  }

  @Test
  void aStaircaseFallsBeforeEveryStepThatIsAMultiple() {
    Schedule stairs = Schedule.staircase(0.8, 0.7, 10);
    double rate = 0.8;
    for (long step = 0; step < 3000; step++) {
      if (step > 0 && step % 10 == 0) {
        rate *= 0.7;
      }
      assertEquals(rate, stairs.at(step), "step " + step);
    }
    assertEquals(1, Schedule.staircase(1, 0.5, 10).at(9));
    assertEquals(0.5, Schedule.staircase(1, 0.5, 10).at(10));
    assertEquals(0.5, Schedule.exponentialDecay(1, 0.5, 10).at(1));
    assertEquals("staircase(0.8, 0.7, 10)", stairs.toString());
    assertThrows(IllegalArgumentException.class, () -> Schedule.staircase(-1, 0.5, 10));
    assertThrows(IllegalArgumentException.class, () -> Schedule.staircase(1, 1.5, 10));
    assertThrows(IllegalArgumentException.class, () -> Schedule.staircase(1, 0.5, 0));
  }

  @Test
  void theReportsRatesAreTheReports() {
    Schedule schedule = Schedule.exponentialDecay(1e-3, 0.95, 245);
    assertEquals(1e-3, schedule.at(0));
    for (long t : new long[] {1, 2, 245}) {
      assertEquals(1e-3 * 0.95, schedule.at(t));
    }
    assertEquals(1e-3 * 0.95 * 0.95, schedule.at(246));
    assertEquals(1e-3 * 0.95 * 0.95, schedule.at(490));
    assertEquals(1e-3 * 0.95 * 0.95 * 0.95, schedule.at(491));
  }

  @Test
  void exponentialDecayIsRightAndQuickAfterMillionsOfSteps() {
    double factor = 0.999_999;
    int steps = 3_000_000;
    double[] expected = reportsLoop(0.1, factor, 1, steps);
    Schedule schedule = Schedule.exponentialDecay(0.1, factor, 1);
    assertEquals(expected[steps - 1], schedule.at(steps - 1));
    // A loop over all decays at each call would be 10^12 multiplications and more.
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int t = 2_900_000; t < steps; t++) {
            assertEquals(expected[t], schedule.at(t));
          }
        });
  }

  @Test
  void exponentialDecayEndsWhereMultiplyingChangesNothingMore() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          assertEquals(0, Schedule.exponentialDecay(0.1, 0.5, 1).at(Long.MAX_VALUE));
          assertEquals(0.1, Schedule.exponentialDecay(0.1, 1, 1).at(Long.MAX_VALUE));
          assertEquals(0, Schedule.exponentialDecay(0, 0.9, 1).at(Long.MAX_VALUE));
          // 0.95 of the smallest number rounds to itself.
          assertEquals(
              reportsLoop(0.1, 0.95, 1, 20_000)[19_999],
              Schedule.exponentialDecay(0.1, 0.95, 1).at(Long.MAX_VALUE));
        });
  }

  @Test
  void threadsMayShareAnExponentialDecay() throws Exception {
    int steps = 200_000;
    double[] expected = reportsLoop(0.1, 0.9999, 1, steps);
    Schedule schedule = Schedule.exponentialDecay(0.1, 0.9999, 1);
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        long seed = thread;
        running.add(
            executor.submit(() -> {
              SplittableRandom random = new SplittableRandom(seed);
              for (int i = 0; i < 2000; i++) {
                int t = random.nextInt(1 + (int) ((long) steps * i / 2000));
                assertEquals(expected[t], schedule.at(t));
              }
            }));
      }
      for (Future<?> one : running) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
  }

  // The others, by formula.

  @Test
  void constantIsConstant() {
    Schedule schedule = Schedule.constant(0.3);
    for (long t : new long[] {0, 1, 1000, Long.MAX_VALUE}) {
      assertEquals(0.3, schedule.at(t));
    }
    assertEquals(0, Schedule.constant(0).at(5));
  }

  @Test
  void inverseTimeFallsToAHalfAndAThird() {
    Schedule schedule = Schedule.inverseTime(0.6, 100);
    assertEquals(0.6, schedule.at(0));
    assertEquals(0.6 / 1.01, schedule.at(1), 1e-16);
    assertEquals(0.6 / 1.5, schedule.at(50), 1e-16);
    assertEquals(0.3, schedule.at(100), 1e-16);
    assertEquals(0.2, schedule.at(200), 1e-16);
    assertEquals(0.6 / 11, schedule.at(1000), 1e-16);
  }

  @Test
  void stepsChangeAtTheStepsGiven() {
    Schedule schedule = Schedule.steps(new long[] {3, 10}, new double[] {0.5, 0.25, 0});
    double[] expected = {.5, .5, .5, .25, .25, .25, .25, .25, .25, .25, 0, 0};
    for (int t = 0; t < expected.length; t++) {
      assertEquals(expected[t], schedule.at(t));
    }
    assertEquals(0, schedule.at(Long.MAX_VALUE));
    assertEquals(0.7, Schedule.steps(new long[0], new double[] {0.7}).at(123));
  }

  @Test
  void stepsDoNotChangeWithTheCallersArrays() {
    long[] steps = {3};
    double[] rates = {0.5, 0.25};
    Schedule schedule = Schedule.steps(steps, rates);
    steps[0] = 1;
    rates[0] = 9;
    assertEquals(0.5, schedule.at(2));
  }

  @Test
  void cosineFallsFromTheFirstRateToTheLast() {
    Schedule schedule = Schedule.cosine(0.3, 0.1, 120);
    assertEquals(0.3, schedule.at(0));
    assertEquals(0.1 + 0.2 * (1 + Math.sqrt(3) / 2) / 2, schedule.at(20), 1e-15);
    assertEquals(0.1 + 0.2 * 0.75, schedule.at(40), 1e-15);
    assertEquals(0.2, schedule.at(60), 1e-15);
    assertEquals(0.1 + 0.2 * 0.25, schedule.at(80), 1e-15);
    assertEquals(0.1, schedule.at(120));
    assertEquals(0.1, schedule.at(Long.MAX_VALUE));
    for (int t = 1; t <= 120; t++) {
      assertEquals(0.2 + 0.1 * StrictMath.cos(Math.PI * t / 120), schedule.at(t), 1e-15);
      assertTrue(schedule.at(t) < schedule.at(t - 1));
    }
  }

  @Property
  void cosineBeginsAndEndsWithTheVeryRates(
      @ForAll @DoubleRange(min = 0, max = 10) double initial,
      @ForAll @DoubleRange(min = 0, max = 10) double last,
      @ForAll @IntRange(min = 1, max = 1000) int total) {
    Schedule schedule = Schedule.cosine(initial, last, total);
    assertEquals(initial, schedule.at(0));
    assertEquals(last, schedule.at(total));
  }

  private static void follows(double[] expected, Schedule schedule) {
    for (int t = 0; t < expected.length; t++) {
      assertEquals(expected[t], schedule.at(t), 1e-15, schedule + " at " + t);
    }
  }

  /** Computed in NumPy by their formulas. */
  @Test
  void schedulesOfAnyLengthFollowTheirFormulas() {
    follows(
        new double[] {1, 0.8535533905932737, 0.5, 0.14644660940672627, 0},
        Schedule.cosine(1, 0, 4));
    follows(
        new double[] {
          0.1,
          0.2,
          0.3,
          0.3,
          0.28514533018536287,
          0.24352347027881002,
          0.18337814009344713,
          0.11662185990655284,
          0.05647652972118997,
          0.014854669814637143,
          0
        },
        Schedule.warmUp(3).then(Schedule.cosine(0.3, 0, 7)));
    follows(
        new double[] {
          0.1,
          0.2,
          0.3,
          0.3,
          0.2571428571428571,
          0.21428571428571427,
          0.17142857142857143,
          0.12857142857142856,
          0.08571428571428572,
          0.04285714285714286,
          0
        },
        Schedule.oneCycle(0.3, 3, 10));
    follows(
        new double[] {
          0,
          0.12947560169154881,
          0.2873418753848242,
          0.2612776420616973,
          0,
          0.19739571018591898,
          0.39353777076915025,
          0.3237139680426184,
          0.12947560169154843,
          0.008225476384239627,
          0.02944757367434239,
          0.1495969771191381,
          0.2873418753848241,
          0.37891721476592855,
          0.39781229343476127,
          0.35026309243230913,
          0.26127764206169707,
          0.16084672393197744,
          0.07448032005027083,
          0.018642020463068933,
          0
        },
        Schedule.cosineLog(0.4, 20));
  }

  @Test
  void aWarmUpBeginsAboveZeroAndEndsAtThePeak() {
    Schedule schedule = Schedule.warmUp(4).then(Schedule.constant(1));
    follows(new double[] {0.25, 0.5, 0.75, 1, 1, 1}, schedule);
    assertEquals("warmUp(4, 1.0).then(constant(1.0))", schedule.toString());
    // To the last bit, where peak (n / n) is not (peak n) / n.
    assertEquals(0.1, Schedule.warmUp(3).then(Schedule.constant(0.1)).at(2));
    assertEquals(0.3, Schedule.warmUp(1).then(Schedule.constant(0.3)).at(0));
    assertEquals("warmUp(4)", Schedule.warmUp(4).toString());
    assertEquals("warmUp(4, 0.5)", Schedule.warmUp(4, 0.5).toString());
  }

  @Test
  void aWarmUpMayHaveAPeakOfItsOwn() {
    Schedule schedule = Schedule.warmUp(2, 0.8).then(Schedule.cosineLog(0.4, 20));
    follows(new double[] {0.4, 0.8, 0, 0.12947560169154881}, schedule);
    refuses(
        "Schedule: a warm-up rises to the first rate of the next schedule, and that of"
            + " cosineLog(0.4, 20) is 0.0; give a peak: warmUp(2, peak)",
        () -> Schedule.warmUp(2).then(Schedule.cosineLog(0.4, 20)));
    for (double peak : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      refuses(
          "Schedule: the peak of a warm-up must be finite and > 0, got " + peak,
          () -> Schedule.warmUp(2, peak));
    }
  }

  @Test
  void oneCycleHasNoStepOfRateZero() {
    Schedule schedule = Schedule.oneCycle(0.2, 1000);
    assertEquals("oneCycle(0.2, 50, 1000)", schedule.toString());
    assertEquals(0.2 / 50, schedule.at(0), 1e-17);
    assertEquals(0.2, schedule.at(49));
    assertEquals(0.2, schedule.at(50));
    assertEquals(0.1, schedule.at(525), 1e-16);
    assertEquals(0.2 / 950, schedule.at(999), 1e-17);
    assertEquals(0, schedule.at(1000));
    assertEquals(0, schedule.at(Long.MAX_VALUE));
    assertEquals("oneCycle(0.2, 1, 5)", Schedule.oneCycle(0.2, 5).toString());
    assertEquals(0.2, Schedule.oneCycle(0.2, 3, 3).at(2));
    assertEquals(0, Schedule.oneCycle(0.2, 3, 3).at(3));
    refuses(
        "Schedule: one cycle of 3 steps has no room for a warm-up of 4",
        () -> Schedule.oneCycle(0.2, 4, 3));
  }

  @Test
  void cosineLogEndsAtZeroAndStaysThere() {
    Schedule schedule = Schedule.cosineLog(0.4, 15);
    // Whole waves end at log2(1 + 15 t / 15) = 1, 2, 3, 4.
    for (long t : new long[] {0, 1, 3, 7, 15, 16, Long.MAX_VALUE}) {
      assertEquals(0, schedule.at(t), 1e-15);
    }
    assertEquals(0, schedule.at(15));
    // 3/2 between two of them: log2(1 + 15 t / T) = 1.5.
    assertEquals(
        0.4,
        Schedule.cosineLog(0.4, 1L << 50).at(Math.round((Math.sqrt(8) - 1) / 15 * (1L << 50))),
        1e-15);
  }

  // Errors.

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void ratesAreFiniteAndNotNegative() {
    for (double rate : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      String message = "Schedule: learning rate must be finite and >= 0, got " + rate;
      refuses(message, () -> Schedule.constant(rate));
      refuses(message, () -> Schedule.exponentialDecay(rate, 0.9, 1));
      refuses(message, () -> Schedule.inverseTime(rate, 1));
      refuses(message, () -> Schedule.steps(new long[] {1}, new double[] {0.1, rate}));
      refuses(message, () -> Schedule.cosine(rate, 0.1, 1));
      refuses(message, () -> Schedule.cosine(0.1, rate, 1));
      refuses(message, () -> Schedule.oneCycle(rate, 1));
      refuses(message, () -> Schedule.cosineLog(rate, 1));
    }
  }

  @Test
  void intervalsAreAtLeastOneStep() {
    for (long interval : new long[] {0, -1}) {
      String message = "Schedule: interval must be at least 1 step, got " + interval;
      refuses(message, () -> Schedule.exponentialDecay(0.1, 0.9, interval));
      refuses(message, () -> Schedule.inverseTime(0.1, interval));
      refuses(message, () -> Schedule.cosine(0.1, 0, interval));
      refuses(message, () -> Schedule.warmUp(interval));
      refuses(message, () -> Schedule.warmUp(interval, 0.1));
      refuses(message, () -> Schedule.oneCycle(0.1, interval));
      refuses(message, () -> Schedule.oneCycle(0.1, interval, 10));
      refuses(message, () -> Schedule.cosineLog(0.1, interval));
    }
  }

  @Test
  void decayFactorsLieAboveZeroAndNotAboveOne() {
    for (double factor : new double[] {0, -0.5, 1.5, Double.NaN}) {
      refuses(
          "Schedule: decay factor must lie in (0, 1], got " + factor,
          () -> Schedule.exponentialDecay(0.1, factor, 1));
    }
  }

  @Test
  void stepsAscendAndRatesAreOneMore() {
    refuses(
        "Schedule: expects one rate more than steps, got 2 rates and 2 steps",
        () -> Schedule.steps(new long[] {1, 2}, new double[] {0.1, 0.2}));
    refuses(
        "Schedule: steps must ascend, got [2, 2]",
        () -> Schedule.steps(new long[] {2, 2}, new double[] {0.1, 0.2, 0.3}));
  }
}

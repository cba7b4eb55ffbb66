package lamella.optim.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import lamella.optim.Schedule;
import org.junit.jupiter.api.Test;

/**
 * Schedules of {@link Schedule}'s own keep the contract, and begin at their initial rate; wrong
 * ones do not.
 */
class ScheduleContractTest {
  private static final double INITIAL = 0.25;

  /** Makes a schedule from its initial rate. */
  private interface Maker {
    Schedule from(double initial);
  }

  private static final List<Maker> MAKERS =
      List.of(
          Schedule::constant,
          initial -> Schedule.exponentialDecay(initial, 0.9, 7),
          initial -> Schedule.staircase(initial, 0.9, 7),
          initial -> Schedule.inverseTime(initial, 11),
          initial -> Schedule.steps(new long[] {3, 50}, new double[] {initial, 0.1, 0.5}),
          initial -> Schedule.cosine(initial, 0.01, 60),
          initial -> Schedule.warmUp(1).then(Schedule.cosine(initial, 0.01, 60)),
          initial -> Schedule.warmUp(10).then(Schedule.constant(10 * initial)),
          initial -> Schedule.warmUp(4, 4 * initial).then(Schedule.cosineLog(0.3, 50)),
          initial -> Schedule.oneCycle(initial, 1, 60),
          initial -> Schedule.oneCycle(5 * initial, 100));

  private static ScheduleContract contract(Supplier<Schedule> maker, Schedule... others) {
    return new ScheduleContract() {
      @Override
      protected Schedule schedule() {
        return maker.get();
      }

      @Override
      protected List<Schedule> others() {
        return List.of(others);
      }
    };
  }

  @Test
  void ourSchedulesKeepIt() {
    for (Maker maker : MAKERS) {
      assertEquals(INITIAL, maker.from(INITIAL).at(0), maker.from(INITIAL).toString());
      for (int seed = 0; seed < 20; seed++) {
        contract(() -> maker.from(INITIAL), maker.from(0.125)).all(seed);
      }
    }
    contract(() -> Schedule.cosineLog(0.3, 60), Schedule.cosineLog(0.3, 61)).all(1);
    contract(
            () -> Schedule.warmUp(5).then(Schedule.constant(0.3)),
            Schedule.warmUp(6).then(Schedule.constant(0.3)),
            Schedule.warmUp(5, 0.2).then(Schedule.constant(0.3)))
        .all(1);
  }

  /** A schedule with a text. */
  private record Named(String name, Schedule rates) implements Schedule {
    @Override
    public double at(long step) {
      return rates.at(step);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Counts how often it was asked, instead of looking at the step. */
  private static final class Counting implements Schedule {
    private long asked;

    @Override
    public double at(long step) {
      return 1.0 / ++asked;
    }

    @Override
    public String toString() {
      return "Counting";
    }
  }

  @Test
  void wrongSchedulesAreRejectedByAMessageThatNamesTheFault() {
    Map<String, ScheduleContract> wrong =
        Map.of(
            "Counting: step \\d+ has rate .*, and asked for again .*",
            contract(Counting::new),
            "linear: the rate of step 1000 is -9.*; must be finite and not negative",
            contract(() -> new Named("linear", step -> 0.1 - 0.01 * step)),
            "warm-up: the rate of step 0 is NaN; must be finite and not negative",
            contract(() -> new Named("warm-up", step -> (double) step / step)),
            ".*: has the text .* the second time: toString must name its settings, and only them",
            contract(() -> {
              double rate = 0.5;
              return step -> rate / (step + 1.0);
            }),
            "decay: another schedule has the same text: toString leaves out a setting",
            contract(
                () -> new Named("decay", step -> 0.5 / (step + 1.0)),
                new Named("decay", step -> 0.25 / (step + 1.0))),
            "texts: allocates \\d+ bytes per rate; must be 0",
            contract(() -> new Named("texts", step -> Double.parseDouble("0." + (1 + step % 9)))));
    List<String> unexpected = new ArrayList<>();
    wrong.forEach((pattern, contract) -> {
      try {
        contract.all(1);
      } catch (AssertionError e) {
        if (!Pattern.matches(pattern, e.getMessage())) {
          unexpected.add(pattern + " expected: " + e.getMessage());
        }
        return;
      }
      unexpected.add(pattern + " expected, but nothing was rejected");
    });
    assertTrue(unexpected.isEmpty(), unexpected::toString);
  }
}

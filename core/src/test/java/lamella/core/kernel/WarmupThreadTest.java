package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is, and when it is over, by a clock that tests set. */
class WarmupThreadTest {
  private static final String HOTSPOT = "mixed mode, sharing";

  /** A test runs it. */
  private static final class Faked extends WarmupThread {
    private final List<String> told = new ArrayList<>();
    private long nanos = 1;
    private long longestPause;
    private int starts;

    private Faked(String vm) {
      super(vm);
    }

    @Override
    void start() {
      starts++;
    }

    @Override
    long now() {
      return nanos;
    }

    @Override
    void pause(long millis) {
      nanos += millis * 1_000_000;
      longestPause = Math.max(longestPause, millis);
    }

    @Override
    void tell(String warning) {
      told.add(warning);
    }
  }

  /** Is ready in a round that a test says, the first being 1. */
  private static final class Code extends Warmup {
    private final String name;
    private final List<String> log;
    private final int calledRounds;
    private final int doneRound;
    private int rounds;

    private Code(String name, List<String> log, int calledRounds, int doneRound) {
      this.name = name;
      this.log = log;
      this.calledRounds = calledRounds;
      this.doneRound = doneRound;
    }

    @Override
    protected Round round() {
      rounds++;
      log.add(name + rounds);
      return rounds >= doneRound
          ? Round.DONE
          : rounds <= calledRounds ? Round.CALLED : Round.EXPECTED;
    }
  }

  @Test
  void theNextIsCalledWhenTheFirstWasCalledEnoughAndNotBefore() {
    List<String> log = new ArrayList<>();
    Faked thread = new Faked(HOTSPOT);
    thread.request(new Code("a", log, 2, 5));
    thread.request(new Code("b", log, 1, 3));
    thread.run();
    assertEquals(List.of("a1", "a2", "a3", "b1", "a4", "b2", "a5", "b3"), log);
    assertEquals(1, thread.starts);
    assertTrue(thread.isLoaded());
    thread.request(new Code("c", log, 0, 1));
    assertEquals(2, thread.starts, "the first has ended");
    thread.run();
    assertEquals("c1", log.getLast());
    assertFalse(thread.isHopeless());
    assertEquals(List.of(), thread.told);
  }

  @Test
  void nothingIsAskedForTwice() {
    List<String> log = new ArrayList<>();
    Faked thread = new Faked(HOTSPOT);
    Code code = new Code("a", log, 0, 1);
    thread.request(code);
    thread.request(code);
    thread.run();
    assertEquals(List.of("a1"), log);
    assertEquals(1, thread.starts);
  }

  @Test
  void whereNothingIsEverFastThatIsSaidOnceAndNothingIsCalledAnyMore() {
    List<String> log = new ArrayList<>();
    Faked thread = new Faked(HOTSPOT);
    Code never = new Code("a", log, 10, Integer.MAX_VALUE);
    Code second = new Code("b", log, 10, Integer.MAX_VALUE);
    thread.request(never);
    thread.request(second);
    thread.run();
    assertTrue(thread.isHopeless());
    assertTrue(thread.nanos > WarmupThread.MOST_NANOS);
    assertTrue(thread.nanos < 2 * WarmupThread.MOST_NANOS);
    assertTrue(thread.longestPause >= 50, "and not all the time");
    assertEquals(1, thread.told.size());
    assertTrue(thread.told.getFirst().contains("-XX:TieredStopAtLevel"), thread.told::toString);
    int rounds = never.rounds + second.rounds;
    thread.request(new Code("c", log, 0, 1));
    assertEquals(1, thread.starts);
    assertEquals(rounds, never.rounds + second.rounds);
    assertEquals(0, log.stream().filter("c1"::equals).count());
    assertEquals(1, thread.told.size());
  }

  @Test
  void oneThatIsNeverFastIsGivenUpAndTheOthersAreNot() {
    List<String> log = new ArrayList<>();
    Faked thread = new Faked(HOTSPOT);
    thread.request(new Code("a", log, 10, Integer.MAX_VALUE));
    thread.request(new Code("b", log, 10, 100));
    thread.run();
    assertTrue(log.contains("b100"));
    assertFalse(thread.isHopeless());
    assertEquals(List.of(), thread.told);
    thread.request(new Code("c", log, 0, 1));
    thread.run();
    assertEquals("c1", log.getLast());
  }

  @Test
  void whereTheJvmSaysThatItHasNoC2NothingIsCalledAtAll() {
    for (String vm : List.of("mixed mode, emulated-client, sharing", "interpreted mode")) {
      List<String> log = new ArrayList<>();
      Faked thread = new Faked(vm);
      assertTrue(thread.isHopeless());
      assertEquals(List.of(), thread.told, "not before somebody asks");
      thread.load();
      thread.request(new Code("a", log, 0, 1));
      assertEquals(1, thread.starts, "to say so");
      thread.run();
      assertFalse(thread.isLoaded());
      assertEquals(1, thread.told.size());
      assertEquals(List.of(), log);
    }
  }
}

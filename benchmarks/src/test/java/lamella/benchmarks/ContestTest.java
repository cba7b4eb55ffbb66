package lamella.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import lamella.benchmarks.Contest.Pair;
import lamella.benchmarks.Contest.Ratio;
import org.junit.jupiter.api.Test;

class ContestTest {

  @Test
  void aRatioIsTheMedianOfThePairsRatiosAndTheirRange() {
    Contest contest = new Contest();
    contest.add("peer", "work", new Pair(10, 20));
    contest.add("peer", "work", new Pair(1, 4));
    contest.add("peer", "work", new Pair(100, 300));

    assertEquals(new Ratio(3, 2, 4), contest.ratio("peer", "work"));
    assertEquals(10, contest.ours("peer", "work"));
    assertEquals(20, contest.theirs("peer", "work"));
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
    assertEquals(new Ratio(2.5, 1, 9), Ratio.of(List.of(9.0, 2.0, 1.0, 3.0)));
  }

  @Test
  void theFasterOfTwoPeersIsChosenPairByPair() {
    Contest contest = new Contest();
    contest.add("a", "work", new Pair(1, 2));
    contest.add("a", "work", new Pair(1, 5));
    contest.add("b", "work", new Pair(1, 3));
    contest.add("b", "work", new Pair(1, 4));

    assertEquals(new Ratio(3, 2, 4), contest.ratioToFastest(List.of("a", "b"), "work"));
  }

  @Test
  void whatWasNotMeasuredHasNoRatio() {
    Contest contest = new Contest();
    contest.add("a", "work", new Pair(1, 2));

    assertNull(contest.ratio("a", "other"));
    assertNull(contest.ratio("b", "work"));
    assertNull(contest.ratioToFastest(List.of("a", "b"), "work"));
  }
}

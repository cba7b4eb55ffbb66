package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000;

  private static String line(Pace pace) {
    return pace.line("training", "iterations", 1, ", loss 2", 80);
  }

  @Test
  void theFirstSecondsSayNothingOfThePace() {
    Pace pace = new Pace(0, 1000);
    String nothing = "training   0% [" + " ".repeat(38) + "] 0/1000 iterations, loss 2";
    assertEquals(nothing, line(pace));
    for (int tenth = 0; tenth < 30; tenth++) {
      // Slow at first.
      pace.reached(tenth < 20 ? 1 : 1 + 10 * (tenth - 20), tenth * SECOND / 10);
      assertEquals(0, pace.perSecond(), "after " + tenth + " tenths");
      assertEquals(-1, line(pace).indexOf("left"), line(pace));
    }
    pace.reached(101, 3 * SECOND);
    assertEquals(100, pace.perSecond());
    assertEquals(
        "training  10% [==" + " ".repeat(20) + "] 101/1000 iterations, 0:00:09 left, loss 2",
        line(pace));
  }

  @Test
  void partsDoneBeforeAreNotCountedAsFast() {
    Pace pace = new Pace(900, 1000);
    pace.reached(900, 0);
    pace.reached(902, 2 * SECOND);
    pace.reached(904, 4 * SECOND);
    assertEquals(1, pace.perSecond());
  }

  @Test
  void aDownloadThatBeginsAgainIsMeasuredAgain() {
    Pace pace = new Pace(0, 100);
    pace.reached(0, 0);
    pace.reached(50, 2 * SECOND);
    pace.reached(80, 4 * SECOND);
    assertEquals(15, pace.perSecond());
    pace.reached(10, 5 * SECOND);
    assertEquals(0, pace.perSecond());
  }

  @Test
  void theEndIsFullAndANarrowTerminalHoldsIt() {
    Pace pace = new Pace(1000, 1000);
    assertEquals("training 100% [" + "=".repeat(35) + "] 1000/1000 iterations, loss 2", line(pace));
    assertEquals("training 1", pace.line("training", "iterations", 1, "", 10));
    assertEquals("", pace.line("training", "iterations", 1, "", -1));
    assertEquals("x 100% [] 0/0 MB", new Pace(0, 0).line("x", "MB", 7, "", 0 + 16));
  }
}

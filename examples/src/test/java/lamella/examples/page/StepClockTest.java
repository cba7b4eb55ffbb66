package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lamella.examples.Training;
import org.junit.jupiter.api.Test;

class StepClockTest {
  private static final Training.Step STEP = new Training.Step(0, 1, 0, 1);

  @Test
  void aLongPauseCountsForTheRunButNotForTheMedianStep() throws InterruptedException {
    StepClock clock = new StepClock(10);
    for (int i = 0; i < 10; i++) {
      if (i == 5) {
        Thread.sleep(200);
      }
      clock.accept(STEP);
    }
    StepClock.Timing timing = clock.stop();
    assertTrue(timing.seconds() >= 0.2, timing.toString());
    assertTrue(timing.medianStep() >= 0 && timing.medianStep() < 0.1, timing.toString());
  }

  @Test
  void imagesPerSecondFollowFromTheStep() {
    assertEquals(100_000, new StepClock.Timing(3, 0.002).imagesPerSecond(200), 1e-6);
  }

  @Test
  void oneStepHasNoTimeOfItsOwn() {
    StepClock clock = new StepClock(1);
    clock.accept(STEP);
    assertTrue(Double.isNaN(clock.stop().medianStep()));
  }
}

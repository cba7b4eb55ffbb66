package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PartLoopTest {
  /** Counts how often each thing is done, and each part. */
  private static final class Counting extends PartLoop {
    private final int[] things;
    private final int[] parts;

    private Counting(int things, int parts) {
      this.things = new int[things];
      this.parts = new int[parts];
    }

    @Override
    protected void run(int part, int from, int to) {
      parts[part]++;
      for (int i = from; i < to; i++) {
        things[i]++;
      }
    }
  }

  @Property(tries = 100)
  void eachThingIsDoneOnceInPartsOfNearlyOneSize(
      @ForAll @IntRange(max = 500) int count, @ForAll @IntRange(min = 1, max = 40) int parts) {
    Counting loop = new Counting(count, parts);
    for (int round = 1; round <= 3; round++) {
      loop.over(count, parts);
      int[] expected = new int[count];
      Arrays.fill(expected, round);
      assertArrayEquals(expected, loop.things);
      expected = new int[parts];
      Arrays.fill(expected, round);
      assertArrayEquals(expected, loop.parts);
    }
  }

  @Test
  void whatAPartThrowsIsThrown() {
    PartLoop loop =
        new PartLoop() {
          @Override
          protected void run(int part, int from, int to) {
            if (to == 40) {
              throw new IllegalStateException("thing " + from);
            }
          }
        };
    assertEquals(
        "thing 35", assertThrows(IllegalStateException.class, () -> loop.over(40, 8)).getMessage());
    assertEquals(
        "thing 0", assertThrows(IllegalStateException.class, () -> loop.over(40, 1)).getMessage());
    loop.over(39, 8); // and it can be used again
  }

  @Test
  void partsAreWorthHandingOver() {
    assertEquals(1, PartLoop.parts(1, 1e9));
    assertEquals(1, PartLoop.parts(1000, 1));
    assertEquals(3, PartLoop.parts(3, 1e9));
    assertTrue(PartLoop.parts(1 << 20, 1e9) >= 2 * Compute.threads());
  }

  @Test
  void noPartsAreRefused() {
    PartLoop loop = new Counting(3, 1);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> loop.over(3, 0))
            .getMessage()
            .endsWith(".over: expects 0 or more things in at least 1 part, got 3 in 0"));
    assertThrows(IllegalArgumentException.class, () -> loop.over(-1, 1));
  }
}

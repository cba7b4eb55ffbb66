package lamella.core.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SplitMix64Test {

  /** The first outputs for seed 1234567 that Rosetta Code lists for SplitMix64. */
  @Test
  void givesThePublishedNumbers() {
    SplitMix64 random = new SplitMix64(1234567);
    assertEquals("6457827717110365317", Long.toUnsignedString(random.nextLong()));
    assertEquals("3203168211198807973", Long.toUnsignedString(random.nextLong()));
    assertEquals("9817491932198370423", Long.toUnsignedString(random.nextLong()));
    assertEquals("4593380528125082431", Long.toUnsignedString(random.nextLong()));
    assertEquals("16408922859458223821", Long.toUnsignedString(random.nextLong()));
  }

  @Test
  void boundedNumbersReachAllValuesAndNoOther() {
    SplitMix64 random = SplitMix64.stream(0, 3);
    int[] counts = new int[6];
    for (int i = 0; i < 6000; i++) {
      counts[random.nextInt(6)]++;
      double d = random.between(-2, 5);
      assertTrue(d >= -2 && d < 5);
    }
    for (int count : counts) {
      assertTrue(count > 850 && count < 1150, "count " + count);
    }
  }
}

package lamella.examples.page;

import java.util.stream.IntStream;
import lamella.core.random.NumPyRandom;

/** Some of many rows, drawn at random, always the same ones, in their order. */
final class Sample {
  private Sample() {}

  /** All numbers from 0 up to a size, or that many of them if these are more. */
  static int[] of(int size, int most) {
    if (size <= most) {
      return IntStream.range(0, size).toArray();
    }
    NumPyRandom random = new NumPyRandom(0);
    int[] chosen = new int[most];
    int found = 0;
    // Each is taken with the probability that makes all choices equally likely (Knuth's S).
    for (int i = 0; found < most; i++) {
      if (random.nextInt(size - i) < most - found) {
        chosen[found++] = i;
      }
    }
    return chosen;
  }
}

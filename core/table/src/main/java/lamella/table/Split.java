package lamella.table;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Deals rows out to parts. */
final class Split {
  /** Shares such as 0.7, 0.2 and 0.1 are not exactly 1 together. */
  private static final double ROUNDING = 1e-9;

  private Split() {}

  /** The numbers from 0, in random order (Fisher and Yates). */
  static int[] shuffled(int n, RandomGenerator random) {
    int[] numbers = new int[n];
    Arrays.setAll(numbers, i -> i);
    shuffle(numbers, random);
    return numbers;
  }

  /** Groups of numbers, each in random order. */
  static int[][] shuffled(int[][] groups, RandomGenerator random) {
    for (int[] group : groups) {
      shuffle(group, random);
    }
    return groups;
  }

  private static void shuffle(int[] numbers, RandomGenerator random) {
    for (int i = numbers.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int number = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = number;
    }
  }

  static int[][] shares(int[] shuffled, double... shares) {
    return shares(new int[][] {shuffled}, shares);
  }

  /**
   * Deals the rows of each group out by shares. What whole rows of a group cannot divide goes to
   * the parts that lack most, so that sizes are right for each group and for all of them.
   */
  static int[][] shares(int[][] groups, double... shares) {
    check(shares);
    int rows = Arrays.stream(groups).mapToInt(group -> group.length).sum();
    if (rows < shares.length) {
      throw new IllegalArgumentException(
          rows + " rows are too few for " + shares.length + " parts");
    }
    // The last part is what is left out.
    double[] all = Arrays.copyOf(shares, shares.length + 1);
    double left = 1 - Arrays.stream(shares).sum();
    all[shares.length] = left > ROUNDING ? left : 0;
    int[][] parts = new int[all.length][rows];
    int[] sizes = new int[all.length];
    double[] lack = new double[all.length];
    for (int[] group : groups) {
      deal(group, all, lack, parts, sizes);
    }
    for (int part = 0; part < shares.length; part++) {
      if (sizes[part] == 0) {
        // At least one, of the largest part.
        int largest = 0;
        for (int other = 1; other < sizes.length; other++) {
          largest = sizes[other] > sizes[largest] ? other : largest;
        }
        parts[part][sizes[part]++] = parts[largest][--sizes[largest]];
      }
    }
    int[][] result = new int[shares.length][];
    for (int part = 0; part < result.length; part++) {
      result[part] = Arrays.copyOf(parts[part], sizes[part]);
      Arrays.sort(result[part]);
    }
    return result;
  }

  private static void deal(
      int[] group, double[] shares, double[] lack, int[][] parts, int[] sizes) {
    int dealt = 0;
    for (int part = 0; part < shares.length; part++) {
      double share = shares[part] * group.length;
      int whole = (int) Math.floor(share + ROUNDING);
      whole = Math.min(whole, group.length - dealt);
      lack[part] += share - whole;
      for (int i = 0; i < whole; i++) {
        parts[part][sizes[part]++] = group[dealt++];
      }
    }
    while (dealt < group.length) {
      int most = 0;
      for (int part = 1; part < shares.length; part++) {
        most = lack[part] > lack[most] + ROUNDING ? part : most;
      }
      lack[most]--;
      parts[most][sizes[most]++] = group[dealt++];
    }
  }

  private static void check(double... shares) {
    double sum = 0;
    for (double share : shares) {
      if (!(share > 0)) {
        throw new IllegalArgumentException(
            "shares " + Arrays.toString(shares) + ": expected each to be more than 0");
      }
      sum += share;
    }
    if (shares.length == 0 || sum > 1 + ROUNDING) {
      throw new IllegalArgumentException(
          "shares "
              + Arrays.toString(shares)
              + " are "
              + (float) sum
              + " together, expected at least one share and at most 1");
    }
  }
}

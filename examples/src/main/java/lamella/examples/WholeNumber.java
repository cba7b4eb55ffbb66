package lamella.examples;

import java.math.BigInteger;

/** Whole numbers as they are typed. */
public final class WholeNumber {
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private WholeNumber() {}

  /**
   * Reads a number; one that does not fit is the nearest that does, and left to its range.
   *
   * @throws IllegalArgumentException if it is no whole number
   */
  public static long of(String text) {
    try {
      return new BigInteger(text).max(LEAST).min(MOST).longValueExact();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected a whole number, got " + text, e);
    }
  }
}

package lamella.examples;

import lamella.core.Initializer;

/**
 * How weights begin: normal numbers of one deviation, or of He's, which depends on the layer.
 *
 * @param deviation of all weights; NaN for He's
 */
public record InitialWeights(double deviation) {
  /** The report's. */
  public static final InitialWeights REPORT = new InitialWeights(1e-4);

  /** Deviations of sqrt(2 / inputs), which keep the scale of signals through ReLU layers. */
  public static final InitialWeights HE = new InitialWeights(Double.NaN);

  private static final String HE_TEXT = "he";

  /**
   * Reads a text: {@code 1e-4} or {@code he}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static InitialWeights of(String text) {
    if (Spelling.lowerCase(text).equals(HE_TEXT)) {
      return HE;
    }
    try {
      return new InitialWeights(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected a number such as 0.001 or 1e-3, or he, got " + text, e);
    }
  }

  /** Draws them. */
  public Initializer initializer() {
    return isHe() ? Initializer.he() : Initializer.normal(deviation);
  }

  /** Whether they are He's. */
  public boolean isHe() {
    return equals(HE);
  }

  @Override
  public String toString() {
    return isHe() ? HE_TEXT : Double.toString(deviation);
  }
}

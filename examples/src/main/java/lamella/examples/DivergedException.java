package lamella.examples;

/**
 * A training run met a number that is not finite; the message names step and layer: {@code step
 * 412, layer 0 Linear(3072 -> 64): weight gradient is not finite; learning rate 10.0 is probably
 * too high}.
 */
public final class DivergedException extends Exception {
  private static final long serialVersionUID = 1;

  /** With a message for the user. */
  public DivergedException(String message) {
    super(message);
  }
}

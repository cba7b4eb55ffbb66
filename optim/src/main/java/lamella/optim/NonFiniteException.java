package lamella.optim;

/**
 * A training met a number that is NaN or infinite; the message says where, and the likely cause:
 * {@code step 412, layer 0 Linear(3072 -> 64): weight gradient is not finite; learning rate 10.0 is
 * probably too high}.
 */
public final class NonFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  /** From 0. */
  private final long step;

  /** Who was the first to leave the finite numbers. */
  private final String what;

  NonFiniteException(long step, String what, String cause) {
    super("step " + step + ", " + what + "; " + cause);
    this.step = step;
    this.what = what;
  }

  /** {@return the step, from 0} */
  public long step() {
    return step;
  }

  /**
   * {@return who was the first to leave the finite numbers, for example {@code layer 0 Linear(3072
   * -> 64): weight gradient is not finite}}
   */
  public String what() {
    return what;
  }
}

package lamella.optim;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /** Null in an exception that was read from a stream. */
  private final transient @Nullable History history;

  NonFiniteException(Fit fit, String what, String cause) {
    super("step " + fit.step() + ", " + what + "; " + cause);
    this.step = fit.step();
    this.what = what;
    this.history = fit.history();
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

  /**
   * {@return the losses and measurements up to this step, its own included; empty only in an
   * exception that was read from a stream}
   */
  public Optional<History> history() {
    return Optional.ofNullable(history);
  }
}

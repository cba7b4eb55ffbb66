package lamella.examples.serve;

/** A request that is not answered as asked: the status, and a sentence that says why. */
final class Refusal extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final int status;

  Refusal(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Refuses an example beyond those that a request may have. */
  static void requireAtMost(int most, int examples) {
    if (examples > most) {
      throw new Refusal(413, "expected at most " + most + " examples, got more");
    }
  }

  /** Of HTTP, 400 or more. */
  int status() {
    return status;
  }

  /** The sentence. */
  String reason() {
    return String.valueOf(getMessage());
  }
}

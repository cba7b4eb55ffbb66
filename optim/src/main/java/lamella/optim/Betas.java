package lamella.optim;

/** What the factors of running means must be. */
final class Betas {
  private Betas() {}

  /**
   * Refuses factors outside of [0, 1).
   *
   * @throws IllegalArgumentException that names the one
   */
  static void require(String optimizer, double beta1, double beta2) {
    require(optimizer, "beta1", beta1);
    require(optimizer, "beta2", beta2);
  }

  private static void require(String optimizer, String which, double beta) {
    if (!(beta >= 0 && beta < 1)) {
      throw new IllegalArgumentException(
          optimizer + ": " + which + " must lie in [0, 1), got " + beta);
    }
  }
}

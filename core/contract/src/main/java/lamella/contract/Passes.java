package lamella.contract;

import lamella.core.Pass;

/** The passes of the checks: all of one seed and step, so that a layer that draws is a function. */
final class Passes {
  static final long SEED = 2025;

  private Passes() {}

  static Pass forGradients() {
    return Pass.forGradients(SEED);
  }

  static Pass forTraining() {
    return Pass.forTraining(SEED);
  }
}

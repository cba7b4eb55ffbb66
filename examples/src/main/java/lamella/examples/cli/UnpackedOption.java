package lamella.examples.cli;

import lamella.core.Network;
import lamella.core.Predictor;
import picocli.CommandLine.Option;

/** {@code --unpacked}. */
final class UnpackedOption {
  @Option(
      names = "--unpacked",
      description =
          "Keep no second copy of the weights, packed as the arithmetic reads them: half the memory, more time for each"
              + " answer, the same bits.")
  private boolean unpacked;

  UnpackedOption() {}

  /** Whether weights are kept packed. */
  boolean isPacked() {
    return !unpacked;
  }

  /** A predictor with a network. */
  Predictor predictor(Network network) {
    return Predictor.of(network).withPackedWeights(!unpacked);
  }
}

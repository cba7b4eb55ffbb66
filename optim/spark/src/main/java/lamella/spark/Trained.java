package lamella.spark;

import java.util.OptionalInt;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.optim.History;

/**
 * What a training gives.
 *
 * @param network takes the features as they are, and gives an output for each class, or the number
 *     in its unit
 * @param history of its steps and measurements
 * @param bestEpoch the epoch, from 1 on, whose network this is; empty where no validation rows
 *     chose it, and it is that of the last
 */
public record Trained(Network network, History history, OptionalInt bestEpoch) {
  /** {@return the SHA-256 of the network's parameters: equal fingerprints mean equal bits} */
  public String fingerprint() {
    return Fingerprint.of(network.parameters());
  }
}

package lamella.spark;

import lamella.core.Checksum;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.optim.History;

/** All that a training has given, in a text: equal texts are equal bits. */
final class Results {
  private Results() {}

  static String of(Network network, History history) {
    Checksum checksum = new Checksum();
    for (History.Step step : history.steps()) {
      checksum.add((double) step.number(), step.dataLoss(), step.penalty(), step.learningRate());
    }
    return Fingerprint.of(network.parameters())
        + ", "
        + history.steps().size()
        + " steps "
        + checksum
        + ", last loss "
        + history.steps().getLast().dataLoss();
  }
}

package lamella.examples.page;

import java.util.List;
import lamella.core.Network;
import lamella.core.Tensor;
import lamella.examples.Activation;
import lamella.examples.Experiment;
import lamella.examples.Training;
import lamella.optim.History.Measurement;

/**
 * One trained network, as the page shows it.
 *
 * @param network two layers; the parameters begin with W1 {@code [size, hidden]}
 * @param fingerprint SHA-256 of the parameters
 * @param history every iteration
 * @param measurements whatever was measured, in order
 * @param validation accuracy of the finished network
 * @param test accuracy of the finished network
 */
public record TrainedRun(
    Experiment experiment,
    Network network,
    String fingerprint,
    List<Training.Step> history,
    List<Measurement> measurements,
    double validation,
    double test,
    StepClock.Timing timing) {

  Activation activation() {
    return experiment.activation();
  }

  /** The activation's colour, an index into the palette of four. */
  int colour() {
    return switch (activation()) {
      case RELU -> 0;
      case LEAKY_RELU -> 1;
      case SWISH -> 2;
      case SELU -> 3;
    };
  }

  Tensor firstWeights() {
    return network.parameters().getFirst().value();
  }
}

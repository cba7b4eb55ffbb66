package lamella.spark;

import java.io.Serializable;

/**
 * One setting of a {@link Sweep}, and what came of it. A trial that failed, for example because its
 * loss was not finite any more, is a result like any other, with the reason.
 *
 * @param number its place among the sweep's settings, from 0
 * @param params what it was told that other trials may not have been, for example {@code
 *     hiddenLayers=[32], stepSize=0.01}
 * @param metric what the trials are compared by, measured on the validation rows with the weights
 *     that were kept; NaN if it failed
 * @param bestEpoch the epoch, from 1, after which those weights were: the best one where training
 *     looks for it ({@code patience}), else the last; 0 if it failed
 * @param seconds how long it took on its executor
 * @param fingerprint of the network, {@link lamella.core.Fingerprint}; empty if it failed
 * @param failure why it failed; empty if it did not
 * @param earlier whether it was finished before this call, and read from the sweep's folder
 */
public record Trial(
    int number,
    String params,
    double metric,
    int bestEpoch,
    double seconds,
    String fingerprint,
    String failure,
    boolean earlier)
    implements Serializable {

  /** {@return whether there is a network, with a metric} */
  public boolean succeeded() {
    return failure.isEmpty();
  }
}

package lamella.spark;

/**
 * What a round on the cluster took.
 *
 * @param firstStep the first of its steps, from 0
 * @param steps how many steps it had
 * @param epoch the epoch they are in, from 0
 * @param tasks how many tasks computed it
 * @param broadcastNanos until the parameters were ready to be fetched
 * @param computeNanos from then until the last result was there: fetching the parameters,
 *     computing, and sending the results
 * @param collectNanos until the results were put together
 * @param bytesOut of the parameters and whatever else went to each executor
 * @param bytesIn that came back to the driver
 */
public record RoundReport(
    long firstStep,
    int steps,
    long epoch,
    int tasks,
    long broadcastNanos,
    long computeNanos,
    long collectNanos,
    long bytesOut,
    long bytesIn) {

  /** {@return what the whole round took, in nanoseconds} */
  public long nanos() {
    return broadcastNanos + computeNanos + collectNanos;
  }
}

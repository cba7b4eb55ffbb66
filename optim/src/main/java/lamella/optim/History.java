package lamella.optim;

import java.util.List;
import java.util.Optional;

/**
 * What a training was like, step by step. Equal trainings have equal histories: there is no time in
 * it.
 *
 * @param steps every step from the first, those before a resumption included
 * @param measurements everything measured, in order
 * @param stopReason why training ended before its last step, if it did
 */
public record History(
    List<Step> steps, List<Measurement> measurements, Optional<String> stopReason) {

  /**
   * What one step saw before its update.
   *
   * @param number counts from 0
   * @param dataLoss mean loss of the batch
   * @param penalty what regularisation adds
   * @param learningRate the rate of this step's update
   */
  public record Step(long number, double dataLoss, double penalty, double learningRate) {
    /** {@return the sum of both terms} */
    public double loss() {
      return dataLoss + penalty;
    }
  }

  /**
   * A number measured between two steps.
   *
   * @param step after the update of this step
   * @param name for example {@code validation accuracy}
   * @param value what was measured
   */
  public record Measurement(long step, String name, double value) {}

  /** Lists are copied. */
  public History {
    steps = List.copyOf(steps);
    measurements = List.copyOf(measurements);
  }

  /**
   * {@return the measurements of this name, in order}
   *
   * @param name of the measurement
   */
  public List<Measurement> measurements(String name) {
    return measurements.stream().filter(measurement -> measurement.name().equals(name)).toList();
  }
}

package lamella.optim;

import java.util.List;
import java.util.Optional;

/**
 * What a training was like, step by step. Equal trainings have equal histories: there is no time in
 * it.
 *
 * <p>Its lists are views of numbers: a step takes 24 bytes, 8 where penalty and rate stay the same,
 * a measurement 24. So that a long training does not run out of memory, no more than 4,194,304
 * steps are kept, and as many measurements: of a longer training every second step, and so on,
 * always the first and the last; {@link Step#number} says which. {@link Trainer#withHistoryEvery}
 * keeps fewer from the start.
 *
 * @param steps every step from the first, those before a resumption included
 * @param measurements everything measured, in order
 * @param stopReason why training ended before its last step, if it did
 */
public record History(
    List<Step> steps, List<Measurement> measurements, Optional<String> stopReason) {
  static final int MOST_STEPS = 1 << 22;

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

  /** Lists that others may change are copied. */
  public History {
    steps = steps instanceof Recorder.Steps ? steps : List.copyOf(steps);
    measurements =
        measurements instanceof Recorder.Measurements ? measurements : List.copyOf(measurements);
  }

  /**
   * {@return the measurements of this name, in order}
   *
   * @param name of the measurement
   */
  public List<Measurement> measurements(String name) {
    return measurements.stream().filter(measurement -> measurement.name().equals(name)).toList();
  }

  /**
   * For example {@code History(200 steps, last loss 0.431200, 8 measurements)}, with the reason if
   * training was stopped.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("History(");
    if (steps.isEmpty()) {
      text.append("0 steps");
    } else {
      Step last = steps.getLast();
      text.append(last.number() + 1)
          .append(last.number() == 0 ? " step" : " steps")
          .append(", last loss ")
          .append(Numbers.text(last.loss(), 6));
    }
    text.append(", ")
        .append(measurements.size())
        .append(measurements.size() == 1 ? " measurement" : " measurements");
    stopReason.ifPresent(reason -> text.append("; ").append(reason));
    return text.append(')').toString();
  }
}

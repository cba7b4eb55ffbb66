package lamella.optim;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Tensor;
import lamella.optim.History.Measurement;
import org.jspecify.annotations.Nullable;

/**
 * A training under way, as its listeners see it: one call of {@link Trainer#fit}. What it says is
 * of the step at hand; the gradients are there only before its update.
 */
public final class Fit {
  private final Layer network;
  private final Optimizer optimizer;
  private final List<TrainingListener> listeners;
  private final List<String> measurementNames;
  private final Gradients gradients;
  private final Tensor inputs;
  private final long steps;
  private final long stepsPerEpoch;
  private final int batchSize;
  private final Recorder recorder;
  private long step;
  private @Nullable String stopReason;

  Fit(
      Layer network,
      Optimizer optimizer,
      List<TrainingListener> listeners,
      List<String> measurementNames,
      Gradients gradients,
      Tensor inputs,
      long steps,
      long stepsPerEpoch) {
    this.network = network;
    this.optimizer = optimizer;
    this.listeners = listeners;
    this.measurementNames = measurementNames;
    this.gradients = gradients;
    this.inputs = inputs;
    this.steps = steps;
    this.stepsPerEpoch = stepsPerEpoch;
    this.batchSize = inputs.shape().dimension(0);
    this.recorder = new Recorder(steps);
  }

  /**
   * {@return the step at hand, from 0; when training has ended, the number of steps that were done}
   */
  public long step() {
    return step;
  }

  /** {@return the number of steps there are to be} */
  public long steps() {
    return steps;
  }

  /** {@return the number of steps that see as many examples as there are, at least 1} */
  public long stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** {@return how many examples a step sees} */
  public int batchSize() {
    return batchSize;
  }

  /** {@return what is trained} */
  public Layer network() {
    return network;
  }

  /** {@return the parameters of what is trained} */
  public List<Parameter> parameters() {
    return network.parameters();
  }

  /** {@return the rule of the updates} */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** {@return the inputs of the step's batch} */
  public Tensor inputs() {
    return inputs;
  }

  /** {@return the gradients of the step: before the update, to be seen or changed} */
  public Gradients gradients() {
    return gradients;
  }

  /** {@return the mean loss of the step's batch} */
  public double dataLoss() {
    return recorder.dataLoss();
  }

  /** {@return what regularisation adds} */
  public double penalty() {
    return recorder.penalty();
  }

  /** {@return the sum of the data's loss and the penalty} */
  public double loss() {
    return recorder.dataLoss() + recorder.penalty();
  }

  /** {@return the rate of the step's update} */
  public double learningRate() {
    return recorder.learningRate();
  }

  /** {@return the names of what the trainer's evaluations measure, in order} */
  public List<String> measurementNames() {
    return measurementNames;
  }

  /** {@return a copy of the history up to now; long for a long history} */
  public History history() {
    return recorder.history(stopReason);
  }

  /**
   * Adds something measured after the step's update to the history, and tells all listeners.
   *
   * @param name of the measurement
   * @param value what was measured
   * @throws IOException if a listener fails
   */
  public void measure(String name, double value) throws IOException {
    recorder.add(new Measurement(step, name, value));
    for (int i = 0; i < listeners.size(); i++) {
      listeners.get(i).measured(this, name, value);
    }
  }

  /**
   * Ends the training when this step is done with all its listeners; before the first step, at
   * once.
   *
   * @param reason for the reader of the history; the first one given stays
   */
  public void stop(String reason) {
    if (stopReason == null) {
      stopReason = reason;
    }
  }

  /** {@return why training is to end, if somebody said so} */
  public Optional<String> stopReason() {
    return Optional.ofNullable(stopReason);
  }

  // For the trainer.

  boolean goesOn() {
    return step < steps && stopReason == null;
  }

  void nextStep() {
    step++;
  }

  void continueAt(long done) {
    step = done;
  }

  Recorder recorder() {
    return recorder;
  }

  double largestLearningRate() {
    return recorder.largestLearningRate();
  }

  String describe(Parameter parameter) {
    return network instanceof Network layers
        ? layers.describe(parameter)
        : network + ": " + parameter.name();
  }
}

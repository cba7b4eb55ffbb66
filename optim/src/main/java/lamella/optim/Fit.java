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

  /** The step at hand, from 0; when training has ended, the number of steps that were done. */
  public long step() {
    return step;
  }

  /** The number of steps there are to be. */
  public long steps() {
    return steps;
  }

  /** The number of steps that see as many examples as there are, at least 1. */
  public long stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** Examples a step. */
  public int batchSize() {
    return batchSize;
  }

  /** What is trained. */
  public Layer network() {
    return network;
  }

  /** Its parameters. */
  public List<Parameter> parameters() {
    return network.parameters();
  }

  /** By which rule. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** The inputs of the step's batch. */
  public Tensor inputs() {
    return inputs;
  }

  /** The gradients of the step: before the update, to be seen or changed. */
  public Gradients gradients() {
    return gradients;
  }

  /** The mean loss of the step's batch. */
  public double dataLoss() {
    return recorder.dataLoss();
  }

  /** What regularisation adds. */
  public double penalty() {
    return recorder.penalty();
  }

  /** The sum of both. */
  public double loss() {
    return recorder.dataLoss() + recorder.penalty();
  }

  /** The rate of the step's update. */
  public double learningRate() {
    return recorder.learningRate();
  }

  /** The names of what the trainer's evaluations measure, in order. */
  public List<String> measurementNames() {
    return measurementNames;
  }

  /** A copy of the history up to now; long for a long history. */
  public History history() {
    return recorder.history(stopReason);
  }

  /** Adds something measured after the step's update to the history, and tells all listeners. */
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

  /** Why training is to end, if somebody said so. */
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

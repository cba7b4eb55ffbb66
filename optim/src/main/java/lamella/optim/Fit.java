package lamella.optim;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Parameter;
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
  private final int[] examples;
  private final long steps;
  private final long stepsPerEpoch;
  private final Recorder recorder;
  private long step;

  /** How many steps the round has that is at hand. */
  private int roundSteps = 1;

  /** Those before the last of them. */
  private List<History.Step> roundBefore = List.of();

  /** Somebody may stop a training from another thread. */
  private volatile @Nullable String stopReason;

  private boolean interrupted;

  /** The training that this thread is in: the innermost, once its listeners have been told. */
  private static final ThreadLocal<@Nullable Fit> CURRENT = new ThreadLocal<>();

  /**
   * A training that has not begun.
   *
   * @param settings the trainer's
   * @param examples how many there are
   * @param listeners all of them
   * @param measurementNames what its evaluations measure
   */
  Fit(
      TrainerSettings<?> settings,
      int examples,
      List<TrainingListener> listeners,
      List<String> measurementNames) {
    this.network = settings.network;
    this.optimizer = settings.optimizer;
    this.listeners = listeners;
    this.measurementNames = measurementNames;
    this.gradients = Gradients.of(network);
    this.examples = new int[settings.batchSize];
    this.steps = settings.steps(examples);
    this.stepsPerEpoch = settings.stepsPerEpoch(examples);
    this.recorder = new Recorder(steps, settings.historyEvery);
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

  /**
   * {@return how many steps a listener hears of at once: 1, or in a training by local steps ({@link
   * Trainer#withLocalSteps}) those of the round} Before their update the first of them is the step
   * at hand, afterwards the last.
   */
  public int roundSteps() {
    return roundSteps;
  }

  /** {@return how many examples a step sees} */
  public int batchSize() {
    return examples.length;
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

  /** {@return the indices of the step's examples among the data, in the order of their rows} */
  public int[] examples() {
    return examples.clone();
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

  /** {@return the history up to now} */
  public History history() {
    return recorder.history(stopReason);
  }

  /**
   * Adds something measured after the step's update to the history, and tells all listeners.
   *
   * @param name of the measurement
   * @param value what was measured
   * @throws IllegalArgumentException if an evaluation of the trainer measures this name, or it was
   *     measured already after this step
   * @throws IOException if a listener fails
   */
  public void measure(String name, double value) throws IOException {
    if (measurementNames.contains(name)) {
      throw new IllegalArgumentException(
          "Fit: \"" + name + "\" is what an evaluation measures; give yours another name");
    }
    evaluated(name, value);
  }

  /** What {@link #measure} does, for an evaluation of the trainer. */
  void evaluated(String name, double value) throws IOException {
    recorder.add(step, name, value);
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

  /** For example {@code Fit(step 12 of 100, Network([2] -> Linear(2 -> 3)))}. */
  @Override
  public String toString() {
    return "Fit(step " + step + " of " + steps + ", " + network + ")";
  }

  // For the trainer.

  /** The training that this thread is in, if it is in one. */
  static @Nullable Fit current() {
    return CURRENT.get();
  }

  /** Makes this, or none, the training that this thread is in. */
  static void setCurrent(@Nullable Fit fit) {
    if (fit == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(fit);
    }
  }

  /** Whether this very listener is told of this training. */
  @SuppressWarnings("ReferenceEquality")
  boolean tells(TrainingListener listener) {
    for (int i = 0; i < listeners.size(); i++) {
      if (listeners.get(i) == listener) {
        return true;
      }
    }
    return false;
  }

  /** What {@link #examples} gives a copy of. */
  int[] liveExamples() {
    return examples;
  }

  /** Somebody has interrupted the thread. */
  void interrupt() {
    interrupted = true;
    stop("interrupted");
  }

  boolean isInterrupted() {
    return interrupted;
  }

  /** Whether all steps have been made. */
  boolean isComplete() {
    return step == steps;
  }

  boolean goesOn() {
    return step < steps && stopReason == null;
  }

  void nextStep() {
    step++;
  }

  /** Begins a round of so many steps. */
  void beginRound(int number) {
    roundSteps = number;
    roundBefore = List.of();
  }

  /** Says what the steps of the round were, but for the last. */
  void setRoundBefore(List<History.Step> before) {
    roundBefore = before;
  }

  /** At the end of a round: its steps, but for the last, which is at hand. */
  List<History.Step> roundBefore() {
    return roundBefore;
  }

  /** After the last step: it is at hand again, for what is measured only then. */
  void lastStepAgain() {
    step--;
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
    return Claim.describe(network, parameter);
  }
}

package lamella.spark;

import java.io.Serial;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.core.Tensor;
import lamella.core.Weighted;
import org.jspecify.annotations.Nullable;

/**
 * All that decides a training but its rows: the network, the optimiser, the order of the examples.
 * It does not change; each {@code with} gives another one. It is the same for an estimator, for a
 * trial of a sweep, and for whoever repeats their training without Spark:
 *
 * <pre>{@code
 * NetworkSettings settings = NetworkSettings.defaults().withHiddenLayers(64, 64).withSeed(7);
 * Trained trained = settings.classes(data, 3).fit(data);
 * }</pre>
 *
 * <p>The defaults suit tables of some thousand rows and up: inputs standardised; two hidden layers
 * of 128 units with ReLU; AdamW without decay whose step size rises to 0.005 within the first
 * twentieth of the steps and falls along half a cosine to 0; 30 epochs in batches of 64; one shard.
 *
 * <p>A training is a function of these settings and of the rows in their order, to the last bit.
 */
public final class NetworkSettings implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /** The names of {@link #withActivation}. */
  static final List<String> ACTIVATIONS = Layering.ACTIVATIONS;

  static final List<String> NORMALIZATIONS = List.of("none", "batch", "layer");
  static final List<String> SOLVERS = List.of("adamw", "sgd");
  static final List<String> SCHEDULES = List.of("cosine", "constant");

  private static final double ADAMW_STEP_SIZE = 0.005;
  private static final double SGD_STEP_SIZE = 0.05;

  private int[] hiddenLayers = {128, 128};
  private String activation = "relu";
  private double dropout;
  private String normalization = "none";
  private boolean standardization = true;
  private String solver = "adamw";

  /** 0 for the solver's own. */
  private double stepSize;

  private double momentum = 0.9;
  private double regParam;
  private String schedule = "cosine";
  private double warmUp = 0.05;
  private int epochs = 30;
  private int batchSize = 64;
  private int shards = 1;
  private int localSteps = 1;
  private int localStepsAfter;
  private double labelSmoothing;
  private double clipNorm;
  private int patience;
  private long seed;
  private @Nullable SavedNetwork initialNetwork;

  private NetworkSettings() {}

  private NetworkSettings(NetworkSettings other) {
    hiddenLayers = other.hiddenLayers;
    activation = other.activation;
    dropout = other.dropout;
    normalization = other.normalization;
    standardization = other.standardization;
    solver = other.solver;
    stepSize = other.stepSize;
    momentum = other.momentum;
    regParam = other.regParam;
    schedule = other.schedule;
    warmUp = other.warmUp;
    epochs = other.epochs;
    batchSize = other.batchSize;
    shards = other.shards;
    localSteps = other.localSteps;
    localStepsAfter = other.localStepsAfter;
    labelSmoothing = other.labelSmoothing;
    clipNorm = other.clipNorm;
    patience = other.patience;
    seed = other.seed;
    initialNetwork = other.initialNetwork;
  }

  /** {@return the settings that the class's description names} */
  public static NetworkSettings defaults() {
    return new NetworkSettings();
  }

  // The network.

  /**
   * {@return settings like these with hidden layers of so many units}
   *
   * @param widths of the layers in order, each at least 1; none for a linear model
   * @throws IllegalArgumentException if one is below 1
   */
  public NetworkSettings withHiddenLayers(int... widths) {
    for (int i = 0; i < widths.length; i++) {
      require(widths[i] >= 1, "hidden layer " + i + " must have at least 1 unit", widths[i]);
    }
    NetworkSettings copy = new NetworkSettings(this);
    copy.hiddenLayers = widths.clone();
    return copy;
  }

  /** {@return how many units the hidden layers have, in order} */
  public int[] hiddenLayers() {
    return hiddenLayers.clone();
  }

  /**
   * {@return settings like these with another function after each hidden layer}
   *
   * @param name {@code relu}, {@code leakyRelu}, {@code elu}, {@code selu}, {@code gelu}, {@code
   *     swish}, {@code hardSwish}, {@code mish}, {@code softplus}, {@code tanh} or {@code sigmoid}
   * @throws IllegalArgumentException if it is none of these
   */
  public NetworkSettings withActivation(String name) {
    requireOneOf("activation", ACTIVATIONS, name);
    NetworkSettings copy = new NetworkSettings(this);
    copy.activation = name;
    return copy;
  }

  /** {@return the name of the function after each hidden layer} */
  public String activation() {
    return activation;
  }

  /**
   * {@return settings like these that leave out this part of the hidden units at random while
   * training}
   *
   * @param rate in [0, 1)
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withDropout(double rate) {
    require(rate >= 0 && rate < 1, "dropout must lie in [0, 1)", rate);
    NetworkSettings copy = new NetworkSettings(this);
    copy.dropout = rate;
    return copy;
  }

  /** {@return the part of the hidden units that is left out while training} */
  public double dropout() {
    return dropout;
  }

  /**
   * {@return settings like these that normalise what each hidden layer gives, before its function}
   *
   * @param kind {@code none}, {@code batch} (the rows of a step that lie in one shard) or {@code
   *     layer} (the units of a row)
   * @throws IllegalArgumentException if it is none of these
   */
  public NetworkSettings withNormalization(String kind) {
    requireOneOf("normalization", NORMALIZATIONS, kind);
    NetworkSettings copy = new NetworkSettings(this);
    copy.normalization = kind;
    return copy;
  }

  /** {@return how the hidden layers are normalised} */
  public String normalization() {
    return normalization;
  }

  /**
   * {@return settings like these whose network begins with a layer that standardises the inputs, or
   * not} The layer has mean and deviation of each feature in the training rows; it is not trained,
   * and is saved with the network.
   *
   * @param standardizes whether it does
   */
  public NetworkSettings withStandardization(boolean standardizes) {
    NetworkSettings copy = new NetworkSettings(this);
    copy.standardization = standardizes;
    return copy;
  }

  /** {@return whether the network begins with a layer that standardises the inputs} */
  public boolean standardization() {
    return standardization;
  }

  /**
   * {@return settings like these whose training begins with this network, pretrained or of layers
   * of any kind} It is trained as it is: hidden layers, activation, dropout, normalisation and
   * standardisation of these settings are not used, and numbers are learned in the label's unit.
   * Frozen parameters stay as they are.
   *
   * @param network is copied as a model file keeps it
   * @throws IllegalArgumentException if a layer has no format for files; names it
   */
  public NetworkSettings withInitialNetwork(Network network) {
    return withInitialNetwork(SavedNetwork.of(network));
  }

  NetworkSettings withInitialNetwork(@Nullable SavedNetwork network) {
    NetworkSettings copy = new NetworkSettings(this);
    copy.initialNetwork = network;
    return copy;
  }

  /** {@return a new copy of the network that training begins with; null if settings make it} */
  public @Nullable Network initialNetwork() {
    return initialNetwork == null ? null : initialNetwork.network();
  }

  // The optimiser.

  /**
   * {@return settings like these with another rule of the updates}
   *
   * @param name {@code adamw}, or {@code sgd} with momentum
   * @throws IllegalArgumentException if it is neither
   */
  public NetworkSettings withSolver(String name) {
    requireOneOf("solver", SOLVERS, name);
    NetworkSettings copy = new NetworkSettings(this);
    copy.solver = name;
    return copy;
  }

  /** {@return the rule of the updates} */
  public String solver() {
    return solver;
  }

  /**
   * {@return settings like these with another largest step size}
   *
   * @param rate finite, above 0; unless it is said 0.005 for adamw and 0.05 for sgd
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withStepSize(double rate) {
    require(
        rate > 0 && rate < Double.POSITIVE_INFINITY, "step size must be finite and above 0", rate);
    NetworkSettings copy = new NetworkSettings(this);
    copy.stepSize = rate;
    return copy;
  }

  /** {@return the largest step size} */
  public double stepSize() {
    if (stepSize > 0) {
      return stepSize;
    }
    return solver.equals("adamw") ? ADAMW_STEP_SIZE : SGD_STEP_SIZE;
  }

  /**
   * {@return settings like these with another momentum of sgd; adamw has none}
   *
   * @param factor in [0, 1); 0.9 by default
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withMomentum(double factor) {
    require(factor >= 0 && factor < 1, "momentum must lie in [0, 1)", factor);
    NetworkSettings copy = new NetworkSettings(this);
    copy.momentum = factor;
    return copy;
  }

  /** {@return the momentum of sgd} */
  public double momentum() {
    return momentum;
  }

  /**
   * {@return settings like these that keep the weights small: with sgd by the penalty ½ λ ‖W‖²,
   * with adamw by its decay λ} Biases are exempt.
   *
   * @param strength λ, finite and not negative; 0 by default
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withRegParam(double strength) {
    require(
        strength >= 0 && strength < Double.POSITIVE_INFINITY,
        "regParam must be finite and not negative",
        strength);
    NetworkSettings copy = new NetworkSettings(this);
    copy.regParam = strength;
    return copy;
  }

  /** {@return how strongly the weights are kept small} */
  public double regParam() {
    return regParam;
  }

  /**
   * {@return settings like these with another course of the step size after the warm-up}
   *
   * @param name {@code cosine}, half a cosine down to 0 at the last step, or {@code constant}
   * @throws IllegalArgumentException if it is neither
   */
  public NetworkSettings withSchedule(String name) {
    requireOneOf("schedule", SCHEDULES, name);
    NetworkSettings copy = new NetworkSettings(this);
    copy.schedule = name;
    return copy;
  }

  /** {@return the course of the step size after the warm-up} */
  public String schedule() {
    return schedule;
  }

  /**
   * {@return settings like these whose step size rises in equal parts during this part of all
   * steps}
   *
   * @param part in [0, 1); 0.05 by default
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withWarmUp(double part) {
    require(part >= 0 && part < 1, "warm-up must lie in [0, 1)", part);
    NetworkSettings copy = new NetworkSettings(this);
    copy.warmUp = part;
    return copy;
  }

  /** {@return the part of all steps in which the step size rises} */
  public double warmUp() {
    return warmUp;
  }

  /**
   * {@return settings like these that scale a step's gradients so that their Euclidean norm is at
   * most this}
   *
   * @param most finite; 0, as by default, for no limit
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public NetworkSettings withClipNorm(double most) {
    require(
        most >= 0 && most < Double.POSITIVE_INFINITY,
        "clipNorm must be finite and not negative, 0 for no limit",
        most);
    NetworkSettings copy = new NetworkSettings(this);
    copy.clipNorm = most;
    return copy;
  }

  /** {@return the largest norm of a step's gradients; 0 for no limit} */
  public double clipNorm() {
    return clipNorm;
  }

  /**
   * {@return settings like these whose classes are smoothed: of each label this part is divided
   * among all classes}
   *
   * @param part in [0, 1)
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withLabelSmoothing(double part) {
    require(part >= 0 && part < 1, "label smoothing must lie in [0, 1)", part);
    NetworkSettings copy = new NetworkSettings(this);
    copy.labelSmoothing = part;
    return copy;
  }

  /** {@return the part of each label that is divided among all classes} */
  public double labelSmoothing() {
    return labelSmoothing;
  }

  // The steps.

  /**
   * {@return settings like these for so many epochs: each as many steps as it takes to see as many
   * examples as there are}
   *
   * @param number at least 1
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withEpochs(int number) {
    require(number >= 1, "number of epochs must be at least 1", number);
    NetworkSettings copy = new NetworkSettings(this);
    copy.epochs = number;
    return copy;
  }

  /** {@return the number of epochs} */
  public int epochs() {
    return epochs;
  }

  /**
   * {@return settings like these with so many examples a step} Where there are fewer rows a step
   * takes all of them; {@link #batchSize(int)}.
   *
   * @param examples at least 1; a multiple of the number of shards
   * @throws IllegalArgumentException if it is below 1
   */
  public NetworkSettings withBatchSize(int examples) {
    require(examples >= 1, "batch size must be at least 1", examples);
    NetworkSettings copy = new NetworkSettings(this);
    copy.batchSize = examples;
    return copy;
  }

  /** {@return how many examples a step takes, if there are as many rows} */
  public int batchSize() {
    return batchSize;
  }

  /**
   * {@return how many examples a step takes of so many rows: the batch size, and where there are
   * fewer rows the largest multiple of the number of shards that they have}
   *
   * @param rows to train with
   * @throws IllegalArgumentException if the batch size is no multiple of the number of shards, or
   *     there are fewer rows than shards
   */
  public int batchSize(int rows) {
    if (batchSize % shards != 0) {
      int below = batchSize / shards * shards;
      throw new IllegalArgumentException(
          "NetworkSettings: batch size must be a multiple of the number of shards, "
              + shards
              + ", got "
              + batchSize
              + "; the next that fit are "
              + (below > 0 ? below + " and " : "")
              + (below + shards));
    }
    if (rows < shards) {
      throw new IllegalArgumentException(
          "NetworkSettings: expects at least as many rows as shards, "
              + shards
              + ", got "
              + rows
              + "; take fewer shards");
    }
    return Math.min(batchSize, rows / shards * shards);
  }

  /**
   * {@return settings like these whose rows belong to so many shards, which can be computed beside
   * each other} The number is part of the result, as the batch size is; where they are computed is
   * not.
   *
   * @param number at least 1; more cores than shards cannot help
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withShards(int number) {
    require(number >= 1, "number of shards must be at least 1", number);
    NetworkSettings copy = new NetworkSettings(this);
    copy.shards = number;
    return copy;
  }

  /** {@return the number of shards} */
  public int shards() {
    return shards;
  }

  /**
   * {@return settings like these in which each shard makes so many steps on its own before the mean
   * of all is taken}
   *
   * @param steps at least 1, as by default
   * @throws IllegalArgumentException if it is not
   */
  public NetworkSettings withLocalSteps(int steps) {
    return withLocalSteps(steps, 0);
  }

  /**
   * {@return settings like these in which each shard makes so many steps on its own before the mean
   * of all is taken, but only after some epochs in which the mean is taken after each step}
   *
   * @param steps at least 1
   * @param afterEpochs not negative
   * @throws IllegalArgumentException if a number is too small
   */
  public NetworkSettings withLocalSteps(int steps, int afterEpochs) {
    require(steps >= 1, "number of local steps must be at least 1", steps);
    require(
        afterEpochs >= 0, "number of epochs before local steps must not be negative", afterEpochs);
    NetworkSettings copy = new NetworkSettings(this);
    copy.localSteps = steps;
    copy.localStepsAfter = afterEpochs;
    return copy;
  }

  /** {@return how many steps each shard makes on its own} */
  public int localSteps() {
    return localSteps;
  }

  /** {@return after how many epochs shards make steps on their own} */
  public int localStepsAfter() {
    return localStepsAfter;
  }

  /**
   * {@return settings like these whose training ends when so many epochs in a row were no better
   * for the validation rows than the best} Where there are validation rows the network is that of
   * the best epoch either way.
   *
   * @param number 0, as by default, to make all epochs
   * @throws IllegalArgumentException if it is negative
   */
  public NetworkSettings withPatience(int number) {
    require(number >= 0, "patience must not be negative, 0 for all epochs", number);
    NetworkSettings copy = new NetworkSettings(this);
    copy.patience = number;
    return copy;
  }

  /** {@return how many epochs in a row may be no better than the best; 0 for all} */
  public int patience() {
    return patience;
  }

  /**
   * {@return settings like these with other random numbers: of the first weights, of the order of
   * the examples, and of dropout}
   *
   * @param number any; 0, an ordinary seed, is the default
   */
  public NetworkSettings withSeed(long number) {
    NetworkSettings copy = new NetworkSettings(this);
    copy.seed = number;
    return copy;
  }

  /** {@return the seed of all random numbers} */
  public long seed() {
    return seed;
  }

  // Trainings.

  /**
   * {@return the training of a network that tells classes apart}
   *
   * @param data to train with; read twice, for the mean and deviation of its inputs
   * @param classes how many there are, at least 2
   * @throws IllegalArgumentException if settings and data do not fit each other, or an input is not
   *     finite
   */
  public NetworkTraining<int[]> classes(Dataset<int[]> data, int classes) {
    return NetworkTraining.ofClasses(this, data, classes, "");
  }

  /**
   * {@return the training of a network that tells classes apart, each row of which counts as much
   * as its weight}
   *
   * @param data to train with; read twice, for the mean and deviation of its inputs
   * @param classes how many there are, at least 2
   * @throws IllegalArgumentException as {@link #classes}
   */
  public NetworkTraining<Weighted<int[]>> weightedClasses(
      Dataset<Weighted<int[]>> data, int classes) {
    return NetworkTraining.ofWeightedClasses(this, data, classes, "");
  }

  /**
   * {@return the training of a network that predicts a number, in its unit} It learns the number
   * less the mean of the training rows, divided by their deviation; the finished network's last
   * layer undoes that.
   *
   * @param data to train with, targets {@code [n, 1]} of either type; read twice
   * @throws IllegalArgumentException if settings and data do not fit each other, or a number is not
   *     finite or the same in all rows
   */
  public NetworkTraining<Tensor> numbers(Dataset<Tensor> data) {
    return NetworkTraining.ofNumbers(this, data, "");
  }

  /**
   * {@return the training of a network that predicts a number, each row of which counts as much as
   * its weight}
   *
   * @param data to train with, targets {@code [n, 1]} of either type; read twice
   * @throws IllegalArgumentException as {@link #numbers}
   */
  public NetworkTraining<Weighted<Tensor>> weightedNumbers(Dataset<Weighted<Tensor>> data) {
    return NetworkTraining.ofWeightedNumbers(this, data, "");
  }

  private static void requireOneOf(String what, List<String> names, String name) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "NetworkSettings: "
              + what
              + " must be one of "
              + String.join(", ", names)
              + "; got "
              + name);
    }
  }

  private static void require(boolean fits, String what, Object got) {
    if (!fits) {
      throw new IllegalArgumentException("NetworkSettings: " + what + ", got " + got);
    }
  }

  /** Equal if all settings are, those of the initial network's file included. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NetworkSettings settings && settings.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** Names every setting, in one line that is the same for equal settings only. */
  @Override
  public String toString() {
    return "NetworkSettings("
        + (initialNetwork == null
            ? "hidden layers "
                + Arrays.toString(hiddenLayers)
                + ", "
                + activation
                + ", dropout "
                + dropout
                + ", normalization "
                + normalization
                + ", standardization "
                + standardization
            : "initial network " + initialNetwork.sha256())
        + ", "
        + solver
        + (solver.equals("sgd") ? " with momentum " + momentum : "")
        + ", step size "
        + stepSize()
        + ", regParam "
        + regParam
        + ", "
        + schedule
        + ", warm-up "
        + warmUp
        + ", "
        + epochs
        + " epochs, batches of "
        + batchSize
        + ", "
        + shards
        + " shards, "
        + localSteps
        + " local steps after "
        + localStepsAfter
        + " epochs, label smoothing "
        + labelSmoothing
        + ", clip norm "
        + clipNorm
        + ", patience "
        + patience
        + ", seed "
        + seed
        + ")";
  }
}

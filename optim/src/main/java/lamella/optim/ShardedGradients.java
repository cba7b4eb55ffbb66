package lamella.optim;

import java.util.Arrays;
import java.util.List;
import lamella.core.Dataset;
import lamella.core.Gradients;
import lamella.core.Parameter;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A training's side of its {@linkplain Round rounds}: makes them, has them computed, and takes up
 * what comes out.
 */
final class ShardedGradients<T> implements StepGradients<T> {
  private final TrainerSettings<T> settings;
  private final Dataset<T> data;
  private final long stepsPerEpoch;
  private final RoundRunner<T> runner;
  private final String trainer;

  /** Of the step at hand: its statistics come after its gradients. */
  private FlatNumbers.@Nullable Reader statistics;

  /**
   * For one training.
   *
   * @param data as given to the trainer
   */
  ShardedGradients(TrainerSettings<T> settings, Dataset<T> data, RoundRunner<T> runner) {
    this.settings = settings;
    this.data = data;
    this.stepsPerEpoch = settings.stepsPerEpoch(data.size());
    this.runner = runner;
    this.trainer = settings.describe();
  }

  private List<Parameter> parameters() {
    return settings.network.parameters();
  }

  private Node run(Round round) {
    Node root = runner.run(round, data);
    if (!root.isRoot() || root.slices() != 1 || root.shards() != settings.shards) {
      throw new IllegalStateException(
          "Trainer: expects the root of "
              + settings.shards
              + " shards of "
              + runner
              + ", got "
              + root);
    }
    return root;
  }

  // One step of all shards.

  /** The examples of the epoch are read where the shards are computed. */
  @Override
  public double compute(long step, Dataset<T> ofEpoch, int[] examples, Gradients into) {
    int[][] ofShards = new int[settings.shards][];
    int rows = examples.length / settings.shards;
    for (int shard = 0; shard < ofShards.length; shard++) {
      ofShards[shard] = Arrays.copyOfRange(examples, shard * rows, (shard + 1) * rows);
    }
    List<Parameter> parameters = parameters();
    Node root = run(Round.ofOneStep(trainer, step, step / stepsPerEpoch, ofShards, parameters));
    FlatNumbers.Reader numbers = new FlatNumbers.Reader(root);
    boolean[] present = new boolean[parameters.size()];
    for (int i = 0; i < present.length; i++) {
      present[i] = parameters.get(i).isTrained() && numbers.take() > 0;
    }
    FlatNumbers.Reader again = new FlatNumbers.Reader(root);
    for (Parameter parameter : parameters) {
      if (parameter.isTrained()) {
        again.take();
      }
    }
    for (int i = 0; i < present.length; i++) {
      Parameter parameter = parameters.get(i);
      if (present[i]) {
        // Opened by a value of its shape; then filled.
        into.set(parameter, parameter.value());
        numbers.take(into.of(parameter), 1);
      } else if (parameter.isTrained() || ShardWorker.isUpdatedStatistic(parameter)) {
        numbers.skip(parameter.value());
      }
    }
    double loss = numbers.take();
    double weight = numbers.take();
    numbers.end();
    statistics = again;
    if (weight != examples.length) {
      into.scale(examples.length / weight);
      loss *= examples.length / weight;
    }
    return loss;
  }

  /** The mean over the shards, each of which began with the same ones. */
  @Override
  public void commit() {
    FlatNumbers.Reader numbers = statistics;
    if (numbers == null) {
      return;
    }
    statistics = null;
    for (Parameter parameter : parameters()) {
      if (ShardWorker.isUpdatedStatistic(parameter)) {
        numbers.take(parameter.value(), settings.shards);
      } else if (parameter.isTrained()) {
        numbers.skip(parameter.value());
      }
    }
  }

  // Local steps.

  /** What local steps gave, before the training goes on from there. */
  static final class LocalSteps {
    private final double[] losses;
    private final double[] penalties;
    private final LocalState state;
    private final FlatNumbers.Reader numbers;

    private LocalSteps(
        double[] losses, double[] penalties, LocalState state, FlatNumbers.Reader numbers) {
      this.losses = losses;
      this.penalties = penalties;
      this.state = state;
      this.numbers = numbers;
    }

    /** The mean over the shards of a step's losses. */
    double loss(int step) {
      return losses[step];
    }

    /** The mean over the shards of a step's penalties. */
    double penalty(int step) {
      return penalties[step];
    }

    double rate(int step) {
      return state.rate(step);
    }
  }

  /**
   * Has a round of local steps computed; nothing has changed then.
   *
   * @param examples of each step, those of a shard after those of the one before
   */
  LocalSteps computeLocalSteps(long firstStep, int[][] examples) {
    int steps = examples.length;
    int rows = examples[0].length / settings.shards;
    int[][] ofShards = new int[settings.shards][steps * rows];
    for (int shard = 0; shard < ofShards.length; shard++) {
      for (int i = 0; i < steps; i++) {
        System.arraycopy(examples[i], shard * rows, ofShards[shard], i * rows, rows);
      }
    }
    double rate = settings.optimizer.learningRate();
    Rates.require(settings.optimizer, rate);
    Node root =
        run(
            Round.ofLocalSteps(
                trainer,
                firstStep,
                steps,
                firstStep / stepsPerEpoch,
                ofShards,
                parameters(),
                rate,
                ShardWorker.stateBefore(settings)));
    LocalState state = LocalState.fromBytes(root.common());
    FlatNumbers.Reader numbers = new FlatNumbers.Reader(root);
    for (Parameter parameter : parameters()) {
      if (!parameter.isFrozen()) {
        numbers.skip(parameter.value());
      }
    }
    for (LocalState.Place place : state.tensors()) {
      numbers.skip(place.dtype(), place.shape().size());
    }
    double[] losses = new double[steps];
    double[] penalties = new double[steps];
    for (int i = 0; i < steps; i++) {
      losses[i] = numbers.take() / settings.shards;
      penalties[i] = numbers.take() / settings.shards;
    }
    numbers.end();
    return new LocalSteps(losses, penalties, state, new FlatNumbers.Reader(root));
  }

  /** Goes on from the mean over the shards. */
  void apply(LocalSteps result) {
    for (Parameter parameter : parameters()) {
      if (!parameter.isFrozen()) {
        Tensor value = parameter.value();
        result.numbers.take(value, settings.shards);
      }
    }
    settings.optimizer.load(
        result.state.state(parameters(), result.numbers, settings.shards).inside("optimizer"));
  }

  /** The training is over. */
  void ended() {
    runner.ended();
  }

  /** How the step is divided. */
  @Override
  public String toString() {
    return settings.describeGradients();
  }
}

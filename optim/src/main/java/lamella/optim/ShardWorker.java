package lamella.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.Dataset;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Stateful;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Computes shards of {@linkplain Round rounds}, with the network, loss, optimiser and settings of
 * the trainer that it was {@linkplain Trainer#worker made by}.
 *
 * <p>It sets the network's parameters to those of the round, and changes them in local steps. So
 * workers that compute at once are those of trainers of their own, made alike; a worker refuses the
 * round of a trainer that was made otherwise.
 *
 * <p>Used by one thread at a time, which need not always be the same.
 *
 * @param <T> the targets of a batch
 */
public final class ShardWorker<T> {
  private final TrainerSettings<T> settings;
  private final Layer network;
  private final Optimizer optimizer;
  private final LocalGradients<T> local;
  private final Gradients gradients;
  private final List<GradientClipping> clipping = new ArrayList<>();

  /** Describes the trainer; made for the first round. */
  private @Nullable String trainer;

  /** The round that the parameters are those of. */
  private @Nullable Round begun;

  /** The data, and as they are in an epoch. */
  private @Nullable Dataset<T> data;

  private @Nullable Dataset<T> ofEpoch;
  private long epoch;

  ShardWorker(TrainerSettings<T> settings) {
    this.settings = settings;
    this.network = settings.network;
    this.optimizer = settings.optimizer;
    this.local = settings.localGradients();
    this.gradients = Gradients.of(network);
    local.release();
    for (TrainingListener listener : settings.listeners) {
      if (listener instanceof GradientClipping clips) {
        clipping.add(clips);
      }
    }
  }

  /**
   * Computes a shard's result.
   *
   * @param round what is computed
   * @param shard whose part of it, in [0, {@link Round#shards})
   * @param examples answers the indices of the shard's examples among all of the training's
   * @return the leaf of the tree
   * @throws IllegalArgumentException if the round is of a trainer that was made otherwise, or a
   *     target is not valid: names the step and the example
   */
  public Node compute(Round round, int shard, Dataset<T> examples) {
    return compute(round, shard, examples, new SpareArrays());
  }

  Node compute(Round round, int shard, Dataset<T> examples, SpareArrays spare) {
    requireSameTrainer(round);
    int[] indices = round.live(shard);
    Dataset<T> read = read(round, examples);
    Fit outer = Fit.current();
    try {
      // A schedule that goes by measurements has those of the round.
      Fit.setCurrent(null);
      if (round.steps() == 1) {
        beginStep(round);
        return oneStep(round, shard, indices, read, spare);
      }
      beginLocalSteps(round);
      return localSteps(round, shard, indices, read, spare);
    } finally {
      gradients.clear();
      local.release();
      Fit.setCurrent(outer);
    }
  }

  private void requireSameTrainer(Round round) {
    String here = trainer;
    if (here == null) {
      here = settings.describe();
      trainer = here;
    }
    if (!round.trainer().equals(here)) {
      throw new IllegalArgumentException(
          "ShardWorker: the round is of another trainer, '"
              + round.trainer()
              + "' there and '"
              + here
              + "' here; make all of a training's trainers alike");
    }
  }

  @SuppressWarnings("ReferenceEquality") // of a dataset the one that was given
  private Dataset<T> read(Round round, Dataset<T> examples) {
    Dataset<T> known = ofEpoch;
    if (known == null || data != examples || epoch != round.epoch()) {
      data = examples;
      epoch = round.epoch();
      known = examples.forEpoch(epoch);
      ofEpoch = known;
    }
    return known;
  }

  // One step of all shards.

  @SuppressWarnings("ReferenceEquality") // a round is itself
  private void beginStep(Round round) {
    if (begun != round) {
      setParameters(round);
      begun = round;
    }
  }

  /** The shard's part of the mean over the step's examples. */
  private Node oneStep(Round round, int shard, int[] indices, Dataset<T> read, SpareArrays spare) {
    local.forgetStatistics(round.firstStep());
    double loss =
        local.contribute(
            round.firstStep(),
            read,
            indices,
            (long) shard * indices.length,
            round.shards() * indices.length,
            gradients);
    FlatNumbers.Writer numbers = new FlatNumbers.Writer(spare.take(floats(0)));
    List<Parameter> parameters = network.parameters();
    for (Parameter parameter : parameters) {
      if (parameter.isTrained()) {
        numbers.put(gradients.has(parameter) ? 1 : 0);
      }
    }
    for (Parameter parameter : parameters) {
      if (isUpdatedStatistic(parameter)) {
        numbers.put(local.statistic(parameter));
      } else if (parameter.isTrained() && gradients.has(parameter)) {
        numbers.put(gradients.of(parameter));
      } else if (parameter.isTrained()) {
        numbers.putZeros(parameter.value());
      }
    }
    numbers.put(loss);
    numbers.put(local.weight());
    return Node.of(round.shards(), shard, numbers.floats(), numbers.doubles(), new byte[0]);
  }

  /** What forward moves, in training. */
  static boolean isUpdatedStatistic(Parameter parameter) {
    return !parameter.role().isTrainable() && !parameter.isFrozen();
  }

  /** How many elements of float32 change, in the parameters and so many others. */
  private int floats(int others) {
    int floats = others;
    for (Parameter parameter : network.parameters()) {
      if (!parameter.isFrozen() && parameter.value().dtype().bytes() == Float.BYTES) {
        floats = Math.addExact(floats, parameter.value().size());
      }
    }
    return floats;
  }

  // Local steps.

  /** Puts parameters and optimiser where the round begins; also after one, to undo it. */
  void beginLocalSteps(Round round) {
    begun = null;
    setParameters(round);
    optimizer.begin(network);
    SavedState state = round.state(network.parameters());
    optimizer.load(state.inside("optimizer"));
    List<Schedule> schedules = optimizer.schedules();
    for (int i = 0; i < schedules.size(); i++) {
      if (schedules.get(i) instanceof Stateful stateful) {
        stateful.load(state.inside("schedule." + i));
      }
    }
    if (optimizer.learningRate() != round.rate()) {
      throw new IllegalArgumentException(
          "ShardWorker: the learning rate of step "
              + round.firstStep()
              + " is "
              + round.rate()
              + " for the training and "
              + optimizer.learningRate()
              + " here; a rate that depends on more than the step is a schedule of the optimiser"
              + " itself, as PlateauSchedule can be");
    }
  }

  /** What {@link #beginLocalSteps} loads. */
  static SavedState stateBefore(TrainerSettings<?> settings) {
    SavedState state = SavedState.of(settings.network.parameters());
    settings.optimizer.save(state.inside("optimizer"));
    List<Schedule> schedules = settings.optimizer.schedules();
    for (int i = 0; i < schedules.size(); i++) {
      if (schedules.get(i) instanceof Stateful stateful) {
        stateful.save(state.inside("schedule." + i));
      }
    }
    return state;
  }

  private Node localSteps(
      Round round, int shard, int[] indices, Dataset<T> read, SpareArrays spare) {
    int rows = round.examplesPerStep();
    List<Parameter> parameters = network.parameters();
    double[] rates = new double[round.steps()];
    double[] sums = new double[2 * round.steps()];
    for (int i = 0; i < rates.length; i++) {
      long step = round.firstStep() + i;
      int[] ofStep = Arrays.copyOfRange(indices, i * rows, (i + 1) * rows);
      rates[i] = optimizer.learningRate();
      Rates.require(optimizer, rates[i]);
      sums[2 * i] = local.compute(step, read, ofStep, (long) shard * rows, gradients);
      sums[2 * i + 1] = optimizer.penalty(parameters);
      for (GradientClipping clips : clipping) {
        if (!clips.clip(parameters, gradients)) {
          // The training finds what is not finite, and says so.
          gradients.scale(Double.NaN);
        }
      }
      optimizer.step(gradients);
      local.commit();
    }
    SavedState state = SavedState.of(parameters);
    optimizer.save(state.inside("optimizer"));
    int floats = 0;
    for (Tensor tensor : state.tensors().values()) {
      floats += tensor.dtype().bytes() == Float.BYTES ? tensor.size() : 0;
    }
    FlatNumbers.Writer numbers = new FlatNumbers.Writer(spare.take(floats(floats)));
    for (Parameter parameter : parameters) {
      if (!parameter.isFrozen()) {
        numbers.put(parameter.value());
      }
    }
    state.tensors().values().forEach(numbers::put);
    for (double sum : sums) {
      numbers.put(sum);
    }
    return Node.of(
        round.shards(),
        shard,
        numbers.floats(),
        numbers.doubles(),
        LocalState.of(rates, state).toBytes());
  }

  // Parameters.

  @SuppressWarnings("ReferenceEquality") // a round of this very network has its live tensors
  private void setParameters(Round round) {
    List<Parameter> parameters = network.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Tensor value = round.values().get(i);
      if (parameter.isFrozen() != round.isFrozen(i)) {
        if (round.isFrozen(i)) {
          parameter.freeze();
        } else {
          parameter.unfreeze();
        }
      }
      if (parameter.value() != value) {
        parameter.value().copyFrom(value);
      }
    }
  }

  /** For example {@code ShardWorker(16 shards, Network([2] -> Linear(2 -> 3)))}. */
  @Override
  public String toString() {
    return "ShardWorker(" + settings.describeGradients() + ", " + network + ")";
  }
}

package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Loss;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Trainer} was told. It changes only while a trainer's {@code with} makes its copy.
 */
final class TrainerSettings<T> {
  final Layer network;
  final Loss<T> loss;
  final Optimizer optimizer;
  int batchSize = 32;
  int microBatches = 1;

  /** 0 where epochs say it. */
  long steps;

  long epochs = 10;
  long historyEvery = 1;

  /** Of the random numbers that layers draw. */
  long seed;

  boolean finiteOnly = true;
  List<TrainingListener> listeners = List.of();
  List<Evaluator<?>> evaluators = List.of();
  @Nullable Checkpoints checkpoints;
  @Nullable WeightAverage average;

  /** Null for those that the thread that trains computes. */
  @Nullable StepGradients<T> gradients;

  int shards = 1;

  /** The most steps of a round, once so many epochs are over. */
  int localSteps = 1;

  long epochsBeforeLocalSteps;

  /** Null for this machine's threads. */
  @Nullable RoundRunner<T> runner;

  TrainerSettings(Layer network, Loss<T> loss, Optimizer optimizer) {
    this.network = network;
    this.loss = loss;
    this.optimizer = optimizer;
  }

  TrainerSettings<T> copy() {
    TrainerSettings<T> copy = new TrainerSettings<>(network, loss, optimizer);
    copy.batchSize = batchSize;
    copy.microBatches = microBatches;
    copy.steps = steps;
    copy.epochs = epochs;
    copy.historyEvery = historyEvery;
    copy.seed = seed;
    copy.finiteOnly = finiteOnly;
    copy.listeners = listeners;
    copy.evaluators = evaluators;
    copy.checkpoints = checkpoints;
    copy.average = average;
    copy.gradients = gradients;
    copy.shards = shards;
    copy.localSteps = localSteps;
    copy.epochsBeforeLocalSteps = epochsBeforeLocalSteps;
    copy.runner = runner;
    return copy;
  }

  /** How many steps see as many examples as there are, at least 1. */
  long stepsPerEpoch(int examples) {
    return Math.max(1, examples / batchSize);
  }

  /** How many steps there are to be. */
  long steps(int examples) {
    long epoch = stepsPerEpoch(examples);
    return steps > 0 ? steps : epochs > Long.MAX_VALUE / epoch ? Long.MAX_VALUE : epochs * epoch;
  }

  /**
   * How many steps the round has that begins with a step: it ends with its epoch, and with the
   * training. Of one shard there is nothing to average, so that its steps are rounds of their own.
   */
  int stepsOfRound(long step, long stepsPerEpoch, long allSteps) {
    if (shards == 1 || step / stepsPerEpoch < epochsBeforeLocalSteps) {
      return 1;
    }
    long inEpoch = stepsPerEpoch - step % stepsPerEpoch;
    return (int) Math.min(localSteps, Math.min(inEpoch, allSteps - step));
  }

  /** Whether a round begins with this step, of a training that has more. */
  boolean beginsRound(long step, long stepsPerEpoch) {
    return shards == 1
        || step / stepsPerEpoch < epochsBeforeLocalSteps
        || step % stepsPerEpoch % localSteps == 0;
  }

  /** Gradients that the thread that trains computes, for one training. */
  LocalGradients<T> localGradients() {
    return new LocalGradients<>(network, loss, microBatches, seed);
  }

  /** How gradients are computed, to be compared with an earlier training's. */
  String describeGradients() {
    String own = Description.of(gradients != null ? gradients : localGradients());
    return shards == 1
        ? own
        : describeShards() + (microBatches == 1 ? "" : ", " + own + " in each");
  }

  /** For example {@code 16 shards, 10 local steps a round after 2 epochs}. */
  String describeShards() {
    return shards
        + " shards"
        + (localSteps == 1 ? "" : ", " + localSteps + " local steps a round")
        + (localSteps == 1 || epochsBeforeLocalSteps == 0
            ? ""
            : epochsBeforeLocalSteps == 1
                ? " after 1 epoch"
                : " after " + epochsBeforeLocalSteps + " epochs");
  }

  /**
   * Whatever a shard's result depends on but the round and the examples: who computes it compares
   * this. The parameters' values and which of them are frozen are the round's.
   */
  String describe() {
    List<String> parameters = new ArrayList<>();
    network.parameters().forEach(parameter -> parameters.add(parameter.toString()));
    return TrainingDescription.describe(network)
        + ", parameters "
        + parameters
        + ", loss "
        + Description.of(loss)
        + ", optimizer "
        + Description.of(optimizer)
        + ", schedules "
        + optimizer.schedules().stream().map(Description::of).toList()
        + ", batches of "
        + batchSize
        + ", seed "
        + seed
        + ", "
        + describeGradients();
  }
}

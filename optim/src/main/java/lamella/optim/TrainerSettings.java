package lamella.optim;

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

  /** Gradients that the thread that trains computes, for one training. */
  LocalGradients<T> localGradients() {
    return new LocalGradients<>(network, loss, microBatches, seed);
  }

  /** How gradients are computed, to be compared with an earlier training's. */
  String describeGradients() {
    return Description.of(gradients != null ? gradients : localGradients());
  }
}

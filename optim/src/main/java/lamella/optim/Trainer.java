package lamella.optim;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Sampler;
import lamella.core.Tensor;

/**
 * The training loop: draws a batch, computes loss and gradients, updates; and between two steps
 * evaluates, writes checkpoints, and calls listeners.
 *
 * {@snippet file="SnippetsTest.java" region="trainer"}
 *
 * <p>A trainer does not change; each {@code with} gives another one. But the network, the optimiser
 * and most listeners do: one training, one of each. {@link #fit} refuses an optimiser that has made
 * steps for other parameters, a listener or loss whose state is that of an earlier training, and
 * whatever another training uses at this moment, the network's parameters first of all. The same
 * optimiser may go on with the same parameters.
 *
 * <p>A step allocates nothing, unless a listener does. Loss and gradients that are not finite end
 * the training with a {@link NonFiniteException}. If its thread is interrupted, training ends after
 * the step at hand, with a last checkpoint and the stop reason {@code interrupted}; the thread is
 * still interrupted when {@code fit} returns.
 *
 * @param <T> the targets: {@code int[]} labels, or a {@link Tensor}
 */
public final class Trainer<T> {
  private final TrainerSettings<T> settings;

  private Trainer(TrainerSettings<T> settings) {
    this.settings = settings;
  }

  /**
   * {@return a trainer for ten epochs in batches of 32}
   *
   * @param <T> the kind of target
   * @param network what is trained
   * @param loss what is to become small
   * @param optimizer the rule of the updates; keeps its state
   */
  public static <T> Trainer<T> of(Layer network, Loss<T> loss, Optimizer optimizer) {
    return new Trainer<>(new TrainerSettings<>(network, loss, optimizer));
  }

  /**
   * Takes so many examples a step.
   *
   * @param examples at least 1
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withBatchSize(int examples) {
    requirePositive("batch size", examples);
    TrainerSettings<T> copy = settings.copy();
    copy.batchSize = examples;
    return new Trainer<>(copy);
  }

  /**
   * Takes a step's examples in so many micro-batches, one after another, so that forward and
   * backward need the memory of one only; the step is one of the whole batch.
   *
   * <p>The gradient is that of the mean over all rows of the step, also where micro-batches differ
   * by a row, and where rows have weights. A sum over the rows goes on from one micro-batch to the
   * next in the order of the rows; so where layers add to it row by row, as {@link
   * lamella.core.Products#multiplyTransposedLeft} does, no row depends on another, and the loss
   * divides by the number of rows it is told ({@link Loss#valueAndGradient(Tensor, Object, Tensor,
   * double)}), the gradients have the bits of the undivided batch. The loss that is told is a sum
   * of one number for each micro-batch, and may differ in its last bits. Random numbers of layers
   * are those that the undivided batch would draw. A layer that takes statistics over rows takes
   * those of each micro-batch, one after another.
   *
   * @param microBatches how many; at most the examples of a step
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withAccumulation(int microBatches) {
    requirePositive("number of micro-batches", microBatches);
    TrainerSettings<T> copy = settings.copy();
    copy.microBatches = microBatches;
    return new Trainer<>(copy);
  }

  /**
   * Lets somebody else compute the gradients of each step: see {@link StepGradients}.
   *
   * @param gradients serves one training at a time
   * @return a new trainer like this one
   */
  public Trainer<T> withStepGradients(StepGradients<T> gradients) {
    TrainerSettings<T> copy = settings.copy();
    copy.gradients = gradients;
    return new Trainer<>(copy);
  }

  /**
   * Divides the examples into logical shards, so that the work can be divided over threads, or over
   * machines, with the same bits for any number of them.
   *
   * {@snippet file="SnippetsTest.java" region="shards"}
   *
   * <p>Example i belongs to shard i mod L, and a step takes as many examples of each shard. Each
   * shard's part of the step's mean is computed by itself, and they are added up in a fixed tree
   * ({@link Node}), whoever computed them. So the result depends on L, as on the batch size, and
   * not on where, on how many threads, or in which order shards are computed. With L = 1 it is that
   * of a trainer without shards, bit for bit; with other L it is the same up to rounding, unless a
   * layer takes statistics over rows: those are of a shard's rows, each shard begins a step with
   * the same ones, and their mean goes on.
   *
   * <p>{@link #fit(Dataset, RandomGenerator)} keeps an order of its own for each shard; any other
   * sampler must choose as many examples of each. Layers, losses and data that are {@link
   * lamella.core.Stateful} are refused with more than one shard.
   *
   * @param number L, of which the batch size must be a multiple
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withShards(int number) {
    requirePositive("number of shards", number);
    TrainerSettings<T> copy = settings.copy();
    copy.shards = number;
    return new Trainer<>(copy);
  }

  /**
   * Lets each shard make so many steps by itself before they meet: local SGD.
   *
   * @param most K, the steps of a round
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withLocalSteps(int most) {
    return withLocalSteps(most, 0);
  }

  /**
   * Lets each shard make so many steps by itself before they meet, once some epochs are over; until
   * then all shards make each step together. Such a beginning often ends in a better network
   * ("post-local SGD").
   *
   * <p>A {@link Round} has K steps, fewer at the end of an epoch and of the training. Each shard
   * begins with the same parameters and the same state of the optimiser; it makes K steps of this
   * optimiser, each by the mean over its own B / L of the step's B examples; then the training goes
   * on with the mean over the shards of the parameters, of statistics, and of the tensors that the
   * optimiser keeps. The shards exchange their parameters every K steps, instead of gradients every
   * step. A round of one step is a step of all shards together. With one shard nothing changes.
   * Where L is a power of two, the mean of equal numbers is that number, so that what is left as it
   * is, by a frozen {@link Group} for example, stays to the last bit; else it may be rounded.
   *
   * <p>Loss and penalty of a step are the means over the shards. Evaluations that are due in a
   * round, listeners, checkpoints and the average of the weights come at its end: a listener hears
   * once of a round, after its last step; its {@link TrainingListener#beforeUpdate} comes with the
   * round's first step, and there are no gradients then. {@link GradientClipping} clips in each
   * local step; no other listener can change one.
   *
   * <p>Source: S. Stich, "Local SGD converges fast and communicates little" (2019); T. Lin et al.,
   * "Don't use large mini-batches, use local SGD" (2020).
   *
   * @param most K, the steps of a round
   * @param afterEpochs how many epochs go before, at least 0
   * @return a new trainer like this one
   * @throws IllegalArgumentException if a number is too small
   */
  public Trainer<T> withLocalSteps(int most, long afterEpochs) {
    requirePositive("number of local steps", most);
    if (afterEpochs < 0) {
      throw new IllegalArgumentException(
          "Trainer: epochs before local steps must be at least 0, got " + afterEpochs);
    }
    TrainerSettings<T> copy = settings.copy();
    copy.localSteps = most;
    copy.epochsBeforeLocalSteps = afterEpochs;
    return new Trainer<>(copy);
  }

  /**
   * Lets somebody else compute the rounds: see {@link RoundRunner}. By default this machine's
   * threads do. The result is the same.
   *
   * @param runner serves one training at a time
   * @return a new trainer like this one
   */
  public Trainer<T> withRunner(RoundRunner<T> runner) {
    TrainerSettings<T> copy = settings.copy();
    copy.runner = runner;
    return new Trainer<>(copy);
  }

  /**
   * {@return a worker that computes shards for a training of this trainer, or of one made alike} It
   * uses this trainer's network and optimiser: see {@link ShardWorker}.
   */
  public ShardWorker<T> worker() {
    return new ShardWorker<>(settings);
  }

  /**
   * Trains for so many steps.
   *
   * @param number how many
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withSteps(long number) {
    requirePositive("number of steps", number);
    TrainerSettings<T> copy = settings.copy();
    copy.steps = number;
    return new Trainer<>(copy);
  }

  /**
   * Trains for so many times as many steps as it takes to see as many examples as there are: size /
   * batch size of them, rounded down, at least 1. Of 1,000 examples in batches of 32 an epoch is 31
   * steps, which see 992 of them; as a batch may reach over the end of an order of examples, the
   * other 8 begin the next epoch.
   *
   * @param number how many; {@code Long.MAX_VALUE} until something stops it
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withEpochs(long number) {
    requirePositive("number of epochs", number);
    TrainerSettings<T> copy = settings.copy();
    copy.steps = 0;
    copy.epochs = number;
    return new Trainer<>(copy);
  }

  private static void requirePositive(String what, long number) {
    if (number < 1) {
      throw new IllegalArgumentException("Trainer: " + what + " must be at least 1, got " + number);
    }
  }

  /**
   * Gives the random numbers that layers draw in training ({@link lamella.core.Pass#random}), as a
   * dropout does, another seed than 0. They are a function of it, of the step and of the example's
   * place in the batch. The order of the examples has random numbers of its own: {@link
   * #fit(Dataset, RandomGenerator)}.
   *
   * @param number any; 0 is an ordinary seed
   * @return a new trainer like this one
   */
  public Trainer<T> withSeed(long number) {
    TrainerSettings<T> copy = settings.copy();
    copy.seed = number;
    return new Trainer<>(copy);
  }

  /**
   * Keeps every n-th step in the history, and the last, so that a very long training needs less
   * memory: see {@link History}.
   *
   * @param number n
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withHistoryEvery(long number) {
    requirePositive("number of steps from one in the history to the next", number);
    TrainerSettings<T> copy = settings.copy();
    copy.historyEvery = number;
    return new Trainer<>(copy);
  }

  /**
   * Adds listeners, called after those there are.
   *
   * @param more in the order in which they are called
   * @return a new trainer like this one
   */
  public Trainer<T> withListeners(TrainingListener... more) {
    TrainerSettings<T> copy = settings.copy();
    copy.listeners = new ArrayList<>(settings.listeners);
    copy.listeners.addAll(List.of(more));
    return new Trainer<>(copy);
  }

  /**
   * Measures {@code NAME loss} and, where the targets are labels and the outputs have classes,
   * {@code NAME accuracy}, after the last step of every epoch, and after the last step of all.
   *
   * @param name begins the names of what is measured
   * @param data all of it is read each time
   * @return a new trainer like this one
   * @throws IllegalArgumentException if there is an evaluation of this name
   */
  public Trainer<T> withEvaluation(String name, Dataset<T> data) {
    return withEvaluator(new Evaluator<>(name, data, null, settings.loss, null));
  }

  /**
   * Measures {@code NAME loss} and, where the targets are labels and the outputs have classes,
   * {@code NAME accuracy}, after the steps that {@code due} names; after the last step if it names
   * none.
   *
   * @param name begins the names of what is measured
   * @param data all of it is read each time
   * @param due told the number of a step, from 0, after its update
   * @return a new trainer like this one
   * @throws IllegalArgumentException if there is an evaluation of this name
   */
  public Trainer<T> withEvaluation(String name, Dataset<T> data, LongPredicate due) {
    return withEvaluator(new Evaluator<>(name, data, null, settings.loss, due));
  }

  /**
   * Measures what one likes after the last step of every epoch, and after the last step of all:
   * each number under {@code NAME} and its own name. The targets may be of another kind than those
   * in training.
   *
   * {@snippet file="SnippetsTest.java" region="metrics"}
   *
   * @param <U> the kind of target of this set
   * @param name begins the names of what is measured
   * @param data all of it is read each time
   * @param metrics what is measured
   * @return a new trainer like this one
   * @throws IllegalArgumentException if there is an evaluation of this name
   */
  public <U> Trainer<T> withEvaluation(String name, Dataset<U> data, Metrics<U> metrics) {
    return withEvaluator(new Evaluator<>(name, data, metrics, null, null));
  }

  /**
   * Measures what one likes after the steps that {@code due} names; after the last step if it names
   * none.
   *
   * @param <U> the kind of target of this set
   * @param name begins the names of what is measured
   * @param data all of it is read each time
   * @param metrics what is measured
   * @param due told the number of a step, from 0, after its update
   * @return a new trainer like this one
   * @throws IllegalArgumentException if there is an evaluation of this name
   */
  public <U> Trainer<T> withEvaluation(
      String name, Dataset<U> data, Metrics<U> metrics, LongPredicate due) {
    return withEvaluator(new Evaluator<>(name, data, metrics, null, due));
  }

  private Trainer<T> withEvaluator(Evaluator<?> evaluator) {
    for (Evaluator<?> other : settings.evaluators) {
      if (other.name().equals(evaluator.name())) {
        throw new IllegalArgumentException(
            "Trainer: there is an evaluation \""
                + evaluator.name()
                + "\" already; name each differently");
      }
    }
    TrainerSettings<T> copy = settings.copy();
    copy.evaluators = new ArrayList<>(settings.evaluators);
    copy.evaluators.add(evaluator);
    return new Trainer<>(copy);
  }

  /**
   * Averages the parameters over the steps, and makes each evaluation of the average too, under its
   * name after {@code EMA}: see {@link WeightAverage}.
   *
   * @param average for one training
   * @return a new trainer like this one
   * @throws IllegalArgumentException if there is an average already
   */
  public Trainer<T> withAverage(WeightAverage average) {
    if (settings.average != null) {
      throw new IllegalArgumentException(
          "Trainer: there is an average already, " + settings.average + "; a training has one");
    }
    TrainerSettings<T> copy = withListeners(average).settings;
    copy.average = average;
    return new Trainer<>(copy);
  }

  /**
   * Writes checkpoints, or resumes from them.
   *
   * @param where their directory, and how often
   * @return a new trainer like this one
   */
  public Trainer<T> withCheckpoints(Checkpoints where) {
    TrainerSettings<T> copy = settings.copy();
    copy.checkpoints = where;
    return new Trainer<>(copy);
  }

  /**
   * Goes on whatever the numbers are.
   *
   * @return a new trainer like this one
   */
  public Trainer<T> withoutFiniteGuard() {
    TrainerSettings<T> copy = settings.copy();
    copy.finiteOnly = false;
    return new Trainer<>(copy);
  }

  /**
   * Trains on the examples in a new random order each epoch.
   *
   * @param data what to learn from
   * @param random the order of the examples
   * @return the losses and measurements of every step
   * @throws IllegalStateException as the other method
   * @throws IllegalArgumentException as the other method
   */
  public History fit(Dataset<T> data, RandomGenerator random) {
    Sampler sampler =
        settings.shards == 1
            ? Sampler.shuffled(data.size(), random)
            : new ShardedSampler(data.size(), settings.shards, random);
    return new TrainingLoop<>(settings, data, sampler, random).fit();
  }

  /**
   * Trains on the examples that the sampler chooses, as they are in each epoch: {@link
   * Dataset#forEpoch}.
   *
   * <p>Says what the network's outputs mean, if nobody has ({@link Network#outputs}): what the loss
   * takes them for, or else classes for labels and numbers for tensors.
   *
   * @param data what to learn from
   * @param sampler chooses the examples of each step
   * @return the losses and measurements of every step
   * @throws IllegalStateException if the optimiser has made steps for other parameters, a listener
   *     has served another training, or something is in another training at this moment; then
   *     nothing has changed
   * @throws IllegalArgumentException if the sampler is for another number of examples, a listener
   *     is given twice, the loss takes the network's outputs for something else than they are, or
   *     nobody measures what a listener watches; if a target is not valid: names the step and the
   *     example; if the optimiser's rate is negative or not finite
   * @throws NonFiniteException at the first loss, gradient or parameter that is not finite
   * @throws UncheckedIOException if checkpoints, or a listener's files, cannot be read or written
   */
  public History fit(Dataset<T> data, Sampler sampler) {
    return new TrainingLoop<>(settings, data, sampler, null).fit();
  }

  TrainerSettings<T> settings() {
    return settings;
  }

  /** For example {@code Trainer(Sgd(l2 0.0, momentum 0.9), 10 epochs, batches of 32)}. */
  @Override
  public String toString() {
    return "Trainer("
        + Description.of(settings.optimizer)
        + ", "
        + (settings.steps > 0 ? settings.steps + " steps" : settings.epochs + " epochs")
        + ", batches of "
        + settings.batchSize
        + (settings.shards == 1 ? "" : ", " + settings.describeShards())
        + ')';
  }
}
